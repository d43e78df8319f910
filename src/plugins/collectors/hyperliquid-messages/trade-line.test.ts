import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeTradeLine, scanTradeFrame, scanTradeLine } from './trade-line.ts';
import { decodeTrade } from './trades.ts';

const digits = (alphabet: string, length: number) =>
  fc.array(fc.constantFrom(...alphabet), { minLength: length, maxLength: length }).map(list => list.join(''));
const hex = '0123456789abcdef';
const id = fc.integer({ min: 0, max: 2 ** 50 });
const amount = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.tuple(fc.nat({ max: 99_999 }), fc.nat({ max: 999 })).map(([whole, part]) => `${whole}.${part}`),
  fc.constantFrom('0', '0.0', '00.1', '1.', '.5', '-1', '', '12'),
);
const address = fc.oneof(
  digits(hex, 40).map(text => `0x${text}`),
  fc.constantFrom('0x1a', `0x${'B2'.repeat(20)}`, `0x${'1a'.repeat(20)}`),
);
const trade = fc.record({
  coin: fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('ETH', 'xyz:NVDA', '@107', 'PURR/USDC', '')),
  side: fc.constantFrom('A', 'B', 'C'),
  px: amount,
  sz: amount,
  time: fc.oneof(id, fc.constantFrom(1_790_231_124_037, 2 ** 53, 1.5)),
  hash: fc.oneof(
    digits(hex, 64).map(text => `0x${text}`),
    fc.string({ maxLength: 70 }),
  ),
  tid: id,
  users: fc.tuple(address, address),
});
const line = trade.map(one => JSON.stringify(one));

const usual = {
  coin: 'BTC',
  side: 'B',
  px: '84134.0',
  sz: '0.002',
  time: 1_790_231_124_365,
  hash: `0x${'ca6d83e6e85314fc'.repeat(4)}`,
  tid: 206_823_745_374_058,
  users: [`0x${'fab8'.repeat(10)}`, `0x${'7717'.repeat(10)}`],
};

describe("a trade's text", () => {
  test('that is written as usual is read without a parser, and like JSON.parse reads it', () => {
    const written = JSON.stringify(usual);
    expect(scanTradeLine(written)).toEqual({
      ref: expect.objectContaining({ id: 'trade' }),
      key: 'BTC',
      tsEvent: 1_790_231_124_365,
      dedupe: 'BTC:1790231124365:206823745374058',
      payload: {
        coin: 'BTC',
        price: '84134.0',
        size: '0.002',
        takerSide: 'buy',
        buyer: usual.users[0],
        seller: usual.users[1],
        tradeId: 206_823_745_374_058,
        hash: usual.hash,
      },
    });
    expect(scanTradeLine(written)).toEqual(decodeTrade(usual));
  });

  test('is read like JSON.parse reads it, whatever stands in it, or left to it', () => {
    fc.assert(
      fc.property(line, written => {
        expect(decodeTradeLine(written)).toEqual(decodeTrade(JSON.parse(written)));
        const scanned = scanTradeLine(written);
        if (scanned !== undefined) expect(scanned).toEqual(decodeTrade(JSON.parse(written)));
      }),
      { numRuns: 1_000 },
    );
  });

  test('with any change is read like JSON.parse reads it, or left to it', () => {
    const change = fc.constantFrom('', '0', '"', ' ', ',', '}', '9', '.5', 'e', '\\', '\u0001', 'é', '-');
    const written = fc.oneof(line, fc.constant(JSON.stringify(usual)));
    fc.assert(
      fc.property(written, fc.nat(), change, fc.boolean(), (whole, place, text, isInserted) => {
        const index = place % whole.length;
        const changed = whole.slice(0, index) + text + whole.slice(isInserted ? index : index + 1);
        const scanned = scanTradeLine(changed);
        if (scanned !== undefined) expect(scanned).toEqual(decodeTrade(JSON.parse(changed)));
      }),
      { numRuns: 5_000 },
    );
  });

  test('that is no JSON is refused with a reason', () => {
    expect(decodeTradeLine('{"coin":"BTC"')).toBe('a trade must be an object; found nothing');
  });

  test('is not read from what the text before it has left behind', () => {
    const written = JSON.stringify(usual);
    scanTradeLine(written);
    expect(scanTradeLine(written.slice(0, -2))).toBeUndefined();
    expect(scanTradeLine(written.slice(0, -20))).toBeUndefined();
  });
});

describe('a message of the trades channel', () => {
  const frame = (data: readonly unknown[]) => JSON.stringify({ channel: 'trades', data });

  test('is read like JSON.parse reads it, or left to it', () => {
    fc.assert(
      fc.property(fc.array(trade, { maxLength: 4 }), trades => {
        const scanned = scanTradeFrame(frame(trades));
        if (scanned !== undefined) expect(scanned).toEqual(trades.map(decodeTrade));
      }),
      { numRuns: 500 },
    );
  });

  test('gives all of its trades', () => {
    const other = { ...usual, side: 'A', tid: 7 };
    expect(scanTradeFrame(frame([usual, other, usual]))).toEqual([usual, other, usual].map(decodeTrade));
  });

  test('of another channel, with no trade, or with more behind it is left to the parser', () => {
    expect(scanTradeFrame('{"channel":"bbo","data":[]}')).toBeUndefined();
    expect(scanTradeFrame(frame([]))).toBeUndefined();
    expect(scanTradeFrame(`${frame([usual])} `)).toBeUndefined();
    expect(scanTradeFrame(frame([usual]).slice(0, -1))).toBeUndefined();
  });
});
