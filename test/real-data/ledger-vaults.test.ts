import { beforeAll, describe, expect, it } from 'vitest';
import { createPipeline } from '../../src/core/pipeline.ts';
import { makePlan } from '../../src/core/plan.ts';
import { marketState, type RowOf, toNumber, type walletPosition } from '../../src/plugin-api/index.ts';
import { marketStateFeature } from '../../src/plugins/features/market-state/index.ts';
import { walletLedgerFeature } from '../../src/plugins/features/wallet-ledger/index.ts';
import { pearson, sameSign, spearman } from './correlation.ts';
import {
  candlesOf,
  equityPoints,
  fundingRates,
  hasData,
  merged,
  vaultFills,
  vaultWallets,
} from './ledger-recordings.ts';

/** What the ledger says of a wallet at its last equity point. */
interface Outcome {
  readonly fills: number;
  readonly told: number;
  readonly realised: number;
  readonly withoutFunding: number;
  readonly marked: number;
  /** Whether the account value can carry the open positions at all. */
  readonly held: boolean;
  readonly open: number;
  readonly unpriced: number;
}

/** The exchange allows no more. */
const greatestLeverage = 50;

interface Agreement {
  pairs: number;
  agreeing: number;
  flagged: number;
}

async function replayVaults(): Promise<{ outcomes: Outcome[]; agreement: Agreement }> {
  const wallets = vaultWallets();
  const points = equityPoints();
  const config = { 'market-state': { candleInterval: 'finest' } };
  const plan = makePlan({ plugins: [marketStateFeature, walletLedgerFeature], config });
  const pipeline = createPipeline({ plan });
  await pipeline.start();
  const lastPoint = new Map(wallets.map(({ address }) => [address, points.get(address)?.at(-1)]));
  const due = wallets
    .filter(({ address }) => lastPoint.get(address) !== undefined)
    .sort((a, b) => lastPoint.get(a.address)!.time - lastPoint.get(b.address)!.time);
  const rows = new Map<string, Map<string, RowOf<typeof walletPosition>>>();
  const agreement: Agreement = { pairs: 0, agreeing: 0, flagged: 0 };
  const outcomes: Outcome[] = [];
  let next = 0;
  const sources = [
    candlesOf('candles_4h_all.csv.gz', '4h'),
    candlesOf('candles_1h_top30.csv.gz', '1h'),
    fundingRates(),
    vaultFills(wallets),
  ];
  const stops = due.map(({ address }) => lastPoint.get(address)!.time);
  for (const { events, stop } of merged(sources, { stops })) {
    const output = await pipeline.process(events);
    for (const { key, row } of output.history) {
      const [address, coin] = key.split(/:(.*)/s) as [string, string];
      let coins = rows.get(address);
      if (coins === undefined) {
        coins = new Map();
        rows.set(address, coins);
      }
      const now = row as RowOf<typeof walletPosition>;
      const before = coins.get(coin);
      if (before !== undefined && now.source === 'fill') {
        agreement.pairs++;
        // Note: the row shows the position before the fill as the feed tells it, so that it can be compared with the row before.
        const difference = Math.abs(toNumber(now.sizeBefore) - toNumber(before.size));
        if (difference <= 1e-9) agreement.agreeing++;
        agreement.flagged += now.gaps - before.gaps;
      }
      coins.set(coin, now);
    }
    if (stop === undefined) continue;
    const wallet = due[next++]!;
    const told = lastPoint.get(wallet.address)!;
    let realised = 0;
    let fundingSum = 0;
    let unrealised = 0;
    let open = 0;
    let unpriced = 0;
    let gross = 0;
    for (const [coin, row] of rows.get(wallet.address) ?? []) {
      realised += row.cumulativePnl;
      fundingSum += row.cumulativeFunding;
      const size = toNumber(row.size);
      if (size === 0) continue;
      open++;
      const market = pipeline.row(marketState.id, coin) as RowOf<typeof marketState> | undefined;
      if (market?.price != null) gross += Math.abs(size) * market.price;
      if (market?.price == null || row.entryPrice === null) unpriced++;
      else unrealised += size * (market.price - row.entryPrice);
    }
    outcomes.push({
      fills: wallet.fills,
      told: told.pnl,
      realised,
      withoutFunding: realised - fundingSum,
      marked: realised + (gross <= greatestLeverage * told.accountValue ? unrealised : 0),
      held: gross <= greatestLeverage * told.accountValue,
      open,
      unpriced,
    });
  }
  return { outcomes, agreement };
}

const figures = (pairs: readonly (readonly [number, number])[]) =>
  `${pairs.length} wallets: Pearson ${pearson(pairs).toFixed(4)}, Spearman ${spearman(pairs).toFixed(4)}, same sign ${sameSign(pairs).toFixed(4)}`;

describe.skipIf(!hasData)('the ledger over the fills of 4,602 vaults', () => {
  let replay: Awaited<ReturnType<typeof replayVaults>>;
  beforeAll(async () => {
    replay = await replayVaults();
  }, 600_000);

  it('agrees with the recorded start positions in at least 99 % of consecutive pairs and flags every other', () => {
    const { pairs, agreeing, flagged } = replay.agreement;
    console.info(
      `start positions: ${agreeing} of ${pairs} pairs agree (${((100 * agreeing) / pairs).toFixed(2)} %), ${flagged} gaps`,
    );
    expect(agreeing / pairs).toBeGreaterThanOrEqual(0.99);
    expect(flagged).toBe(pairs - agreeing);
  });

  it("tells the exchange's own PnL of complete histories that are flat", () => {
    const flat = replay.outcomes.filter(({ fills, open }) => fills >= 20 && fills < 2_000 && open === 0);
    const pairs = flat.map(({ realised, told }) => [realised, told] as const);
    console.info(
      `flat, without funding: ${figures(flat.map(({ withoutFunding, told }) => [withoutFunding, told]))}`,
    );
    console.info(`flat, with funding:    ${figures(pairs)}`);
    expect(pairs.length).toBeGreaterThan(2_000);
    expect(pearson(pairs)).toBeGreaterThanOrEqual(0.95);
    expect(spearman(pairs)).toBeGreaterThanOrEqual(0.97);
    expect(sameSign(pairs)).toBeGreaterThanOrEqual(0.97);
  });

  it('comes nearer to it by marking open positions with candles', () => {
    const complete = replay.outcomes.filter(({ fills }) => fills >= 20 && fills < 2_000);
    const open = complete.filter(item => item.open > 0);
    for (const [name, group] of [
      ['all complete', complete],
      ['open', open],
      ['open, all priced', open.filter(item => item.unpriced === 0)],
      ['open, within the greatest leverage', open.filter(item => item.held)],
    ] as const) {
      console.info(`${name}, realised: ${figures(group.map(({ realised, told }) => [realised, told]))}`);
      console.info(`${name}, marked:   ${figures(group.map(({ marked, told }) => [marked, told]))}`);
    }
    const realised = pearson(open.map(item => [item.realised, item.told]));
    const marked = pearson(open.map(item => [item.marked, item.told]));
    expect(marked).toBeGreaterThan(realised);
    expect(pearson(complete.map(item => [item.marked, item.told]))).toBeGreaterThan(
      pearson(complete.map(item => [item.realised, item.told])),
    );
  });
});
