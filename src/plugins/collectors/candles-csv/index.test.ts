import { describe, expect, it, test } from 'vitest';
import { collectedBy, restartFaults } from '../../../../test/collectors/collected-by.ts';
import { conformance } from '../../../testing/index.ts';
import { candlesCsv, intervalOf } from './index.ts';

const path = new URL('./fixtures', import.meta.url).pathname;

describe('tables of candles', () => {
  test('come out when each candle could first be known, two seconds after its end', async () => {
    const { drafts, rejections } = await collectedBy(candlesCsv, { path });
    expect(drafts.map(({ dedupe, tsEvent, tsIngest }) => [dedupe, tsEvent, tsIngest])).toEqual([
      ['ETH:5m:3600000', 3_900_000, 3_902_000],
      ['ETH:1h:3600000', 7_200_000, 7_202_000],
      ['SOL:1h:3600000', 7_200_000, 7_202_000],
      ['ETH:1h:7200000', 10_800_000, 10_802_000],
    ]);
    expect(drafts[3]?.payload).toMatchObject({
      open: '11',
      volume: '100',
      closeTime: 10_800_000,
      trades: null,
    });
    expect(rejections).toEqual([
      { source: `${path}/candles_1h_own.csv`, line: 5, reason: expect.stringContaining('must be decimals') },
    ]);
  });

  test('take their length from the name of the file or from the configuration', async () => {
    expect(intervalOf('candles_4h_all.csv.gz')).toBe('4h');
    expect(intervalOf('folder/btc-15m.csv')).toBe('15m');
    expect(() => intervalOf('candles.csv')).toThrow(/Set `interval`/);
    const { drafts } = await collectedBy(candlesCsv, { path: `${path}/candles_1h_own.csv`, interval: '2h' });
    expect(drafts[0]?.dedupe).toBe('ETH:2h:3600000');
  });

  test('may be of one coin that only the configuration names', async () => {
    const { drafts } = await collectedBy(candlesCsv, { path: `${path}/candles_5m_own.csv`, coin: 'WETH' });
    expect(drafts[0]?.key).toBe('WETH');
  });

  test('are taken up after any draft', async () => {
    expect(await restartFaults(candlesCsv, { path })).toEqual([]);
  });
});

describe('conformance of candles-csv', () => {
  for (const check of conformance(candlesCsv, { config: { path } })) it(check.name, check.run);
});
