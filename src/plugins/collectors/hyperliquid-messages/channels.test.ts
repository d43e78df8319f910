import { describe, expect, test } from 'vitest';
import { type CandleDraft, candleCompletion, decodeCandle } from './candles.ts';
import { decodeChannel, isChannel, oldestFirst } from './channels.ts';

const wallet = `0x${'1a'.repeat(20)}`;
const other = `0x${'2b'.repeat(20)}`;
const at = { receivedAt: 5_000, user: wallet };

describe('a message of the channel', () => {
  test('trades: the first user buys, the second sells', () => {
    const trade = {
      coin: 'SOL',
      side: 'B',
      px: '20.1',
      sz: '3',
      time: 4_000,
      hash: '0x1',
      tid: 5,
      users: [wallet, other],
    };
    expect(decodeChannel('trades', [trade, { ...trade, users: undefined }], at)).toEqual([
      expect.objectContaining({
        key: 'SOL',
        dedupe: 'SOL:4000:5',
        payload: expect.objectContaining({ takerSide: 'buy', buyer: wallet, seller: other }),
      }),
      '`users` must be the addresses of buyer and seller; found nothing',
    ]);
  });

  test('bbo: a side of the book may be empty', () => {
    const data = { coin: 'SOL', time: 4_000, bbo: [null, { px: '20.2', sz: '1', n: 2 }] };
    expect(decodeChannel('bbo', data, at)).toEqual([
      expect.objectContaining({
        dedupe: 'bbo:SOL:4000',
        payload: { coin: 'SOL', bids: [], asks: [{ price: '20.2', size: '1', orders: 2 }] },
      }),
    ]);
  });

  test('l2Book: levels beyond the twentieth are cut off', () => {
    const level = { px: '1', sz: '1', n: 1 };
    const [book] = decodeChannel('l2Book', { coin: 'SOL', time: 1, levels: [Array(25).fill(level), []] }, at);
    expect(book).toMatchObject({ payload: { bids: { length: 20 }, asks: [] } });
  });

  test('activeAssetCtx: prices and funding at the time of receipt; a premium of "NaN" is not known', () => {
    const ctx = {
      markPx: '20',
      midPx: null,
      oraclePx: '20.5',
      openInterest: '7',
      dayNtlVlm: '900',
      funding: '0.0000125',
      premium: 'NaN',
    };
    expect(decodeChannel('activeAssetCtx', { coin: 'SOL', ctx }, at)).toEqual([
      expect.objectContaining({
        tsEvent: 5_000,
        payload: {
          coin: 'SOL',
          mid: null,
          mark: '20',
          oracle: '20.5',
          openInterest: '7',
          dayVolumeUsd: '900',
        },
      }),
      expect.objectContaining({ payload: { coin: 'SOL', rate: 0.0000125, premium: null } }),
    ]);
  });

  test('allMids: one price for each coin', () => {
    const drafts = decodeChannel('allMids', { mids: { SOL: '20', ETH: '2000' } }, at);
    expect(drafts).toMatchObject([
      { key: 'SOL', payload: { mid: '20' } },
      { key: 'ETH', payload: { mid: '2000' } },
    ]);
  });

  test('userFills: a snapshot, newest first, comes out oldest first', () => {
    const fill = { coin: 'SOL', px: '1', sz: '1', side: 'B', time: 30, tid: 3, oid: 1 };
    const fills = [fill, { ...fill, time: 20, tid: 2 }, { ...fill, time: 20, tid: 1 }];
    const drafts = decodeChannel('userFills', { user: other, isSnapshot: true, fills }, at);
    expect(drafts).toMatchObject([
      { key: other, payload: { tradeId: 1 } },
      { key: other, payload: { tradeId: 2 } },
      { key: other, payload: { tradeId: 3 } },
    ]);
  });

  test('clearinghouseState: open positions; the account value of one exchange is no equity unless said to be the whole', () => {
    const clearinghouseState = {
      time: 4_500,
      marginSummary: { accountValue: '1000.5' },
      assetPositions: [
        {
          type: 'oneWay',
          position: {
            coin: 'SOL',
            szi: '-2',
            entryPx: '21',
            leverage: { type: 'cross', value: 5 },
            liquidationPx: null,
          },
        },
      ],
    };
    const data = { user: wallet, clearinghouseState };
    expect(decodeChannel('clearinghouseState', data, at)).toMatchObject([
      {
        ref: { id: 'position' },
        payload: { size: '-2', leverage: 5, leverageType: 'cross', liquidationPrice: null },
      },
    ]);
    const whole = { ...at, isWholeAccount: true };
    expect(decodeChannel('clearinghouseState', data, whole)).toMatchObject([
      { ref: { id: 'position' } },
      { ref: { id: 'account' }, payload: { accountValue: '1000.5', totalPnl: null } },
    ]);
    expect(decodeChannel('clearinghouseState', { ...data, dex: 'xyz' }, whole)).toHaveLength(1);
  });

  test('orderUpdates: the wallet is the one that was subscribed to', () => {
    const order = { coin: 'SOL', side: 'A', limitPx: '30', sz: '0', oid: 8, timestamp: 1_000, origSz: '4' };
    const data = [{ order, status: 'filled', statusTimestamp: 2_000 }];
    expect(decodeChannel('orderUpdates', data, at)).toMatchObject([
      {
        key: wallet,
        tsEvent: 2_000,
        payload: { status: 'filled', size: '0', originalSize: '4', placedAt: 1_000 },
      },
    ]);
    expect(decodeChannel('orderUpdates', data, { receivedAt: 1 })).toEqual([
      'the wallet must be an address; found nothing',
    ]);
  });

  test('userFundings: what was received is positive', () => {
    const data = {
      user: wallet,
      fundings: [{ time: 3_600_000, coin: 'SOL', usdc: '-1.5', szi: '40', fundingRate: '0.00001' }],
    };
    expect(decodeChannel('userFundings', data, at)).toMatchObject([
      { ref: { id: 'funding-payment' }, payload: { amount: '-1.5', positionSize: '40', rate: 0.00001 } },
    ]);
  });

  test('that nothing here needs is passed over, an unknown one is named', () => {
    expect(decodeChannel('subscriptionResponse', {}, at)).toEqual([]);
    expect(isChannel('weather')).toBe(false);
    expect(decodeChannel('weather', {}, at)).toEqual(['"weather" is not a channel of the exchange']);
  });
});

