import { openFolderTape } from './folder-tape.ts';
import { type EventRefs, standardEventRefs } from './line.ts';
import { createMemoryTape } from './memory-tape.ts';
import type { FsyncPolicy, Tape } from './tape.ts';

export interface TapeOptions {
  /** Where the segments are; `undefined` keeps the tape in memory. */
  readonly folder?: string | undefined;
  /** The event refs that lines may be about. Default: the standard events and the core's own. */
  readonly refs?: EventRefs;
  /** A segment is closed and compressed at this size. Default 64 MiB. */
  readonly segmentBytes?: number;
  /** How long events are held, in ms of tape time. Default 48 hours. */
  readonly retentionMs?: number;
  /** `batch`: every append is on disk when it resolves. `never`: the system decides. Default `batch`. */
  readonly fsync?: FsyncPolicy;
  /** Goes on without the events of damaged segments, each marked by a `core.gap` event. Default false: they are an error. */
  readonly skipCorrupt?: boolean;
  /** Only reads: nothing is cut, compressed or locked. Default false. */
  readonly readOnly?: boolean;
}

/**
 * Opens a tape. A line that was being written when the process or the machine stopped is cut from its end and reported in
 * `repairs`; a damaged segment is an error that names the file, unless `skipCorrupt` is set.
 *
 * Throws `TAPE_LOCKED` when another process writes to the folder, `TAPE_SEGMENT_CORRUPT` for damage.
 */
export async function openTape(options: TapeOptions = {}): Promise<Tape> {
  const retentionMs = options.retentionMs ?? 48 * 3_600_000;
  if (options.folder === undefined) return createMemoryTape({ retentionMs });
  return openFolderTape({
    folder: options.folder,
    refs: options.refs ?? standardEventRefs,
    segmentBytes: options.segmentBytes ?? 64 << 20,
    retentionMs,
    fsync: options.fsync ?? 'batch',
    skipCorrupt: options.skipCorrupt ?? false,
    readOnly: options.readOnly ?? false,
  });
}
