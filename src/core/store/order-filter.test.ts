import { describe, expect, it } from 'vitest';
import { createOrderFilter } from './order-filter.ts';

const start = Date.UTC(2026, 0, 1);
const maker = `0x${'1'.repeat(40)}`;
const other = `0x${'2'.repeat(40)}`;

const told = (orderId: number, status: string, seconds: number, { user = maker, placed = seconds } = {}) =>
  ({
    tsEvent: start + seconds * 1_000,
    payload: { user, orderId, status, placedAt: start + placed * 1_000 },
  }) as never;

describe('the filter of orders', () => {
  it('keeps the first orders of a wallet in a minute, and leaves out further ones', () => {
    const keeps = createOrderFilter(2);
    expect([1, 2, 3, 4].map(id => keeps(told(id, 'open', id)))).toEqual([true, true, false, false]);
    expect(keeps(told(5, 'open', 5, { user: other }))).toBe(true);
    expect(keeps(told(6, 'open', 61))).toBe(true);
  });

  it('keeps all that becomes of an order that it keeps, and nothing of one that it leaves out', () => {
    const keeps = createOrderFilter(1);
    expect(keeps(told(1, 'open', 1))).toBe(true);
    expect(keeps(told(2, 'open', 1))).toBe(false);
    expect(keeps(told(2, 'open', 2, { placed: 1 }))).toBe(false);
    expect(keeps(told(2, 'filled', 3, { placed: 1 }))).toBe(false);
    expect(keeps(told(1, 'open', 4, { placed: 1 }))).toBe(true);
    expect(keeps(told(1, 'canceled', 5, { placed: 1 }))).toBe(true);
  });

  it('counts an order of which the end is heard first', () => {
    const keeps = createOrderFilter(1);
    expect(keeps(told(1, 'filled', 1))).toBe(true);
    expect(keeps(told(2, 'filled', 2))).toBe(false);
  });

  it('keeps whatever has stood for a minute', () => {
    const keeps = createOrderFilter(0);
    expect(keeps(told(1, 'open', 1))).toBe(false);
    expect(keeps(told(1, 'open', 61, { placed: 1 }))).toBe(true);
    expect(keeps(told(1, 'canceled', 62, { placed: 1 }))).toBe(true);
    expect(keeps(told(2, 'canceled', 500, { placed: 440 }))).toBe(true);
  });
});
