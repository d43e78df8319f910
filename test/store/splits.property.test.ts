import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HistoryRow, LatestRow, OutputBatch, Position, TapeEvent } from '../../src/core/event.ts';
import { fingerprint } from '../../src/core/store/fingerprint.ts';
import { createStore } from '../../src/core/store/store.ts';
import { traderScore, traderTier, walletPosition } from '../../src/plugin-api/index.ts';
import { testDatabases } from '../support/postgres.ts';
import { openSuiteDatabase, type SuiteDatabase } from './open-test-store.ts';
import {
  alice,
  batchOf,
  bob,
  bookAt,
  carol,
  commandAt,
  fillAt,
  meta,
  outputAt,
  positionAt,
  positionRow,
  start,
  tradeAt,
} from './sample-tape.ts';

/** A tape with all that it came to, before it is cut. */
interface Stream {
  readonly events: readonly TapeEvent[];
  /** Every row ever made, of which a batch has the last of each key. */
  readonly rows: readonly LatestRow[];
  readonly history: readonly HistoryRow[];
}

const wallets = [alice, bob, carol];

/** One event of the tape and what it causes, told by small numbers. */
const step = fc.record({
  kind: fc.integer({ min: 0, max: 6 }),
  wallet: fc.integer({ min: 0, max: 2 }),
  amount: fc.integer({ min: 1, max: 3_000 }),
  /** Zero repeats the event before, as an overlapping backfill does. */
  dedupe: fc.integer({ min: 0, max: 5 }),
  /** Arrival is not the order of the exchange's clock. */
  lateMs: fc.integer({ min: 0, max: 4_000_000 }),
  outputs: fc.integer({ min: 0, max: 3 }),
});

function streamOf(steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]): Stream {
  const events: TapeEvent[] = [];
  const rows: LatestRow[] = [];
  const history: HistoryRow[] = [];
  for (const [i, { kind, wallet: which, amount, dedupe, lateMs, outputs }] of steps.entries()) {
    const seq = i + 1;
    const wallet = wallets[which]!;
    const before = events.at(-1);
    const same =
      dedupe === 0 && before !== undefined
        ? { dedupe: before.dedupe, tsEvent: before.tsEvent }
        : { tsEvent: start + seq * 1_000 - lateMs };
    const other = wallets[(which + 1) % 3]!;
    events.push(
      [
        () => tradeAt(seq, { price: String(amount), size: '1', buyer: wallet, seller: other }, same),
        () => tradeAt(seq, { price: String(amount), size: '1.0', buyer: other, seller: wallet }, same),
        () => fillAt(seq, { user: wallet, size: `${amount}.50` }, same),
        () => bookAt(seq, String(100 + (amount % 3)), '105', { tsEvent: start + seq }),
        () => positionAt(seq, `-${amount}`, { tsEvent: start + seq }),
        () => commandAt(seq, 'track-trader', wallet),
        () => commandAt(seq, 'untrack-trader', wallet),
      ][kind]!(),
    );
    const key = `${wallet}:BTC`;
    if (outputs > 0)
      rows.push({
        ...outputAt(seq, 0, traderScore, wallet),
        // Some are withdrawn, others marked stale without being told again.
        row: amount % 5 < 2 ? undefined : { score: amount },
        stale: amount % 5 === 0 || amount % 7 === 0,
      });
    if (outputs > 1) {
      const row = positionRow({ size: `${amount}.00`, cumulativePnl: amount / 3 });
      history.push({ ...outputAt(seq, 1, walletPosition, key), row, previous: undefined });
      rows.push({ ...outputAt(seq, 1, walletPosition, key), row, stale: false });
      if (amount % 6 === 0) {
        rows.push({ ...outputAt(seq, 3, walletPosition, key), row: undefined, stale: amount % 12 === 0 });
      }
    }
    if (outputs > 2) {
      const row = { tier: amount % 2 === 0 ? 'core' : 'none', because: `${amount}`, tags: [] };
      const withdrawn = amount % 3 === 0;
      history.push({
        ...outputAt(seq, 2, traderTier, wallet),
        row: withdrawn ? undefined : row,
        previous: undefined,
      });
    }
  }
  return { events, rows, history };
}

/** The batch of the events from `from` to before `to`, as a pipeline would give it. */
function cut({ events, rows, history }: Stream, from: number, to: number): OutputBatch {
  const part = events.slice(from, to);
  const inside = ({ seq }: Position) => seq >= part[0]!.seq && seq <= part.at(-1)!.seq;
  const last = new Map<string, LatestRow>();
  for (const item of rows.filter(inside)) {
    const place = `${item.ref.id} ${item.key}`;
    const before = last.get(place);
    const isMark = item.row === undefined && item.stale;
    // A mark is put on the row of the same batch; where that was withdrawn there is nothing to mark.
    if (!isMark || before === undefined) last.set(place, item);
    else if (before.row !== undefined || before.stale) last.set(place, { ...item, row: before.row });
  }
  return batchOf(part, { latest: [...last.values()], history: history.filter(inside) });
}

describe.each(testDatabases())('a stream of batches on $name', ({ create }) => {
  let database: SuiteDatabase;

  beforeAll(async () => {
    database = await openSuiteDatabase({ create });
  });
  afterAll(() => database.drop());

  it('comes to the same rows however it is cut, repeated or interrupted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 40 }),
        fc.array(fc.record({ size: fc.integer({ min: 1, max: 15 }), how: fc.integer({ min: 0, max: 3 }) }), {
          minLength: 1,
          maxLength: 10,
        }),
        async (steps, cuts) => {
          const stream = streamOf(steps);
          const whole = await database.empty();
          await whole.write(cut(stream, 0, stream.events.length), meta);
          const expected = await fingerprint(whole);

          let store = await database.empty();
          let from = 0;
          for (let i = 0; from < stream.events.length; i++) {
            const { size, how } = cuts[i % cuts.length]!;
            const to = Math.min(stream.events.length, from + size);
            await store.write(cut(stream, from, to), meta);
            if (how === 1) await store.write(cut(stream, from, to), meta);
            if (how === 2) store = createStore(database.engine);
            // An overlap goes back over what is stored.
            if (how === 3) await store.write(cut(stream, Math.max(0, to - 7), to), meta);
            from = to;
          }

          expect(await fingerprint(store)).toEqual(expected);
        },
      ),
      { numRuns: 12 },
    );
  });
});

describe('a fingerprint', () => {
  it('is the same on every engine, and differs when a digit does', async () => {
    const stream = streamOf(
      Array.from({ length: 60 }, (_, i) => ({
        kind: (i * 5) % 7,
        wallet: i % 3,
        amount: 1_000 + i * 37,
        dedupe: i % 9,
        lateMs: i * 1_000,
        outputs: i % 4,
      })),
    );
    const hashes: string[] = [];
    for (const engine of testDatabases()) {
      const database = await openSuiteDatabase(engine);
      const store = await database.empty();
      await store.write(cut(stream, 0, 60), { ...meta, run: engine.name });
      const first = await fingerprint(store);
      hashes.push(first.hash);
      await store.query(
        `update fills set price = price + 0.00000001 where seq = (select min(seq) from fills)`,
      );
      const changed = await fingerprint(store);
      await database.drop();

      expect(changed.hash).not.toBe(first.hash);
      expect(changed.tables.fills).not.toEqual(first.tables.fills);
      expect(changed.tables.trades).toEqual(first.tables.trades);
      expect(first.tables.trades?.rows).toBeGreaterThan(5);
    }
    expect(new Set(hashes).size).toBe(1);
  });
});
