import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { candleLengthOf, minutesOf } from './candle-length.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-candles-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (name: string, coins: number) =>
  writeFile(
    path.join(folder, name),
    `coin,t,o,h,l,c,v\n${Array.from({ length: coins }, (_, i) => `C${i},1700000000000,1,1,1,1,1\n`).join('')}`,
  );

it('is the shortest that ten coins have', async () => {
  await write('candles_5m_few.csv', 4);
  await write('candles_1h_top.csv', 30);
  await write('candles_4h_all.csv', 60);
  await writeFile(path.join(folder, 'other.txt'), 'no candles\n');
  expect(await candleLengthOf(folder)).toBe('1h');
  expect(minutesOf('1h')).toBe(60);
});

it('is the one that most coins have where no length has ten', async () => {
  await write('candles_5m.csv', 2);
  await write('candles_15m.csv', 5);
  expect(await candleLengthOf(folder)).toBe('15m');
  expect(await candleLengthOf(path.join(folder, 'candles_5m.csv'))).toBe('5m');
});
