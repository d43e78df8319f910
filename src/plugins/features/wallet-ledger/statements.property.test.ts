import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alice, bob, positionOf, runFeatures, tradeOf } from '../../../../test/support/feature-run.ts';
import { position, trade, walletPosition } from '../../../plugin-api/index.ts';
import { tapeBuilder } from '../../../testing/tape-builder.ts';
import { walletLedgerFeature } from './index.ts';

const key = `${alice}:BTC`;
const end = 10_000;

/** A trade of the exchange: its size is in thousandths, so that the model's sums are of whole numbers. */
interface Match {
  readonly time: number;
  readonly milli: number;
  readonly delay: number;
  readonly isLost: boolean;
}

interface Statement {
  readonly time: number;
  readonly delay: number;
}

const matches = (lossShare: number) =>
  fc.array(
    fc.record({
      time: fc.integer({ min: 1, max: end }),
      milli: fc.integer({ min: -99_999, max: 99_999 }).filter(milli => milli !== 0),
      delay: fc.integer({ min: 0, max: 3_000 }),
      isLost: fc.double({ min: 0, max: 1, noNaN: true }).map(draw => draw < lossShare),
    }),
    { maxLength: 80 },
  );
// Note: of one moment there is one statement; a second one changes nothing and makes no row.
const statements = fc.uniqueArray(
  fc.record({ time: fc.integer({ min: 1, max: end }), delay: fc.integer({ min: 0, max: 4_000 }) }),
  { maxLength: 25, selector: ({ time }) => time },
);

const sizeText = (milli: number): string => {
  const whole = Math.trunc(Math.abs(milli) / 1_000);
  const fraction = String(Math.abs(milli) % 1_000)
    .padStart(3, '0')
    .replace(/0+$/, '');
  return `${milli < 0 ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
};
const sumOf = (of: readonly Match[]): number => of.reduce((sum, { milli }) => sum + milli, 0);

/** Lets trades and statements arrive in the order of time plus delay, and compares each row with what it must be. */
async function check(start: number, trades: readonly Match[], told: readonly Statement[]): Promise<number> {
  const all = trades.toSorted((a, b) => a.time - b.time);
  // The exchange states what it held at the beginning first, and what it holds in the end last.
  const stated = [{ time: 0, delay: 0 }, ...told, { time: end + 1, delay: 20_000 }];
  const arrivals = [
    ...all.filter(({ isLost }) => !isLost).map(match => ({ at: match.time + match.delay, match })),
    ...stated.map(statement => ({ at: statement.time + statement.delay, statement })),
  ].toSorted((a, b) => a.at - b.at);
  const tape = tapeBuilder();
  const expected: number[] = [];
  const arrived: Match[] = [];
  let latest = -1;
  let base = 0;
  let tradeId = 0;
  for (const { at, ...arrival } of arrivals) {
    if ('match' in arrival) {
      const { time, milli } = arrival.match;
      const sides = milli > 0 ? { buyer: alice, seller: bob } : { buyer: bob, seller: alice };
      tradeId += 1;
      tape.add(trade, {
        key: 'BTC',
        at: time,
        delayMs: at - time,
        payload: tradeOf({ ...sides, size: sizeText(Math.abs(milli)), tradeId }),
      });
      arrived.push(arrival.match);
    } else {
      const { time } = arrival.statement;
      const held = start + sumOf(all.filter(match => match.time <= time));
      tape.add(position, {
        key: alice,
        at: time,
        delayMs: at - time,
        payload: positionOf({ size: sizeText(held) }),
      });
      if (time >= latest) {
        latest = time;
        base = held;
      }
    }
    expected.push(base + sumOf(arrived.filter(match => match.time > latest)));
  }
  const run = await runFeatures([walletLedgerFeature], tape.events);
  const rows = run.history(walletPosition, key);
  expect(rows.map(row => row.size)).toEqual(expected.map(sizeText));
  const last = rows.at(-1)!;
  expect(last).toMatchObject({ size: sizeText(start + sumOf(all)), confirmedAt: end + 1 });
  return last.gaps;
}

describe('a ledger of trades and statements, in any order of arrival', () => {
  const begin = fc.integer({ min: -999_999, max: 999_999 });

  it('holds what was stated last plus the trades since', async () => {
    await fc.assert(
      fc.asyncProperty(begin, matches(0), statements, async (start, trades, told) => {
        await check(start, trades, told);
      }),
      { numRuns: 300 },
    );
  });

  it('ends at what the exchange holds when trades were lost', async () => {
    await fc.assert(
      fc.asyncProperty(begin, matches(0.3), statements, async (start, trades, told) => {
        await check(start, trades, told);
      }),
      { numRuns: 300 },
    );
  });

  it('counts no gap when all trades have come before the statement that holds them', async () => {
    await fc.assert(
      fc.asyncProperty(begin, matches(0), statements, async (start, trades, told) => {
        const prompt = trades.map(match => ({ ...match, delay: 0 }));
        expect(await check(start, prompt, told)).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
