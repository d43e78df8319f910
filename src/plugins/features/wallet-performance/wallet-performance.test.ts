import { describe, expect, it } from 'vitest';
import { alice, fillOf, positionOf, tradeOf } from '../../../../test/support/feature-run.ts';
import { account, candle, fill, leaderboard, mark, position, trade } from '../../../plugin-api/index.ts';
import { seededDraw } from '../../../testing/sample-rows.ts';
import { tapeBuilder } from '../../../testing/tape-builder.ts';
import { day, episode, equity, hour, listed, performanceOf, start } from './performance-tape.fixture.ts';

describe('wallet performance: windows', () => {
  it('sums episodes, wins, profits and losses, and leaves out of each window what is older', async () => {
    const tape = tapeBuilder();
    episode(tape, start, 50);
    episode(tape, start + 20 * day, -30);
    episode(tape, start + 26 * day, 10);
    episode(tape, start + 29 * day, -20);
    const { row, window } = await performanceOf(tape, start + 29 * day + 2 * hour);
    expect(window('all')).toMatchObject({ pnl: 10, trades: 8, winRate: 0.5, maxProfit: 50, maxLoss: -30 });
    expect(window('all').profitFactor).toBeCloseTo(60 / 50, 12);
    expect(window('month')).toMatchObject({ pnl: 10, trades: 8 });
    expect(window('week')).toMatchObject({ pnl: -10, winRate: 0.5, maxProfit: 10, maxLoss: -20 });
    expect(window('day')).toMatchObject({
      pnl: -20,
      winRate: 0,
      maxProfit: null,
      maxLoss: -20,
      profitFactor: 0,
    });
    expect(row).toMatchObject({ realisedPnl: 10, meanHoldingMs: 1_000, consistency: null });
  });

  it('empties the windows of a wallet that does nothing any more', async () => {
    const tape = episode(tapeBuilder(), start, 50);
    const windowsAt = async (time: number) => (await performanceOf(tape, start + time)).window;
    expect((await windowsAt(23 * hour))('day').pnl).toBe(50);
    expect((await windowsAt(26 * hour))('day')).toMatchObject({ pnl: 0, trades: 0, winRate: null });
    expect((await windowsAt(6 * day))('week').pnl).toBe(50);
    expect((await windowsAt(8 * day))('week').pnl).toBe(0);
    expect((await windowsAt(31 * day))('month').pnl).toBe(0);
    expect((await windowsAt(31 * day))('all').pnl).toBe(50);
  });

  it('counts the fills of one execution as one trade, and makers by notional', async () => {
    const tape = tapeBuilder()
      .add(trade, { key: 'BTC', at: start, payload: tradeOf({ size: '1' }) })
      .add(trade, { key: 'BTC', at: start, payload: tradeOf({ size: '2', tradeId: 2 }) })
      .add(trade, {
        key: 'BTC',
        at: start + 1,
        payload: tradeOf({ size: '1', tradeId: 3, takerSide: 'sell', hash: `0x${'2'.repeat(64)}` }),
      });
    const { window } = await performanceOf(tape);
    expect(window('day')).toMatchObject({ trades: 2, volume: 400, makerShare: 0.25 });
  });

  it('tells no profit factor without a loss', async () => {
    const { window } = await performanceOf(episode(tapeBuilder(), start, 5));
    expect(window('all')).toMatchObject({ profitFactor: null, winRate: 1 });
  });
});

