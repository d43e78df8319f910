import { describe, expect, it } from 'vitest';
import { createPipeline } from '../../src/core/pipeline.ts';
import { makePlan } from '../../src/core/plan.ts';
import {
  type fill,
  type RowOf,
  walletFeatures,
  walletPerformance,
  type walletPosition,
} from '../../src/plugin-api/index.ts';
import { marketStateFeature } from '../../src/plugins/features/market-state/index.ts';
import { walletBehaviourFeature } from '../../src/plugins/features/wallet-behaviour/index.ts';
import { walletLedgerFeature } from '../../src/plugins/features/wallet-ledger/index.ts';
import { walletPerformanceFeature } from '../../src/plugins/features/wallet-performance/index.ts';
import {
  candlesOf,
  crashFills,
  hasData,
  merged,
  type Source,
  vaultFills,
  vaultWallets,
} from './ledger-recordings.ts';

type Features = RowOf<typeof walletFeatures>;

async function replay(sources: readonly Source[]) {
  const plan = makePlan({
    plugins: [marketStateFeature, walletLedgerFeature, walletBehaviourFeature, walletPerformanceFeature],
    config: { 'market-state': { candleInterval: 'finest' } },
  });
  const pipeline = createPipeline({ plan });
  await pipeline.start();
  const wallets = new Set<string>();
  const ledger = { rows: 0, gaps: 0, liquidations: 0, flips: 0 };
  const last = Math.max(...sources.map(({ times }) => times.at(-1)!));
  const gaps = new Map<string, number>();
  for (const { events } of merged(sources, { stops: [last + 5_000] })) {
    const output = await pipeline.process(events);
    expect(output.faults).toEqual([]);
    for (const { key, row } of output.history) {
      const position = row as RowOf<typeof walletPosition>;
      wallets.add(key.slice(0, 42));
      ledger.rows++;
      gaps.set(key, position.gaps);
      if (position.action === 'LIQUIDATED') ledger.liquidations++;
      if (position.action === 'FLIP') ledger.flips++;
    }
  }
  for (const count of gaps.values()) ledger.gaps += count;
  const rows = [...wallets].map(wallet => pipeline.row(walletFeatures.id, wallet) as Features);
  const performance = [...wallets].map(
    wallet => pipeline.row(walletPerformance.id, wallet) as RowOf<typeof walletPerformance>,
  );
  return { rows, performance, ledger };
}

/** How many different values each feature takes, and in how many rows it has one. */
function variety(rows: readonly Features[]) {
  return Object.keys(walletFeatures.fields).map(name => {
    const values = rows.map(row => row[name as keyof Features]).filter(value => value !== null);
    return { name, known: values.length, distinct: new Set(values).size };
  });
}

/** What own fills alone cannot tell: mids, counterparties, HyperEVM. */
const unfillable = [
  'erc20Count',
  'uniqueAddresses',
  'erc20Volume',
  'contractInteractionCount',
  'avgMarketImpact',
  'maxMarketImpact',
  'avgSlippage',
  'slippageStd',
];

describe.skipIf(!hasData)('the features over recordings', () => {
  it('vary in every feature that fills with five-minute candles can fill', async () => {
    const candles = [
      candlesOf('candles_4h_all.csv.gz', '4h'),
      candlesOf('candles_1h_top30.csv.gz', '1h'),
      candlesOf('candles_5m_btc_eth_sol_hype.csv.gz', '5m'),
    ];
    const from = candles[2]!.times[0]!;
    const { rows, performance } = await replay([...candles, vaultFills(vaultWallets())].map(since(from)));
    const found = variety(rows);
    console.info(
      `${rows.length} wallets; distinct values: ${found.map(({ name, known, distinct }) => `${name} ${distinct}/${known}`).join(', ')}`,
    );
    for (const { name, known, distinct } of found) {
      if (unfillable.includes(name)) expect(known, name).toBe(0);
      else expect(distinct, name).toBeGreaterThan(10);
    }
    const ended = performance.filter(({ windows }) => windows[3]?.winRate !== null).length;
    expect(ended).toBeGreaterThan(rows.length / 2);
  }, 600_000);

  it('stay within their ranges over the crash of October 2025, which has liquidations and flips', async () => {
    const source = crashFills();
    const told = { flips: 0, liquidations: 0 };
    for (let place = 0; place < source.times.length; place++) {
      const { startPosition, size, side, liquidatedUser, direction, user } = source.event(place)
        .payload as unknown as RowOf<typeof fill>;
      const before = Number(startPosition);
      const after = Number((before + (side === 'buy' ? 1 : -1) * Number(size)).toFixed(8));
      const closes = before * after < 0 || Math.abs(after) < Math.abs(before);
      const victim = liquidatedUser === null ? direction?.startsWith('Liquidated') : liquidatedUser === user;
      if (victim && closes) told.liquidations++;
      else if (before * after < 0) told.flips++;
    }
    const { rows, ledger } = await replay([source]);
    console.info(
      `crash: ${rows.length} wallets, ${JSON.stringify(ledger)}; by the feed ${JSON.stringify(told)}`,
    );
    expect(ledger).toMatchObject(told);
    expect(ledger.gaps).toBeLessThan(0.01 * ledger.rows);
  }, 600_000);
});

/** The events of a source from a time on. */
function since(from: number): (source: Source) => Source {
  return source => {
    let first = source.times.findIndex(time => time >= from);
    if (first < 0) first = source.times.length;
    return { times: source.times.subarray(first), event: place => source.event(place + first) };
  };
}
