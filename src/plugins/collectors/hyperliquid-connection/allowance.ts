import type { RequestBudget } from '../../../plugin-api/index.ts';
import { createWindowLimit } from './window-limit.ts';

/**
 * What one pool may do within any minute: never more than its own share, and never more than is left of what all collectors and
 * processes may do together. It is asked, not waited for: what cannot be granted at once is fetched, and `granted` tells when it came.
 */
export interface Allowance {
  /** Takes one, or fetches up to `wanted` for later and answers false. */
  take(wanted?: number): boolean;
  /** Counts one that had to be taken whatever the limits say. */
  charge(): void;
}

export interface AllowanceOptions {
  /** The pool's own share. */
  readonly perMinute: number;
  /** A part of the share that only `charge` may use. */
  readonly reserve: number;
  /** What is shared with others. */
  readonly budget: RequestBudget;
  readonly signal: AbortSignal;
  readonly elapsed: () => number;
  readonly granted: () => void;
}

/** At most so many are fetched at once. */
const mostAtOnce = 100;
/** What was fetched and not used in time lapses: it was counted for the minute in which it was fetched. */
const lapsesAfterMs = 2_000;

export function createAllowance(options: AllowanceOptions): Allowance {
  const { reserve, budget, signal, elapsed } = options;
  const own = createWindowLimit(options.perMinute);
  let left = 0;
  let fetchedAt = 0;
  let isFetching = false;

  function fetch(wanted: number): void {
    if (isFetching) return;
    let weight = 0;
    while (weight < Math.min(wanted, mostAtOnce) && own.take(elapsed(), reserve)) weight += 1;
    if (weight === 0) return;
    isFetching = true;
    budget.take({ weight, priority: 'high', signal }).then(
      () => {
        isFetching = false;
        left = weight;
        fetchedAt = elapsed();
        options.granted();
      },
      () => {
        // Note: it only fails when the collector stops.
        isFetching = false;
      },
    );
  }

  return {
    take(wanted = 1) {
      if (left > 0 && elapsed() - fetchedAt < lapsesAfterMs) {
        left -= 1;
        return true;
      }
      left = 0;
      fetch(wanted);
      return false;
    },
    charge() {
      own.take(elapsed());
      budget.charge(1);
    },
  };
}
