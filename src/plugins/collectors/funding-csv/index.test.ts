import { describe, expect, it, test } from 'vitest';
import { collectedBy, restartFaults } from '../../../../test/collectors/collected-by.ts';
import { conformance } from '../../../testing/index.ts';
import { fundingCsv } from './index.ts';

const path = new URL('./fixtures/funding.csv', import.meta.url).pathname;

describe('a table of funding rates', () => {
  test('comes out in the order of time', async () => {
    const { drafts } = await collectedBy(fundingCsv, { path });
    expect(drafts.map(({ dedupe, tsIngest, payload }) => [dedupe, tsIngest, payload.rate])).toEqual([
      ['ETH:3600000', 3_602_000, 0.0000125],
      ['SOL:3600000', 3_602_000, 0.0002],
      ['ETH:7200000', 7_202_000, -0.0001],
    ]);
  });

  test('is taken up after any draft', async () => {
    expect(await restartFaults(fundingCsv, { path })).toEqual([]);
  });
});

describe('conformance of funding-csv', () => {
  for (const check of conformance(fundingCsv, { config: { path } })) it(check.name, check.run);
});
