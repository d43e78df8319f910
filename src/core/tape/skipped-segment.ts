import type { EventRef } from '../../plugin-api/index.ts';
import { gap } from '../../plugin-api/index.ts';
import type { TapeEvent } from '../event.ts';

/** The event that stands for those of a segment that could not be read: it has the seq and time of the last of them. */
export function skippedSegmentGap(
  range: {
    readonly firstSeq: number;
    readonly lastSeq: number;
    readonly firstTs: number;
    readonly lastTs: number;
  },
  reason: string,
): TapeEvent {
  return {
    seq: range.lastSeq,
    ref: gap as EventRef,
    type: gap.id,
    key: '*',
    tsEvent: range.lastTs,
    tsIngest: range.lastTs,
    source: 'core',
    dedupe: `skipped:${range.firstSeq}-${range.lastSeq}`,
    payload: {
      stream: '*',
      scope: null,
      from: range.firstTs,
      to: range.lastTs + 1,
      reason: `Events ${range.firstSeq} to ${range.lastSeq} of the tape were skipped. ${reason}`.slice(
        0,
        4000,
      ),
      healed: false,
    },
  };
}
