import type { CollectorContext } from '../../../plugin-api/index.ts';

/** How fast a recording is replayed: as fast as possible, or so many times as fast as it was recorded. */
export type Speed = 'max' | number;

/**
 * Waits until the recorded time `ts` is due. The time that handling takes is made up for, by the clock or, where the clock
 * stands still, by what has been slept.
 */
export function pacing(
  ctx: Pick<CollectorContext<unknown>, 'now' | 'sleep' | 'signal'>,
  speed: number,
): (ts: number) => Promise<void> {
  let firstTs: number | undefined;
  let startedAt = 0;
  let slept = 0;
  return async ts => {
    if (firstTs === undefined) {
      firstTs = ts;
      startedAt = ctx.now;
      return;
    }
    const due = (ts - firstTs) / speed;
    // Note: waits of less than a millisecond would cost more time than they are long.
    for (;;) {
      const wait = due - Math.max(ctx.now - startedAt, slept);
      if (wait < 1 || ctx.signal.aborted) return;
      const nap = Math.min(wait, 60_000);
      await ctx.sleep(nap);
      slept += nap;
    }
  };
}
