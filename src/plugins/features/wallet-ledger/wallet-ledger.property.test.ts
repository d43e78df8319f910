import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alice, bob, fillOf, runFeatures, tradeOf } from '../../../../test/support/feature-run.ts';
import { fill, trade, walletPosition } from '../../../plugin-api/index.ts';
import { seededDraw } from '../../../testing/sample-rows.ts';
import { tapeBuilder } from '../../../testing/tape-builder.ts';
import { unitsText } from './exact-size.ts';
import { walletLedgerFeature } from './index.ts';

const key = `${alice}:BTC`;

/** A decimal text as a whole number of 1e-8. */
function exact(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const value = BigInt(whole) * 100_000_000n + BigInt(fraction.padEnd(8, '0'));
  return text.startsWith('-') ? -value : value;
}

/** A whole number of 1e-8 as the shortest decimal text. */
function shortest(value: bigint): string {
  const size = value < 0n ? -value : value;
  const fraction = (size % 100_000_000n).toString().padStart(8, '0').replace(/0+$/, '');
  const text = `${size / 100_000_000n}${fraction === '' ? '' : `.${fraction}`}`;
  return value < 0n ? `-${text}` : text;
}

const decimals = fc
  .record({ decimals: fc.integer({ min: 0, max: 8 }), digits: fc.integer({ min: 1, max: 999_999 }) })
  .map(({ decimals: places, digits }) => shortest(BigInt(digits) * 10n ** BigInt(8 - places)));

describe('wallet ledger against independent arithmetic', () => {
  it('keeps sizes exact over any sequence of trades', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ size: decimals, buys: fc.boolean() }), { minLength: 1, maxLength: 60 }),
        async changes => {
          const tape = tapeBuilder();
          for (const [index, { size, buys }] of changes.entries()) {
            const sides = buys ? { buyer: alice, seller: bob } : { buyer: bob, seller: alice };
            tape.add(trade, {
              key: 'BTC',
              at: index,
              payload: tradeOf({ ...sides, size, tradeId: index + 1 }),
            });
          }
          const run = await runFeatures([walletLedgerFeature], tape.events);
          let position = 0n;
          for (const [index, row] of run.history(walletPosition, key).entries()) {
            const { size, buys } = changes[index]!;
            expect(row.sizeBefore).toBe(shortest(position));
            position += buys ? exact(size) : -exact(size);
            expect(row.size).toBe(shortest(position));
          }
          expect(run.row(walletPosition, `${bob}:BTC`)?.size).toBe(shortest(-position));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('does not drift over 100,000 fills, and its PnL is that of exact cash flows', async () => {
    const draw = seededDraw(7);
    const tape = tapeBuilder();
    let position = 0n;
    let cash = 0n;
    for (let index = 0; index < 100_000; index++) {
      const size = (1 + Math.floor(draw() * 99_999)) * 1_000;
      const price = 90_000 + Math.floor(draw() * 20_000);
      const last = index === 99_999;
      const buys = last ? position < 0n : draw() < 0.5;
      const amount = last ? (position < 0n ? -position : position) : BigInt(size);
      tape.add(fill, {
        key: alice,
        at: index * 1_000,
        payload: fillOf({
          size: shortest(amount),
          side: buys ? 'buy' : 'sell',
          price: String(price),
          startPosition: shortest(position),
          closedPnl: null,
          tradeId: index + 1,
        }),
      });
      position += buys ? amount : -amount;
      cash += (buys ? -amount : amount) * BigInt(price);
    }
    const run = await runFeatures([walletLedgerFeature], tape.events);
    const row = run.row(walletPosition, key)!;
    expect(row).toMatchObject({ size: '0', gaps: 0, truncated: false });
    // Flat at the end, so that the sum of cash flows is the PnL.
    const expected = Number(cash) / 1e8;
    expect(Math.abs(row.cumulativePnl - expected)).toBeLessThan(1e-9 * 100_000 * 100_000);
    expect(row.cumulativePnl).toBeCloseTo(expected, 3);
  }, 60_000);

  it('writes the shortest decimal text of any number of units', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 8 }), (units, places) => {
        expect(unitsText(units, 10 ** places)).toBe(shortest(BigInt(units) * 10n ** BigInt(8 - places)));
      }),
    );
  });
});
