import type { CollectorContext, fill, TimeRange } from '../../../plugin-api/index.ts';
import type { InfoClient } from '../hyperliquid-connection/info-types.ts';
import type { Collected } from '../hyperliquid-messages/collected.ts';
import { decodeUserFill } from '../hyperliquid-messages/fills.ts';
import { dexOf } from './markets.ts';
import type { SteadyClock } from './steady-clock.ts';

export interface MissedFillsOptions {
  readonly ctx: Pick<CollectorContext<unknown>, 'log' | 'reject' | 'signal' | 'sleep' | 'gap'>;
  readonly clock: SteadyClock;
  readonly client: Pick<InfoClient, 'pages'>;
  readonly tell: (drafts: readonly Collected<typeof fill>[]) => void;
}

/** An interval in which trades of a coin, or of all, may have been missed. */
export interface MissedInterval extends TimeRange {
  readonly coin: string | undefined;
}

/** Fetches fills of traders whose position changed while trades were missed. */
export interface MissedFills {
  /** Remembers an interval of which trades are missing. */
  note(interval: MissedInterval): void;
  /** Fetches the fills of a trader in the intervals that may explain why coins changed; each once. */
  fetch(user: string, coins: readonly string[]): void;
  /** Fetches the fills of a trader in an interval. */
  ask(user: string, range: TimeRange): void;
  /** Fetches one trader's after another, until the collector stops. */
  run(): Promise<void>;
  status(): { readonly waiting: number; readonly fetched: number };
}

const mostIntervals = 200;
const mostWaiting = 2_000;
/** The ends of an interval are times of arrival; the exchange's clock may be off by so much. */
const marginMs = 2_000;
const lookEveryMs = 250;
/** How often is tried before a gap is admitted, and the wait after the first failure, which doubles. */
const mostAttempts = 5;
const firstWaitMs = 5_000;

interface Question {
  readonly user: string;
  readonly range: TimeRange;
  failures: number;
  notBefore: number;
}

export function createMissedFills({ ctx, clock, client, tell }: MissedFillsOptions): MissedFills {
  const intervals: MissedInterval[] = [];
  const waiting: Question[] = [];
  let asked = new Set<string>();
  let fetched = 0;

  async function fetchRange(user: string, range: TimeRange): Promise<void> {
    for (const type of ['userFillsByTime', 'userTwapSliceFillsByTime'] as const) {
      const pages = client.pages(type, { user }, range, {
        priority: 'low',
        incomplete: hole =>
          ctx.log.warn('fills are missing for ever: too many in one millisecond', { user, ...hole }),
      });
      for await (const page of pages) {
        const drafts: Collected<typeof fill>[] = [];
        for (const row of page) {
          const draft = decodeUserFill(user, row);
          if (typeof draft === 'string') ctx.reject({ source: `${type} of ${user}`, reason: draft });
          else drafts.push(draft);
        }
        fetched += drafts.length;
        tell(drafts);
      }
    }
  }

  function ask(user: string, range: TimeRange): void {
    const key = `${user}:${range.from}:${range.to}`;
    if (asked.has(key)) return;
    if (asked.size >= 2 * mostWaiting) asked = new Set([...asked].slice(mostWaiting));
    asked.add(key);
    if (waiting.length < mostWaiting) waiting.push({ user, range, failures: 0, notBefore: 0 });
    else ctx.gap({ stream: 'fill', key: user, ...range, reason: 'too many fills are to be fetched' });
  }

  function takeNext(): Question | undefined {
    const index = waiting.findIndex(({ notBefore }) => notBefore <= clock.now);
    return index < 0 ? undefined : waiting.splice(index, 1)[0];
  }

  function fail(question: Question, error: unknown): void {
    const { user, range } = question;
    question.failures += 1;
    ctx.log.warn('fills could not be fetched', { user, ...range, failures: question.failures, error });
    if (question.failures >= mostAttempts) {
      ctx.gap({ stream: 'fill', key: user, ...range, reason: 'the fills could not be fetched' });
      return;
    }
    question.notBefore = clock.now + firstWaitMs * 2 ** (question.failures - 1);
    waiting.push(question);
  }

  return {
    ask,
    note(interval) {
      intervals.push(interval);
      if (intervals.length > mostIntervals) intervals.shift();
    },
    fetch(user, coins) {
      for (const { coin, from, to } of intervals) {
        if (coin !== undefined && !coins.includes(coin)) continue;
        if (coins.every(name => dexOf(name) === undefined)) continue;
        ask(user, { from: from - marginMs, to: to + marginMs });
      }
    },
    async run() {
      while (!ctx.signal.aborted) {
        const next = takeNext();
        if (next === undefined) {
          await ctx.sleep(lookEveryMs);
          continue;
        }
        try {
          await fetchRange(next.user, next.range);
        } catch (error) {
          if (ctx.signal.aborted) return;
          fail(next, error);
        }
      }
    },
    status: () => ({ waiting: waiting.length, fetched }),
  };
}
