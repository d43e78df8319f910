import { rm } from 'node:fs/promises';
import { HypersonarError } from '../errors.ts';
import {
  corruptSegment,
  listSegments,
  readSummary,
  type SegmentSummary,
  segmentFile,
} from './closed-segment.ts';
import type { DroppedPast } from './kept-cursors.ts';
import { type SegmentContent, scanPlainSegment } from './open-segment.ts';
import { salvagePlainSegment } from './salvage.ts';
import type { TapeRepair } from './tape.ts';

/** A segment as the tape knows it. */
export type Segment = Pick<SegmentContent, 'firstSeq' | 'lastSeq' | 'firstTs' | 'lastTs' | 'bytes'> &
  (
    | { readonly kind: 'closed'; readonly summary: SegmentSummary }
    | { readonly kind: 'plain' }
    | { readonly kind: 'damaged'; readonly message: string }
  );

/** What the files of a tape's folder hold. */
export interface ScannedSegments {
  /** In the order of the tape. */
  readonly segments: Segment[];
  /** The cursor of the last event of each source. */
  readonly cursors: Map<string, string>;
  /** What they were after each plain segment, by its first seq. */
  readonly cursorsAfter: ReadonlyMap<number, Readonly<Record<string, string>>>;
}

/** Finds the segments in a folder. What is damaged is an error, or with `skipCorrupt` a repair and a damaged segment. */
export async function scanSegments(options: {
  readonly folder: string;
  readonly skipCorrupt: boolean;
  readonly readOnly: boolean;
  readonly past: DroppedPast;
  readonly repairs: TapeRepair[];
}): Promise<ScannedSegments> {
  const { folder, skipCorrupt, readOnly, past, repairs } = options;
  const cursors = new Map<string, string>(Object.entries(past.cursors));
  const cursorsAfter = new Map<number, Readonly<Record<string, string>>>();
  const segments: Segment[] = [];

  const addDamaged = (firstSeq: number, lastSeq: number, message: string): void => {
    const ts = segments.at(-1)?.lastTs ?? past.lastTs;
    segments.push({ kind: 'damaged', firstSeq, lastSeq, firstTs: ts, lastTs: ts, bytes: 0, message });
    repairs.push({
      kind: 'skipped-segment',
      file: segmentFile(folder, firstSeq, 'closed'),
      bytes: 0,
      message,
    });
  };
  const closed = await listSegments(folder, 'closed');
  const plain = await listSegments(folder, 'plain');
  const all = [...new Set([...closed, ...plain])].sort((a, b) => a - b);
  for (const [index, firstSeq] of all.entries()) {
    const previous = segments.at(-1);
    if (previous !== undefined && previous.lastSeq + 1 < firstSeq) {
      const error = corruptSegment(
        segmentFile(folder, previous.lastSeq + 1, 'closed'),
        `it is missing, though a segment that begins at event ${firstSeq} follows`,
      );
      if (!skipCorrupt) throw error;
      addDamaged(previous.lastSeq + 1, firstSeq - 1, error.message);
    }
    if (closed.includes(firstSeq)) {
      try {
        const summary = await readSummary(folder, firstSeq);
        segments.push({ kind: 'closed', ...summary, summary });
        for (const [source, cursor] of Object.entries(summary.cursors)) cursors.set(source, cursor);
      } catch (error) {
        const next = all[index + 1];
        if (!skipCorrupt || next === undefined || !(error instanceof HypersonarError)) throw error;
        addDamaged(firstSeq, next - 1, error.message);
      }
      if (plain.includes(firstSeq) && !readOnly) await rm(segmentFile(folder, firstSeq, 'plain'));
      continue;
    }
    let content: SegmentContent;
    try {
      content = await scanPlainSegment(folder, firstSeq);
    } catch (error) {
      if (!skipCorrupt || readOnly || !(error instanceof HypersonarError)) throw error;
      repairs.push(await salvagePlainSegment(folder, firstSeq));
      content = await scanPlainSegment(folder, firstSeq);
    }
    for (const [source, cursor] of Object.entries(content.cursors)) cursors.set(source, cursor);
    if (content.tornBytes > 0) {
      repairs.push({
        kind: 'torn-tail',
        file: segmentFile(folder, firstSeq, 'plain'),
        bytes: content.tornBytes,
        message: `Cut ${content.tornBytes} bytes after event ${content.lastSeq}: the last line was not whole. Its source sends it again.`,
      });
    }
    // Note: an empty segment has no time of its own; time goes on where the tape was.
    const isEmpty = content.lastSeq < content.firstSeq;
    const before = segments.at(-1)?.lastTs ?? past.lastTs;
    segments.push({ kind: 'plain', ...content, ...(isEmpty && { firstTs: before, lastTs: before }) });
    cursorsAfter.set(firstSeq, Object.fromEntries(cursors));
  }
  return { segments, cursors, cursorsAfter };
}
