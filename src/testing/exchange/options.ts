import { wallTime } from './exchange-clock.ts';
import type { PlannedFault } from './faults/fault.ts';
import { type ExchangeLimits, exchangeLimits } from './limits.ts';
import type { ExchangeStateOptions } from './state/exchange-state.ts';

/** How often the exchange pushes what it pushes regularly, in milliseconds of wall time. */
export interface Cadences {
  /** `l2Book` with 20 levels, at present every 5.4 s on the exchange. */
  readonly l2Book: number;
  /** `l2Book` with `fast: true`. */
  readonly fastBook: number;
  /** Absolute states of users. */
  readonly userStates: number;
  /** `activeAssetCtx`, `assetCtxs`, `fastAssetCtxs` and the like. */
  readonly contexts: number;
  readonly allMids: number;
}

export const exchangeCadences: Cadences = {
  l2Book: 5_400,
  fastBook: 540,
  userStates: 5_000,
  contexts: 1_000,
  allMids: 1_000,
};

/** Options of {@link startExchange}; everything has a default, and everything but functions can be sent to a child process. */
export interface ExchangeOptions extends Partial<ExchangeStateOptions> {
  /** Default 127.0.0.1: it has no authentication, so leave it on the loopback unless you know who is there. */
  readonly host?: string;
  /** Default 0: any that is free. */
  readonly port?: number;
  /** Milliseconds of exchange time per millisecond; default 1. With 0 time passes only by `advance` and `POST /admin/advance`. */
  readonly speed?: number;
  /**
   * Wall time at which exchange time was `start`; default now. Both together left out, exchange time is wall time. With an earlier
   * one, what has happened since is made before anything is served.
   */
  readonly startedAt?: number;
  /** `exchange` (default): the exchange's own. `off`: none. Else those that differ from the exchange's. */
  readonly limits?: 'exchange' | 'off' | Partial<ExchangeLimits>;
  readonly cadences?: Partial<Cadences>;
  /** Age at which a socket is closed with 1000 `Expired`; default 3 h. */
  readonly rotateAfterMs?: number;
  /** Silence after which a socket is cut off; default 60 s. */
  readonly idleAfterMs?: number;
  /** Whether sockets begin with the text frame `Websocket connection established.`, as they did once; default false. */
  readonly greeting?: boolean;
  /** How old the leaderboard may be; default 10 min. */
  readonly leaderboardMs?: number;
  /** What goes wrong, and when, from the start. */
  readonly faults?: readonly PlannedFault[];
  /** A folder to write a node's files to from the start. */
  readonly nodeFiles?: string;
}

export type ResolvedOptions = Required<
  Omit<ExchangeOptions, 'coins' | 'loadHasHistory' | 'phases' | 'limits' | 'cadences' | 'nodeFiles'>
> &
  Pick<ExchangeOptions, 'coins' | 'loadHasHistory' | 'phases' | 'nodeFiles'> & {
    readonly limits: ExchangeLimits;
    readonly cadences: Cadences;
  };

/** The options with their defaults; a small lively market that fits any test. */
export function resolveOptions(options: ExchangeOptions): ResolvedOptions {
  const { limits, cadences, ...rest } = options;
  const startedAt = options.startedAt ?? Math.floor(wallTime());
  return {
    seed: 1,
    start: startedAt,
    startedAt,
    markets: 'both',
    wallets: 120,
    tradesPerSecond: 20,
    leaderboardRows: options.wallets ?? 120,
    historyDays: 0,
    host: '127.0.0.1',
    port: 0,
    speed: 1,
    rotateAfterMs: 3 * 3_600_000,
    idleAfterMs: 60_000,
    greeting: false,
    leaderboardMs: 600_000,
    faults: [],
    ...definedOf(rest),
    limits: resolveLimits(limits),
    cadences: { ...exchangeCadences, ...cadences },
  };
}

/** Note: an option that is present but undefined must not hide its default. */
function definedOf<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

function resolveLimits(limits: ExchangeOptions['limits'] = 'exchange'): ExchangeLimits {
  if (limits === 'exchange') return exchangeLimits;
  if (limits === 'off') return scaledLimits(Number.POSITIVE_INFINITY);
  return { ...exchangeLimits, ...limits };
}

/** The exchange's limits, each times a factor; rounded down, one at least. */
export function scaledLimits(factor: number): ExchangeLimits {
  return Object.fromEntries(
    // Note: JSON has no infinity.
    Object.entries(exchangeLimits).map(([name, limit]) => [
      name,
      Math.min(Number.MAX_SAFE_INTEGER, Math.max(1, Math.floor(limit * factor))),
    ]),
  ) as unknown as ExchangeLimits;
}
