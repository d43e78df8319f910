import { beforeEach, describe, expect, it } from 'vitest';
import { fillBetween } from '../../../../test/fixtures/fill-events.ts';
import { addressOf, leaderboardLine } from '../../../../test/fixtures/wallet-rows.ts';
import { createPipeline, type Pipeline } from '../../../core/pipeline.ts';
import { makePlan } from '../../../core/plan.ts';
import { accountLink, fill, leaderboard, position, timer } from '../../../plugin-api/index.ts';
import { conformance, type TapeBuilder, tapeBuilder } from '../../../testing/index.ts';
import { leaderboardView } from '../../features/leaderboard-view/index.ts';
import { walletLedgerFeature } from '../../features/wallet-ledger/index.ts';
import { walletOwnersFeature } from '../../features/wallet-owners/index.ts';
import { traderScoreModel } from '../../models/trader-score/index.ts';
import { whaleAlertSignal } from './index.ts';

const start = Date.UTC(2026, 0, 1);
const second = 1_000;
const minute = 60 * second;
const wallets = Array.from({ length: 8 }, (_, index) => addressOf(index + 1));
const [ann, ben, cat, dan] = wallets as [string, string, string, string];

let pipeline: Pipeline;
let tape: TapeBuilder;
let done: number;

function begin(config: object = {}) {
  const plan = makePlan({
    plugins: [leaderboardView, walletLedgerFeature, walletOwnersFeature, traderScoreModel, whaleAlertSignal],
    config: { 'whale-alert': config },
  });
  pipeline = createPipeline({ plan, strict: true });
  tape = tapeBuilder();
  done = 0;
}

beforeEach(() => begin());

function owns(user: string, accountValue: number) {
  const line = leaderboardLine(user, { accountValue: `${accountValue}` });
  tape.add(leaderboard, { key: user, at: start, payload: line });
}

/** 30 + 25 + 20 for returns, 8 for 1 M, 2 for 1 M of volume, 5 for steadiness: a score of 90. */
function isElite(user: string) {
  const line = leaderboardLine(user, {
    accountValue: '1000000',
    dayRoi: '0.1',
    weekRoi: '0.5',
    monthRoi: '0.9',
    monthVolume: '1000000',
    allRoi: '2',
  });
  tape.add(leaderboard, { key: user, at: start, payload: line });
}

function goes(at: number, user: string, before: number, after: number, delayMs = 0) {
  tape.add(fill, { key: user, at: start + at, delayMs, payload: fillBetween(user, 'BTC', before, after) });
}

/** Has a snapshot say what a wallet holds, which corrects the record. */
function isToldToHold(at: number, user: string, size: number) {
  tape.add(position, {
    key: user,
    at: start + at,
    payload: {
      user,
      coin: 'BTC',
      size: `${size}`,
      entryPrice: '100',
      leverage: null,
      leverageType: null,
      marginUsed: null,
      liquidationPrice: null,
      unrealisedPnl: null,
      positionValue: null,
    },
  });
}

/** Has elite traders open positions, the first ones long, the others short. */
function eliteHolders(count: number, longs: number) {
  const traders = wallets.slice(0, count);
  traders.forEach(isElite);
  for (const [index, user] of traders.entries()) goes(10 * second + index, user, 0, index < longs ? 1 : -1);
}

/** Lets time pass and answers what came of all that is new. */
async function until(at: number) {
  tape.add(timer, { key: 'market', at: start + at, payload: { name: 'beat' } });
  const batch = await pipeline.process(tape.events.slice(done));
  done = tape.events.length;
  expect(batch.faults).toEqual([]);
  return {
    kinds: batch.signals.map(signal => `${signal.row.severity} ${signal.row.kind}`),
    signals: batch.signals,
    alerts: batch.alerts,
    because: batch.decisions.at(-1)?.trace.because,
  };
}

