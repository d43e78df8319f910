import type { Clock } from '../../clock.ts';
import { type BudgetLedger, emptyLedger, readLedger, settle } from './ledger.ts';

/** A ledger for one process. */
export function createMemoryLedger(clock: Pick<Clock, 'now'>): BudgetLedger {
  let state = emptyLedger;
  return {
    async exchange(request) {
      const [next, answer] = settle(state, request, clock.now());
      state = next;
      return answer;
    },
    read: async () => readLedger(state, clock.now()),
  };
}
