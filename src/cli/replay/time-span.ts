import { stat } from 'node:fs/promises';
import { listFiles } from '../../plugins/collectors/source-files/list-files.ts';
import { readLines } from '../../plugins/collectors/source-files/read-lines.ts';
import { kindOfFile, type SourceKind } from './source-kind.ts';

/** The first and last time that a source tells, ms since 1970. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

const timeColumns: Partial<Record<SourceKind, string>> = {
  'fills-csv': 'time',
  'candles-csv': 't',
  'funding-csv': 't',
  'accounts-csv': 't',
};

/** Looks through a source for its times; `undefined` when it tells none. */
export async function timeSpanOf(kind: SourceKind, place: string): Promise<TimeSpan | undefined> {
  const files = (await stat(place)).isDirectory()
    ? (await listFiles(place)).files.map(file => file.path)
    : [place];
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const file of files) {
    if (files.length > 1 && (await kindOfFile(file)) !== kind) continue;
    for await (const time of timesOf(kind, file)) {
      if (time < from) from = time;
      if (time > to) to = time;
    }
  }
  return from <= to ? { from, to } : undefined;
}

async function* timesOf(kind: SourceKind, file: string): AsyncGenerator<number> {
  const column = timeColumns[kind];
  let place = -1;
  for await (const { first, lines } of readLines({ path: file })) {
    for (const [index, line] of lines.entries()) {
      if (column === undefined) {
        for (const match of line.matchAll(/"time":\s*(\d{13})\b/g)) yield Number(match[1]);
      } else if (first + index === 1) {
        place = line.split(',').indexOf(column);
      } else {
        const time = Number(fieldAt(line, place));
        if (Number.isSafeInteger(time) && time > 1e11) yield time;
      }
    }
  }
}

/** A field of a line without quotes; times and coins need none. */
function fieldAt(line: string, place: number): string {
  let start = 0;
  for (let field = 0; field < place; field++) {
    start = line.indexOf(',', start) + 1;
    if (start === 0) return '';
  }
  const end = line.indexOf(',', start);
  return line.slice(start, end === -1 ? undefined : end);
}
