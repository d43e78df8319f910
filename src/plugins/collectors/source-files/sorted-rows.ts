import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { mergeSorted, type SortedSource } from './merge-sorted.ts';
import { readLines } from './read-lines.ts';

/** A row on its way through the sorter. */
export interface Row {
  /** What rows are sorted by first. */
  readonly time: number;
  /** What rows of the same time are sorted by; unique. */
  readonly order: number;
  /** The row itself, without line breaks. */
  readonly text: string;
}

export interface SortOptions {
  /** How much is held in memory at once; what is more goes through temporary files. */
  readonly memoryBytes: number;
  readonly temporaryFolder: string;
  readonly signal?: AbortSignal;
  /** Told when all rows have been read, before the first one is given. */
  readonly onSorted?: (rows: number) => void;
}

// Note: the objects around a short text weigh more than the text itself.
const rowOverheadBytes = 96;
const mergedAtOnce = 64;

/** Puts any number of rows in order, with bounded memory: sorted runs in temporary files, then a merge. */
export async function* sortRows(
  rows: AsyncIterable<readonly Row[]>,
  options: SortOptions,
): AsyncGenerator<readonly Row[]> {
  const { signal } = options;
  let folder: string | undefined;
  let runs: string[] = [];
  let count = 0;
  let total = 0;
  let run: Row[] = [];
  let runBytes = 0;
  const spill = async (sorted: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>) => {
    folder ??= await mkdtemp(join(options.temporaryFolder, 'hypersonar-sort-'));
    const path = join(folder, `run-${count++}`);
    await writeRun(path, sorted, signal);
    return path;
  };
  try {
    for await (const batch of rows) {
      if (signal?.aborted) return;
      for (const row of batch) {
        run.push(row);
        runBytes += row.text.length + rowOverheadBytes;
      }
      total += batch.length;
      if (runBytes >= options.memoryBytes) {
        runs.push(await spill([run.sort(byTimeAndOrder)]));
        run = [];
        runBytes = 0;
      }
    }
    run.sort(byTimeAndOrder);
    while (runs.length > mergedAtOnce) {
      const merging = runs.slice(0, mergedAtOnce);
      const merged = await spill(mergeSorted(await Promise.all(merging.map(runFrom)), isBefore));
      await Promise.all(merging.map(path => rm(path)));
      runs = [...runs.slice(mergedAtOnce), merged];
    }
    if (signal?.aborted) return;
    options.onSorted?.(total);
    const sources = [...(await Promise.all(runs.map(runFrom))), memoryRun(run)];
    for await (const batch of mergeSorted(sources, isBefore)) {
      if (signal?.aborted) return;
      yield batch;
    }
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

function byTimeAndOrder(a: Row, b: Row): number {
  return a.time - b.time || a.order - b.order;
}

function isBefore(a: Row, b: Row): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}

async function writeRun(
  path: string,
  batches: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const file = createWriteStream(path);
  // Note: a disk that is full is reported by `finished`, at the latest when the file is closed.
  const closed = finished(file);
  closed.catch(() => {});
  for await (const batch of batches) {
    for (let from = 0; from < batch.length && signal?.aborted !== true; from += 1_000) {
      const lines = batch.slice(from, from + 1_000).map(row => `${row.time}\t${row.order}\t${row.text}\n`);
      if (file.write(lines.join(''))) continue;
      await Promise.race([new Promise<void>(resolve => file.once('drain', () => resolve())), closed]);
    }
  }
  file.end();
  await closed;
}

async function runFrom(path: string): Promise<SortedSource<Row>> {
  for await (const rows of readRun(path)) return { first: rows[0], open: () => readRun(path) };
  return { first: undefined, open: () => readRun(path) };
}

async function* readRun(path: string): AsyncGenerator<readonly Row[]> {
  for await (const { lines } of readLines({ path })) {
    yield lines.map(line => {
      const first = line.indexOf('\t');
      const second = line.indexOf('\t', first + 1);
      return {
        time: Number(line.slice(0, first)),
        order: Number(line.slice(first + 1, second)),
        text: line.slice(second + 1),
      };
    });
  }
}

function memoryRun(run: readonly Row[]): SortedSource<Row> {
  return {
    first: run[0],
    open: async function* () {
      yield run;
    },
  };
}
