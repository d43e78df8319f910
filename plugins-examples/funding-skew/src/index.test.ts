import { funding } from 'hypersonar/plugin';
import { conformance, tapeBuilder } from 'hypersonar/testing';
import { describe, it } from 'vitest';
import fundingSkew from './index.ts';

const tape = tapeBuilder();
for (let hour = 0; hour < 60; hour++) {
  const rate = hour === 50 ? 0.01 : 0.0001 + (hour % 5) * 1e-6;
  tape.add(funding, {
    key: 'BTC',
    at: 1_767_600_000_000 + hour * 3_600_000,
    payload: { coin: 'BTC', rate, premium: null },
  });
}

describe('funding-skew', () => {
  for (const check of conformance(fundingSkew)) it(check.name, check.run);
});

describe('funding-skew on a tape with one outlier', () => {
  for (const check of conformance(fundingSkew, { tape: tape.events })) it(check.name, check.run);
});
