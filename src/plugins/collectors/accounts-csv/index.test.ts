import { describe, expect, it, test } from 'vitest';
import { collectedBy, restartFaults } from '../../../../test/collectors/collected-by.ts';
import { conformance } from '../../../testing/index.ts';
import { accountsCsv } from './index.ts';

const path = new URL('./fixtures/equity.csv', import.meta.url).pathname;
const start = 1_700_000_000_000;

describe('a table of equity', () => {
  test('comes out in the order of time with values as they are written', async () => {
    const { drafts, rejections } = await collectedBy(accountsCsv, { path });
    expect(
      drafts.map(({ tsEvent, payload }) => [tsEvent - start, payload.accountValue, payload.totalPnl]),
    ).toEqual([
      [0, '1000.0', '0.0'],
      [500, '50.25', '-3'],
      [1_000, '1010.5', '10.5'],
    ]);
    expect(rejections).toEqual([
      { source: path, line: 5, reason: 'the time must be whole milliseconds; found ""' },
    ]);
  });

  test('is taken up after any draft', async () => {
    expect(await restartFaults(accountsCsv, { path })).toEqual([]);
  });
});

describe('conformance of accounts-csv', () => {
  for (const check of conformance(accountsCsv, { config: { path } })) it(check.name, check.run);
});
