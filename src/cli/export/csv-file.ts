import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { ExportFile } from './export-file.ts';
import type { ExportColumn, ExportValue } from './read-pages.ts';

/** Writes CSV as RFC 4180 has it, with a header line; an absent value is an empty field. */
export function openCsvFile(path: string, columns: readonly ExportColumn[]): ExportFile {
  const stream = createWriteStream(path);
  const failed = finished(stream);
  failed.catch(() => undefined);
  const write = async (text: string) => {
    if (!stream.write(text)) await Promise.race([once(stream, 'drain'), failed]);
  };
  let header: string | undefined = `${columns.map(column => csvValue(column.name)).join(',')}\r\n`;
  return {
    async write(rows) {
      const text = rows.map(row => `${row.map(csvValue).join(',')}\r\n`).join('');
      await write((header ?? '') + text);
      header = undefined;
    },
    async close() {
      if (header !== undefined) await write(header);
      stream.end();
      await failed;
    },
  };
}

/** A value as a CSV field, quoted where it must be. */
export function csvValue(value: ExportValue): string {
  if (value === null) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
