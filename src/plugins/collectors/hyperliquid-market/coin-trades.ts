import type { Time, TimeRange } from '../../../plugin-api/index.ts';
import type { Outage, Subscribed } from '../hyperliquid-connection/socket-types.ts';
import { oldestFirst } from '../hyperliquid-messages/channels.ts';
import type { Collected } from '../hyperliquid-messages/collected.ts';
import { decodeTrade } from '../hyperliquid-messages/trades.ts';
import { minuteMs } from './candles/candle-row.ts';
import type { CandleSeries } from './candles/candle-series.ts';
import type { ExchangeTime } from './exchange-time.ts';
import type { GapKeeper } from './gap-keeper.ts';
import { tradeWindow } from './trade-window.ts';
import type { Market } from './universe.ts';

/** A hole in the tape of one coin, in the exchange's time, that is not proved to be empty. */
interface TradeHole extends TimeRange {
  /** Trades of it that the exchange counts and that were not received, as far as that is known. */
  missing: number;
  /** Whether all trades of it have come after all; its candles may still have to be corrected. */
  hasTrades: boolean;
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
  replayed(data: unknown, receivedAt: Time): void;
  live(now: Time): void;
  outage(outage: Outage): void;
  /** Notices that nothing arrives any more, or again. Called once in a while. */
  look(now: Time): void;
  /** Takes note of how many trades of an interval of the exchange's time were found to be missing. */
  missed(range: TimeRange, trades: number): void;
  /** Reports the holes that have turned out to be empty, and their candles. */
  resolve(): void;
  /** Whether nothing arrives at present. */
  readonly isDown: boolean;
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
}

/** A hole may hold trades that were made earlier than the last message before it: they were on their way. */
const underwayMs = 5_000;
/** What may be between a trade and the confirmation of a subscription that comes after it. */
const slackMs = 1_000;
/** A connection that does not come back at once is reported while it is still down. */
const reportAfterMs = 10_000;
const mostHoles = 50;
const endless = 8.64e15;

export function coinTrades(options: CoinTradesOptions): CoinTrades {
  const { market, series, time, gaps } = options;
  const { coin } = market;
  const window = tradeWindow();
  let holes: TradeHole[] = [];
  /** Since when nothing arrives, by the local clock; the candles of that time wait. */
  let downSince: Time | undefined = options.now;
  let reported: TimeRange | undefined;
  let wasLive = false;
  let subscribed: Subscribed | undefined;

  series?.suspect(0, endless);

  /** Takes trades in; answers the time of the oldest one that was known already. */
  const take = (data: unknown, receivedAt: Time, isReplay: boolean): Time => {
    let knownSince = Number.POSITIVE_INFINITY;
    for (const raw of oldestFirst(Array.isArray(data) ? data : [data])) {
      const draft = decodeTrade(raw);
      if (typeof draft === 'string') {
        options.reject(draft);
        continue;
      }
      const { tradeId, price, size } = draft.payload;
      if (!window.add(tradeId, draft.tsEvent)) {
        knownSince = Math.min(knownSince, draft.tsEvent);
        continue;
      }
      if (!isReplay) time.heard(draft.tsEvent, receivedAt);
      series?.add({ time: draft.tsEvent, price, size });
      options.push(draft as unknown as Collected);
    }
    return knownSince;
  };

  /** Minutes that have not begun when a subscription is confirmed are whole. */
  const comeBack = (now: Time): void => {
    const whole = Math.ceil((time.at(now) + slackMs) / minuteMs) * minuteMs;
    series?.trust(whole, endless);
    downSince = undefined;
  };

  const report = (range: TimeRange, reason: string): void => {
    gaps.open({ stream: 'trade', key: coin, ...range, reason });
    if (series !== undefined) gaps.open({ stream: 'candle', key: coin, ...range, reason });
  };

  const resolve = (): void => {
    holes = holes.filter(hole => {
      if (series === undefined) return !hole.hasTrades;
      if (!series.isWhole(hole.from, hole.to)) return true;
      gaps.heal('candle', coin, hole);
      // Note: where the exchange counts as many trades in each of the minutes as were received, none is missing.
      if (!hole.hasTrades && hole.missing === 0) gaps.heal('trade', coin, hole);
      return false;
    });
  };

  return {
    market,
    series,
    rank: 0,
    checks: {
      repairAt: 0,
      auditAt: options.auditAt,
      auditedUntil: 0,
      isAsked: false,
      waitingSince: undefined,
    },
    get subscribed() {
      return subscribed;
    },
    set subscribed(value) {
      subscribed = value;
    },
    get isDown() {
      return downSince !== undefined;
    },
    data(data, receivedAt) {
      take(data, receivedAt, false);
    },
    replayed(data, receivedAt) {
      const knownSince = take(data, receivedAt, true);
      // Note: what is repeated are the last trades without a break, so one that was known before a hole closes it.
      const closed = holes.filter(hole => !hole.hasTrades && knownSince <= hole.from + underwayMs + 1);
      for (const hole of closed) hole.hasTrades = true;
      const isOpen = (range: TimeRange) =>
        holes.some(hole => !hole.hasTrades && hole.from < range.to && hole.to > range.from);
      for (const hole of closed) {
        gaps.heal('trade', coin, hole);
        if (!isOpen(hole)) series?.trust(hole.from, hole.to);
      }
      resolve();
    },
    live(now) {
      wasLive = true;
      if (downSince !== undefined) comeBack(now);
    },
    outage({ from, to, reason }) {
      const hole: TradeHole = {
        from: Math.floor(Math.min(time.at(from) - underwayMs, reported?.from ?? endless)),
        to: Math.ceil(Math.max(time.at(to) + slackMs, reported?.to ?? 0)),
        missing: 0,
        hasTrades: false,
      };
      reported = undefined;
      series?.suspect(hole.from, hole.to);
      comeBack(to);
      holes = [...holes, hole].slice(-mostHoles);
      report(hole, reason);
    },
    look(now) {
      if (subscribed === undefined || subscribed.isLive) return;
      if (downSince === undefined) {
        downSince = now;
        series?.suspect(time.at(now) - underwayMs, endless);
      }
      if (!wasLive || reported !== undefined || now - downSince < reportAfterMs) return;
      const to = Math.floor(time.at(now));
      reported = { from: Math.min(to, Math.floor(time.at(downSince) - underwayMs)), to };
      report(reported, 'not connected');
    },
    missed(range, trades) {
      for (const hole of holes) if (hole.from < range.to && hole.to > range.from) hole.missing += trades;
    },
    resolve,
  };
}