describe('a whale alert', () => {
  it('is CRITICAL at once when an alpha whale changes its position, with the change that caused it', async () => {
    owns(ann, 20_000_000);
    goes(10 * second, ann, 0, 12.5, 300);
    const { signals, alerts } = await until(11 * second);
    expect(signals).toHaveLength(1);
    expect(signals[0]).toMatchObject({
      key: 'BTC',
      tsIngest: start + 10 * second + 300,
      trace: { because: 'an alpha whale changed its position' },
      row: {
        severity: 'CRITICAL',
        kind: 'alpha-whale-change',
        trader: ann,
        action: 'OPEN',
        direction: 'long',
        sizeBefore: 0,
        sizeAfter: 12.5,
        notionalUsd: 1_250,
        accountValue: 20_000_000,
        traders: [{ trader: ann }],
        eventTime: start + 10 * second,
        latencyMs: 300,
      },
    });
    expect(alerts).toMatchObject([
      {
        severity: 'CRITICAL',
        title: 'Alpha whale 0x0000…0001 opened 0 to 12.5 BTC (1.3 k USD)',
        trader: ann,
        coin: 'BTC',
        expiresAfterMs: 15 * minute,
        cooldownMs: minute,
      },
    ]);
  });

  it.each([
    [20_000_000, ['CRITICAL alpha-whale-change']],
    [19_999_999, ['LOW whale-change']],
    [10_000_000, ['LOW whale-change']],
    [9_999_999, []],
  ])('of an account of %d USD is %j', async (accountValue, kinds) => {
    owns(ann, accountValue);
    goes(10 * second, ann, 0, 1);
    expect((await until(11 * second)).kinds).toEqual(kinds);
  });

  it('is not raised for a wallet whose size nobody knows', async () => {
    goes(10 * second, ann, 0, 1_000_000);
    const { kinds, because } = await until(11 * second);
    expect(kinds).toEqual([]);
    expect(because).toBe('the wallet is neither a whale nor elite');
  });

  it.each([
    ['the same way within five minutes', 5 * minute, 1, ['LOW whale-change', 'HIGH whales-together']],
    ['the same way a moment later', 5 * minute + 1, 1, ['LOW whale-change', 'LOW whale-change']],
    ['against each other', second, -1, ['LOW whale-change', 'LOW whale-change']],
  ])('of two whales that go %s', async (_, gap, side, kinds) => {
    for (const user of [ann, ben]) owns(user, 15_000_000);
    goes(10 * second, ann, 0, 1);
    goes(10 * second + gap, ben, 0, side);
    expect((await until(10 * minute)).kinds).toEqual(kinds);
  });

  it('names all whales that went together, the last first, and counts a whale once', async () => {
    for (const user of [ann, ben, cat]) owns(user, 15_000_000);
    goes(10 * second, ann, 0, 1);
    goes(11 * second, ann, 1, 2);
    expect((await until(12 * second)).kinds).toEqual(['LOW whale-change']);
    goes(13 * second, ben, 4, 5);
    const { signals, alerts } = await until(14 * second);
    expect(signals[0]?.row).toMatchObject({ trader: ben, traders: [{ trader: ben }, { trader: ann }] });
    expect(alerts[0]?.title).toContain('2 whales went long in BTC');
    // Cat's is cooled down as a common move, and raised as her own.
    goes(15 * second, cat, 0, 1);
    expect((await until(16 * second)).kinds).toEqual(['LOW whale-change']);
  });

  it("is MEDIUM when the whales' aggregate bias changes its sign", async () => {
    for (const user of [ann, ben, cat]) owns(user, 15_000_000);
    goes(10 * second, ann, 0, 10);
    goes(11 * second, ben, 0, 5);
    goes(12 * second, cat, 0, -20);
    const { signals, alerts } = await until(13 * second);
    // From (15 - 0) / 15 to (15 - 20) / 35.
    expect(signals.at(-1)?.row).toMatchObject({
      severity: 'MEDIUM',
      kind: 'bias-reversal',
      direction: 'short',
      before: 1,
      after: expect.closeTo(-1 / 7, 12),
      trader: cat,
    });
    expect(alerts.at(-1)?.title).toBe('Whales turned short in BTC: net bias 100 % to -14 %');
  });

  it('speaks of an aggregate of two whales or more', async () => {
    owns(ann, 15_000_000);
    goes(10 * second, ann, 0, 10);
    goes(20 * minute, ann, 10, -10);
    expect((await until(21 * minute)).kinds).toEqual(['LOW whale-change', 'LOW whale-change']);
  });

  it('is LOW when the consensus of five elite traders shifts by twenty points', async () => {
    eliteHolders(5, 3);
    expect((await until(11 * second)).kinds).toEqual([]);
    goes(12 * second, dan, -1, 1);
    const { signals, alerts } = await until(13 * second);
    expect(signals[0]?.row).toMatchObject({
      severity: 'LOW',
      kind: 'consensus-shift',
      direction: 'long',
      before: 0.6,
      after: 0.8,
    });
    expect(alerts[0]?.title).toBe('Elite traders turned long in BTC: 60 % to 80 % are long');
  });

  it('is not raised by a smaller shift, by fewer elite traders, or by a slow one', async () => {
    eliteHolders(6, 3);
    goes(12 * second, dan, -1, 1);
    // 3/6 to 4/6
    expect(await until(13 * second)).toMatchObject({
      kinds: [],
      because: 'an elite trader changed, the consensus did not',
    });

    begin();
    eliteHolders(4, 2);
    goes(12 * second, cat, -1, 1);
    expect((await until(13 * second)).kinds).toEqual([]);

    begin();
    eliteHolders(6, 3);
    goes(12 * second, dan, -1, 1);
    goes(10 * second + 61 * minute, wallets[4]!, -1, 1);
    expect((await until(62 * minute)).kinds).toEqual([]);
  });

  it('is raised once within its cool-down, and again after it', async () => {
    owns(ann, 20_000_000);
    goes(10 * second, ann, 0, 1);
    goes(69_999, ann, 1, 2);
    expect(await until(69_999)).toMatchObject({
      kinds: ['CRITICAL alpha-whale-change'],
      because: 'the cool-down is not over',
    });
    goes(70 * second, ann, 2, 3);
    const { kinds, alerts } = await until(71 * second);
    expect(kinds).toEqual(['CRITICAL alpha-whale-change']);
    expect(alerts).toHaveLength(1);
  });

  it('has a cool-down of its own for each coin', async () => {
    owns(ann, 20_000_000);
    goes(10 * second, ann, 0, 1);
    const other = fillBetween(ann, 'ETH', 0, 1);
    tape.add(fill, { key: ann, at: start + 11 * second, payload: other });
    expect((await until(12 * second)).alerts.map(alert => alert.coin)).toEqual(['BTC', 'ETH']);
  });

  it('is not raised by an account value of long ago', async () => {
    owns(ann, 20_000_000);
    const hour = 60 * minute;
    goes(192 * hour, ann, 0, 1);
    expect((await until(192 * hour + second)).kinds).toEqual(['CRITICAL alpha-whale-change']);
    goes(192 * hour + 2 * minute, ann, 1, 2);
    expect(await until(192 * hour + 3 * minute)).toMatchObject({
      kinds: [],
      because: 'the wallet is neither a whale nor elite',
    });
    begin({ accountValueMaxAgeHours: 1 });
    owns(ann, 20_000_000);
    goes(2 * hour, ann, 0, 1);
    expect((await until(2 * hour + second)).kinds).toEqual([]);
  });

  it('is not raised for a change that became known too late, was too small, or only corrects the record', async () => {
    owns(ann, 20_000_000);
    goes(10 * second, ann, 0, 100_000, 5 * minute + 1);
    expect((await until(6 * minute)).because).toBe('the change became known too late');
    goes(7 * minute, ann, 100_000, 100_009);
    expect((await until(8 * minute)).because).toBe('the change is too small');
    goes(9 * minute, ann, 100_009, 100_020);
    expect((await until(10 * minute)).kinds).toEqual(['CRITICAL alpha-whale-change']);
    isToldToHold(11 * minute, ann, 50_000);
    expect(await until(12 * minute)).toMatchObject({
      kinds: [],
      because: 'a correction of the record, not a trade',
    });
  });
});

