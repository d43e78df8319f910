import type { Time } from '../../../plugin-api/index.ts';

/** Tells the exchange's time by the local clock and the times that its messages carry. */
export interface ExchangeTime {
  /** Takes note of a message: when it was made, by the exchange's clock, and when it arrived, by the local one. */
  heard(madeAt: Time, receivedAt: Time): void;
  /** The exchange's time of the newest message that could have arrived by the local time `now`, by what was known then. */
  at(now: Time): Time;
  /** When the last message arrived, by the local clock. */
  readonly heardAt: Time;
}

const windowMs = 60_000;
/** A leap may come in thousands of small steps, while what was before it still matters. */
const mostRemembered = 20_000;

/**
 * The difference of the clocks is the smallest delay of the last one to two minutes: a local clock that is wrong, and leaps of the
 * exchange's, are followed; messages that are late are not.
 */
export function exchangeTime(): ExchangeTime {
  let before: number | undefined;
  let smallest: number | undefined;
  let began = Number.NEGATIVE_INFINITY;
  let heardAt = Number.NEGATIVE_INFINITY;
  /** Which difference has held since when, the newest last. */
  const held: { readonly since: Time; readonly difference: number }[] = [];
  return {
    heard(madeAt, receivedAt) {
      heardAt = receivedAt;
      if (receivedAt - began >= windowMs) {
        before = smallest;
        smallest = undefined;
        began = receivedAt;
      }
      const delay = receivedAt - madeAt;
      if (smallest !== undefined && delay >= smallest) return;
      smallest = delay;
      const difference = before === undefined ? delay : Math.min(before, delay);
      if (difference === held.at(-1)?.difference) return;
      // Note: the first difference holds for all that was before it.
      const since = held.length === 0 ? Number.NEGATIVE_INFINITY : receivedAt;
      held.push({ since, difference });
      if (held.length > mostRemembered) held.splice(0, mostRemembered / 2);
    },
    at(now) {
      for (let index = held.length - 1; index >= 0; index--) {
        const { since, difference } = held[index]!;
        if (now >= since || index === 0) return now - difference;
      }
      return now;
    },
    get heardAt() {
      return heardAt;
    },
  };
}
