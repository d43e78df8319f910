import { describe, expect, it } from 'vitest';
import { saysSomethingElse } from './category-change.ts';

const whale = (confidence: number, value: number | null) => ({
  primary: 'Whale',
  categories: [
    { category: 'Whale', confidence, rule: 'totalValue > 497000', values: [{ name: 'totalValue', value }] },
  ],
});
const changes = (previous: object | undefined, row: object | undefined) =>
  saysSomethingElse({ previous, row } as never);

describe('a classifier', () => {
  it('says something else with its first word, and when it takes it back', () => {
    expect(changes(undefined, whale(0.9, 500_000))).toBe(true);
    expect(changes(whale(0.9, 500_000), undefined)).toBe(true);
  });

  it('says the same while only numbers change', () => {
    expect(changes(whale(0.9, 500_000), whale(0.9, 500_000))).toBe(false);
    expect(changes(whale(0.9, 500_000), whale(0.95, 700_000))).toBe(false);
    expect(changes(whale(0.9, null), whale(0.9, 700_000))).toBe(false);
  });

  it('says something else with another name, rule or category', () => {
    const one = whale(0.9, 500_000);
    expect(changes(one, { ...one, primary: null })).toBe(true);
    expect(changes(one, { ...one, categories: [] })).toBe(true);
    expect(changes(one, { ...one, categories: [{ ...one.categories[0], rule: 'other' }] })).toBe(true);
    expect(changes(one, { ...one, categories: [...one.categories, ...one.categories] })).toBe(true);
    expect(
      changes(
        { tier: 'none', tags: [{ tag: 'a' }, { tag: 'b' }] },
        { tier: 'none', tags: [{ tag: 'b' }, { tag: 'a' }] },
      ),
    ).toBe(true);
    expect(changes({ isBot: false }, { isBot: true })).toBe(true);
  });
});
