import type { Event, EventRef, Logger } from '../../plugin-api/index.ts';
import type { Clock } from '../clock.ts';
import type { TapeEvent } from '../event.ts';

/** Collectors that are told of what was committed. */
export interface Followers {
  /** Tells a listener of each event of a ref from now on, until `signal` aborts. */
  follow(
    ref: EventRef,
    listener: (event: Event) => void,
    options: { readonly signal: AbortSignal; readonly log: Logger },
  ): void;
  /** Tells of events that were committed, in their order. */
  tell(events: readonly TapeEvent[]): void;
}

interface Follower {
  readonly version: number;
  readonly listener: (event: Event) => void;
  readonly log: Logger;
  failures: number;
  loggedAt: number;
}

/** A listener that fails for each event is not logged for each. */
const logEveryMs = 10_000;

/**
 * Note: listeners are called as the commit ends and nothing is kept for them, so there is no queue that could grow; that they
 * return at once is their part.
 */
export function createFollowers(clock: Pick<Clock, 'now'>): Followers {
  const byType = new Map<string, Set<Follower>>();

  function call(follower: Follower, event: TapeEvent): void {
    try {
      follower.listener(event as Event);
    } catch (error) {
      follower.failures++;
      const now = clock.now();
      if (now - follower.loggedAt < logEveryMs) return;
      follower.loggedAt = now;
      follower.log.error('a listener to events failed; it is told of the next ones all the same', {
        error,
        event: event.type,
        seq: event.seq,
        failures: follower.failures,
      });
    }
  }

  return {
    follow(ref, listener, { signal, log }) {
      if (signal.aborted) return;
      const follower: Follower = {
        version: ref.version,
        listener,
        log,
        failures: 0,
        loggedAt: Number.NEGATIVE_INFINITY,
      };
      const followers = byType.get(ref.id) ?? new Set();
      followers.add(follower);
      byType.set(ref.id, followers);
      signal.addEventListener(
        'abort',
        () => {
          followers.delete(follower);
          if (followers.size === 0 && byType.get(ref.id) === followers) byType.delete(ref.id);
        },
        { once: true },
      );
    },
    tell(events) {
      if (byType.size === 0) return;
      for (const event of events) {
        const followers = byType.get(event.type);
        if (followers === undefined) continue;
        for (const follower of followers) {
          if (follower.version === event.ref.version) call(follower, event);
        }
      }
    },
  };
}
