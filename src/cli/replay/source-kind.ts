import { readLines } from '../../plugins/collectors/source-files/read-lines.ts';

/** Kinds of files that a replay can read, by the collector that reads them. */
export type SourceKind =
  | 'recording'
  | 'node-fills'
  | 'user-fills'
  | 'fills-csv'
  | 'candles-csv'
  | 'funding-csv'
  | 'accounts-csv';

/** Columns that tell a CSV file's kind; the first kind that fits counts. */
const csvKinds: readonly { readonly kind: SourceKind; readonly columns: readonly string[] }[] = [
  { kind: 'candles-csv', columns: ['coin', 't', 'o', 'h', 'l', 'c', 'v'] },
  { kind: 'funding-csv', columns: ['coin', 't', 'funding'] },
  { kind: 'accounts-csv', columns: ['address', 't', 'account_value'] },
  { kind: 'fills-csv', columns: ['coin', 'side', 'px', 'sz', 'time'] },
];

/** Tells what a file holds by its first lines, or `undefined` when nothing is known that looks like it. */
export async function kindOfFile(path: string): Promise<SourceKind | undefined> {
  const first = await firstLine(path);
  if (first === undefined) return undefined;
  if (/\.csv(\.(gz|zst|lz4))?$/i.test(path)) return kindOfHeader(first);
  if (/^\s*\[\s*"0x/.test(first)) return 'node-fills';
  if (/^\s*\[/.test(first)) return 'user-fills';
  if (!/^\s*\{/.test(first)) return undefined;
  const line = parsed(first);
  if (line === undefined) {
    // A saved answer may be written over many lines.
    return /\.json(\.(gz|zst|lz4))?$/i.test(path) ? 'user-fills' : undefined;
  }
  if ('stream' in line && 'data' in line) return 'recording';
  if ('block_time' in line || 'block_number' in line || Array.isArray(line.events)) return 'node-fills';
  if (typeof line.user === 'string' && 'coin' in line) return 'node-fills';
  return Array.isArray(line.fills) ? 'user-fills' : undefined;
}

async function firstLine(path: string): Promise<string | undefined> {
  for await (const batch of readLines({ path })) {
    const line = batch.lines.find(text => text.trim() !== '');
    if (line !== undefined) return line;
  }
  return undefined;
}

function kindOfHeader(header: string): SourceKind | undefined {
  const names = new Set(header.split(',').map(name => name.trim()));
  return csvKinds.find(({ columns }) => columns.every(column => names.has(column)))?.kind;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