test('a list is turned around only when it is newest first', () => {
  const rows = [{ time: 1 }, { time: 1, n: 2 }, { time: 2 }];
  expect(oldestFirst(rows)).toBe(rows);
  expect(oldestFirst(rows.toReversed())).toEqual(rows);
  expect(oldestFirst([])).toEqual([]);
});

describe('a candle of the stream', () => {
  const minute = 60_000;
  const candle = (openTime: number, close: string) =>
    decodeCandle({
      t: openTime,
      T: openTime + minute - 1,
      s: 'SOL',
      i: '1m',
      o: '1',
      h: '9',
      l: '1',
      c: close,
      v: '5',
      n: 3,
    }) as CandleDraft;

  test('is complete when the next one begins', () => {
    const completion = candleCompletion();
    completion.update(candle(0, '2'));
    completion.update(candle(0, '3'));
    expect(completion.complete(minute)).toEqual([]);
    completion.update(candle(minute, '4'));
    expect(completion.complete(minute)).toMatchObject([{ payload: { close: '3', closeTime: minute } }]);
    expect(completion.complete(minute)).toEqual([]);
  });

  test('is complete two seconds after its end when nothing follows', () => {
    const completion = candleCompletion();
    completion.update(candle(0, '2'));
    expect(completion.complete(minute + 1_999)).toEqual([]);
    expect(completion.complete(minute + 2_000)).toHaveLength(1);
  });

  test('is given once, whatever comes late', () => {
    const completion = candleCompletion();
    completion.update(candle(0, '2'));
    completion.complete(minute + 2_000);
    completion.update(candle(0, '8'));
    expect(completion.complete(10 * minute)).toEqual([]);
  });

  test('of a length that is not known, or without prices, is refused', () => {
    expect(decodeCandle({ t: 0, s: 'SOL', i: '1M', o: '1', h: '1', l: '1', c: '1', v: '1' })).toMatch(
      /the interval must be/,
    );
    expect(decodeCandle({ t: 0, s: 'SOL', i: '1m' })).toMatch(/must be decimals/);
  });
});
