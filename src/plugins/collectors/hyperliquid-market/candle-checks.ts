import type { CollectorContext, Time } from '../../../plugin-api/index.ts';
import type { InfoClient } from '../hyperliquid-connection/info-types.ts';
import { candleLengths } from '../hyperliquid-messages/candles.ts';
import type { Collected } from '../hyperliquid-messages/collected.ts';
import { candleDraft, candleRow, minuteMs, minutesOf } from './candles/candle-row.ts';
import type { CandleSeries, Difference, WrongCandle } from './candles/candle-series.ts';
import type { MinuteRange } from './candles/minute-ranges.ts';
import type { CoinTrades } from './coin-trades.ts';
import type { MarketConfig } from './config.ts';
import type { ExchangeTime } from './exchange-time.ts';
import type { GapKeeper } from './gap-keeper.ts';

/** What was found by asking the exchange for its candles. */
export interface CheckCounts {
  requests: number;
  repairedMinutes: number;
  /** Coins whose counts were compared as a matter of course. */
  audits: number;
  /** Minutes in which the exchange counted otherwise. */
  differences: number;
  corrected: number;
  failed: number;
}

export interface CandleChecks {
  /** Asks for what is most urgent, as long as there is something and fewer than four questions are open. */
  step(): void;
  readonly counts: Readonly<CheckCounts>;
}

export interface CandleChecksOptions {
  readonly config: Pick<
    MarketConfig,
    'repairAfterMs' | 'giveUpRepairMs' | 'auditEveryMs' | 'auditBusiest' | 'candleGraceMs'
  >;
  readonly info: Pick<InfoClient, 'request'>;
  readonly time: ExchangeTime;
  readonly gaps: GapKeeper;
  /** Coins whose candles are built, the most important first. */
  readonly coins: () => Iterable<CoinTrades>;
  readonly push: (drafts: readonly Collected[]) => void;
}

type Task = { readonly coin: CoinTrades; readonly series: CandleSeries } & (
  | { readonly kind: 'repair' | 'compare' | 'audit'; readonly range: MinuteRange }
  | { readonly kind: 'correct'; readonly candle: WrongCandle }
);

const mostAtOnce = 4;
/** The exchange keeps 5,000 bars. */
const mostMinutes = 4_900;
const retryMs = 30_000;
/** While the exchange does not answer, nothing is asked for so long. */
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
/** While nothing arrives, requests take over; each coin is asked for once in this time. */
const takeoverMs = 60_000;
/** A connection that comes back at once needs no requests. */
const leastDownMs = 5_000;
const othersFactor = 6;

/**
 * Compares candles with the exchange's own, and takes the exchange's where trades are missing. In this order: minutes that wait
 * because trades may be missing; minutes told too early; longer candles that were told wrong; and in rotation all coins.
 */
