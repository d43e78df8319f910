import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { intervalOf } from '../../plugins/collectors/candles-csv/index.ts';
import { candleLengths } from '../../plugins/collectors/hyperliquid-messages/candles.ts';
import { readLines } from '../../plugins/collectors/source-files/read-lines.ts';
import { kindOfFile } from './source-kind.ts';

export type CandleLength = keyof typeof candleLengths;

/** With candles of so many coins a length is taken for that of the whole market. */
const enoughCoins = 10;

/**
 * The length of candles by which a replay's wallets are judged: the shortest that many coins have, or else the one that most
 * have. One length serves all, since the rules about candles depend on it.
 */
export async function candleLengthOf(place: string): Promise<CandleLength | undefined> {
  const coins = new Map<CandleLength, Set<string>>();
  for (const file of await filesOf(place)) {
    if ((await kindOfFile(file)) !== 'candles-csv') continue;
    const length = intervalOf(path.basename(file));
    const known = coins.get(length) ?? new Set<string>();
    for await (const coin of coinsOf(file)) known.add(coin);
    coins.set(length, known);
  }
  const found = [...coins].sort(([a], [b]) => candleLengths[a] - candleLengths[b]);
  const wide = found.find(([, names]) => names.size >= enoughCoins);
  return (wide ?? found.toSorted(([, a], [, b]) => b.size - a.size)[0])?.[0];
}

/** Minutes of a candle. */
export function minutesOf(length: CandleLength): number {
  return candleLengths[length] / 60_000;
}

async function filesOf(place: string): Promise<string[]> {
  if (!(await stat(place)).isDirectory()) return [place];
  return (await readdir(place)).sort().map(name => path.join(place, name));
}

async function* coinsOf(file: string): AsyncGenerator<string> {
  let column = 0;
  for await (const { first, lines } of readLines({ path: file })) {
    for (const [index, line] of lines.entries()) {
      if (first + index === 1) column = line.split(',').indexOf('coin');
      else if (line !== '')
        yield column === 0 ? line.slice(0, line.indexOf(',')) : (line.split(',')[column] ?? '');
    }
  }
}
