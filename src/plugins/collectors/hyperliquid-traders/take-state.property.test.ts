import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalOf, exactOf } from './exact-decimal.ts';
import { applyTrade, presentSize } from './holding.ts';
import { decodeDexState, takeState } from './take-state.ts';
import { dexStateOf, holdingOf, newTrader } from './trader-state.ts';

const user = `0x${'a'.repeat(40)}`;
const options = { quietMs: 1_000, statementEveryMs: 600_000, toleranceMs: 3_000 };
const settleMs = 2_000;

/** One trade of the only wallet, in whole thousandths. */
interface Match {
  readonly time: number;
  readonly milli: number;
  /** How much later the tape tells it; less than an answer waits. */
  readonly delay: number;
}

const trades = (most: number) =>
  fc.uniqueArray(
    fc.record({
      time: fc.integer({ min: 1, max: 60_000 }),
      milli: fc.integer({ min: -9_999, max: 9_999 }).filter(milli => milli !== 0),
      delay: fc.integer({ min: 0, max: settleMs - 1 }),
    }),
    { maxLength: most, selector: ({ time }) => time },
  );
const asked = fc.uniqueArray(fc.integer({ min: 0, max: 60_000 }), { maxLength: 30 });
/** By how much the state in an answer may be older than the time that it names. */
const lag = fc.integer({ min: 0, max: 2_000 });

const milliText = (milli: number): string => decimalOf(BigInt(milli) * 1_000_000_000n);

function answerOf(milli: number, time: number) {
  const raw = {
    marginSummary: { accountValue: '0.0' },
    assetPositions: milli === 0 ? [] : [{ position: { coin: 'BTC', szi: milliText(milli) } }],
    time,
  };
  const answer = decodeDexState(user, raw, { askedAt: time, receivedAt: time });
  if (typeof answer === 'string') throw new Error(answer);
  return answer;
}

/** Lets trades come by the tape and answers after they have waited, and tells all that came of it. */
function follow(matches: readonly Match[], times: readonly number[], lagMs: number) {
  const trader = newTrader(user, { by: 'hand', tier: undefined, since: 0 });
  const state = dexStateOf(trader, '');
  const heldAt = (time: number) =>
    matches.reduce((sum, match) => (match.time <= time ? sum + match.milli : sum), 0);
  const happenings = [
    ...matches.map(match => ({ at: match.time + match.delay, match })),
    ...times.map(time => ({ at: time + settleMs, time })),
  ].toSorted((a, b) => a.at - b.at);
  const told: { readonly size: string; readonly tsEvent: number }[] = [];
  const drifts: unknown[] = [];
  let disputed = 0;
  for (const happening of happenings) {
    if ('match' in happening) {
      const { time, milli } = happening.match;
      applyTrade(holdingOf(state, 'BTC'), time, BigInt(milli) * 1_000_000_000n);
    } else {
      const taken = takeState(
        trader,
        state,
        answerOf(heldAt(happening.time - lagMs), happening.time),
        options,
      );
      for (const { payload, tsEvent } of taken?.drafts ?? []) told.push({ size: payload.size, tsEvent });
      drifts.push(...(taken?.drifts ?? []));
      disputed += taken?.disputed.length ?? 0;
    }
  }
  return { trader, state, told, drifts, disputed, heldAt };
}

describe('answers held against the tape', () => {
  it('are never disputed when all trades are told, and what goes to the tape is what was held at its time', () => {
    fc.assert(
      fc.property(trades(60), asked, (matches, times) => {
        const { told, drifts, disputed, heldAt } = follow(matches, times, 0);
        expect(disputed).toBe(0);
        expect(drifts).toEqual([]);
        for (const { size, tsEvent } of told) expect(size).toBe(milliText(heldAt(tsEvent)));
      }),
      { numRuns: 400 },
    );
  });

  it('are taken for the moment that they show when their state is older than the time that they name', () => {
    fc.assert(
      fc.property(trades(40), asked, lag, (matches, times, lagMs) => {
        // The first answer is believed as it is, so let it come before all trades.
        const { told, drifts, heldAt } = follow(matches, [0, ...times.filter(time => time > 0)], lagMs);
        expect(drifts).toEqual([]);
        for (const { size, tsEvent } of told) expect(size).toBe(milliText(heldAt(tsEvent)));
      }),
      { numRuns: 400 },
    );
  });

  it('correct a position that moved without a trade, by the drift, at the second answer after a quiet moment', () => {
    fc.assert(
      fc.property(
        trades(40),
        fc.integer({ min: -9_999, max: 9_999 }).filter(milli => milli !== 0),
        (matches, hidden) => {
          const { trader, state, heldAt } = follow(matches, [0], 0);
          const held = heldAt(60_000);
          const first = takeState(trader, state, answerOf(held + hidden, 70_000), options);
          expect(first).toMatchObject({ drafts: [], disputed: ['BTC'], drifts: [] });
          const second = takeState(trader, state, answerOf(held + hidden, 71_000), options);
          expect(second?.drifts).toEqual([
            { coin: 'BTC', size: BigInt(hidden) * 1_000_000_000n, time: 71_000 },
          ]);
          expect(second?.drafts.map(({ payload }) => payload.size)).toEqual([milliText(held + hidden)]);
          expect(presentSize(holdingOf(state, 'BTC'))).toBe(exactOf(milliText(held + hidden)));
          const third = takeState(trader, state, answerOf(held + hidden, 72_000), options);
          expect(third).toMatchObject({ drafts: [], disputed: [], drifts: [] });
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('decimals', () => {
  it('are exact both ways', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), value => {
        expect(exactOf(decimalOf(value))).toBe(value);
      }),
    );
    expect(decimalOf(exactOf('-0.500'))).toBe('-0.5');
    expect(decimalOf(exactOf('0.0'))).toBe('0');
    expect(exactOf('12.000000000001')).toBe(12_000_000_000_001n);
  });
});
