import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../core/errors.ts';
import { listFiles } from '../../plugins/collectors/source-files/list-files.ts';
import { moment } from '../numbers.ts';
import { kindOfFile, type SourceKind } from './source-kind.ts';
import { timeSpanOf } from './time-span.ts';

/** What a replay reads, and what it leaves out for a reason. */
export interface FoundSources {
  readonly sources: readonly ReplaySource[];
  /** Sentences about what lies beside the source and is of no use to it. */
  readonly leftOut: readonly string[];
}

/** A file or folder, and the collector that reads it. */
export interface ReplaySource {
  readonly collector: SourceKind;
  readonly path: string;
  /** True of what was found beside the source that was named. */
  readonly companion: boolean;
}

export interface FindOptions {
  /** A folder or file of candles and funding rates; default: what lies beside the source. */
  readonly candles?: string | undefined;
  /** A CSV file of accounts' equity; default: what lies beside the source. */
  readonly accounts?: string | undefined;
  /** Whether to look beside the source at all. */
  readonly companions: boolean;
}

/** So many files of a folder are looked into. */
const looksAtMost = 50;

const describedKinds = [
  'a recording or a tape (a folder or file of JSON Lines with `stream` and `data`)',
  'a node\'s fills (lines such as ["0x…",{…}] or by block, plain, .gz, .zst or .lz4)',
  'saved `userFills` answers (.json)',
  'a CSV file of fills (with the columns coin, side, px, sz, time)',
];

/**
 * Finds out how to read what an operator names: by what the files hold, not by what they are called. Candles, funding rates and
 * equity that lie beside it are read along.
 *
 * @throws UserError `SOURCE_NOT_FOUND`, `SOURCE_UNKNOWN` when nothing fits, or when a folder holds several kinds.
 */
export async function findSources(named: string, options: FindOptions): Promise<FoundSources> {
  const there = await stat(named).catch(() => undefined);
  if (there === undefined) {
    throw new UserError(
      'SOURCE_NOT_FOUND',
      `Expected a file or folder to replay at ${path.resolve(named)}, found nothing there. Correct the path.`,
    );
  }
  const main = there.isDirectory() ? await kindsOfFolder(named) : [await kindOfNamed(named)];
  const sources: ReplaySource[] = main.map(collector => ({ collector, path: named, companion: false }));
  const has = (kind: SourceKind) => sources.some(source => source.collector === kind);
  // A recording has its own prices; what else lies there is another one's.
  const beside = options.companions && !has('recording') ? foldersBeside(named, there.isDirectory()) : [];
  const found: ReplaySource[] = [];
  for (const kind of ['candles-csv', 'funding-csv', 'accounts-csv'] as const) {
    if (has(kind)) continue;
    const given = kind === 'accounts-csv' ? options.accounts : options.candles;
    const place = given === undefined ? await firstHolding(kind, beside) : await placeHolding(kind, given);
    if (place !== undefined) found.push({ collector: kind, path: place, companion: given === undefined });
    else if (given !== undefined && kind !== 'funding-csv') throw nothingOfKind(kind, given);
  }
  return withoutStrangers(sources, found);
}

/** Before the source begins, prices are of use for so long: the longest window that a feature looks back on them. */
const lookBackMs = 2 * 86_400_000;

/** Leaves out companions whose times have nothing to do with the source's. What was named by hand stays. */
async function withoutStrangers(
  sources: readonly ReplaySource[],
  found: readonly ReplaySource[],
): Promise<FoundSources> {
  const [main] = sources;
  if (main === undefined || !found.some(source => source.companion)) {
    return { sources: [...sources, ...found], leftOut: [] };
  }
  const span = await timeSpanOf(main.collector, main.path);
  const kept: ReplaySource[] = [];
  const leftOut: string[] = [];
  for (const source of found) {
    const own = source.companion && span ? await timeSpanOf(source.collector, source.path) : undefined;
    if (
      own === undefined ||
      span === undefined ||
      (own.to >= span.from - lookBackMs && own.from <= span.to)
    ) {
      kept.push(source);
      continue;
    }
    leftOut.push(
      `${source.path} is left out: it is about ${moment(own.from)} to ${moment(own.to)}, the source about ${moment(span.from)} ` +
        `to ${moment(span.to)}`,
    );
  }
  return { sources: [...sources, ...kept], leftOut };
}

async function kindOfNamed(file: string): Promise<SourceKind> {
  const kind = await kindOfFile(file);
  if (kind !== undefined) return kind;
  throw new UserError(
    'SOURCE_UNKNOWN',
    `Expected ${file} to hold one of:\n${describedKinds.map(text => `  - ${text}`).join('\n')}\n` +
      'found that its first line is none of them. Name another file, or configure a collector for it and run `hypersonar start`.',
  );
}

async function kindsOfFolder(folder: string): Promise<SourceKind[]> {
  const { files } = await listFiles(folder);
  const kinds = new Map<SourceKind, string>();
  for (const file of files.slice(0, looksAtMost)) {
    const kind = await kindOfFile(file.path);
    if (kind !== undefined && !kinds.has(kind)) kinds.set(kind, file.name);
  }
  const csv = [...kinds.keys()].filter(kind => kind.endsWith('-csv'));
  const others = [...kinds.keys()].filter(kind => !kind.endsWith('-csv'));
  if (others.length === 0 && csv.length > 0) return csv;
  if (others.length === 1 && !csv.includes('fills-csv')) return others;
  const examples = [...kinds].map(([kind, name]) => `${name} (${kind})`).join(', ');
  throw new UserError(
    'SOURCE_UNKNOWN',
    `Expected the folder ${folder} to hold one kind of source, found ${examples === '' ? 'none that is known' : examples}. ` +
      `Name one file or a folder of one kind:\n${describedKinds.map(text => `  - ${text}`).join('\n')}`,
  );
}

/** Where candles and equity are looked for: in the source's folder, and in folders named `market` near it. */
function foldersBeside(named: string, isFolder: boolean): string[] {
  const folder = isFolder ? named : path.dirname(named);
  return [folder, path.join(folder, 'market'), path.join(folder, '..', 'market')];
}

async function firstHolding(kind: SourceKind, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const place = await placeHolding(kind, folder);
    if (place !== undefined) return place;
  }
  return undefined;
}

/** The place itself when it is a file or folder that holds files of a kind. Folders are not searched deeper. */
async function placeHolding(kind: SourceKind, place: string): Promise<string | undefined> {
  const found = await stat(place).catch(() => undefined);
  if (found === undefined) return undefined;
  if (!found.isDirectory()) return (await kindOfFile(place)) === kind ? place : undefined;
  const names = (await readdir(place))
    .filter(name => /\.csv(\.(gz|zst|lz4))?$/i.test(name))
    .slice(0, looksAtMost);
  const holding: string[] = [];
  for (const name of names) {
    const file = path.join(place, name);
    if ((await kindOfFile(file)) === kind) holding.push(file);
  }
  // One file is named itself: the folder may hold others that only look alike further down.
  return holding.length === 1 ? holding[0] : holding.length === 0 ? undefined : place;
}

function nothingOfKind(kind: SourceKind, place: string): UserError {
  return new UserError(
    'SOURCE_UNKNOWN',
    `Expected ${kind === 'accounts-csv' ? 'equity (columns address, t, account_value)' : 'candles (columns coin, t, o, h, l, c, v)'} ` +
      `at ${place}, found none. Correct the path.`,
  );
}
