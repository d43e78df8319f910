import { describe, expect, it } from 'vitest';
import { alice, bob, carol, fillOf, runFeatures, tradeOf } from '../../../../test/support/feature-run.ts';
import { candle, fill, mark, trade, transfer, walletFeatures } from '../../../plugin-api/index.ts';
import { type TapeBuilder, tapeBuilder } from '../../../testing/tape-builder.ts';
import { marketStateFeature } from '../market-state/index.ts';
import { walletLedgerFeature } from '../wallet-ledger/index.ts';
import { walletBehaviourFeature } from './index.ts';

const plugins = [marketStateFeature, walletLedgerFeature, walletBehaviourFeature];
const start = Date.UTC(2026, 0, 5, 10);
const minute = 60_000;

async function featuresOf(
  tape: TapeBuilder,
  options: Parameters<typeof runFeatures>[2] = {},
  wallet = alice,
) {
  const run = await runFeatures(plugins, tape.events, options);
  return run.row(walletFeatures, wallet)!;
}

const hash = (digit: string) => `0x${digit.repeat(64)}`;
const midAt = (at: number, mid: string) => ({
  key: 'BTC',
  at,
  payload: { coin: 'BTC', mid, mark: null, oracle: null, openInterest: null, dayVolumeUsd: null },
});

