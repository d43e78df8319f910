import type { Time, TimeRange } from '../../../plugin-api/index.ts';
import type { Outage, Subscribed } from '../hyperliquid-connection/socket-types.ts';
import { oldestFirst } from '../hyperliquid-messages/channels.ts';
import type { Collected } from '../hyperliquid-messages/collected.ts';
import { decodeTrade } from '../hyperliquid-messages/trades.ts';
import { minuteMs } from './candles/candle-row.ts';
import type { CandleSeries, Difference } from './candles/candle-series.ts';
import type { ExchangeTime } from './exchange-time.ts';
import type { GapKeeper } from './gap-keeper.ts';
import { tradeWindow } from './trade-window.ts';
import type { Market } from './universe.ts';

/** An interval of the exchange's time in which trades may be missing. */
interface Hole {
  from: Time;
  /** Not known before something has come again. */
  to: Time;
  /** Undefined for the time before the first subscription, of which nobody expects trades. */
  readonly reason: string | undefined;
  /** How many trades had arrived when it began, as far as is known: those that came later prove nothing of it. */
  readonly arrived: number;
  /** Whether all trades of it have come after all; its candles may still have to be corrected. */
  hasTrades: boolean;
}

/** A trade that is known already: its time, and which in the order of their arrival it was. */
interface Known {
  readonly time: Time;
  readonly place: number;
}

/** The tape of one coin: its trades, each once, the holes in it, and its candles. */
export interface CoinTrades {
  readonly market: Market;
  /** Absent where no candles are built. */
  readonly series: CandleSeries | undefined;
  /** What the exchange is asked for of this coin, and when next. */
  readonly checks: CoinChecks;
  /** How it stands among all, by volume. */
  rank: number;
  subscribed: Subscribed | undefined;
  data(data: unknown, receivedAt: Time): void;
  /** The recent trades that the exchange repeats after a subscription. */
  replayed(data: unknown, receivedAt: Time): void;
  live(now: Time): void;
  outage(outage: Outage): void;
  /** Notices that nothing arrives any more, or again. Called about once a second. */
  look(now: Time): void;
  /** Takes note of minutes in which the exchange counts other trades than were received. */
  missed(differences: readonly Difference[]): void;
  /** Reports the holes that have turned out to be empty, and their candles. */
  resolve(): void;
  /** Exchange time of the last trade before a hole that has not ended; undefined where there is none. */
  readonly brokenSince: Time | undefined;
  /** Since when nothing arrives, by the local clock; undefined while it does. */
  readonly downSince: Time | undefined;
}

/** When the exchange is asked next, in ms of the local clock. */
export interface CoinChecks {
  repairAt: Time;
  auditAt: Time;
  /** Up to which minute counts have been compared. */
  auditedUntil: number;
  isAsked: boolean;
  /** Since when minutes have waited for an answer, in ms of the local clock. */
  waitingSince: Time | undefined;
}

export interface CoinTradesOptions {
  readonly market: Market;
  readonly series: CandleSeries | undefined;
  readonly time: ExchangeTime;
  readonly gaps: GapKeeper;
  readonly push: (draft: Collected) => void;
  readonly reject: (reason: string) => void;
  readonly now: Time;
  /** When its counts are first compared. */
  readonly auditAt: Time;
  /** Exchange time since when trades are expected that an earlier run has not brought; undefined where nobody expects any. */
  readonly missingSince: Time | undefined;
}

/** A hole may hold trades that were made earlier than the last message before it: they were on their way. */
export const underwayMs = 5_000;
/** What may be between a trade and the confirmation of a subscription that comes after it. */
const slackMs = 1_000;
/** How long a message is waited for that tells the exchange's time after an outage. */
const clockWithinMs = 3_000;
/** A connection that does not come back at once is reported while it is still down. */
const reportAfterMs = 10_000;
const mostHoles = 50;
const mostLossy = 500;
/** The end of what has no end yet: the last moment that a date can hold. */
const endless = 8.64e15;

const wholeMinutes = ({ from, to }: TimeRange) => ({
  from: Math.floor(from / minuteMs) * minuteMs,
  to: Math.ceil(to / minuteMs) * minuteMs,
});

