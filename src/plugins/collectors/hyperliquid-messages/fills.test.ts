import { describe, expect, test } from 'vitest';
import { decodeFill, decodeUserFill, type FillDraft, tradeOfHalves } from './fills.ts';

const wallet = `0x${'1a'.repeat(20)}`;
const other = `0x${'2b'.repeat(20)}`;
const raw = {
  coin: 'ETH',
  px: '2000.5',
  sz: '1.25',
  side: 'A',
  time: 1_700_000_000_123,
  startPosition: '3.0',
  dir: 'Close Long',
  closedPnl: '12.0',
  hash: '0xabc',
  oid: 41,
  crossed: true,
  fee: '0.9',
  tid: 77,
  feeToken: 'USDC',
  twapId: null,
  somethingNew: { nested: true },
  liquidation: { liquidatedUser: other.toUpperCase().replace('0X', '0x'), markPx: '1999', method: 'market' },
};

describe('a fill', () => {
  test('keeps every decimal as written and forgets keys it does not know', () => {
    expect(decodeFill(wallet.toUpperCase().replace('0X', '0x'), raw)).toEqual({
      ref: expect.objectContaining({ id: 'fill' }),
      key: wallet,
      tsEvent: 1_700_000_000_123,
      dedupe: `${wallet}:ETH:1700000000123:77:41`,
      payload: {
        user: wallet,
        coin: 'ETH',
        price: '2000.5',
        size: '1.25',
        side: 'sell',
        startPosition: '3.0',
        direction: 'Close Long',
        closedPnl: '12.0',
        fee: '0.9',
        feeToken: 'USDC',
        crossed: true,
        hash: '0xabc',
        orderId: 41,
        tradeId: 77,
        twapId: null,
        liquidatedUser: other,
      },
    });
  });

  test('of the first years, which lacks later fields, has them as null', () => {
    const { coin, px, sz, side, time } = raw;
    const draft = decodeFill(wallet, { coin, px, sz, side, time, startPosition: '0.0' }) as FillDraft;
    expect(draft.payload).toMatchObject({
      tradeId: null,
      feeToken: null,
      crossed: null,
      liquidatedUser: null,
    });
    expect(draft.dedupe).toBe(`${wallet}:ETH:1700000000123:0:0:0.0:1.25`);
  });

  test('with trade id 0 belongs to no trade, and is told apart by position and size', () => {
    const draft = decodeFill(wallet, { ...raw, tid: 0 }) as FillDraft;
    expect(draft.payload.tradeId).toBeNull();
    expect(draft.dedupe).toBe(`${wallet}:ETH:1700000000123:0:41:3.0:1.25`);
  });

  test('of a TWAP takes the id that stands beside it', () => {
    const draft = decodeUserFill(wallet, { fill: raw, twapId: 9001 }) as FillDraft;
    expect(draft.payload.twapId).toBe(9001);
  });

  test('that is malformed is answered with the reason', () => {
    expect(decodeFill('0x12', raw)).toBe('the wallet must be an address; found "0x12"');
    expect(decodeFill(wallet, { ...raw, px: 'cheap' })).toBe('`px` must be a decimal; found "cheap"');
    expect(decodeFill(wallet, { ...raw, sz: '-1' })).toMatch(/`sz` must be a decimal that is not negative/);
    expect(decodeFill(wallet, { ...raw, side: 'buy' })).toMatch(/`side` must be "B" or "A"/);
    expect(decodeFill(wallet, { ...raw, time: 1.5 })).toMatch(/`time` must be whole milliseconds/);
    expect(decodeFill(wallet, [raw])).toMatch(/a fill must be an object/);
  });
});

describe('two halves', () => {
  const sell = decodeFill(wallet, raw) as FillDraft;
  const buy = (changes: object = {}) =>
    decodeFill(other, { ...raw, side: 'B', oid: 40, crossed: false, ...changes }) as FillDraft;

  test('make one trade with the taker named, in either order', () => {
    const expected = {
      key: 'ETH',
      dedupe: 'ETH:1700000000123:77',
      payload: {
        buyer: other,
        seller: wallet,
        takerSide: 'sell',
        tradeId: 77,
        price: '2000.5',
        size: '1.25',
      },
    };
    expect(tradeOfHalves(sell, buy())).toMatchObject(expected);
    expect(tradeOfHalves(buy(), sell)).toMatchObject(expected);
  });

  test('that differ in trade, time, size or side, or do not name one taker, make none', () => {
    expect(tradeOfHalves(sell, buy({ tid: 78 }))).toBeUndefined();
    expect(tradeOfHalves(sell, buy({ time: raw.time + 1 }))).toBeUndefined();
    expect(tradeOfHalves(sell, buy({ sz: '1.0' }))).toBeUndefined();
    expect(tradeOfHalves(sell, buy({ side: 'A' }))).toBeUndefined();
    expect(tradeOfHalves(sell, buy({ crossed: true }))).toBeUndefined();
  });
});
