import { describe, expect, it } from 'vitest';
import {
  alice,
  bob,
  fillOf,
  positionOf,
  runFeatures,
  tradeOf,
} from '../../../../test/support/feature-run.ts';
import {
  fill,
  funding,
  fundingPayment,
  mark,
  position,
  type RowOf,
  trade,
  walletPosition,
} from '../../../plugin-api/index.ts';
import { tapeBuilder } from '../../../testing/tape-builder.ts';
import { marketStateFeature } from '../market-state/index.ts';
import { walletLedgerFeature } from './index.ts';

type Fill = Partial<RowOf<typeof fill>>;
const key = `${alice}:BTC`;

/** Runs fills of alice, one each minute, and answers the row after each. */
async function rowsOf(...fills: Fill[]) {
  const tape = tapeBuilder();
  for (const [index, parts] of fills.entries())
    tape.add(fill, {
      key: alice,
      at: 60_000 * (index + 1),
      payload: fillOf({ tradeId: index + 1, ...parts }),
    });
  const run = await runFeatures([walletLedgerFeature], tape.events);
  return run.history(walletPosition, key);
}

describe('wallet ledger, from fills', () => {
  it('opens, adds, reduces and closes, with the mean entry price, PnL and episode', async () => {
    const rows = await rowsOf(
      { size: '2', price: '100', fee: '0.2' },
      { size: '2', price: '110', startPosition: '2.0', fee: '0.22' },
      { size: '1', price: '115', side: 'sell', startPosition: '4.0', closedPnl: '10.0', fee: '0.115' },
      { size: '3', price: '95', side: 'sell', startPosition: '3.0', closedPnl: '-30.0', fee: '0.285' },
    );
    expect(rows.map(row => row.action)).toEqual(['OPEN', 'INCREASE', 'DECREASE', 'CLOSE']);
    expect(rows.map(row => row.size)).toEqual(['2', '4', '3', '0']);
    expect(rows.map(row => row.sizeBefore)).toEqual(['0', '2', '4', '3']);
    // (2 x 100 + 2 x 110) / 4
    expect(rows.map(row => row.entryPrice)).toEqual([100, 105, 105, null]);
    expect(rows.map(row => row.realisedPnl)).toEqual([null, null, 10, -30]);
    expect(rows.map(row => row.notionalUsd)).toEqual([200, 220, 115, 285]);
    expect(rows.map(row => row.openedAt)).toEqual([60_000, 60_000, 60_000, null]);
    expect(rows[2]?.episodePnl).toBeNull();
    // 10 - 30 - (0.2 + 0.22 + 0.115 + 0.285)
    expect(rows[3]?.episodePnl).toBeCloseTo(-20.82, 10);
    expect(rows[3]?.cumulativePnl).toBeCloseTo(-20.82, 10);
    expect(rows[3]?.cumulativeFees).toBeCloseTo(0.82, 10);
    expect(rows[3]).toMatchObject({
      episodeHoldingMs: 180_000,
      episodes: 1,
      wins: 0,
      gaps: 0,
      truncated: false,
    });
  });

  it('splits a flip into the end of one episode and the beginning of the next, the fee by size', async () => {
    const rows = await rowsOf(
      { size: '1', price: '100', fee: '0.1' },
      { size: '4', price: '120', side: 'sell', startPosition: '1.0', closedPnl: '20.0', fee: '0.4' },
      { size: '3', price: '110', startPosition: '-3.0', closedPnl: '30.0', fee: '0.3' },
    );
    expect(rows[1]).toMatchObject({ action: 'FLIP', size: '-3', entryPrice: 120, openedAt: 120_000 });
    // 20 - 0.1 - 0.4 x 1/4
    expect(rows[1]?.episodePnl).toBeCloseTo(19.8, 10);
    expect(rows[2]).toMatchObject({ action: 'CLOSE', episodes: 2, wins: 2 });
    // 30 - 0.4 x 3/4 - 0.3
    expect(rows[2]?.episodePnl).toBeCloseTo(29.4, 10);
    expect(rows[2]?.cumulativePnl).toBeCloseTo(49.2, 10);
  });

  it('names a liquidation by its victim or by its direction', async () => {
    const rows = await rowsOf(
      { size: '2' },
      { side: 'sell', startPosition: '2.0', closedPnl: '-50', liquidatedUser: alice },
      {
        side: 'sell',
        startPosition: '1.0',
        closedPnl: '-50',
        liquidatedUser: null,
        direction: 'Liquidated Cross Long',
      },
    );
    expect(rows.map(row => [row.action, row.size])).toEqual([
      ['OPEN', '2'],
      ['LIQUIDATED', '1'],
      ['LIQUIDATED', '0'],
    ]);
    expect(rows[2]).toMatchObject({ episodePnl: -100, episodes: 1, wins: 0 });
    const victim = await rowsOf({ size: '2' }, { side: 'sell', startPosition: '2.0', liquidatedUser: bob });
    expect(victim[1]?.action).toBe('DECREASE');
  });

  it('says of a change that the tape has told that it was a liquidation, without changing the size again', async () => {
    const tape = tapeBuilder();
    const at = 60_000;
    tape.add(fill, { key: alice, at, payload: fillOf({ tradeId: 1, size: '2' }) });
    tape.add(trade, {
      key: 'BTC',
      at: 2 * at,
      payload: tradeOf({ tradeId: 2, size: '2', buyer: bob, seller: alice, takerSide: 'sell' }),
    });
    const told = {
      tradeId: 2,
      size: '2',
      side: 'sell',
      startPosition: '2.0',
      liquidatedUser: alice,
    } as const;
    tape.add(fill, { key: alice, at: 2 * at, payload: fillOf(told) });
    const run = await runFeatures([walletLedgerFeature], tape.events);
    const rows = run.history(walletPosition, key);
    expect(rows.map(row => [row.action, row.sizeBefore, row.size])).toEqual([
      ['OPEN', '0', '2'],
      ['CLOSE', '2', '0'],
      ['LIQUIDATED', '0', '0'],
    ]);
  });

  it('takes a rebate as a gain', async () => {
    const rows = await rowsOf({ fee: '-0.05', crossed: false });
    expect(rows[0]).toMatchObject({ fee: -0.05, netPnl: 0.05, cumulativeFees: -0.05, taker: false });
  });

  it('flags a history that begins in mid-position, and learns the entry from the first PnL that is told', async () => {
    const rows = await rowsOf(
      { side: 'sell', size: '1', price: '130', startPosition: '3.0', closedPnl: '30' },
      { side: 'sell', size: '2', price: '90', startPosition: '2.0', closedPnl: '-20' },
      { size: '1', price: '90', startPosition: '0.0' },
    );
    expect(rows[0]).toMatchObject({ sizeBefore: '3', size: '2', truncated: true, openedAt: null, gaps: 0 });
    // 130 - 30 / 1
    expect(rows[0]?.entryPrice).toBe(100);
    expect(rows[1]).toMatchObject({ action: 'CLOSE', episodePnl: null, episodes: 0, cumulativePnl: 10 });
    expect(rows[2]).toMatchObject({ action: 'OPEN', openedAt: 180_000, truncated: true });
  });

  it('counts a gap where the feed disagrees, takes the feed, and does not judge the broken episode', async () => {
    const rows = await rowsOf(
      { size: '2' },
      { size: '1', startPosition: '2.5' },
      { size: '3.5', side: 'sell', startPosition: '3.5', closedPnl: '7' },
    );
    expect(rows[1]).toMatchObject({
      sizeBefore: '2.5',
      size: '3.5',
      gaps: 1,
      lastGapSize: '0.5',
      entryPrice: null,
    });
    expect(rows[2]).toMatchObject({
      action: 'CLOSE',
      gaps: 1,
      episodePnl: null,
      episodes: 0,
      cumulativePnl: 7,
    });
  });

  it('computes PnL itself where the feed does not tell it', async () => {
    const rows = await rowsOf(
      { size: '2', price: '100', closedPnl: null, startPosition: null, fee: null },
      { size: '2', side: 'sell', price: '103', closedPnl: null, startPosition: null, fee: null },
    );
    expect(rows[1]).toMatchObject({ action: 'CLOSE', realisedPnl: 6, fee: null, episodePnl: 6, wins: 1 });
  });

  it('tells no sum of fees before a feed has told one, whose fees it then sums', async () => {
    const untold = await rowsOf({ fee: null }, { startPosition: '1.0', fee: '1', feeToken: 'UNKNOWN' });
    expect(untold.map(row => row.cumulativeFees)).toEqual([null, null]);
    const told = await rowsOf(
      { fee: null },
      { startPosition: '1.0', fee: '0.0' },
      { startPosition: '2.0', fee: '0.5' },
    );
    expect(told.map(row => row.cumulativeFees)).toEqual([null, 0, 0.5]);
  });

  it('keeps a spot balance less the fee that a purchase pays in coins, and values the fee at the fill', async () => {
    const tape = tapeBuilder();
    tape.add(fill, {
      key: alice,
      at: 1,
      payload: fillOf({ coin: '@107', size: '787.54', price: '10', fee: '0.078754', feeToken: 'HYPE' }),
    });
    const run = await runFeatures([walletLedgerFeature], tape.events);
    expect(run.row(walletPosition, `${alice}:@107`)).toMatchObject({ size: '787.461246', gaps: 0 });
    expect(run.row(walletPosition, `${alice}:@107`)?.fee).toBeCloseTo(0.78754, 10);
  });

  it('does not guess the price of an unknown fee token', async () => {
    const rows = await rowsOf({ fee: '1', feeToken: 'ODD' });
    expect(rows[0]).toMatchObject({ fee: null, netPnl: 0 });
  });
});

