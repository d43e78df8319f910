import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conformance } from 'hypersonar/testing';
import { describe, it } from 'vitest';
import csvPrices from './index.ts';

const file = join(mkdtempSync(join(tmpdir(), 'csv-prices-')), 'prices.csv');
const rows = Array.from({ length: 50 }, (_, i) => `${1_767_600_000_000 + i * 1_000},BTC,${90_000 + i}.5`);
writeFileSync(file, ['time,coin,price', ...rows, 'not a price'].join('\n'));

describe('csv-prices', () => {
  for (const check of conformance(csvPrices, { config: { file } })) it(check.name, check.run);
});
