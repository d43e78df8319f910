import type { Clock } from '../clock.ts';
import { beatDraft, type SourceItem } from '../ingest/source-item.ts';

export interface Pace {
  /** Waits until an event of this `tsIngest` is due. Beats that end before are reported as they end. */
  until(tsIngest: number): Promise<void>;
}

/** The length of a beat in ms of tape time. */
export const beatMs = 1_000;

/**
 * Makes history pass as if it were live, `speed` times as fast. `Infinity` means at once.
 *
 * @param push takes the timer events that close beats while nothing else happens
 */
export function createPace(options: {
  readonly speed: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly push: (item: SourceItem) => void;
}): Pace {
  const { speed, clock, signal, push } = options;
  let origin: { readonly tape: number; readonly clock: number } | undefined;
  let last = Number.NaN;
  const waitUntil = async (tape: number): Promise<void> => {
    const due = origin!.clock + (tape - origin!.tape) / speed;
    const ms = due - clock.now();
    if (ms > 1) await clock.sleep(ms, signal);
  };
  return {
    async until(tsIngest) {
      if (!Number.isFinite(speed) || signal.aborted) return;
      if (origin === undefined) {
        origin = { tape: tsIngest, clock: clock.now() };
        last = tsIngest;
        return;
      }
      let boundary = (Math.floor(last / beatMs) + 1) * beatMs;
      // Note: a silence of hours is one timer event at its end, not thousands.
      if (tsIngest - boundary > 60 * beatMs) boundary = Math.floor(tsIngest / beatMs) * beatMs;
      for (; boundary <= tsIngest && !signal.aborted; boundary += beatMs) {
        await waitUntil(boundary);
        if (boundary < tsIngest) push({ source: 'core', draft: beatDraft(boundary), stamp: 'tape' });
      }
      await waitUntil(tsIngest);
      last = tsIngest;
    },
  };
}
