import type {
  CollectorContext,
  Event,
  HeldPosition,
  Logger,
  Progress,
  Rejection,
  RequestBudget,
} from '../../plugin-api/index.ts';
import type { Clock } from '../clock.ts';
import type { GapReport } from '../ingest/source-item.ts';
import type { Followers } from './followers.ts';
import { linkAbort } from './linked-abort.ts';
import type { RepeatedWorks } from './repeated-work.ts';
import type { RequestBudgets } from './request-budget.ts';
import type { TrackedSet } from './tracked-set.ts';

/** What all collectors of an application share. */
export interface CollectorServices {
  readonly budgets: Pick<RequestBudgets, 'get'>;
  readonly works: Pick<RepeatedWorks, 'begin'>;
  readonly tracked: Omit<TrackedSet, 'apply'>;
  readonly followers: Pick<Followers, 'follow'>;
  readonly positionsOf: (address: string) => Promise<readonly HeldPosition[]>;
}

export interface CollectorContextOptions<Config> extends CollectorServices {
  readonly plugin: string;
  readonly clock: Clock;
  readonly config: Config;
  readonly log: Logger;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Aborted when this attempt of the collector is over, at the latest with `signal`. */
  readonly attempt: AbortSignal;
  readonly cursor: string | undefined;
  readonly http: typeof fetch;
  readonly secret: (name: string) => string | undefined;
  readonly progress: (progress: Progress) => void;
  readonly reject: (rejection: Rejection) => void;
  readonly gap: (report: GapReport) => void;
}

/** What a collector is given for one attempt. What it listens to ends with that. */
export function createCollectorContext<Config>(
  options: CollectorContextOptions<Config>,
): CollectorContext<Config> {
  const { clock, attempt, log, tracked, followers, budgets } = options;
  return {
    get now() {
      return clock.now();
    },
    config: options.config,
    log,
    random: options.random,
    signal: options.signal,
    cursor: options.cursor,
    http: options.http,
    secret: options.secret,
    sleep: ms => clock.sleep(ms, options.signal),
    every: (work, run) => options.works.begin(work, run, { plugin: options.plugin, end: attempt, log }),
    progress: options.progress,
    reject: options.reject,
    gap: options.gap,
    budget: (name, size) => budgetUntil(budgets.get(name, size), attempt),
    tracked: {
      list: () => tracked.list(),
      has: address => tracked.has(address),
      onChange: listener => tracked.onChange(listener, { signal: attempt, log }),
    },
    follow: (ref, listener) =>
      followers.follow(ref, listener as (event: Event) => void, { signal: attempt, log }),
    positionsOf: options.positionsOf,
  };
}

/** A budget whose waiting requests end with what they are for. */
function budgetUntil(budget: RequestBudget, end: AbortSignal): RequestBudget {
  return {
    async take({ signal, ...request }) {
      const link = linkAbort(end, signal);
      try {
        await budget.take({ ...request, signal: link.signal });
      } finally {
        link.release();
      }
    },
    charge: weight => budget.charge(weight),
    refused: retryAfterMs => budget.refused(retryAfterMs),
    accepted: () => budget.accepted(),
  };
}