describe("changes of one owner's accounts", () => {
  const owners = { [ann]: 'Smith', [ben]: 'Smith' };

  beforeEach(() => begin({ owners }));

  it('raise no alert when they net out', async () => {
    owns(ann, 30_000_000);
    owns(ben, 1_000);
    goes(10 * second, ann, 0, 10);
    goes(10 * second + 200, ben, 0, -10);
    expect(await until(11 * second)).toMatchObject({ kinds: [], because: 'changes of one owner net out' });
    expect((await until(20 * minute)).kinds).toEqual([]);
  });

  it('raise one alert of what is left when they do not', async () => {
    owns(ann, 30_000_000);
    goes(10 * second, ann, 0, 4);
    goes(10 * second + 100, ann, 4, 10);
    goes(10 * second + 200, ben, 0, -5);
    goes(11 * second, cat, 0, 1);
    const { signals } = await until(12 * second);
    expect(signals.map(signal => signal.row)).toMatchObject([
      {
        kind: 'alpha-whale-change',
        trader: ann,
        action: 'OPEN',
        sizeBefore: 0,
        sizeAfter: 10,
        notionalUsd: 1_000,
      },
    ]);
  });

  it('wait half a second, also when nobody else trades', async () => {
    owns(ann, 30_000_000);
    goes(10 * second, ann, 0, 10);
    expect(await until(10 * second + 499)).toMatchObject({
      kinds: [],
      because: "the change waits for those of the owner's other accounts",
    });
    const { signals } = await until(10 * second + 500);
    expect(signals).toMatchObject([
      { tsIngest: start + 10 * second + 500, row: { kind: 'alpha-whale-change', latencyMs: 500 } },
    ]);
  });

  it('of two owners are both settled', async () => {
    begin({ owners: { ...owners, [cat]: 'Jones', [dan]: 'Jones' } });
    for (const user of [ann, cat]) owns(user, 30_000_000);
    goes(10 * second, ann, 0, 10);
    goes(10 * second, cat, 0, 10);
    const { signals } = await until(11 * second);
    expect(signals.map(({ tsIngest, row }) => [tsIngest - start, row.trader])).toEqual([
      [10 * second + 500, ann],
      [10 * second + 500, cat],
    ]);
  });

  it('keep a correction of the record that comes while they wait, instead of counting the older size', async () => {
    begin({ owners, aggregateWhales: 1 });
    for (const user of [ann, dan]) owns(user, 15_000_000);
    goes(10 * second, dan, 0, -50);
    goes(11 * second, ann, 0, 10);
    isToldToHold(11 * second + 100, ann, 100);
    goes(12 * second, cat, 0, 1);
    const { signals } = await until(13 * second);
    // The whales hold +100 and -50; with +10 and -50 their bias would not have changed its sign.
    expect(signals.map(signal => signal.row)).toMatchObject([
      { kind: 'whale-change', trader: dan },
      {
        kind: 'bias-reversal',
        trader: ann,
        before: -1,
        after: expect.closeTo(50 / 150, 12),
        sizeBefore: 90,
        sizeAfter: 100,
        notionalUsd: 1_000,
      },
    ]);
  });

  it('make one whale of accounts that together are large enough', async () => {
    owns(ann, 6_000_000);
    owns(ben, 4_000_000);
    goes(10 * second, ann, 0, 10);
    goes(10 * second + 100, ben, 0, 10);
    const { signals } = await until(13 * second);
    expect(signals.map(signal => signal.row)).toMatchObject([
      { kind: 'whale-change', accountValue: 10_000_000 },
    ]);
  });

  it('are told apart from those of two whales', async () => {
    for (const user of [ann, ben, dan]) owns(user, 15_000_000);
    goes(10 * second, ann, 0, 10);
    goes(11 * second, ben, 0, 10);
    goes(12 * second, cat, 0, 1);
    expect((await until(13 * second)).kinds).not.toContain('HIGH whales-together');
    goes(14 * second, dan, 0, 10);
    expect((await until(15 * second)).kinds).toEqual(['HIGH whales-together']);
  });
});

