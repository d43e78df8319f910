import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scanFillLine } from './fill-line.ts';
import { decodeFill } from './fills.ts';

const text = fc.string({ maxLength: 20 });
const amount = fc.double({ noNaN: true, noDefaultInfinity: true }).map(String);
const id = fc.integer({ min: 0, max: 2 ** 50 });
const hex = fc.constantFrom('0x1a', `0x${'1a'.repeat(20)}`, `0x${'B2'.repeat(20)}`);
const line = fc
  .record({
    user: hex,
    fixed: fc.record({
      coin: fc.oneof(text, fc.constantFrom('ETH', 'xyz:SOMETHING-LONG')),
      px: amount,
      sz: amount,
      side: fc.constantFrom('A', 'B', 'C'),
      time: id,
      startPosition: amount,
      dir: text,
      closedPnl: amount,
      hash: hex,
      oid: id,
      crossed: fc.boolean(),
      fee: amount,
      tid: id,
    }),
    cloid: fc.option(hex, { nil: undefined }),
    feeToken: fc.option(text, { nil: undefined }),
    twapId: fc.option(id, { nil: undefined }),
    isTwapNull: fc.boolean(),
    liquidation: fc.option(fc.record({ liquidatedUser: hex, markPx: amount, method: text }), {
      nil: undefined,
    }),
  })
  .map(({ user, fixed, cloid, feeToken, twapId, isTwapNull, liquidation }) =>
    JSON.stringify([user, { ...fixed, cloid, feeToken, twapId: isTwapNull ? null : twapId, liquidation }]),
  );

const decoded = (pair: readonly [unknown, unknown]) => decodeFill(pair[0], pair[1]);

describe("a node's line", () => {
  test('is read like JSON.parse reads it', () => {
    fc.assert(
      fc.property(line, written => {
        const scanned = scanFillLine(written);
        if (written.includes('\\')) expect(scanned).toBeUndefined();
        else expect(scanned && decoded(scanned)).toEqual(decoded(JSON.parse(written)));
      }),
      { numRuns: 500 },
    );
  });

  test('with any change is read like JSON.parse reads it, or left to it', () => {
    fc.assert(
      fc.property(
        line,
        fc.nat(),
        fc.constantFrom('', '0', '"', ' ', ',', '}', '9', '.5', 'e'),
        (written, place, change) => {
          const index = place % written.length;
          const changed = written.slice(0, index) + change + written.slice(index + 1);
          const scanned = scanFillLine(changed);
          if (scanned !== undefined) expect(decoded(scanned)).toEqual(decoded(JSON.parse(changed)));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('in another order or with spaces is left to JSON.parse', () => {
    expect(scanFillLine('["0x1a", {"coin":"ETH"}]')).toBeUndefined();
    expect(scanFillLine('["0x1a",{"px":"1","coin":"ETH"}]')).toBeUndefined();
    expect(scanFillLine('{"local_time":"2024-01-01T00:00:00"}')).toBeUndefined();
    expect(scanFillLine('')).toBeUndefined();
  });
});
