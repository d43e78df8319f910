import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvValue, openCsvFile } from './csv-file.ts';

it('writes any text so that another reader gets it back', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é', '0') });
  fc.assert(
    fc.property(fc.array(text, { minLength: 2, maxLength: 5 }), values => {
      const line = `${values.map(csvValue).join(',')}\r\n`;
      expect(parse(line, { record_delimiter: '\r\n', relax_column_count: true })).toEqual([values]);
    }),
  );
});

it('writes a header even where there is no row, and an empty field for what is absent', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-csv-'));
  const columns = [
    { name: 'coin', kind: 'text' },
    { name: 'count', kind: 'integer' },
  ] as const;
  const empty = openCsvFile(path.join(folder, 'empty.csv'), columns);
  await empty.close();
  expect(await readFile(path.join(folder, 'empty.csv'), 'utf8')).toBe('coin,count\r\n');
  const file = openCsvFile(path.join(folder, 'rows.csv'), columns);
  await file.write([['BTC', null]]);
  await file.write([[null, 7]]);
  await file.close();
  expect(await readFile(path.join(folder, 'rows.csv'), 'utf8')).toBe('coin,count\r\nBTC,\r\n,7\r\n');
  await rm(folder, { recursive: true });
});

it('fails where it cannot write', async () => {
  const file = openCsvFile('/nowhere/at/all.csv', [{ name: 'a', kind: 'text' }]);
  await expect(file.write([['x']]).then(() => file.close())).rejects.toThrow(/ENOENT/);
});
