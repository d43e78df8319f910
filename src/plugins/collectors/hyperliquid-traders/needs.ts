import type { RequestPriority } from '../../../plugin-api/index.ts';
import type { TradersConfig } from './config.ts';
import type { DexState, TraderState } from './trader-state.ts';

/** Why something is asked, the most urgent reasons first. */
export const reasons = [
  'never read',
  'disputed',
  'a whale changed',
  'a holder may have changed',
  'changed',
  'may have changed',
  'stale',
  'background',
] as const;
export type Reason = (typeof reasons)[number];

const priorities: Readonly<Record<Reason, RequestPriority>> = {
  'never read': 'high',
  disputed: 'high',
  'a whale changed': 'high',
  'a holder may have changed': 'high',
  changed: 'normal',
  'may have changed': 'normal',
  stale: 'low',
  background: 'low',
};

/** What to ask next. */
export interface Need {
  readonly trader: TraderState;
  /** The perpetual exchange whose state is needed; `undefined` for a question about the trader itself. */
  readonly state: DexState | undefined;
  readonly about: 'positions' | 'spot' | 'abstraction' | 'orders' | 'relations' | 'role';
  readonly reason: Reason;
  /** Since when, in ms; of two of one reason the older is first. */
  readonly since: number;
}

export interface NeedsOptions {
  readonly now: number;
  readonly config: TradersConfig;
  readonly isWhale: (trader: TraderState) => boolean;
  /** The names of the perpetual exchanges that are read. */
  readonly dexes: readonly string[];
  /** Whether the socket passes through the state of all traders by itself. */
  readonly isVisiting: boolean;
}

/** How urgent the request for a need is. */
export function priorityOf({ trader, reason }: Need): RequestPriority {
  return trader.isAwaited && reason === 'never read' ? 'urgent' : priorities[reason];
}

export function rankOf(reason: Reason): number {
  return reasons.indexOf(reason);
}

/** Why the state of a trader on one exchange is to be asked for now; `undefined` when it is not. */
export function positionsNeed(
  trader: TraderState,
  state: DexState,
  options: NeedsOptions,
): Pick<Need, 'reason' | 'since'> | undefined {
  const { now, config } = options;
  if (state.isReading || state.notBefore > now) return undefined;
  const isNew = state.askedAt === Number.NEGATIVE_INFINITY;
  if (isNew && state.isUsed) return { reason: 'never read', since: trader.since };
  if (state.isDisputed) return { reason: 'disputed', since: state.askedAt };
  if (state.changedSince !== undefined) {
    const isQuiet = now - state.tradeSeenAt >= config.quietMs;
    if (isQuiet || now - state.changedSince >= config.confirmWithinMs) {
      return { reason: options.isWhale(trader) ? 'a whale changed' : 'changed', since: state.changedSince };
    }
  }
  if (state.suspectSince > state.askedAt && (state.isUsed || !isNew)) {
    return {
      reason: state.isSuspectHolder ? 'a holder may have changed' : 'may have changed',
      since: state.suspectSince,
    };
  }
  if (isNew) {
    // Note: a visit by the socket reads all exchanges of a trader at once, and costs no weight.
    const from = trader.since + (options.isVisiting ? config.staleAfterMs : 0);
    return now >= from ? { reason: 'background', since: trader.since } : undefined;
  }
  const staleAt = state.askedAt + (state.isUsed ? config.staleAfterMs : config.unusedStaleAfterMs);
  if (now < staleAt) return undefined;
  return { reason: state.isUsed ? 'stale' : 'background', since: staleAt };
}

/** What is to be asked about a trader itself, rather than about one exchange. */
export function* traderNeeds(trader: TraderState, options: NeedsOptions): Generator<Need> {
  const { now, config } = options;
  const due = (about: Need['about'], readAt: number, everyMs: number, reason: Reason): Need | undefined => {
    const isNew = readAt === Number.NEGATIVE_INFINITY;
    if (
      trader.asking.has(about) ||
      now < (trader.retryAt.get(about) ?? 0) ||
      (!isNew && now - readAt < everyMs)
    )
      return undefined;
    const since = isNew ? trader.since : readAt + everyMs;
    return { trader, state: undefined, about, reason, since };
  };
  const grace = options.isVisiting ? config.staleAfterMs : 0;
  const isSettled = now - trader.since >= grace;
  const wanted: (Need | undefined)[] = [];
  if (config.positions) {
    const isNew = trader.spotReadAt === Number.NEGATIVE_INFINITY;
    wanted.push(due('spot', trader.spotReadAt, config.staleAfterMs, isNew ? 'changed' : 'stale'));
    if (trader.abstraction === undefined ? isSettled : true) {
      wanted.push(due('abstraction', trader.abstractionReadAt, config.relationsEveryMs, 'background'));
    }
  }
  if (config.orders && isSettled) {
    wanted.push(due('orders', trader.ordersReadAt, config.ordersEveryMs, 'background'));
  }
  if (config.relations && trader.by !== 'relation') {
    wanted.push(due('relations', trader.relationsReadAt, config.relationsEveryMs, 'background'));
  }
  if (trader.by === 'hand') {
    // Note: asked once, since an address does not change its role, and after positions, which weigh a thirtieth of it.
    wanted.push(due('role', trader.roleReadAt, Number.POSITIVE_INFINITY, 'disputed'));
  }
  for (const need of wanted) if (need !== undefined) yield need;
}

/** The most urgent need of all, of those whose reason ranks no lower than `leastRank`. */
export function mostUrgent(
  traders: Iterable<TraderState>,
  options: NeedsOptions,
  /** Of these two, `background` has those come first that else come last, so that they come at all. */
  order: { readonly leastRank: number; readonly backgroundFirst: boolean },
): Need | undefined {
  let best: Need | undefined;
  let bestRank = Number.POSITIVE_INFINITY;
  const consider = (need: Need): void => {
    const place = rankOf(need.reason);
    if (place > order.leastRank) return;
    const rank = order.backgroundFirst ? reasons.length - place : place;
    if (rank < bestRank || (rank === bestRank && need.since < best!.since)) {
      best = need;
      bestRank = rank;
    }
  };
  for (const trader of traders) {
    if (!trader.isReady) continue;
    if (options.config.positions) {
      for (const dex of options.dexes) {
        const state = trader.dexes.get(dex);
        if (state === undefined) continue;
        const need = positionsNeed(trader, state, options);
        if (need !== undefined) consider({ trader, state, about: 'positions', ...need });
      }
    }
    for (const need of traderNeeds(trader, options)) consider(need);
  }
  return best;
}