describe('wallet ledger, from the tape', () => {
  it('moves both wallets of a trade', async () => {
    const tape = tapeBuilder().add(trade, { key: 'BTC', at: 1_000, payload: tradeOf({ size: '0.5' }) });
    const run = await runFeatures([walletLedgerFeature], tape.events);
    expect(run.row(walletPosition, key)).toMatchObject({
      size: '0.5',
      action: 'OPEN',
      taker: true,
      source: 'trade',
      fee: null,
      truncated: true,
    });
    expect(run.row(walletPosition, `${bob}:BTC`)).toMatchObject({
      size: '-0.5',
      action: 'OPEN',
      taker: false,
    });
  });

  it('takes a wallet for flat before its first trade without a flag where the tape holds all history', async () => {
    const tape = tapeBuilder().add(trade, { key: 'BTC', at: 1_000, payload: tradeOf() });
    const config = { 'wallet-ledger': { assumeFlat: true } };
    const run = await runFeatures([walletLedgerFeature], tape.events, { config });
    expect(run.row(walletPosition, key)?.truncated).toBe(false);
  });

  it("changes nothing by a wallet's trade with itself", async () => {
    const tape = tapeBuilder()
      .add(trade, { key: 'BTC', at: 1_000, payload: tradeOf() })
      .add(trade, { key: 'BTC', at: 2_000, payload: tradeOf({ seller: alice, tradeId: 2 }) });
    const run = await runFeatures([walletLedgerFeature], tape.events);
    expect(run.row(walletPosition, key)).toMatchObject({ size: '1', action: null });
  });

  it('takes from a trade what it names: both wallets, one, or none', async () => {
    const nameless = { buyer: null, seller: null, hash: null, tradeId: null };
    const tape = tapeBuilder()
      .add(trade, { key: 'BTC', at: 1_000, payload: tradeOf({ ...nameless, size: '5' }) })
      .add(trade, { key: 'BTC', at: 2_000, payload: tradeOf({ seller: null }) })
      .add(trade, { key: 'BTC', at: 3_000, payload: tradeOf({ buyer: null, tradeId: null, size: '2' }) });
    const run = await runFeatures([walletLedgerFeature], tape.events);
    expect(run.history(walletPosition).map(row => row.size)).toEqual(['1', '-2']);
    expect(run.row(walletPosition, key)).toMatchObject({ size: '1', taker: true });
    expect(run.row(walletPosition, `${bob}:BTC`)).toMatchObject({ size: '-2', taker: false });
  });

  it('counts a match once that both feeds tell, whichever comes first', async () => {
    const match = { tradeId: 77, price: '100', size: '2' };
    const told = fillOf({ ...match, fee: '0.1' });
    const tradeFirst = tapeBuilder()
      .add(trade, { key: 'BTC', at: 1_000, payload: tradeOf(match) })
      .add(fill, { key: alice, at: 1_000, delayMs: 400, payload: told });
    const fillFirst = tapeBuilder()
      .add(fill, { key: alice, at: 1_000, payload: told })
      .add(trade, { key: 'BTC', at: 1_000, delayMs: 400, payload: tradeOf(match) });
    for (const tape of [tradeFirst, fillFirst]) {
      const run = await runFeatures([walletLedgerFeature], tape.events);
      const rows = run.history(walletPosition, key);
      expect(rows.map(row => row.action)).toEqual(['OPEN', null]);
      expect(rows[1]).toMatchObject({ size: '2', cumulativeFees: 0.1, cumulativePnl: -0.1, gaps: 0 });
      expect(rows[1]?.truncated).toBe(false);
    }
  });

  it("corrects its own PnL to the exchange's when the fill follows", async () => {
    const sale = {
      tradeId: 8,
      price: '110',
      size: '1',
      buyer: bob,
      seller: alice,
      takerSide: 'sell' as const,
    };
    const tape = tapeBuilder()
      .add(trade, { key: 'BTC', at: 1_000, payload: tradeOf({ tradeId: 7 }) })
      .add(trade, { key: 'BTC', at: 2_000, payload: tradeOf(sale) })
      .add(fill, {
        key: alice,
        at: 2_000,
        payload: fillOf({
          tradeId: 8,
          side: 'sell',
          price: '110',
          startPosition: '1.0',
          closedPnl: '10.5',
          fee: '0.2',
        }),
      });
    const run = await runFeatures([walletLedgerFeature], tape.events);
    const rows = run.history(walletPosition, key);
    expect(rows[1]).toMatchObject({ action: 'CLOSE', realisedPnl: 10, cumulativePnl: 10 });
    expect(rows[2]).toMatchObject({ action: null, realisedPnl: 10.5, cumulativeFees: 0.2 });
    expect(rows[2]?.cumulativePnl).toBeCloseTo(10.3, 10);
  });

  it('finds by the fill of the last trade that the wallet was not flat before the tape began', async () => {
    const tape = tapeBuilder()
      .add(trade, { key: 'BTC', at: 1_000, payload: tradeOf({ tradeId: 7 }) })
      .add(fill, { key: alice, at: 1_000, payload: fillOf({ tradeId: 7, startPosition: '5.0' }) });
    const run = await runFeatures([walletLedgerFeature], tape.events);
    expect(run.row(walletPosition, key)).toMatchObject({
      action: 'RECONCILED',
      sizeBefore: '1',
      size: '6',
      gaps: 1,
      lastGapSize: '5',
      truncated: true,
    });
  });
});