export function candleChecks(
  ctx: Pick<CollectorContext<unknown>, 'now' | 'log' | 'signal'>,
  options: CandleChecksOptions,
): CandleChecks {
  const { config, time, gaps } = options;
  const counts: CheckCounts = {
    requests: 0,
    repairedMinutes: 0,
    audits: 0,
    differences: 0,
    corrected: 0,
    failed: 0,
  };
  const wrong: { readonly coin: CoinTrades; readonly candle: WrongCandle; readonly since: Time }[] = [];
  let open = 0;
  let pausedUntil = 0;
  let pauseMs = firstPauseMs;

  const settledMinute = (): number => Math.floor((time.at(ctx.now) - config.repairAfterMs) / minuteMs);

  const taskOf = (coin: CoinTrades, series: CandleSeries, until: number): Task | undefined => {
    const suspects = series.suspects.filter(({ from }) => from < until);
    if (suspects.length > 0) {
      const last = suspects.at(-1)!;
      const to = Math.min(last.to, until);
      return {
        kind: 'repair',
        coin,
        series,
        range: { from: Math.max(suspects[0]!.from, to - mostMinutes), to },
      };
    }
    const doubts = series.doubts.filter(minute => minute < until);
    if (doubts.length > 0) {
      const to = doubts.at(-1)! + 1;
      return { kind: 'compare', coin, series, range: { from: Math.max(doubts[0]!, to - mostMinutes), to } };
    }
    return undefined;
  };

  const next = (): Task | undefined => {
    const now = ctx.now;
    const until = settledMinute();
    let audit: CoinTrades | undefined;
    let compare: Task | undefined;
    for (const coin of options.coins()) {
      const { series, checks } = coin;
      if (series === undefined || checks.isAsked || checks.repairAt > now) continue;
      if (coin.downSince !== undefined && now - coin.downSince < leastDownMs) continue;
      giveUpOld(coin, series);
      const task = taskOf(coin, series, until);
      if (task?.kind === 'repair') return task;
      compare ??= task;
      if (
        checks.auditAt <= now &&
        coin.downSince === undefined &&
        checks.auditAt < (audit?.checks.auditAt ?? Number.POSITIVE_INFINITY)
      ) {
        audit = coin;
      }
    }
    if (compare !== undefined) return compare;
    const candle = wrong.findIndex(({ coin }) => !coin.checks.isAsked && coin.checks.repairAt <= now);
    if (candle >= 0) {
      const [{ coin, candle: found }] = wrong.splice(candle, 1) as [(typeof wrong)[number]];
      return { kind: 'correct', coin, series: coin.series!, candle: found };
    }
    if (audit === undefined) return undefined;
    const series = audit.series!;
    const { from } = series.comparable;
    // Note: one minute more than needed, so that an audit that comes right after another has something to ask for.
    const range = { from: Math.max(from, audit.checks.auditedUntil - 1), to: until - 1 };
    if (range.to > range.from) return { kind: 'audit', coin: audit, series, range };
    audit.checks.auditAt = now + config.auditEveryMs;
    return undefined;
  };

  const giveUpOld = (coin: CoinTrades, series: CandleSeries): void => {
    const { suspects } = series;
    const { checks } = coin;
    checks.waitingSince = suspects.length === 0 ? undefined : (checks.waitingSince ?? ctx.now);
    if (checks.waitingSince === undefined || ctx.now - checks.waitingSince < config.giveUpRepairMs) return;
    checks.waitingSince = undefined;
    for (const range of suspects) {
      series.giveUp(range);
      const reason = 'the exchange has not told its candles in time';
      ctx.log.warn('candles were given up', { coin: series.coin, ...inMs(range), reason });
      gaps.open({ stream: 'candle', key: series.coin, ...inMs(range), reason });
    }
  };

  const ask = async (task: Task): Promise<void> => {
    const { coin, series } = task;
    const interval = task.kind === 'correct' ? task.candle.interval : '1m';
    const range =
      task.kind === 'correct'
        ? { from: task.candle.openTime, to: task.candle.openTime + candleLengths[interval] }
        : inMs(task.range);
    counts.requests++;
    const rows = await options.info.request(
      {
        type: 'candleSnapshot',
        req: { coin: series.coin, interval, startTime: range.from, endTime: range.to - 1 },
      },
      { priority: 'low', attempts: 1 },
    );
    pauseMs = firstPauseMs;
    if (rows === null) {
      coin.checks.repairAt = ctx.now + othersFactor * config.auditEveryMs;
      return;
    }
    coin.checks.repairAt = coin.downSince === undefined ? 0 : ctx.now + takeoverMs;
    if (task.kind === 'correct') correct(task.coin, series, task.candle, rows);
    else if (task.kind === 'repair') repair(coin, series, task.range, rows);
    else compare(coin, series, task.range, rows);
    if (task.kind === 'audit') {
      counts.audits++;
      coin.checks.auditedUntil = task.range.to;
      const every =
        coin.rank < config.auditBusiest ? config.auditEveryMs : othersFactor * config.auditEveryMs;
      coin.checks.auditAt = ctx.now + every;
    }
    coin.resolve();
  };

  const repair = (
    coin: CoinTrades,
    series: CandleSeries,
    range: MinuteRange,
    rows: readonly unknown[],
  ): void => {
    const before = minutesIn(series.suspects);
    const repaired = series.repair(range, minutesOf(rows, series.decimals));
    counts.repairedMinutes += before - minutesIn(series.suspects);
    if (repaired.behind) coin.checks.repairAt = ctx.now + retryMs;
    coin.missed(repaired.missing);
    options.push(repaired.candles as unknown as readonly Collected[]);
  };

  const compare = (
    coin: CoinTrades,
    series: CandleSeries,
    range: MinuteRange,
    rows: readonly unknown[],
  ): void => {
    const compared = series.compare(range, minutesOf(rows, series.decimals));
    counts.corrected += compared.candles.length;
    if (series.doubts.length > 0) coin.checks.repairAt = ctx.now + retryMs;
    coin.missed(compared.differences);
    for (const found of joinedDifferences(compared.differences)) tellDifference(coin, found);
    options.push(compared.candles as unknown as readonly Collected[]);
    for (const found of joinedDifferences(compared.differences))
      gaps.heal('candle', series.coin, inMs(found));
    for (const candle of compared.wrong) wrong.push({ coin, candle, since: ctx.now });
  };

  const tellDifference = (
    coin: CoinTrades,
    { from, to, missing }: MinuteRange & { missing: number },
  ): void => {
    counts.differences += to - from;
    const key = coin.market.coin;
    const range = inMs({ from, to });
    ctx.log.warn('the exchange counts other trades than were received', { coin: key, ...range, missing });
    const reason =
      missing > 0
        ? `the exchange counts ${missing} trades more than were received`
        : 'the exchange counts other trades than were received';
    gaps.open({ stream: 'trade', key, ...range, reason });
    gaps.open({ stream: 'candle', key, ...range, reason });
  };

  const correct = (
    coin: CoinTrades,
    series: CandleSeries,
    { interval, openTime }: WrongCandle,
    rows: readonly unknown[],
  ): void => {
    const { decimals } = series;
    const row = rows.map(raw => candleRow(raw, decimals)).find(found => found?.openTime === openTime);
    if (row === undefined) return;
    counts.corrected++;
    const draft = candleDraft(row.bar, {
      coin: coin.market.coin,
      interval,
      openTime,
      decimals,
      corrects: true,
    });
    options.push([draft as unknown as Collected]);
  };

  return {
    counts,
    step() {
      while (open < mostAtOnce && ctx.now >= pausedUntil && !ctx.signal.aborted) {
        const task = next();
        if (task === undefined) return;
        open++;
        task.coin.checks.isAsked = true;
        ask(task)
          .catch(error => {
            if (ctx.signal.aborted) return;
            counts.failed++;
            if (isUnavailable(error)) {
              pausedUntil = ctx.now + pauseMs;
              pauseMs = Math.min(2 * pauseMs, longestPauseMs);
            } else task.coin.checks.repairAt = ctx.now + retryMs;
            if (task.kind === 'correct') wrong.push({ coin: task.coin, candle: task.candle, since: ctx.now });
            ctx.log.debug('candles could not be read', { coin: task.coin.market.coin, error: String(error) });
          })
          .finally(() => {
            open--;
            task.coin.checks.isAsked = false;
          });
      }
    },
  };
}

const isUnavailable = (error: unknown) => (error as { readonly kind?: unknown }).kind === 'unavailable';
const inMs = ({ from, to }: MinuteRange) => ({ from: from * minuteMs, to: to * minuteMs });
const minutesIn = (ranges: readonly MinuteRange[]) =>
  ranges.reduce((sum, { from, to }) => sum + to - from, 0);

/** Differences of minutes that follow one another, together. */
function joinedDifferences(
  differences: readonly Difference[],
): readonly (MinuteRange & { readonly missing: number })[] {
  const joined: { from: number; to: number; missing: number }[] = [];
  for (const { minute, missing } of differences) {
    const last = joined.at(-1);
    if (last?.to === minute) {
      last.to++;
      last.missing += missing;
    } else joined.push({ from: minute, to: minute + 1, missing });
  }
  return joined;
}
