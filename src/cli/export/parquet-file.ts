import { promisify } from 'node:util';
import { zstdCompressSync } from 'node:zlib';
import { type ColumnSource, fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import type { ExportFile } from './export-file.ts';
import type { ExportColumn, ExportValue, ValueKind } from './read-pages.ts';

const rowGroupRows = 100_000;
const types = {
  text: 'STRING',
  json: 'STRING',
  integer: 'INT64',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
} as const satisfies Record<ValueKind, ColumnSource['type']>;
const nextTurn = promisify(setImmediate);

/**
 * Writes Parquet with Zstandard, in row groups of 100,000 rows. Decimals stay text, digit by digit; times are milliseconds
 * since 1970 as integers; lists and objects are JSON text.
 */
export function openParquetFile(path: string, columns: readonly ExportColumn[]): ExportFile {
  const sourceOf = (rows: readonly (readonly ExportValue[])[]): ColumnSource[] =>
    columns.map(({ name, kind }, index) => ({
      name,
      type: types[kind],
      data: rows.map(row => inParquet(row[index] ?? null, kind)),
      nullable: true,
    }));
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: schemaFromColumnData({ columnData: sourceOf([]) }),
    codec: 'ZSTD',
    compressors: { ZSTD: bytes => zstdCompressSync(bytes) },
    createdBy: 'hypersonar',
  });
  let waiting: (readonly ExportValue[])[] = [];

  async function flush(): Promise<void> {
    if (waiting.length === 0) return;
    await writer.write({ columnData: sourceOf(waiting), rowGroupSize: rowGroupRows });
    waiting = [];
    // Encoding a row group takes a moment; others get their turn.
    await nextTurn();
  }

  return {
    async write(rows) {
      for (const row of rows) waiting.push(row);
      if (waiting.length >= rowGroupRows) await flush();
    },
    async close() {
      await flush();
      await writer.finish();
    },
  };
}

function inParquet(value: ExportValue, kind: ValueKind): ExportValue | bigint {
  if (value === null) return null;
  return kind === 'integer' ? BigInt(value) : value;
}
