import {
  type BudgetLedger,
  emptyLedger,
  type LedgerState,
  readLedger,
  settle,
} from '../collectors/request-budget/ledger.ts';
import { RetryableError } from '../errors.ts';
import type { Store } from './store.ts';

interface StoredLedger {
  readonly version: number;
  readonly state: LedgerState | null;
  /** The database's clock in ms. */
  readonly now: number;
}

/** Two processes that always come between each other. */
const mostTries = 20;

/** A ledger in a database that several processes use, by the database's clock. */
export function createBudgetLedger(store: Pick<Store, 'query'>, name: string): BudgetLedger {
  async function load(): Promise<StoredLedger> {
    const [row] = await store.query<StoredLedger>(
      `select coalesce(b.version, 0)::float8 as version, b.state, extract(epoch from clock_timestamp())::float8 * 1000 as now
       from (select 1) one left join request_budgets b on b.name = $1`,
      [name],
    );
    return row!;
  }
  return {
    async exchange(request) {
      for (let tries = 0; tries < mostTries; tries++) {
        const { version, state, now } = await load();
        const [next, answer] = settle(state ?? emptyLedger, request, now);
        // Note: no lock is held between the two statements; whoever was in between has changed the version.
        const written = await store.query(
          `insert into request_budgets as t (name, version, state) values ($1, 1, $2::text::jsonb)
           on conflict (name) do update set version = t.version + 1, state = excluded.state where t.version = $3
           returning name`,
          [name, JSON.stringify(next), version],
        );
        if (written.length > 0) return answer;
      }
      throw new RetryableError(
        'STORE_UNAVAILABLE',
        `Expected to settle the request budget ${name} in ${mostTries} tries, found other processes in between each time.`,
      );
    },
    async read() {
      const { state, now } = await load();
      return readLedger(state ?? emptyLedger, now);
    },
  };
}