describe('wallet performance: equity', () => {
  it('tells no return, drawdown or risk where equity is not known', async () => {
    const { row, window } = await performanceOf(episode(tapeBuilder(), start, 5));
    expect(window('all')).toMatchObject({ roi: null, maxDrawdown: null, avgRiskRatio: null, sharpe: null });
    expect(row).toMatchObject({ accountValue: null, leverageUse: null, consistency: null });
  });

  it('measures return on equity at the beginning, and drawdown from the peak', async () => {
    const tape = tapeBuilder().add(account, equity(start - 7 * day, 1_000));
    episode(tape, start + hour, 100);
    episode(tape, start + 2 * hour, -220);
    episode(tape, start + 3 * hour, 50);
    const { row, window } = await performanceOf(tape);
    // 1,000, 1,100, 880, 930.
    expect(window('all').roi).toBeCloseTo(-0.07, 12);
    expect(window('all').maxDrawdown).toBeCloseTo(0.2, 12);
    expect(window('day').maxDrawdown).toBeCloseTo(0.2, 12);
    // Each entry is 1,000 USD: on 1,000, 1,100 and 880.
    expect(window('all').avgRiskRatio).toBeCloseTo((1_000 / 1_000 + 1_000 / 1_100 + 1_000 / 880) / 3, 12);
    expect(row).toMatchObject({ accountValue: 1_000, consistency: 0 });
  });

  it('finds a drawdown that begins in one day and ends in another', async () => {
    const tape = tapeBuilder().add(account, equity(start - 7 * day, 1_000));
    episode(tape, start + hour, 100);
    episode(tape, start + day, -110);
    episode(tape, start + 2 * day, -165);
    const { window } = await performanceOf(tape);
    // 1,100 to 825
    expect(window('week').maxDrawdown).toBeCloseTo(0.25, 12);
    expect(window('all').maxDrawdown).toBeCloseTo(0.25, 12);
  });

  it('takes a deposit for no gain and a withdrawal for no loss where total PnL is told', async () => {
    const tape = tapeBuilder()
      .add(account, equity(start, 1_000, 0))
      .add(account, equity(start + hour, 11_000, 0))
      .add(account, equity(start + 2 * hour, 11_550, 550))
      .add(account, equity(start + 3 * hour, 50, 550));
    const { window } = await performanceOf(tape, start + 7 * day);
    expect(window('all')).toMatchObject({ maxDrawdown: 0 });
    const realised = tapeBuilder()
      .add(account, equity(start, 1_000, 0))
      .add(account, equity(start + hour, 11_000, 0));
    episode(realised, start + 2 * hour, 1_100);
    // 1,100 on the 1,000 of the beginning and the 10,000 that came.
    expect((await performanceOf(realised)).window('all').roi).toBeCloseTo(0.1, 12);
  });

  it('limits the drawdown to 1 when everything is lost', async () => {
    const tape = tapeBuilder().add(account, equity(start, 1_000));
    episode(tape, start + hour, -99);
    tape.add(account, equity(start + 2 * hour, 0, null));
    const lost = tapeBuilder().add(account, equity(start, 150));
    episode(lost, start + hour, -90);
    episode(lost, start + 2 * hour, -90);
    expect((await performanceOf(lost, start + 7 * day)).window('all').maxDrawdown).toBe(1);
    expect((await performanceOf(tape, start + 7 * day)).window('all').maxDrawdown).toBeCloseTo(0.099, 12);
  });

  it("reads equity from the exchange's leaderboard, too", async () => {
    const tape = episode(tapeBuilder().add(leaderboard, listed(start, 5_000, 0)), start + hour, 50);
    expect((await performanceOf(tape)).window('all').roi).toBeCloseTo(0.01, 12);
    expect((await performanceOf(tape)).row.accountValue).toBe(5_000);
  });
});

describe('wallet performance: daily statistics', () => {
  const deviation = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  };
  const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  it('tells nothing before seven whole days', async () => {
    const tape = tapeBuilder().add(account, equity(start, 10_000));
    for (let index = 0; index < 6; index++) episode(tape, start + index * day + hour, 10 + index);
    const early = await performanceOf(tape, start + 6 * day + hour);
    expect(early.window('all')).toMatchObject({ sharpe: null, sortino: null });
    expect(early.row.pnlVolatility).toBeNull();
    const later = await performanceOf(tape, start + 7 * day + hour);
    expect(later.window('all').sharpe).not.toBeNull();
  });

  it('agrees with a calculation from all days, idle ones included', async () => {
    const draw = seededDraw(11);
    const tape = tapeBuilder().add(account, equity(start, 10_000));
    const pnls: number[] = [];
    for (let index = 0; index < 45; index++) {
      const pnl = index % 4 === 3 ? 0 : Math.round((draw() - 0.4) * 180);
      if (pnl !== 0) episode(tape, start + index * day + hour, pnl);
      pnls.push(pnl);
    }
    const { row, window } = await performanceOf(tape, start + 45 * day + hour);
    let value = 10_000;
    const returns = pnls.map(pnl => {
      const before = value;
      value += pnl;
      return pnl / before;
    });
    const ratiosOf = (values: readonly number[]) => {
      const downside = Math.sqrt(meanOf(values.map(item => Math.min(0, item) ** 2)));
      return [meanOf(values) / deviation(values), meanOf(values) / downside] as const;
    };
    for (const [name, values] of [
      ['all', returns],
      ['month', returns.slice(-30)],
      ['week', returns.slice(-7)],
    ] as const) {
      const [sharpe, sortino] = ratiosOf(values);
      expect(window(name).sharpe).toBeCloseTo(sharpe, 9);
      expect(window(name).sortino).toBeCloseTo(sortino, 9);
    }
    expect(window('day').sharpe).toBeNull();
    expect(row.pnlVolatility).toBeCloseTo(deviation(pnls), 9);
    const mean = meanOf(pnls);
    let together = 0;
    for (let index = 1; index < pnls.length; index++)
      together += (pnls[index]! - mean) * (pnls[index - 1]! - mean);
    const spread = pnls.reduce((sum, pnl) => sum + (pnl - mean) ** 2, 0);
    expect(row.persistence).toBeCloseTo(together / spread, 9);
  });

  it('correlates daily PnL with the daily return of BTC', async () => {
    const tape = tapeBuilder();
    const closes = [100, 103, 101, 108, 107, 104, 110, 111, 109, 115];
    const pnls = [30, -10, 40, 5, -25, 20, 15, -5, 40];
    const length = day;
    tape.add(candle, {
      key: 'BTC',
      at: start,
      delayMs: 2_000,
      payload: {
        coin: 'BTC',
        interval: '1d',
        openTime: start - length,
        closeTime: start,
        open: '100',
        high: '100',
        low: '100',
        close: '100',
        volume: '1',
        trades: null,
      },
    });
    for (const [index, pnl] of pnls.entries()) {
      episode(tape, start + index * day + hour, pnl);
      const close = String(closes[index + 1]);
      tape.add(candle, {
        key: 'BTC',
        at: start + (index + 1) * day,
        delayMs: 2_000,
        payload: {
          coin: 'BTC',
          interval: '1d',
          openTime: start + index * day,
          closeTime: start + (index + 1) * day,
          open: String(closes[index]),
          high: '200',
          low: '50',
          close,
          volume: '1',
          trades: null,
        },
      });
    }
    const { row } = await performanceOf(tape, start + 9 * day + hour);
    const returns = pnls.map((_, index) => closes[index + 1]! / closes[index]! - 1);
    const meanX = meanOf(returns);
    const meanY = meanOf(pnls);
    const together = meanOf(pnls.map((pnl, index) => (pnl - meanY) * (returns[index]! - meanX)));
    const expected =
      together /
      Math.sqrt(
        meanOf(pnls.map(pnl => (pnl - meanY) ** 2)) * meanOf(returns.map(item => (item - meanX) ** 2)),
      );
    expect(row.correlationToBtc).toBeCloseTo(expected, 9);
  });
});

