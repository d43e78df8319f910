import { beforeAll, describe, expect, it } from 'vitest';
import { createPipeline } from '../../src/core/pipeline.ts';
import { makePlan } from '../../src/core/plan.ts';
import {
  account,
  type RowOf,
  type walletCategories,
  type walletFeatures,
} from '../../src/plugin-api/index.ts';
import { traderTierClassifier } from '../../src/plugins/classifiers/trader-tier-and-tags/index.ts';
import { walletCategoriesClassifier } from '../../src/plugins/classifiers/wallet-categories/index.ts';
import { leaderboardView } from '../../src/plugins/features/leaderboard-view/index.ts';
import { marketRegimeFeature } from '../../src/plugins/features/market-regime/index.ts';
import { marketStateFeature } from '../../src/plugins/features/market-state/index.ts';
import { regimePerformanceFeature } from '../../src/plugins/features/regime-performance/index.ts';
import { walletBehaviourFeature } from '../../src/plugins/features/wallet-behaviour/index.ts';
import { walletLedgerFeature } from '../../src/plugins/features/wallet-ledger/index.ts';
import { walletPerformanceFeature } from '../../src/plugins/features/wallet-performance/index.ts';
import { traderScoreModel } from '../../src/plugins/models/trader-score/index.ts';
import { traderWeightModel } from '../../src/plugins/models/trader-weight/index.ts';
import { smartMoneyBiasSignal } from '../../src/plugins/signals/smart-money-bias/index.ts';
import { whaleAlertSignal } from '../../src/plugins/signals/whale-alert/index.ts';
import {
  candlesOf,
  crashFills,
  equityPoints,
  hasData,
  merged,
  type Source,
  vaultFills,
  vaultWallets,
} from './ledger-recordings.ts';

const plugins = [
  marketStateFeature,
  walletLedgerFeature,
  walletBehaviourFeature,
  walletPerformanceFeature,
  leaderboardView,
  marketRegimeFeature,
  regimePerformanceFeature,
  traderScoreModel,
  traderWeightModel,
  walletCategoriesClassifier,
  traderTierClassifier,
  smartMoneyBiasSignal,
  whaleAlertSignal,
];

interface Census {
  /** Wallets with two transactions or more: those that can have a category. */
  wallets: number;
  uncategorised: number;
  counts: Map<string, number>;
  txPerDay: number[];
  /** How often a wallet's row was made anew, over all wallets. */
  changes: number;
  scored: number;
  weighted: number;
  signals: Map<string, number>;
  alerts: Map<string, number>;
  faults: string[];
}

const add = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);

/** Equity statements as they could have been known, two seconds after their time. */
function accounts(): Source {
  const points = [...equityPoints()]
    .flatMap(([user, list]) => list.map(point => ({ user, ...point })))
    .sort((one, other) => one.time - other.time);
  return {
    times: Float64Array.from(points, point => point.time + 2_000),
    event(place) {
      const { user, time, accountValue, pnl } = points[place]!;
      return {
        ref: account,
        key: user,
        tsEvent: time,
        tsIngest: time + 2_000,
        dedupe: '',
        payload: { user, accountValue: `${accountValue}`, totalPnl: `${pnl}` },
      };
    },
  };
}

interface CensusOptions {
  readonly sources: readonly Source[];
  readonly config?: Readonly<Record<string, unknown>>;
  /** Only these wallets' fills; default all. */
  readonly wallets?: ReadonlySet<string>;
}

/** Replays sources through all analysis plugins and counts what wallets are at the end. */
async function censusOf({ sources, config = {}, wallets }: CensusOptions): Promise<Census> {
  const end = Math.max(...sources.map(source => source.times.at(-1) ?? 0)) + 60_000;
  const pipeline = createPipeline({ plan: makePlan({ plugins, config }) });
  await pipeline.start();
  const seen = new Set<string>();
  const census: Census = {
    wallets: 0,
    uncategorised: 0,
    counts: new Map(),
    txPerDay: [],
    changes: 0,
    scored: 0,
    weighted: 0,
    signals: new Map(),
    alerts: new Map(),
    faults: [],
  };
  for (const { events } of merged(sources, { stops: [end] })) {
    const chosen = events.filter(
      ({ ref, key }) => wallets === undefined || ref.entity !== 'trader' || wallets.has(key),
    );
    for (const { type, key } of chosen) if (type === 'fill') seen.add(key);
    const batch = await pipeline.process(chosen);
    for (const { ref } of batch.history) if (ref.id === 'wallet.categories') census.changes++;
    for (const { row } of batch.signals) add(census.signals, `${row.kind ?? row.action}`);
    for (const { severity } of batch.alerts) add(census.alerts, severity);
    for (const fault of batch.faults) census.faults.push(`${fault.plugin}: ${fault.message}`);
  }
  for (const wallet of seen) {
    const features = pipeline.row('wallet.features', wallet) as RowOf<typeof walletFeatures> | undefined;
    if (features === undefined || features.txCount < 2) continue;
    census.wallets++;
    census.txPerDay.push(features.txPerDay);
    const row = pipeline.row('wallet.categories', wallet) as RowOf<typeof walletCategories> | undefined;
    for (const { category } of row?.categories ?? []) add(census.counts, category);
    if (row === undefined || row.primary === null) census.uncategorised++;
    if (pipeline.row('trader.score', wallet) !== undefined) census.scored++;
    if (pipeline.row('trader.weight', wallet) !== undefined) census.weighted++;
  }
  census.txPerDay.sort((one, other) => one - other);
  return census;
}

