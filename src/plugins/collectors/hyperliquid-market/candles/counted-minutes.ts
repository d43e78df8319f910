import type { Count } from './bar.ts';

/** What was counted in the last minutes of a coin. */
export interface CountedMinutes {
  /** How far back it reaches. */
  readonly length: number;
  set(minute: number, count: Count): void;
  /** Nothing, for a minute of which nothing was set. */
  get(minute: number): Count;
  /** Multiplies all volumes. */
  scale(factor: bigint): void;
}

// Note: one such ring stands for each of some eight hundred coins, so it is three typed arrays that never grow.
export function countedMinutes(length: number): CountedMinutes {
  const minutes = new Float64Array(length);
  const trades = new Float64Array(length);
  const volumes = new Float64Array(length);
  return {
    length,
    set(minute, count) {
      const at = minute % length;
      minutes[at] = minute;
      trades[at] = count.trades;
      volumes[at] = Number(count.volume);
    },
    get(minute) {
      const at = minute % length;
      return minutes[at] === minute
        ? { trades: trades[at]!, volume: BigInt(volumes[at]!) }
        : { trades: 0, volume: 0n };
    },
    scale(factor) {
      for (let at = 0; at < length; at++) volumes[at]! *= Number(factor);
    },
  };
}
