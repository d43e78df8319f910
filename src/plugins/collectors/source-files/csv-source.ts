import type { CollectorContext, Draft, EventRef } from '../../../plugin-api/index.ts';
import type { Collected, Decoded } from '../hyperliquid-messages/collected.ts';
import { type CsvHeader, csvHeader, requireColumns, splitCsvLine } from './csv-rows.ts';
import { emitSorted, readTimeCursor } from './emit-sorted.ts';
import { eachFile, lineJudge } from './line-judge.ts';
import { listFiles, type SourceFile } from './list-files.ts';
import { readLines } from './read-lines.ts';
import { type Row, sortRows } from './sorted-rows.ts';

interface CsvSettings {
  readonly path?: string | undefined;
  readonly malformedShare: number;
  readonly sortMemoryMb: number;
  readonly temporaryFolder: string;
}

/** Decodes the values of a row of one file. */
export type RowDecoder = (values: readonly string[]) => Decoded;

export interface CsvKind {
  /** The columns that a file must have; in a folder, files without them are of another kind and are left out. */
  readonly columns: readonly string[];
  /** Prepares the decoding of a file. */
  decoder(file: SourceFile, header: CsvHeader): RowDecoder | Promise<RowDecoder>;
  /** When a draft could first be known. */
  availableAt(draft: Collected): number;
  /** Puts the drafts of one time in order. */
  readonly arrange?: (drafts: Collected[]) => void;
}

const csvName = /\.csv(\.(gz|zst|lz4))?$/i;
/** Rows of a file are numbered below this; together with the file's number they give the order of rows of one time. */
const rowsPerFile = 2 ** 36;

/**
 * Reads CSV files with a header line in the order of time, whatever order their rows are in: a file, or all files of the kind
 * in a folder. Each file is read once; rows that are known from the last run are passed over while reading.
 */
export async function* collectCsv<R extends EventRef>(
  ctx: CollectorContext<CsvSettings>,
  kind: CsvKind,
): AsyncGenerator<readonly Draft<R>[]> {
  const { path } = ctx.config;
  if (path === undefined) return;
  const listed = await listFiles(path, name => csvName.test(name));
  const headed = await withHeaders(listed.files, listed.isFolder ? kind.columns : undefined);
  for (const { file, header } of headed) requireColumns(header, kind.columns, file.path);
  const decoders = await Promise.all(headed.map(({ file, header }) => kind.decoder(file, header)));
  const from = readTimeCursor(ctx.cursor, path);
  const totalBytes = headed.reduce((sum, { file }) => sum + file.bytes, 0);
  let bytesBefore = 0;
  let sorted = 0;

  const readRows = async function* (file: SourceFile, index: number): AsyncGenerator<Row[]> {
    const decode = decoders[index] as RowDecoder;
    const judge = lineJudge(ctx, {
      path: file.path,
      malformedShare: ctx.config.malformedShare,
      expected: `rows of ${kind.columns.join(',')}`,
    });
    const onDamage = (line: number, reason: string) => ctx.reject({ source: file.path, line, reason });
    for await (const batch of readLines(file, { signal: ctx.signal, onDamage })) {
      const rows: Row[] = [];
      for (let offset = 0; offset < batch.lines.length; offset++) {
        const text = batch.lines[offset] as string;
        const line = batch.first + offset;
        if (line === 1 || text === '') continue;
        const values = splitCsvLine(text);
        const decoded = values === undefined ? 'the quotes do not match' : decode(values);
        if (typeof decoded === 'string') {
          judge.bad(line, decoded);
          continue;
        }
        judge.good();
        const time = kind.availableAt(decoded);
        if (time >= from.time) rows.push({ time, order: index * rowsPerFile + line, text });
      }
      judge.afterBatch();
      ctx.progress({ source: path, done: bytesBefore + batch.bytesRead, total: totalBytes, unit: 'bytes' });
      yield rows;
    }
    bytesBefore += file.bytes;
    judge.atEnd();
  };

  const files = { files: headed.map(({ file }) => file), isFolder: listed.isFolder };
  const rows = sortRows(eachFile(ctx, files, readRows), {
    memoryBytes: ctx.config.sortMemoryMb * 1024 * 1024,
    temporaryFolder: ctx.config.temporaryFolder,
    signal: ctx.signal,
    onSorted: count => {
      sorted = count;
    },
  });
  yield* emitSorted<R>(ctx, rows, {
    path,
    from,
    total: () => sorted,
    decode: row => {
      const decode = decoders[Math.floor(row.order / rowsPerFile)] as RowDecoder;
      const decoded = decode(splitCsvLine(row.text) ?? []);
      return typeof decoded === 'string' ? undefined : decoded;
    },
    ...(kind.arrange === undefined ? {} : { arrange: kind.arrange }),
  });
}

interface HeadedFile {
  readonly file: SourceFile;
  readonly header: CsvHeader;
}

/** The first line of each file; where `wanted` is given, only of those that have these columns. */
async function withHeaders(
  files: readonly SourceFile[],
  wanted: readonly string[] | undefined,
): Promise<HeadedFile[]> {
  const headed: HeadedFile[] = [];
  for (const file of files) {
    const header = csvHeader(await firstLine(file));
    if (wanted?.every(name => header.position(name) !== undefined) ?? true) headed.push({ file, header });
  }
  return headed;
}

async function firstLine(file: SourceFile): Promise<string> {
  for await (const batch of readLines(file)) return batch.lines[0] ?? '';
  return '';
}
