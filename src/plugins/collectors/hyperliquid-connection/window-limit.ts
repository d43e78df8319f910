/** Allows so many acts within any minute, counted exactly. */
export interface WindowLimit {
  /** Whether an act is allowed that leaves `reserve` of the minute's acts for others; it is counted if so. */
  take(now: number, reserve?: number): boolean;
  /** When the next act will be allowed, in the same time. */
  nextAt(now: number, reserve?: number): number;
  /** Acts within the last minute. */
  used(now: number): number;
}

const minuteMs = 60_000;

/** @param perMinute acts that are allowed within any 60 s */
export function createWindowLimit(perMinute: number): WindowLimit {
  // Note: a ring of the times of the last acts; the oldest of them is what the next one has to wait for.
  const times = new Float64Array(perMinute).fill(Number.NEGATIVE_INFINITY);
  let next = 0;
  /** Time of the act after which at most `perMinute - reserve - 1` others came. */
  const blocking = (reserve: number): number => times[(next + reserve) % perMinute] as number;
  return {
    take(now, reserve = 0) {
      if (reserve >= perMinute || now - blocking(reserve) < minuteMs) return false;
      times[next] = now;
      next = (next + 1) % perMinute;
      return true;
    },
    nextAt: (now, reserve = 0) =>
      reserve >= perMinute ? Number.POSITIVE_INFINITY : Math.max(now, blocking(reserve) + minuteMs),
    used: now => times.reduce((count, time) => (now - time < minuteMs ? count + 1 : count), 0),
  };
}
