import type { Time } from '../../../plugin-api/index.ts';

/** Tells the exchange's time by the local clock and the times that its messages carry. */
export interface ExchangeTime {
  /** Takes note of a message: when it was made, by the exchange's clock, and when it arrived, by the local one. */
  heard(madeAt: Time, receivedAt: Time): void;
  /** The exchange's time of the newest message that could have arrived by the local time `now`. */
  at(now: Time): Time;
}

const windowMs = 60_000;

/**
 * The difference of the clocks is the smallest delay of the last one to two minutes: a local clock that is wrong, and leaps of the
 * exchange's, are followed; messages that are late are not.
 */
export function exchangeTime(): ExchangeTime {
  let before: number | undefined;
  let smallest: number | undefined;
  let began = Number.NEGATIVE_INFINITY;
  return {
    heard(madeAt, receivedAt) {
      if (receivedAt - began >= windowMs) {
        before = smallest;
        smallest = undefined;
        began = receivedAt;
      }
      const delay = receivedAt - madeAt;
      if (smallest === undefined || delay < smallest) smallest = delay;
    },
    at: now => now - Math.min(before ?? Number.POSITIVE_INFINITY, smallest ?? before ?? 0),
  };
}
