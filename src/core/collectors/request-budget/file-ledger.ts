import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../clock.ts';
import { type BudgetLedger, emptyLedger, type LedgerState, readLedger, settle } from './ledger.ts';

/** A file in which the processes of one machine keep what they spend of their budgets. */
export interface LedgerFile {
  ledger(name: string): BudgetLedger;
  close(): void;
}

/** How long another process is waited for, in ms, while nothing else is done. It holds the file for some ten microseconds. */
const busyMs = 50;

/**
 * Opens the file, or makes it.
 *
 * Note: SQLite and not a lock file with JSON: its locks are the system's, which gives them back when a process is killed.
 *
 * @param clock shows the same time in all of these processes, as `steadyClock` does
 */
export function openLedgerFile(file: string, clock: Pick<Clock, 'now'>): LedgerFile {
  mkdirSync(path.dirname(file), { recursive: true });
  const database = new DatabaseSync(file, { timeout: busyMs });
  // Note: after a power loss the machine's clock begins anew, and with it all budgets: nothing need reach the disk.
  database.exec(
    'pragma journal_mode = wal; pragma synchronous = off; ' +
      'create table if not exists budgets (name text primary key, state text not null) without rowid',
  );
  const select = database.prepare('select state from budgets where name = ?');
  const upsert = database.prepare(
    'insert into budgets (name, state) values (?, ?) on conflict (name) do update set state = excluded.state',
  );
  const stateOf = (name: string): LedgerState => {
    const row = select.get(name) as { state: string } | undefined;
    return row === undefined ? emptyLedger : (JSON.parse(row.state) as LedgerState);
  };
  return {
    ledger: name => ({
      async exchange(request) {
        database.exec('begin immediate');
        try {
          const [state, answer] = settle(stateOf(name), request, clock.now());
          upsert.run(name, JSON.stringify(state));
          database.exec('commit');
          return answer;
        } catch (error) {
          if (database.isTransaction) database.exec('rollback');
          throw error;
        }
      },
      read: async () => readLedger(stateOf(name), clock.now()),
    }),
    close: () => database.close(),
  };
}
