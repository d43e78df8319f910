import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { PluginError } from '../../../plugin-api/index.ts';

export interface SourceFile {
  readonly path: string;
  /** The path within the folder, or the file's name; what cursors name it by. */
  readonly name: string;
  /** Size on disk, compressed or not. */
  readonly bytes: number;
}

export interface SourceFiles {
  readonly files: readonly SourceFile[];
  readonly isFolder: boolean;
  readonly bytes: number;
}

const naturally = new Intl.Collator('en', { numeric: true });

/**
 * The files of a source: the file itself, or all fitting files of a folder at any depth, sorted by name with numbers in
 * their order (`9` before `10`), so that hourly folders come in the order of time. Hidden files are left out.
 */
export async function listFiles(
  path: string,
  accepts: (name: string) => boolean = () => true,
): Promise<SourceFiles> {
  const found = await stat(path).catch(cause => {
    throw new PluginError('INPUT_NOT_FOUND', `There is nothing to read at ${path}.`, {
      expected: 'a file or a folder',
      found: 'neither, or no right to read it',
      hint: 'Correct `path`; it is taken from the folder that the process was started in.',
      cause,
    });
  });
  if (!found.isDirectory()) {
    return { files: [{ path, name: basename(path), bytes: found.size }], isFolder: false, bytes: found.size };
  }
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter(entry => !entry.isDirectory() && !entry.name.startsWith('.') && accepts(entry.name))
    .map(entry => join(entry.parentPath, entry.name));
  const sized = await Promise.all(
    paths.map(async file => {
      const entry = await stat(file);
      return entry.isFile() ? [{ path: file, name: relative(path, file), bytes: entry.size }] : [];
    }),
  );
  const files = sized.flat().sort((a, b) => byName(a.name, b.name));
  return { files, isFolder: true, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
}

/** Compares names naturally; equal only when they are the same text. */
export function byName(a: string, b: string): number {
  return naturally.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** A file's name without the endings of its compression and format, such as `candles_1h` of `candles_1h.csv.gz`. */
export function stem(name: string): string {
  return basename(name).replace(/(\.(csv|jsonl|ndjson|json|txt))?(\.(gz|zst|lz4))?$/i, '');
}
