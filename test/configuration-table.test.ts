import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { configOptions } from '../src/core/config.ts';

const page = path.join(import.meta.dirname, '../README.md');
const [begin, end] = ['<!-- configuration -->', '<!-- /configuration -->'];

it('lists every option, its variable and its default in the README (update with UPDATE_README=1)', async () => {
  const cell = (value: unknown) =>
    value === null || value === undefined ? '' : `\`${JSON.stringify(value).replaceAll('|', '\\|')}\``;
  const rows = configOptions.map(
    option =>
      `| \`${option.path}\` | \`${option.environment.at(-1)}\` | ${cell(option.default)} | ${option.doc} |`,
  );
  const table = ['', '| option | environment | default | meaning |', '|---|---|---|---|', ...rows, ''].join(
    '\n',
  );
  const text = await readFile(page, 'utf8');
  const [before, rest] = text.split(begin);
  const [found, after] = (rest ?? '').split(end);
  if (process.env.UPDATE_README) await writeFile(page, `${before}${begin}${table}${end}${after}`);
  else expect(found).toBe(table);
});
