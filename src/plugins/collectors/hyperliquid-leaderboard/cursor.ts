import * as z from 'zod';
import type { FileVersion } from './file-version.ts';

/** What has been told already, so that a start does not tell it again. */
export interface Progress {
  /** The leaderboard that was told whole. */
  version: FileVersion | undefined;
  /** The UTC day in which every row was told, in days since 1970. */
  wholeDay: number | undefined;
  /** When the vaults were told, in ms. */
  vaultsAt: number | undefined;
}

const schema = z.object({
  etag: z.string().optional(),
  modifiedAt: z.int().optional(),
  wholeDay: z.int().optional(),
  vaultsAt: z.int().optional(),
});

export function writeCursor({ version, wholeDay, vaultsAt }: Progress): string {
  return JSON.stringify({ etag: version?.etag, modifiedAt: version?.modifiedAt, wholeDay, vaultsAt });
}

/** A cursor that cannot be read is as good as none: everything is told once more. */
export function readCursor(text: string | undefined): Progress {
  const read = schema.safeParse(parsed(text));
  if (!read.success) return { version: undefined, wholeDay: undefined, vaultsAt: undefined };
  const { etag, modifiedAt, wholeDay, vaultsAt } = read.data;
  return {
    version: etag === undefined && modifiedAt === undefined ? undefined : { etag, modifiedAt },
    wholeDay,
    vaultsAt,
  };
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
