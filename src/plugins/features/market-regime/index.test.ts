import { describe, expect, it } from 'vitest';
import { marketRow } from '../../../../test/fixtures/market-rows.ts';
import { conformance } from '../../../testing/index.ts';
import { marketStateFeature } from '../market-state/index.ts';
import { marketRegimeConfig } from './config.ts';
import { marketRegimeFeature } from './index.ts';
import { regimeOf } from './regime.ts';

const midnight = Date.UTC(2026, 0, 1);
const minute = 60_000;
const config = marketRegimeConfig.parse({});

describe('the market regime', () => {
  const calm = { sigma5m: 0.001, sigma24h: 0.001 };
  // By 01:40 a random walk of .001 a minute has come to .001 x sqrt(100) = .01.
  const now = midnight + 100 * minute;
  it.each([
    [{ ...calm, sigma5m: 0.0015, dayReturn: 0 }, 'high-volatility'],
    [{ ...calm, sigma5m: 0.00149, dayReturn: 0 }, 'ranging'],
    [{ ...calm, dayReturn: Math.expm1(0.0101) }, 'trending'],
    [{ ...calm, dayReturn: Math.expm1(-0.0101) }, 'trending'],
    [{ ...calm, dayReturn: Math.expm1(0.0099) }, 'ranging'],
    [{ sigma5m: 0, sigma24h: 0, dayReturn: 0 }, 'ranging'],
    [{ ...calm, dayReturn: null }, undefined],
    [{ sigma24h: 0.001, dayReturn: 0 }, undefined],
  ])('with %j is %s', (given, regime) => {
    expect(regimeOf(marketRow(given), now, config)).toBe(regime);
  });

  it('is not known without a market', () => {
    expect(regimeOf(undefined, now, config)).toBeUndefined();
  });
});

describe('the market regime plugin', () => {
  const options = { with: [marketStateFeature] };
  for (const check of conformance(marketRegimeFeature, options)) it(check.name, check.run);
});
