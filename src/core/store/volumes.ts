import { createCopyBuffer } from './copy-buffer.ts';
import type { CopyTable } from './copy-table.ts';

/** What became of rows that a table could have: kept, dropped, or, where it holds only the last word, told. */
export type Outcome = 'kept' | 'dropped' | 'told';

export interface VolumeCount {
  readonly filter: string;
  readonly outcome: Outcome;
  readonly count: number;
  /** Of the rows that were measured, as they are sent to the database. */
  readonly bytes: number;
  readonly measured: number;
}

/** Counts rows that are not stored as such, and measures some. */
export interface Volumes {
  count(outcome: 'dropped' | 'told', table: CopyTable<never>, item: { readonly seq: number }): void;
  /** What was counted since the last time. */
  take(): VolumeCount[];
}

/**
 * One row in so many is measured, since to encode all that is dropped would cost as much as to store it.
 *
 * Note: by its place on the tape, so that the same ones are however the tape is cut into batches.
 */
const measureEvery = 16;

export function createVolumes(): Volumes {
  const scratch = createCopyBuffer(1 << 12);
  let counts = new Map<string, { -readonly [Name in keyof VolumeCount]: VolumeCount[Name] }>();
  return {
    count(outcome, table, item) {
      const key = `${table.name} ${outcome}`;
      let entry = counts.get(key);
      if (entry === undefined) {
        entry = { filter: table.name, outcome, count: 0, bytes: 0, measured: 0 };
        counts.set(key, entry);
      }
      entry.count++;
      if (item.seq % measureEvery !== 0) return;
      scratch.clear();
      table.encode(scratch, item as never);
      entry.bytes += scratch.length;
      entry.measured++;
    },
    take() {
      const taken = [...counts.values()];
      counts = new Map();
      return taken;
    },
  };
}
