import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { type BasicType, fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { hashText } from '../../schema/tables/columns.ts';
import * as tables from '../../schema/tables/index.ts';
import { UserError } from '../errors.ts';
import { quoted } from './copy-table.ts';
import type { Engine } from './engine.ts';
import { type Expiry, expired } from './retention.ts';

/** A file that expired rows of one month went to. */
export interface Archived {
  readonly file: string;
  /** Rows that came to it now. */
  readonly added: number;
  /** Rows that it holds. */
  readonly rows: number;
  readonly bytes: number;
}

export interface ArchiveOptions {
  readonly engine: Engine;
  readonly expiry: Expiry;
  /** Rows before this time have expired. */
  readonly before: number;
  readonly folder: string;
  /** A time of the tape, noted as the time of archiving. */
  readonly now: number;
}

const groupRows = 50_000;

/** How a column is written: its name, its Parquet type, and its value. */
interface ArchiveColumn {
  readonly name: string;
  readonly type: BasicType;
  readonly value: (value: unknown) => unknown;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * Moves expired rows to one Parquet file per table and month, zstd inside, and deletes them. Decimals and JSON are text there, so
 * that no digit is lost.
 *
 * Note: rows are deleted in the transaction that notes how many rows the file holds. A crash between the new file and the commit
 * leaves rows in both; the next run takes only the noted ones over from the file.
 */
export async function archiveRows(options: ArchiveOptions): Promise<Archived[]> {
  const { engine, expiry, before } = options;
  const archived: Archived[] = [];
  for (;;) {
    const [oldest] = await engine.query<{ time: number | null }>(
      `select min(${quoted(expiry.time)}) as time from ${quoted(expiry.table)} where ${expired(expiry)}`,
      [before],
    );
    if (oldest === undefined || oldest.time === null) return archived;
    const month = monthOf(oldest.time);
    archived.push(await archiveMonth(options, month, Math.min(before, nextMonth(month))));
  }
}

async function archiveMonth(options: ArchiveOptions, month: number, before: number): Promise<Archived> {
  const { engine, expiry, folder, now } = options;
  const columns = columnsOf(expiry.table);
  const file = path.join(folder, `${expiry.table}-${new Date(month).toISOString().slice(0, 7)}.parquet`);
  const unfinished = `${file}.unfinished`;
  await mkdir(folder, { recursive: true });
  const [noted] = await engine.query<{ rows: number }>('select rows from archives where file = $1', [
    path.basename(file),
  ]);

  const output = fileWriter(unfinished);
  const parquet = new ParquetWriter({
    writer: output,
    schema: schemaFromColumnData({ columnData: columns.map(({ name, type }) => ({ name, type, data: [] })) }),
    codec: 'ZSTD',
    compressors: { ZSTD: bytes => zstdCompressSync(bytes) },
  });
  let rows = 0;
  const write = async (group: readonly Row[]) => {
    rows += group.length;
    await parquet.write({
      columnData: columns.map(({ name, value }) => ({ name, data: group.map(row => value(row[name])) })),
      rowGroupSize: groupRows,
    });
  };
  try {
    for await (const group of readArchive(file, noted?.rows ?? 0)) await write(group);
    const kept = rows;
    return await engine.transaction(async transaction => {
      for (;;) {
        const group = await transaction.query<Row>(
          `delete from ${quoted(expiry.table)} where ctid = any(array(
             select ctid from ${quoted(expiry.table)} where ${expired(expiry)}
             order by ${quoted(expiry.time)} limit ${groupRows})) returning ${columns.map(column => selected(column)).join(', ')}`,
          [before],
        );
        if (group.length > 0)
          await write(group.sort((a, b) => Number(a[expiry.time]) - Number(b[expiry.time])));
        if (group.length < groupRows) break;
      }
      await parquet.finish();
      const { bytes, sha256 } = await settle(unfinished);
      await transaction.query(
        `insert into archives as t (file, "table", month, rows, bytes, sha256, created_at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (file) do update set
           rows = excluded.rows, bytes = excluded.bytes, sha256 = excluded.sha256, created_at = excluded.created_at`,
        [path.basename(file), expiry.table, month, rows, bytes, sha256, now],
      );
      await rename(unfinished, file);
      return { file, added: rows - kept, rows, bytes };
    });
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** The first rows of an archive, in groups. Values are as they were written. */
export async function* readArchive(file: string, rows: number): AsyncGenerator<Row[]> {
  if (rows === 0) return;
  try {
    const input = await asyncBufferFromFile(file);
    const metadata = await parquetMetadataAsync(input);
    if (Number(metadata.num_rows) < rows) throw new Error(`it holds ${metadata.num_rows} rows`);
    for (let start = 0; start < rows; start += groupRows) {
      yield await parquetReadObjects({
        file: input,
        metadata,
        rowStart: start,
        rowEnd: Math.min(rows, start + groupRows),
        compressors: { ZSTD: bytes => zstdDecompressSync(bytes) },
      });
    }
  } catch (error) {
    throw new UserError(
      'ARCHIVE_DAMAGED',
      `Expected ${rows} archived rows in ${file}, found that it cannot be read (${error instanceof Error ? error.message : error}). ` +
        'Nothing was deleted. Put the file back, or name another archive folder.',
      { cause: error },
    );
  }
}

function columnsOf(table: string): ArchiveColumn[] {
  const found = Object.values(tables as Record<string, PgTable>).find(
    candidate => getTableConfig(candidate).name === table,
  )!;
  return getTableConfig(found).columns.map(column => {
    const { name } = column;
    const same = (value: unknown) => value;
    switch (column.getSQLType()) {
      case 'bigint':
        return { name, type: 'INT64', value: value => (typeof value === 'number' ? BigInt(value) : value) };
      case 'integer':
        return { name, type: 'INT32', value: same };
      case 'double precision':
        return { name, type: 'DOUBLE', value: same };
      case 'boolean':
        return { name, type: 'BOOLEAN', value: same };
      case 'bytea':
        return {
          name,
          type: 'STRING',
          value: value => (value instanceof Uint8Array ? hashText(value) : value),
        };
      default:
        return { name, type: 'STRING', value: same };
    }
  });
}

/** A column as it is read for the archive: whatever has no Parquet type of its own as text. */
function selected({ name, type }: ArchiveColumn): string {
  return type === 'STRING' && name !== 'hash' ? `${quoted(name)}::text as ${quoted(name)}` : quoted(name);
}

/** Forces a file to the disk and describes it. */
async function settle(file: string): Promise<{ bytes: number; sha256: string }> {
  const handle = await open(file, 'r+');
  await handle.sync();
  await handle.close();
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return { bytes: (await stat(file)).size, sha256: hash.digest('hex') };
}

function monthOf(time: number): number {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}

function nextMonth(month: number): number {
  const date = new Date(month);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}
