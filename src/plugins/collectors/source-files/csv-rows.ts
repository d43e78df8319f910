import { PluginError } from '../../../plugin-api/index.ts';

/**
 * Splits a line of comma-separated values; `undefined` when its quotes do not match. A quoted value may hold commas and
 * doubled quotes, but no line break.
 */
export function splitCsvLine(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(',');
  const values: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] === '"') {
      let value = '';
      at += 1;
      for (;;) {
        const quote = line.indexOf('"', at);
        if (quote === -1) return undefined;
        value += line.slice(at, quote);
        at = quote + 1;
        if (line[at] !== '"') break;
        value += '"';
        at += 1;
      }
      values.push(value);
      if (at === line.length) return values;
      if (line[at] !== ',') return undefined;
      at += 1;
    } else {
      const comma = line.indexOf(',', at);
      if (comma === -1) {
        values.push(line.slice(at));
        return values;
      }
      values.push(line.slice(at, comma));
      at = comma + 1;
    }
  }
}

/** Column positions by name, as the first line of a file says. */
export interface CsvHeader {
  readonly names: readonly string[];
  /** The position of a column, or `undefined`. */
  position(name: string): number | undefined;
}

export function csvHeader(line: string): CsvHeader {
  const names = (splitCsvLine(line) ?? []).map(name => name.trim());
  const positions = new Map(names.map((name, index) => [name, index]));
  return { names, position: name => positions.get(name) };
}

/** Refuses a file whose header lacks columns that the mapping names. */
export function requireColumns(header: CsvHeader, names: readonly string[], path: string): void {
  const missing = names.filter(name => header.position(name) === undefined);
  if (missing.length === 0) return;
  throw new PluginError('INPUT_COLUMNS', `${path} lacks ${missing.map(name => `\`${name}\``).join(', ')}.`, {
    expected: `a first line that names the columns ${names.join(',')}`,
    found: header.names.slice(0, 30).join(',') || 'an empty first line',
    hint: 'Say in the configuration which columns hold what.',
    details: { path, missing },
  });
}
