import type { CollectorContext, Time, TimeRange } from '../../../plugin-api/index.ts';
import type { Outage, Subscribed } from '../hyperliquid-connection/socket-types.ts';
import type { GapKeeper } from './gap-keeper.ts';

/** A stream of states: where its socket is down, requests can take its place. */
export interface StateStream {
  readonly stream: string;
  readonly key: string | undefined;
  readonly subscribed: Subscribed;
  /** Asks for the present state and tells it. */
  poll(signal: AbortSignal): Promise<void>;
}

/** Asks for what the socket does not bring, as long as it does not bring it. */
export interface Takeover {
  /** Called once in a while. */
  look(now: Time): void;
  add(stream: StateStream): void;
  remove(subscribed: Subscribed): void;
  /** Reports what an outage has left out: nothing, where requests told the state all the time. */
  outage(of: Pick<StateStream, 'stream' | 'key'>, subscribed: Subscribed, outage: Outage): void;
  readonly polls: number;
}

interface Watched extends StateStream {
  downSince: Time | undefined;
  dueAt: Time;
  asking: AbortController | undefined;
  /** Since the socket is down: when a state was told, and the longest time without one. */
  toldAt: Time | undefined;
  longest: number;
}

/** A connection that comes back at once needs no requests. */
const waitMs = 3_000;

export function takeover(
  ctx: Pick<CollectorContext<unknown>, 'now' | 'log' | 'signal'>,
  { gaps, pollEveryMs }: { readonly gaps: GapKeeper; readonly pollEveryMs: number },
): Takeover {
  const watched = new Map<Subscribed, Watched>();
  let polls = 0;

  const poll = (each: Watched): void => {
    const asking = new AbortController();
    each.asking = asking;
    each.dueAt = ctx.now + pollEveryMs;
    polls++;
    each
      .poll(AbortSignal.any([ctx.signal, asking.signal]))
      .then(() => {
        each.longest = Math.max(each.longest, ctx.now - (each.toldAt ?? each.downSince ?? ctx.now));
        each.toldAt = ctx.now;
      })
      .catch(error => {
        if (asking.signal.aborted || ctx.signal.aborted) return;
        ctx.log.debug('a request in place of a socket failed', { stream: each.stream, error: String(error) });
      })
      .finally(() => {
        each.asking = undefined;
      });
  };

  return {
    get polls() {
      return polls;
    },
    look(now) {
      for (const each of watched.values()) {
        if (each.subscribed.isLive) {
          each.asking?.abort();
          each.downSince = undefined;
          continue;
        }
        if (each.downSince === undefined) {
          each.downSince = now;
          each.dueAt = now + waitMs;
          each.toldAt = undefined;
          each.longest = 0;
        }
        if (each.asking === undefined && now >= each.dueAt) poll(each);
      }
    },
    add(stream) {
      watched.set(stream.subscribed, {
        ...stream,
        downSince: undefined,
        dueAt: 0,
        asking: undefined,
        toldAt: undefined,
        longest: 0,
      });
    },
    remove(subscribed) {
      watched.get(subscribed)?.asking?.abort();
      watched.delete(subscribed);
    },
    outage({ stream, key }, subscribed, { from, to, reason }) {
      const range: TimeRange = { from: Math.floor(from), to: Math.ceil(to) };
      gaps.open({ stream, key, ...range, reason });
      const each = watched.get(subscribed);
      if (each?.toldAt === undefined) return;
      const longest = Math.max(each.longest, to - each.toldAt);
      if (longest <= 2 * pollEveryMs) gaps.heal(stream, key, range);
    },
  };
}