export function coinTrades(options: CoinTradesOptions): CoinTrades {
  const { market, series, time, gaps } = options;
  const { coin } = market;
  const window = tradeWindow();
  const { missingSince } = options;
  let holes: Hole[] = [
    {
      from: missingSince === undefined ? 0 : Math.floor(missingSince - underwayMs),
      to: endless,
      reason: missingSince === undefined ? undefined : 'not running',
      arrived: 0,
      hasTrades: false,
    },
  ];
  /** Since when nothing arrives, by the local clock; the candles of that time wait. */
  let downSince: Time | undefined = options.now;
  let liveAt: Time | undefined;
  /** What was reported before it was over. */
  let reported: TimeRange | undefined;
  let subscribed: Subscribed | undefined;
  /** Beginnings of minutes in which trades are known to be missing, in ms. */
  const lossy = new Set<number>();
  const checks: CoinChecks = {
    repairAt: 0,
    auditAt: options.auditAt,
    auditedUntil: 0,
    isAsked: false,
    waitingSince: undefined,
  };

  series?.suspect(0, endless);

  /** Takes trades in; answers those that were known already. */
  const take = (data: unknown, receivedAt: Time, isReplay: boolean): readonly Known[] => {
    const known: Known[] = [];
    for (const raw of oldestFirst(Array.isArray(data) ? data : [data])) {
      const draft = decodeTrade(raw);
      if (typeof draft === 'string') {
        options.reject(draft);
        continue;
      }
      const { tradeId, price, size } = draft.payload;
      if (tradeId !== null) {
        const place = window.placeOf(tradeId, draft.tsEvent);
        if (place !== undefined) {
          known.push({ time: draft.tsEvent, place });
          continue;
        }
        window.add(tradeId, draft.tsEvent);
      }
      if (!isReplay) time.heard(draft.tsEvent, receivedAt);
      series?.add({ time: draft.tsEvent, price, size });
      options.push(draft as unknown as Collected);
    }
    return known;
  };

  const report = (range: TimeRange, reason: string): void => {
    const { from, to } = range;
    gaps.open({ stream: 'trade', key: coin, from, to, reason });
    if (series !== undefined) gaps.open({ stream: 'candle', key: coin, from, to, reason });
  };

  /** All trades of a hole have come; its minutes are whole, unless another hole is in one of them. */
  const close = (hole: Hole): void => {
    gaps.heal('trade', coin, hole);
    const minutes = wholeMinutes(hole);
    const isElsewhere = holes.some(
      other => !other.hasTrades && other.from < minutes.to && other.to > minutes.from,
    );
    if (!isElsewhere) series?.trust(hole.from, hole.to);
  };

  const isLossy = (hole: TimeRange): boolean => {
    const { from, to } = wholeMinutes(hole);
    return [...lossy].some(minute => minute >= from && minute < to);
  };

  const resolve = (): void => {
    holes = holes.filter(hole => {
      if (hole.to === endless) return true;
      if (series === undefined) return !hole.hasTrades && hole.reason !== undefined;
      if (!series.isWhole(hole.from, hole.to)) return true;
      gaps.heal('candle', coin, hole);
      // Note: where the exchange counts as many trades in each of the minutes as were received, none is missing.
      if (!hole.hasTrades && !isLossy(hole)) gaps.heal('trade', coin, hole);
      return false;
    });
  };

  /** Trades come again: holes have an end, and minutes that have not begun are whole. */
  const comeBack = (now: Time, since: Time): void => {
    const at = time.at(now);
    series?.trust(Math.ceil((at + slackMs) / minuteMs) * minuteMs, endless);
    downSince = undefined;
    liveAt = undefined;
    checks.repairAt = 0;
    for (const hole of holes) {
      if (hole.to !== endless) continue;
      hole.to = Math.ceil(Math.max(at - (now - since) + slackMs, reported?.to ?? 0));
      if (hole.reason !== undefined) report(hole, hole.reason);
    }
    reported = undefined;
    for (const hole of holes) if (hole.hasTrades) close(hole);
    resolve();
  };

  return {
    market,
    series,
    rank: 0,
    checks,
    get subscribed() {
      return subscribed;
    },
    set subscribed(value) {
      subscribed = value;
    },
    get downSince() {
      return downSince;
    },
    get brokenSince() {
      const open = holes.find(({ to, reason }) => to === endless && reason !== undefined);
      return open && open.from + underwayMs;
    },
    data(data, receivedAt) {
      take(data, receivedAt, false);
    },
    replayed(data, receivedAt) {
      const known = take(data, receivedAt, true);
      // Note: what is repeated are the last trades without a break, so one that was known before a hole closes it. One that has only
      // been repeated since, to a connection that broke as well, does not.
      const closes = (hole: Hole) =>
        known.some(({ time: at, place }) => place <= hole.arrived && at <= hole.from + underwayMs + 1);
      const closed = holes.filter(hole => !hole.hasTrades && closes(hole));
      for (const hole of closed) hole.hasTrades = true;
      for (const hole of closed) if (hole.to !== endless) close(hole);
      resolve();
    },
    live(now) {
      if (downSince !== undefined) liveAt = now;
    },
    outage({ from, reason, to }) {
      // Note: what an earlier run has missed is told by the hole before this one, and nothing that is repeated fills it.
      const earliest = missingSince === undefined ? 0 : time.at(options.now);
      const start = Math.floor(
        Math.max(earliest, Math.min(time.at(from) - underwayMs, reported?.from ?? endless)),
      );
      const open = holes.find(hole => hole.to === endless && hole.reason !== undefined);
      if (open === undefined) {
        const hole = { from: start, to: endless, reason, arrived: window.arrived, hasTrades: false };
        holes = [...holes, hole].slice(-mostHoles);
      } else {
        open.from = Math.min(open.from, start);
        open.hasTrades = false;
      }
      series?.suspect(start, endless);
      downSince ??= from;
      liveAt = to;
    },
    look(now) {
      if (subscribed === undefined) return;
      if (subscribed.isLive) {
        if (downSince === undefined || liveAt === undefined) return;
        // Note: the exchange's clock may have leapt meanwhile, which only a message that came after it tells.
        if (time.heardAt > liveAt || now - liveAt >= clockWithinMs) comeBack(now, liveAt);
        return;
      }
      liveAt = undefined;
      if (downSince === undefined) {
        downSince = now;
        series?.suspect(time.at(now) - underwayMs, endless);
      }
      const isStart = holes.some(hole => hole.to === endless && hole.reason === undefined);
      if (isStart || reported !== undefined || now - downSince < reportAfterMs) return;
      const to = Math.floor(time.at(now));
      reported = { from: Math.min(to, Math.floor(time.at(downSince) - underwayMs)), to };
      report(reported, 'not connected');
    },
    missed(differences) {
      for (const { minute } of differences) lossy.add(minute * minuteMs);
      // Note: a set keeps the order in which minutes were added.
      for (const minute of lossy) {
        if (lossy.size <= mostLossy) break;
        lossy.delete(minute);
      }
    },
    resolve,
  };
}
