import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';
import { type LedgerFile, openLedgerFile } from './collectors/request-budget/file-ledger.ts';
import type { BudgetLedger } from './collectors/request-budget/ledger.ts';
import { createMemoryLedger } from './collectors/request-budget/memory-ledger.ts';
import { createRequestBudgets, type RequestBudgets } from './collectors/request-budget.ts';
import type { AppLogger } from './log.ts';
import { createBudgetLedger } from './store/budget-ledger.ts';
import type { Store } from './store/store.ts';

export interface RequestBudgetsOfAppOptions {
  readonly store: Pick<Store, 'engine' | 'query'>;
  /** Through which the processes of this machine share what no common database does; undefined for not at all. */
  readonly file: string | undefined;
  readonly clock: Clock;
  readonly log: AppLogger;
}

/** The request budgets of an application, shared with the others of its database, or else of its machine. */
export function openRequestBudgets({ store, file, clock, log }: RequestBudgetsOfAppOptions): RequestBudgets {
  let opened: LedgerFile | undefined;
  let isFileLost = false;

  function ledgerOf(name: string): BudgetLedger {
    if (store.engine === 'postgres') return createBudgetLedger(store, name);
    if (file === undefined || isFileLost) return createMemoryLedger(clock);
    try {
      opened ??= openLedgerFile(file, clock);
      return opened.ledger(name);
    } catch (error) {
      isFileLost = true;
      log.warn('request budgets are not shared with other processes: their file cannot be used', {
        file,
        error,
      });
      return createMemoryLedger(clock);
    }
  }

  const budgets = createRequestBudgets({ owner: randomUUID(), ledgerOf, clock, log, random: Math.random });
  return {
    ...budgets,
    async close() {
      await budgets.close();
      opened?.close();
    },
  };
}