describe('wallet performance: positions', () => {
  const midAt = (coin: string, mid: string) => ({
    key: coin,
    at: start + hour,
    payload: { coin, mid, mark: null, oracle: null, openInterest: null, dayVolumeUsd: null },
  });

  it('values open positions at the market, and measures leverage and concentration', async () => {
    const tape = tapeBuilder()
      .add(account, equity(start, 1_000))
      .add(fill, { key: alice, at: start, payload: fillOf({ size: '3' }) })
      .add(fill, {
        key: alice,
        at: start,
        payload: fillOf({ coin: 'ETH', size: '10', price: '10', side: 'sell' }),
      })
      .add(mark, midAt('BTC', '110'))
      .add(mark, midAt('ETH', '9'))
      .add(account, equity(start + 2 * hour, 1_000));
    const { row } = await performanceOf(tape);
    expect(row).toMatchObject({ openPositions: 2, grossNotionalUsd: 330 + 90, unrealisedPnl: 30 + 10 });
    expect(row.leverageUse).toBeCloseTo(0.42, 12);
    // Shares of notional 300 / 400 and 100 / 400.
    expect(row.concentration).toBeCloseTo(0.75 ** 2 + 0.25 ** 2, 12);
  });

  it('forgets a position that is closed, and tells no unrealised PnL where an entry is not known', async () => {
    const tape = tapeBuilder();
    episode(tape, start, 5);
    expect((await performanceOf(tape)).row).toMatchObject({ openPositions: 0, unrealisedPnl: 0 });
    tape.add(fill, { key: alice, at: start + hour, payload: fillOf({ coin: 'ETH', startPosition: '5.0' }) });
    expect((await performanceOf(tape)).row).toMatchObject({
      openPositions: 1,
      unrealisedPnl: null,
      truncated: true,
    });
  });

  it('tells no unrealised PnL of positions that the equity could not carry', async () => {
    const tape = tapeBuilder()
      .add(position, { key: alice, at: start, payload: positionOf({ size: '10' }) })
      .add(mark, midAt('BTC', '150'))
      .add(account, equity(start + 2 * hour, 20));
    expect((await performanceOf(tape)).row).toMatchObject({ grossNotionalUsd: 1_500, unrealisedPnl: null });
  });

  it('sums gaps over coins', async () => {
    const tape = tapeBuilder()
      .add(fill, { key: alice, at: start, payload: fillOf() })
      .add(fill, { key: alice, at: start + 1, payload: fillOf({ tradeId: 2, startPosition: '7.0' }) })
      .add(fill, { key: alice, at: start + 2, payload: fillOf({ coin: 'ETH' }) })
      .add(fill, {
        key: alice,
        at: start + 3,
        payload: fillOf({ coin: 'ETH', tradeId: 2, startPosition: '7.0' }),
      });
    expect((await performanceOf(tape)).row.gaps).toBe(2);
  });
});
