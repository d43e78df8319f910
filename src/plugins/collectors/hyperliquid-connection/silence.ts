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
/** Fewer messages tell nothing about the rate. */
const leastHeard = 100;

/**
 * @param start the present time; all times are milliseconds of a clock that never leaps
 */
export function createSilence(start: number): Silence {
  let count = 0;
  let updatedAt = start;
  let lastAt = start;
  let total = 0;
  let weighed = 0;
  let weights = 0;
  return {
    heard() {
      count += 1;
    },
    missing(now) {
      if (count > 0 && now > updatedAt) {
        const passed = now - updatedAt;
        const fading = Math.exp(-passed / memoryMs);
        // Note: divided by the sum of the weights, or the rate would be far too low at first.
        weighed = weighed * fading + (1 - fading) * (count / passed);
        weights = weights * fading + (1 - fading);
        total += count;
        count = 0;
        updatedAt = now;
        lastAt = now;
      }
      return total < leastHeard ? 0 : (weighed / weights) * (now - lastAt);
    },
    since: () => lastAt,
  };
}
