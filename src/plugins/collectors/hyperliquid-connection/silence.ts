/** Judges whether a connection is silent although messages should have come. */
export interface Silence {
  /** A message has come. */
  heard(): void;
  /** To be called now and then: how many messages should have come since the last one, at the rate before it. */
  missing(now: number): number;
  /** Since when nothing has come, in the same time. */
  since(): number;
}

/** Time over which the rate is averaged, in ms. */
const memoryMs = 60_000;

/**
 * @param start the present time; all times are milliseconds of a clock that never leaps
 */
export function createSilence(start: number): Silence {
  let count = 0;
  let updatedAt = start;
  let lastAt = start;
  let rate = 0;
  return {
    heard() {
      count += 1;
    },
    missing(now) {
      if (count > 0 && now > updatedAt) {
        const passed = now - updatedAt;
        const weight = 1 - Math.exp(-passed / memoryMs);
        rate += weight * (count / passed - rate);
        count = 0;
        updatedAt = now;
        lastAt = now;
      }
      return rate * (now - lastAt);
    },
    since: () => lastAt,
  };
}