const shareOf = (census: Census, category: string) => (census.counts.get(category) ?? 0) / census.wallets;

function print(title: string, census: Census): void {
  const percent = (count: number) => `${((100 * count) / census.wallets).toFixed(1)} %`;
  const rows = [...census.counts]
    .sort(([, one], [, other]) => other - one)
    .map(
      ([category, count]) => `${category.padEnd(28)} ${`${count}`.padStart(6)} ${percent(count).padStart(7)}`,
    );
  const list = (counts: Map<string, number>) =>
    [...counts]
      .sort()
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  const quartiles = [0.1, 0.25, 0.5, 0.75, 0.9].map(at =>
    census.txPerDay[Math.floor(at * census.txPerDay.length)]?.toFixed(2),
  );
  console.log(`
${title}: ${census.wallets} wallets of two transactions or more
${rows.join('\n')}
${'none'.padEnd(28)} ${`${census.uncategorised}`.padStart(6)} ${percent(census.uncategorised).padStart(7)}
transactions per day at 10, 25, 50, 75, 90 %: ${quartiles.join(', ')}
category changes ${census.changes}; with a score ${census.scored}, with a weight ${census.weighted}
signals: ${list(census.signals)}; alerts: ${list(census.alerts)}`);
}

/** Every fourth vault, unless all are asked for: a few minutes instead of one. */
const everyNth = process.env.HYPERSONAR_ALL_WALLETS === undefined ? 4 : 1;

describe.skipIf(!hasData)('wallet categories on real recordings', () => {
  let crash: Census;
  let vaults: Census;

  beforeAll(async () => {
    crash = await censusOf({ sources: [crashFills()] });
    print('Crash of October 2025', crash);
    const wallets = vaultWallets();
    vaults = await censusOf({
      sources: [candlesOf('candles_1h_top30.csv.gz', '1h'), accounts(), vaultFills(wallets)],
      config: { 'market-state': { candleInterval: '1h' }, 'wallet-categories': { candleMinutes: 60 } },
      wallets: new Set(wallets.filter(({ index }) => index % everyNth === 0).map(({ address }) => address)),
    });
    print(`Vaults, 2023 to 2025, every ${everyNth}`, vaults);
  }, 900_000);

  it('come without a fault', () => {
    expect(crash.faults).toEqual([]);
    expect(vaults.faults).toEqual([]);
  });

  it('are many, and leave few wallets without one', () => {
    expect(crash.counts.size).toBeGreaterThanOrEqual(6);
    expect(vaults.counts.size).toBeGreaterThanOrEqual(15);
    expect(crash.uncategorised / crash.wallets).toBeLessThan(0.15);
    expect(vaults.uncategorised / vaults.wallets).toBeLessThan(0.15);
  });

  it('hold for less than half of the wallets each, but for Active Trader', () => {
    // Note: vaults trade for a living. Half of them make between one and fifty transactions a day, which is what it means.
    for (const census of [crash, vaults]) {
      const frequent = [...census.counts.keys()].filter(category => shareOf(census, category) > 0.5);
      expect(frequent).toEqual(['Active Trader']);
      const inBand = census.txPerDay.filter(pace => pace >= 0.995 && pace <= 50).length / census.wallets;
      expect(inBand).toBeGreaterThan(0.5);
    }
  });

  it('are kept when they change, not with every transaction', () => {
    const transactions = (census: Census) => census.txPerDay.length;
    expect(crash.changes / transactions(crash)).toBeLessThan(30);
    expect(vaults.changes / transactions(vaults)).toBeLessThan(80);
  });

  it('come with signals, from weights that fills alone allow', () => {
    expect(crash.weighted).toBeGreaterThan(200);
    expect(crash.signals.get('BUY')).toBeGreaterThan(0);
    expect(crash.signals.get('SELL')).toBeGreaterThan(0);
  });
});
