import { steadyClock } from '../../src/core/clock.ts';
import { openLedgerFile } from '../../src/core/collectors/request-budget/file-ledger.ts';
import type { BudgetLedger } from '../../src/core/collectors/request-budget/ledger.ts';
import { createSharedBudget } from '../../src/core/collectors/request-budget/shared-budget.ts';
import { priorities } from '../../src/core/collectors/request-budget/waiting-requests.ts';
import { silentLog } from '../../src/core/log.ts';
import { createBudgetLedger } from '../../src/core/store/budget-ledger.ts';
import { openStore } from '../../src/core/store/store.ts';

/*
 * A process that asks for far more than a budget has, and says on its standard output when it was granted what, by a clock that
 * all processes of the machine share. Its minutes last two seconds when it uses a file; a database has a clock of its own.
 */

const [where, perMinute, speed] = process.argv.slice(2) as [string, string, string];
const clock = {
  now: () => steadyClock.now() * Number(speed),
  sleep: (ms: number, signal?: AbortSignal) => steadyClock.sleep(ms / Number(speed), signal),
};
let ledger: BudgetLedger;
if (where.startsWith('postgres')) {
  ledger = createBudgetLedger(await openStore({ url: where }), 'test');
} else {
  ledger = openLedgerFile(where, clock).ledger('test');
}
const budget = createSharedBudget({
  ...{
    name: 'test',
    size: { perMinute: Number(perMinute) },
    owner: String(process.pid),
    clock,
    log: silentLog,
  },
  ledger,
  random: Math.random,
});

async function spend(turn: number): Promise<void> {
  for (let i = turn; ; i++) {
    // Note: half of them ask for what may be had at once only, so that nothing is left.
    const kind = turn < 10 ? i % 2 : i % 4;
    const weight = [2, 2, 2, 20][kind]!;
    await budget.take({ weight, priority: priorities[kind]! });
    process.stdout.write(`${JSON.stringify({ at: clock.now(), weight })}\n`);
  }
}
process.stdout.write('ready\n');
await new Promise(resolve => process.stdin.once('data', resolve));
await Promise.all(Array.from({ length: 20 }, (_, turn) => spend(turn)));
