import type { TapeEvent } from '../event.ts';

/** The one ordered log of everything that varies. Whatever comes after it is a pure function of it. */
export interface Tape {
  /** Tells this tape from all others, for as long as it exists. */
  readonly id: string;
  /** Seq of the oldest event held; 1 on an empty tape that nothing was dropped from. */
  readonly firstSeq: number;
  /** Seq of the newest event; 0 on an empty tape. */
  readonly lastSeq: number;
  /** `tsIngest` of the newest event in ms; `undefined` on an empty tape. */
  readonly lastTsIngest: number | undefined;
  /** What was cut or skipped when the tape was opened, or while it was read. */
  readonly repairs: readonly TapeRepair[];
  /** Bytes held, on disk or in memory. */
  readonly bytes: number;
  /**
   * Adds events, whose `seq` must go on from {@link lastSeq}. When it resolves they are durable, as far as the tape's
   * `fsync` policy promises.
   */
  append(events: readonly TapeEvent[]): Promise<void>;
  /** Yields the events from a seq on, up to the newest at the time of the call, in arrays, as fast as they are asked for. */
  read(fromSeq: number): AsyncIterable<readonly TapeEvent[]>;
  /** The cursor of the last event of each source. */
  cursors(): ReadonlyMap<string, string>;
  /** Drops closed segments that ended before the retention time and hold no event from `keepFromSeq` on. */
  retain(options: { readonly now: number; readonly keepFromSeq: number }): Promise<DroppedSegments>;
  /** Reads every segment and reports what is wrong with it. */
  verify(): Promise<TapeVerification>;
  close(): Promise<void>;
}

/** Something of the tape that could not be kept. */
export interface TapeRepair {
  readonly kind: 'torn-tail' | 'skipped-segment';
  readonly file: string;
  /** Bytes cut from the end, or the size of the segment skipped. */
  readonly bytes: number;
  readonly message: string;
}

export interface DroppedSegments {
  readonly segments: number;
  readonly events: number;
}

export interface TapeVerification {
  readonly segments: number;
  readonly events: number;
  readonly problems: readonly { readonly file: string; readonly message: string }[];
}

/** How much of an append survives a loss of power: each batch, or only what the system has written by itself. */
export type FsyncPolicy = 'batch' | 'never';
