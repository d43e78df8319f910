import type { BudgetSize, Logger } from '../../plugin-api/index.ts';
import type { Clock } from '../clock.ts';
import type { BudgetLedger } from './request-budget/ledger.ts';
import { type BudgetStatus, createSharedBudget, type SharedBudget } from './request-budget/shared-budget.ts';

export type { BudgetStatus } from './request-budget/shared-budget.ts';

/** The request budgets of an application, by name. */
export interface RequestBudgets {
  /** The budget of a name. The first to name it sets its size. */
  get(name: string, size: BudgetSize): SharedBudget;
  /** Every budget that was named, in the order of names. */
  statuses(): Promise<readonly BudgetStatus[]>;
  close(): Promise<void>;
}

export interface RequestBudgetsOptions {
  /** Who this process is among those that share the ledgers. */
  readonly owner: string;
  /** Where the processes that share the budget of a name agree on it. */
  readonly ledgerOf: (name: string) => BudgetLedger;
  readonly clock: Clock;
  readonly log: Logger;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export function createRequestBudgets({ ledgerOf, ...options }: RequestBudgetsOptions): RequestBudgets {
  const budgets = new Map<string, SharedBudget>();
  return {
    get(name, size) {
      const known = budgets.get(name);
      if (known !== undefined) return known;
      const budget = createSharedBudget({ ...options, name, size, ledger: ledgerOf(name) });
      budgets.set(name, budget);
      return budget;
    },
    async statuses() {
      const names = [...budgets.keys()].sort();
      return Promise.all(names.map(name => budgets.get(name)!.status()));
    },
    async close() {
      await Promise.all([...budgets.values()].map(budget => budget.close()));
    },
  };
}