describe('wallet behaviour', () => {
  it('counts the fills of one coin, transaction and side as one execution', async () => {
    const tape = tapeBuilder()
      .add(trade, { key: 'BTC', at: start, payload: tradeOf({ size: '1', hash: hash('a') }) })
      .add(trade, { key: 'BTC', at: start, payload: tradeOf({ size: '2', hash: hash('a'), tradeId: 2 }) })
      .add(trade, {
        key: 'ETH',
        at: start,
        payload: tradeOf({ coin: 'ETH', size: '3', hash: hash('a'), tradeId: 3 }),
      })
      .add(trade, { key: 'BTC', at: start, payload: tradeOf({ size: '4', hash: hash('a'), tradeId: 4 }) })
      .add(trade, {
        key: 'BTC',
        at: start + 10,
        payload: tradeOf({ size: '5', hash: hash('0'), tradeId: 5 }),
      })
      .add(trade, {
        key: 'BTC',
        at: start + 10,
        payload: tradeOf({ size: '6', hash: hash('0'), tradeId: 6 }),
      });
    const row = await featuresOf(tape);
    // Notionals: BTC 1 + 2 + 4, ETH 3, two slices of 5 and 6, all at 100.
    expect(row).toMatchObject({
      txCount: 4,
      uniqueTokens: 2,
      totalValue: 2_100,
      avgValue: 525,
      maxValue: 700,
    });
    // Sample deviation of 700, 300, 500, 600.
    expect(row.valueStd).toBeCloseTo(Math.sqrt((175 ** 2 + 225 ** 2 + 25 ** 2 + 75 ** 2) / 3), 9);
    // Half-decades: 300 in one, the others in the next.
    const entropy = -(0.25 * Math.log2(0.25) + 0.75 * Math.log2(0.75)) / Math.log2(10);
    expect(row.sizeEntropy).toBeCloseTo(entropy, 12);
  });

  it('measures age, rate, burstiness and hours', async () => {
    const tape = tapeBuilder();
    const hours = [0, 1, 3, 72];
    for (const [index, hour] of hours.entries())
      tape.add(trade, {
        key: 'BTC',
        at: start + hour * 60 * minute,
        payload: tradeOf({ tradeId: index + 1, hash: hash(String(index + 1)) }),
      });
    const row = await featuresOf(tape);
    expect(row.ageDays).toBe(3);
    expect(row.txPerDay).toBeCloseTo(4 / 3, 12);
    // Gaps of 1, 2 and 69 hours: mean 24, sample deviation sqrt((23^2 + 22^2 + 45^2) / 2).
    expect(row.burstiness).toBeCloseTo(Math.sqrt((529 + 484 + 2_025) / 2) / 24, 12);
    // Hours 10 (twice), 11 and 13.
    expect(row.hourEntropy).toBeCloseTo(1.5 / Math.log2(24), 12);
  });

  it('measures sides: longs among openings, flips, makers and balance', async () => {
    const sale = { buyer: bob, seller: alice } as const;
    const tape = tapeBuilder()
      .add(trade, { key: 'BTC', at: start, payload: tradeOf({ size: '1', hash: hash('1') }) })
      .add(trade, {
        key: 'BTC',
        at: start + 1,
        payload: tradeOf({ ...sale, size: '3', hash: hash('2'), tradeId: 2 }),
      })
      .add(trade, { key: 'BTC', at: start + 2, payload: tradeOf({ size: '1', hash: hash('3'), tradeId: 3 }) })
      .add(trade, {
        key: 'BTC',
        at: start + 3,
        payload: tradeOf({ size: '4', hash: hash('4'), tradeId: 4 }),
      });
    const row = await featuresOf(tape);
    // OPEN long, FLIP to short, DECREASE, FLIP to long: three openings, two of them long, two flips.
    expect(row.longRatio).toBeCloseTo(2 / 3, 12);
    expect(row.flipRate).toBeCloseTo(2 / 3, 12);
    // The taker always buys, so that alice makes when she sells: 3 of 9; bought 6, sold 3.
    expect(row.orderBookParticipation).toBeCloseTo(3 / 9, 12);
    expect(row.marketMakerScore).toBeCloseTo((3 / 9) * (1 - 3 / 9), 12);
  });

  it('counts an execution that closes and opens in two fills as one flip', async () => {
    const sale = { buyer: bob, seller: alice, hash: hash('2') } as const;
    const tape = tapeBuilder()
      .add(trade, { key: 'BTC', at: start, payload: tradeOf({ size: '1', hash: hash('1') }) })
      .add(trade, { key: 'BTC', at: start + 1, payload: tradeOf({ ...sale, size: '1', tradeId: 2 }) })
      .add(trade, { key: 'BTC', at: start + 1, payload: tradeOf({ ...sale, size: '1', tradeId: 3 }) });
    const row = await featuresOf(tape);
    expect(row).toMatchObject({ txCount: 2, longRatio: 0.5, flipRate: 0.5 });
  });

  it('counts counterparties, and tells none where the feed names none', async () => {
    const tape = tapeBuilder()
      .add(trade, { key: 'BTC', at: start, payload: tradeOf() })
      .add(trade, { key: 'BTC', at: start, payload: tradeOf({ tradeId: 2 }) })
      .add(trade, { key: 'BTC', at: start, payload: tradeOf({ tradeId: 3, seller: carol }) });
    expect((await featuresOf(tape)).uniqueAddresses).toBe(2);
    const own = tapeBuilder().add(fill, { key: alice, at: start, payload: fillOf() });
    expect(await featuresOf(own)).toMatchObject({ uniqueAddresses: null, txCount: 1, erc20Count: null });
  });

  it('counts a match once that both feeds tell, and takes the counterparty from the tape', async () => {
    const tape = tapeBuilder()
      .add(fill, { key: alice, at: start, payload: fillOf({ tradeId: 9 }) })
      .add(trade, { key: 'BTC', at: start, delayMs: 300, payload: tradeOf({ tradeId: 9 }) });
    expect(await featuresOf(tape)).toMatchObject({ txCount: 1, totalValue: 100, uniqueAddresses: 1 });
  });

  it('measures slippage from the mid before and impact by the mid a second later, of takers only', async () => {
    const tape = tapeBuilder()
      .add(mark, midAt(start, '100'))
      .add(trade, { key: 'BTC', at: start + 100, payload: tradeOf({ price: '100.1', hash: hash('1') }) })
      .add(trade, {
        key: 'BTC',
        at: start + 100,
        payload: tradeOf({ price: '100.3', size: '3', hash: hash('1'), tradeId: 2 }),
      })
      .add(mark, midAt(start + 1_099, '100.5'))
      .add(mark, midAt(start + 1_100, '200'))
      .add(mark, midAt(start + 5_000, '200'));
    const taker = await featuresOf(tape);
    // Mean price (100.1 + 3 x 100.3) / 4 = 100.25; the mid at 1,100 is not known before 1,100.
    expect(taker.avgSlippage).toBeCloseTo(25, 9);
    expect(taker.avgMarketImpact).toBeCloseTo(50, 9);
    expect(taker.maxMarketImpact).toBeCloseTo(50, 9);
    expect(taker.slippageStd).toBeNull();
    const maker = await featuresOf(tape, {}, bob);
    expect(maker).toMatchObject({ avgSlippage: null, avgMarketImpact: null });
  });

  it('takes a mid that stands still for an impact of 0, and one whose source is silent for none', async () => {
    const still = tapeBuilder()
      .add(mark, midAt(start, '100'))
      .add(trade, { key: 'BTC', at: start + 9_000, payload: tradeOf({ price: '100.1', hash: hash('1') }) });
    const later = { until: start + 20_000 };
    expect(await featuresOf(still, later)).toMatchObject({ avgMarketImpact: 0, maxMarketImpact: 0 });
    const silent = tapeBuilder()
      .add(mark, midAt(start, '100'))
      .add(trade, { key: 'BTC', at: start + 9_001, payload: tradeOf({ price: '100.1', hash: hash('1') }) });
    const row = await featuresOf(silent, later);
    // A second after it the mid is 10,001 ms old.
    expect(row).toMatchObject({ avgMarketImpact: null, maxMarketImpact: null });
    expect(row.avgSlippage).toBeCloseTo(10, 9);
  });

  const candleAt = (openTime: number, values: [string, string, string, string], volume = '10') => ({
    key: 'BTC',
    at: openTime + minute,
    delayMs: 2_000,
    payload: {
      coin: 'BTC',
      interval: '1m' as const,
      openTime,
      closeTime: openTime + minute,
      open: values[0],
      high: values[1],
      low: values[2],
      close: values[3],
      volume,
      trades: null,
    },
  });

  it('adds the candle that holds an execution when it is complete, never before', async () => {
    const tape = tapeBuilder()
      .add(candle, candleAt(start, ['100', '100', '100', '100']))
      .add(trade, { key: 'BTC', at: start + 2 * minute + 5, payload: tradeOf({ hash: hash('1') }) })
      .add(trade, {
        key: 'BTC',
        at: start + 2 * minute + 9,
        payload: tradeOf({ hash: hash('2'), tradeId: 2 }),
      })
      .add(candle, candleAt(start + minute, ['1', '9', '1', '9']))
      .add(candle, candleAt(start + 2 * minute, ['100', '104', '99', '102'], '30'));
    const early = await featuresOf(tape, { until: start + 3 * minute + 2_400 });
    expect(early).toMatchObject({ avgCandleVolatility: null, positiveMomentumRatio: null });
    const row = await featuresOf(tape, { until: start + 3 * minute + 4_000 });
    expect(row.avgCandleVolatility).toBeCloseTo(0.05, 12);
    expect(row.avgCandleMomentum).toBeCloseTo(0.02, 12);
    expect(row.avgTrendStrength).toBeCloseTo(2 / 5, 12);
    // 30 coins at (104 + 99 + 102) / 3, in thousands.
    expect(row.avgCandleVolume).toBeCloseTo(3.05, 12);
    expect(row).toMatchObject({ positiveMomentumRatio: 1, volatilityStd: 0 });
  });

  it('waits for no candle of a coin that has never had one', async () => {
    const tape = tapeBuilder()
      .add(trade, { key: 'BTC', at: start + 5, payload: tradeOf({ hash: hash('1') }) })
      .add(candle, candleAt(start, ['100', '110', '100', '105']));
    const row = await featuresOf(tape, { until: start + 2 * minute });
    expect(row.avgCandleVolatility).toBeNull();
  });

  it('waits for a candle that is late, and gives up one that never comes', async () => {
    const late = tapeBuilder()
      .add(candle, candleAt(start, ['100', '100', '100', '100']))
      .add(trade, { key: 'BTC', at: start + minute + 5, payload: tradeOf({ hash: hash('1') }) })
      .add(candle, { ...candleAt(start + minute, ['100', '110', '100', '105']), delayMs: 20_000 });
    expect((await featuresOf(late, { until: start + 4 * minute })).avgCandleVolatility).toBeCloseTo(0.1, 12);
    const missed = tapeBuilder()
      .add(candle, candleAt(start, ['100', '100', '100', '100']))
      .add(trade, { key: 'BTC', at: start + minute + 5, payload: tradeOf({ hash: hash('1') }) })
      .add(candle, candleAt(start + 2 * minute, ['100', '110', '100', '105']));
    expect((await featuresOf(missed, { until: start + 9 * minute })).avgCandleVolatility).toBeNull();
  });

  it('scores momentum and reversion by the move of the last five minutes', async () => {
    const tape = tapeBuilder();
    // One mid a minute for two hours: log price 0, 1, 0, 1, … hundredths, then a rise.
    for (let step = 0; step < 120; step++)
      tape.add(mark, midAt(start + step * minute, String(100 * Math.exp((step % 2) / 100))));
    tape.add(mark, midAt(start + 120 * minute, String(100 * Math.exp(0.1))));
    tape.add(trade, { key: 'BTC', at: start + 120 * minute + 1, payload: tradeOf({ hash: hash('1') }) });
    const buyer = await featuresOf(tape);
    const seller = await featuresOf(tape, {}, bob);
    // A rise of ten deviations is clipped at three and scaled to 1.
    expect(buyer).toMatchObject({ momentumScore: 1, meanReversionScore: 0 });
    expect(seller).toMatchObject({ momentumScore: 0, meanReversionScore: 1 });
    // The sigma of the last five minutes is that of returns of +1, -1, +1, -1, +1 hundredths (or their mirror image).
    expect(buyer.volatilityTradingScore).toBeGreaterThan(0.3);
    expect(buyer.volatilityTradingScore).toBeLessThan(0.4);
  });

  it('counts HyperEVM transactions, transfers, tokens and contracts, and tells no volume of transfers without a price', async () => {
    const contract = `0x${'d'.repeat(40)}`;
    const call = (parts: object) => ({
      key: alice,
      at: start,
      payload: {
        user: alice,
        counterparty: bob,
        contract,
        token: 'USDT0',
        amount: '-5',
        valueUsd: 5,
        hash: hash('e'),
        ...parts,
      },
    });
    const tape = tapeBuilder()
      .add(transfer, call({}))
      .add(transfer, call({ token: 'WHYPE', valueUsd: null }))
      .add(transfer, call({ token: null, amount: null, valueUsd: null, hash: hash('f'), contract: carol }));
    expect(await featuresOf(tape)).toMatchObject({
      txCount: 2,
      erc20Count: 2,
      erc20Volume: 5,
      uniqueTokens: 2,
      contractInteractionCount: 2,
      uniqueAddresses: 1,
      avgValue: null,
      longRatio: 0.5,
    });
    const unpriced = tapeBuilder()
      .add(transfer, call({ valueUsd: null }))
      .add(transfer, call({ token: 'WHYPE', valueUsd: null }));
    expect(await featuresOf(unpriced)).toMatchObject({ erc20Count: 2, erc20Volume: null });
    const called = tapeBuilder().add(transfer, call({ token: null, amount: null, valueUsd: null }));
    expect(await featuresOf(called)).toMatchObject({ erc20Count: 0, erc20Volume: 0 });
  });
});