describe('accounts that the exchange says belong to one owner', () => {
  function belongs(user: string, owner: string) {
    const payload = { user, owner, relation: 'sub-account' as const, name: null };
    tape.add(accountLink, { key: user, at: start, payload });
  }

  it('raise no alert when their changes net out, whichever of them is the owner', async () => {
    owns(ann, 30_000_000);
    for (const user of [ben, cat]) belongs(user, ann);
    goes(10 * second, ben, 0, 10);
    goes(10 * second + 200, cat, 0, -10);
    expect(await until(11 * second)).toMatchObject({ kinds: [], because: 'changes of one owner net out' });
    goes(20 * second, ann, 0, 10);
    goes(20 * second + 200, cat, -10, -20);
    expect(await until(21 * second)).toMatchObject({ kinds: [], because: 'changes of one owner net out' });
  });

  it('are one whale by the sum of their values, of which what is left raises an alert', async () => {
    owns(ann, 12_000_000);
    owns(ben, 9_000_000);
    belongs(ben, ann);
    goes(10 * second, ben, 0, 10);
    goes(10 * second + 300, ann, 0, -4);
    const { signals } = await until(11 * second);
    expect(signals.map(({ row }) => row)).toMatchObject([
      { kind: 'alpha-whale-change', trader: ben, accountValue: 21_000_000, sizeAfter: 10 },
    ]);
  });

  it('do not keep the change of an account that stands alone waiting', async () => {
    owns(dan, 30_000_000);
    belongs(ben, ann);
    goes(10 * second, dan, 0, 10);
    const { signals } = await until(11 * second);
    expect(signals).toMatchObject([{ tsIngest: start + 10 * second }]);
  });
});

describe('the whale alert plugin', () => {
  for (const check of conformance(whaleAlertSignal)) it(check.name, check.run);
});