describe('wallet ledger, from snapshots and funding', () => {
  it('takes the stated position where it differs, and leaves it alone where it does not', async () => {
    const tape = tapeBuilder()
      .add(trade, { key: 'BTC', at: 1_000, payload: tradeOf() })
      .add(position, { key: alice, at: 2_000, payload: positionOf({ size: '1.0' }) })
      .add(position, { key: alice, at: 3_000, payload: positionOf({ size: '4.0', entryPrice: '90' }) });
    const run = await runFeatures([walletLedgerFeature], tape.events);
    const rows = run.history(walletPosition, key);
    expect(rows.map(row => row.action)).toEqual(['OPEN', null, 'RECONCILED']);
    expect(rows[2]).toMatchObject({
      sizeBefore: '1',
      size: '4',
      entryPrice: 90,
      source: 'snapshot',
      price: null,
    });
  });

  it('does not add a trade twice that happened before the snapshot and arrives after it', async () => {
    const tape = tapeBuilder()
      .add(position, { key: alice, at: 5_000, payload: positionOf({ size: '3.0' }) })
      .add(trade, { key: 'BTC', at: 4_990, delayMs: 500, payload: tradeOf() })
      .add(trade, { key: 'BTC', at: 5_010, delayMs: 500, payload: tradeOf({ tradeId: 2 }) });
    const run = await runFeatures([walletLedgerFeature], tape.events);
    const rows = run.history(walletPosition, key);
    expect(rows.map(row => [row.action, row.size])).toEqual([
      ['RECONCILED', '3'],
      [null, '3'],
      ['INCREASE', '4'],
    ]);
    expect(rows[0]?.truncated).toBe(true);
  });

  it('ignores a first snapshot that is older than the last change, which it cannot add to it', async () => {
    const tape = tapeBuilder()
      .add(trade, { key: 'BTC', at: 5_000, payload: tradeOf() })
      .add(position, { key: alice, at: 4_000, payload: positionOf({ size: '0.0', entryPrice: null }) });
    const run = await runFeatures([walletLedgerFeature], tape.events);
    expect(run.row(walletPosition, key)).toMatchObject({ size: '1', action: null });
  });

  it('adds trades that are newer than a snapshot when it comes, and says that they agree', async () => {
    const tape = tapeBuilder()
      .add(position, { key: alice, at: 1_000, payload: positionOf({ size: '3.0' }) })
      .add(trade, { key: 'BTC', at: 2_000, payload: tradeOf({ size: '0.25' }) })
      .add(trade, { key: 'BTC', at: 2_400, payload: tradeOf({ size: '0.5', tradeId: 2 }) })
      .add(position, { key: alice, at: 2_100, delayMs: 900, payload: positionOf({ size: '3.25' }) });
    const run = await runFeatures([walletLedgerFeature], tape.events);
    expect(run.row(walletPosition, key)).toMatchObject({
      size: '3.75',
      action: null,
      confirmedAt: 2_100,
      gaps: 0,
    });
  });

  it('corrects what differs by the drift, with the newer trades on top, and counts it', async () => {
    const tape = tapeBuilder()
      .add(position, { key: alice, at: 1_000, payload: positionOf({ size: '3.0' }) })
      .add(trade, { key: 'BTC', at: 2_400, payload: tradeOf({ size: '0.5' }) })
      .add(position, { key: alice, at: 2_100, delayMs: 900, payload: positionOf({ size: '1.0' }) });
    const run = await runFeatures([walletLedgerFeature], tape.events);
    expect(run.row(walletPosition, key)).toMatchObject({
      sizeBefore: '3.5',
      size: '1.5',
      action: 'RECONCILED',
      gaps: 1,
      lastGapSize: '-2',
      confirmedAt: 2_100,
    });
  });

  it('learns where a wallet that was first seen in a trade really stood, which is no gap', async () => {
    const tape = tapeBuilder()
      .add(trade, { key: 'BTC', at: 1_000, payload: tradeOf() })
      .add(position, { key: alice, at: 2_000, payload: positionOf({ size: '8.0' }) });
    const run = await runFeatures([walletLedgerFeature], tape.events);
    expect(run.row(walletPosition, key)).toMatchObject({ action: 'RECONCILED', size: '8', gaps: 0 });
  });

  it('books payments, and lets them count in the episode', async () => {
    const tape = tapeBuilder()
      .add(fill, { key: alice, at: 1_000, payload: fillOf({ size: '2' }) })
      .add(fundingPayment, {
        key: alice,
        at: 3_600_000,
        payload: { user: alice, coin: 'BTC', amount: '-0.25', positionSize: '2.0', rate: null },
      })
      .add(fill, {
        key: alice,
        at: 4_000_000,
        payload: fillOf({ tradeId: 2, side: 'sell', size: '2', startPosition: '2.0', closedPnl: '1' }),
      });
    const run = await runFeatures([walletLedgerFeature], tape.events);
    const rows = run.history(walletPosition, key);
    expect(rows[1]).toMatchObject({ action: null, netPnl: -0.25, fundingReceived: -0.25 });
    expect(rows[2]).toMatchObject({ episodePnl: 0.75, cumulativeFunding: -0.25, cumulativePnl: 0.75 });
  });

  const hour = 3_600_000;
  const rateAt = (hours: number, rate: number) => ({
    key: 'BTC',
    at: hours * hour + 100,
    payload: { coin: 'BTC', rate, premium: null },
  });
  const midAt = (at: number, mid: string) => ({
    key: 'BTC',
    at,
    payload: { coin: 'BTC', mid, mark: null, oracle: null, openInterest: null, dayVolumeUsd: null },
  });

  it('computes funding from rates: minus size x price x rate for each hour that the position was held', async () => {
    const tape = tapeBuilder()
      .add(mark, midAt(0, '100'))
      .add(funding, rateAt(1, 0.001))
      .add(fill, { key: alice, at: hour + 1_000, payload: fillOf({ size: '2' }) })
      .add(mark, midAt(2 * hour, '110'))
      .add(funding, rateAt(2, 0.001))
      .add(mark, midAt(3 * hour, '120'))
      .add(funding, rateAt(3, -0.002))
      .add(fill, {
        key: alice,
        at: 3 * hour + 60_000,
        payload: fillOf({ tradeId: 2, side: 'sell', size: '2', startPosition: '2.0', closedPnl: '40' }),
      })
      .add(funding, rateAt(4, 0.5))
      .add(fill, { key: alice, at: 5 * hour, payload: fillOf({ tradeId: 3 }) });
    const run = await runFeatures([marketStateFeature, walletLedgerFeature], tape.events);
    const rows = run.history(walletPosition, key);
    // -2 x (110 x 0.001 + 120 x -0.002)
    expect(rows[1]?.fundingReceived).toBeCloseTo(0.26, 10);
    expect(rows[1]?.episodePnl).toBeCloseTo(40.26, 10);
    expect(rows[2]?.fundingReceived).toBe(0);
  });

  it('books no funding from rates where that is switched off or payments are told', async () => {
    const tape = tapeBuilder()
      .add(mark, midAt(0, '100'))
      .add(fill, { key: alice, at: 1_000, payload: fillOf({ size: '2' }) })
      .add(funding, rateAt(1, 0.001))
      .add(fundingPayment, {
        key: alice,
        at: hour + 200,
        payload: { user: alice, coin: 'BTC', amount: '-0.2', positionSize: '2.0', rate: 0.001 },
      })
      .add(funding, rateAt(2, 0.001))
      .add(fill, { key: alice, at: 3 * hour, payload: fillOf({ tradeId: 2, startPosition: '2.0' }) });
    const paid = await runFeatures([marketStateFeature, walletLedgerFeature], tape.events);
    expect(paid.row(walletPosition, key)?.cumulativeFunding).toBe(-0.2);
    const off = await runFeatures([marketStateFeature, walletLedgerFeature], tape.events.slice(0, 3), {
      config: { 'wallet-ledger': { fundingFromRates: false } },
    });
    expect(off.row(walletPosition, key)?.cumulativeFunding).toBe(0);
  });
});
