import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { PluginError } from '../../../plugin-api/index.ts';

/** The settings that all collectors of files share. */
export const sourceSettings = {
  /** A file, or a folder that is searched at any depth; without it the collector has nothing to do and ends at once. */
  path: z.string().min(1).optional(),
  /** A source with a larger share than this of malformed lines, among its first 1,000 or in all, is refused. */
  malformedShare: z.number().min(0).max(1).default(0.5),
};

/** The settings of collectors that must put rows into the order of time first. */
export const sortingSettings = {
  ...sourceSettings,
  /** How much text is sorted in memory at once, in MiB; what is more goes through temporary files. */
  sortMemoryMb: z.number().positive().max(4096).default(48),
  /** Where the temporary files are written; removed at the end. Default: the system's folder for them. */
  temporaryFolder: z.string().min(1).default(tmpdir()),
};

/**
 * How long after it happened a fill could first be known, where a file does not say when it was received: the median that
 * others have measured over the public socket.
 */
export const fillAvailabilityMs = 600;

/** A short name of a source, so that a cursor of one file is not taken for that of another. */
export function sourceTag(path: string): string {
  return createHash('sha1').update(resolve(path)).digest('hex').slice(0, 8);
}

/** The part of a cursor after the tag, or `undefined` when there is none or it belongs to another source. */
export function cursorOf(cursor: string | undefined, tag: string): string | undefined {
  return cursor?.startsWith(`${tag}|`) ? cursor.slice(tag.length + 1) : undefined;
}

export function unreadableCursor(cursor: string): PluginError {
  return new PluginError('INPUT_CURSOR', 'The cursor of the last run cannot be read.', {
    found: cursor,
    hint: 'Reset the cursor of this collector to read its source from the beginning.',
  });
}
