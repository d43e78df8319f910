import { randomUUID } from 'node:crypto';
import type { TapeEvent } from '../event.ts';
import { noteCursors } from './cursors.ts';
import { assertSuccessor } from './sequence.ts';
import type { Tape } from './tape.ts';

/** A tape that is gone with its process: for tests, and for replays of which nothing but the result is kept. */
export function createMemoryTape({ retentionMs }: { readonly retentionMs: number }): Tape {
  let batches: (readonly TapeEvent[])[] = [];
  let firstSeq = 1;
  let lastSeq = 0;
  let lastTsIngest: number | undefined;
  const cursors = new Map<string, string>();
  return {
    id: randomUUID(),
    repairs: [],
    bytes: 0,
    get firstSeq() {
      return firstSeq;
    },
    get lastSeq() {
      return lastSeq;
    },
    get lastTsIngest() {
      return lastTsIngest;
    },
    async append(events) {
      if (events.length === 0) return;
      assertSuccessor(events, lastSeq, 'the tape in memory');
      if (batches.length === 0) firstSeq = events[0]!.seq;
      batches.push(events);
      for (const event of events) noteCursors(cursors, event);
      const last = events.at(-1)!;
      lastSeq = last.seq;
      lastTsIngest = last.tsIngest;
    },
    async *read(fromSeq) {
      const end = lastSeq;
      for (const batch of batches.slice()) {
        if (batch[0]!.seq > end) return;
        if (batch.at(-1)!.seq < fromSeq) continue;
        yield batch[0]!.seq >= fromSeq ? batch : batch.filter(event => event.seq >= fromSeq);
      }
    },
    cursors: () => cursors,
    async retain({ now, keepFromSeq }) {
      const kept = batches.findIndex(batch => {
        const last = batch.at(-1)!;
        return last.tsIngest >= now - retentionMs || last.seq >= keepFromSeq;
      });
      const dropped = kept === -1 ? batches : batches.slice(0, kept);
      batches = kept === -1 ? [] : batches.slice(kept);
      firstSeq = batches[0]?.[0]?.seq ?? lastSeq + 1;
      return {
        segments: dropped.length,
        events: dropped.reduce((sum, batch) => sum + batch.length, 0),
      };
    },
    async verify() {
      return {
        segments: batches.length,
        events: batches.reduce((sum, batch) => sum + batch.length, 0),
        problems: [],
      };
    },
    async close() {
      batches = [];
    },
  };
}
