import { type CandleDraft, type CandleInterval, candleLengths } from '../../hyperliquid-messages/candles.ts';
import { addTrade, type Bar, barOfMinute, barOfTrade, type Count, putMinute } from './bar.ts';
import { candleDraft, minuteMs } from './candle-row.ts';
import { countedMinutes } from './counted-minutes.ts';
import { decimalsOf, unitsOf } from './exact-volume.ts';
import { type MinuteRange, minuteRanges } from './minute-ranges.ts';

/** A candle that was told and has turned out wrong, with no minutes at hand to make it anew. */
export interface WrongCandle {
  readonly interval: CandleInterval;
  readonly openTime: number;
}

/** What repairing minutes came to. */
export interface Repair {
  readonly candles: readonly CandleDraft[];
  /** Minutes of which the exchange counts more trades than were received. */
  readonly missing: readonly Difference[];
  /** Minutes that the exchange has not finished counting; they stay suspect. */
  readonly behind: boolean;
}

/** A minute in which the exchange counts otherwise than was received. */
export interface Difference {
  readonly minute: number;
  /** Trades that were not received; negative when more were counted than the exchange did. */
  readonly missing: number;
}

export interface Comparison {
  readonly candles: readonly CandleDraft[];
  readonly wrong: readonly WrongCandle[];
  readonly differences: readonly Difference[];
}

/** The candles of one coin, built from its trades. Minutes are counted since 1970. */
export interface CandleSeries {
  readonly coin: string;
  readonly decimals: number;
  /** Takes a trade that was not taken before. `late`: the candle of its minute has been told already. */
  add(trade: { readonly time: number; readonly price: string; readonly size: string }): 'taken' | 'late';
  /** Says that trades may be missing in an interval of ms: its minutes are not told before they are repaired or trusted. */
  suspect(from: number, to: number): void;
  /** Takes that back. */
  trust(from: number, to: number): void;
  /** Tells the candles that ended at or before `until`, in ms. */
  settle(until: number): CandleDraft[];
  /** Minutes that have ended and wait for a repair. */
  readonly suspects: readonly MinuteRange[];
  /** Minutes whose candles were told, and that should be compared with the exchange's. */
  readonly doubts: readonly number[];
  /** The first minute that can be compared, and the first that has not been told. */
  readonly comparable: MinuteRange;
  /** Replaces suspect minutes by the exchange's bars of a whole range of minutes. */
  repair(range: MinuteRange, minutes: ReadonlyMap<number, Bar>): Repair;
  /** Gives suspect minutes up: neither they nor longer candles that hold one of them are told. */
  giveUp(range: MinuteRange): void;
  /** Whether no minute of an interval of ms that has ended is suspect or in doubt. */
  isWhole(from: number, to: number): boolean;
  /** Compares what was counted in a range of minutes with the exchange's bars, and corrects it. */
  compare(range: MinuteRange, minutes: ReadonlyMap<number, Bar>): Comparison;
  /** Bars that are not told yet. */
  readonly openBars: number;
}

export interface CandleSeriesOptions {
  readonly coin: string;
  /** Digits after the point that sizes have; more are taken when a trade has them. */
  readonly decimals: number;
  readonly intervals: readonly CandleInterval[];
  /** Beginning of the first candle, in ms: a multiple of the longest interval. */
  readonly begin: number;
  /** Candles that ended by then, in ms, are only counted. */
  readonly tellAfter: number;
  /** For how many minutes counts are kept to be compared. */
  readonly keepMinutes: number;
}

export function candleSeries(options: CandleSeriesOptions): CandleSeries {
  const { coin } = options;
  const firstMinute = Math.floor(options.begin / minuteMs);
  const told = countedMinutes(options.keepMinutes);
  const suspects = minuteRanges();
  const spoiled = minuteRanges();
  /** Of minutes that were told: how many trades came after that. */
  const doubts = new Map<number, number>();
  /** Of minutes in which the exchange counted fewer trades than were received: how many. */
  const surplus = new Map<number, number>();
  const minutes = new Map<number, Bar>();
  const wantsMinutes = options.intervals.includes('1m');
  const longer = options.intervals
    .filter(interval => interval !== '1m')
    .map(interval => ({
      interval,
      minutes: candleLengths[interval] / minuteMs,
      bars: new Map<number, Bar>(),
    }));
  let { decimals } = options;
  let toldUntil = firstMinute;

  /** Volumes get more decimals when sizes turn out to have them. */
  const refine = (needed: number): void => {
    const factor = 10n ** BigInt(needed - decimals);
    for (const bars of [minutes, ...longer.map(each => each.bars)]) {
      for (const bar of bars.values()) bar.volume *= factor;
    }
    told.scale(factor);
    decimals = needed;
  };

  const draftOf = (bar: Bar, interval: CandleInterval, startMinute: number, corrects = false): CandleDraft =>
    candleDraft(bar, { coin, interval, openTime: startMinute * minuteMs, decimals, corrects });

  /** Takes a minute into the longer candles that hold it, in place of what they counted of it; answers those that were told. */
  const put = (minute: number, bar: Bar, counted: Count | undefined): WrongCandle[] => {
    const told: WrongCandle[] = [];
    for (const { interval, minutes: length, bars } of longer) {
      const start = minute - (minute % length);
      const held = bars.get(start);
      if (held !== undefined) putMinute(held, minute, bar, counted);
      // Note: a longer candle is told after all of its minutes, so what holds a minute that is new was not told.
      else if (
        counted === undefined ||
        start + length > toldUntil ||
        suspects.overlaps(start, start + length)
      ) {
        bars.set(start, barOfMinute(minute, bar));
      } else told.push({ interval, openTime: start * minuteMs });
    }
    return told;
  };

  const isTold = (endMinute: number): boolean => endMinute * minuteMs > options.tellAfter;
  const tellMinute = (minute: number, bar: Bar, candles: CandleDraft[]): void => {
    told.set(minute, bar);
    put(minute, bar, undefined);
    if (wantsMinutes && isTold(minute + 1)) candles.push(draftOf(bar, '1m', minute));
  };

  const tellLonger = (candles: CandleDraft[]): void => {
    for (const { interval, minutes: length, bars } of longer) {
      for (const [start, bar] of bars) {
        if (start + length > toldUntil || suspects.overlaps(start, start + length)) continue;
        if (isTold(start + length) && !spoiled.overlaps(start, start + length))
          candles.push(draftOf(bar, interval, start));
        bars.delete(start);
      }
    }
  };

  return {
    coin,
    get decimals() {
      return decimals;
    },
    add({ time, price, size }) {
      const minute = Math.floor(time / minuteMs);
      if (minute < firstMinute) return 'taken';
      const needed = decimalsOf(size);
      if (needed > decimals) refine(needed);
      const held = minutes.get(minute);
      if (held !== undefined) addTrade(held, time, price, unitsOf(size, decimals));
      else if (minute >= toldUntil || suspects.has(minute)) {
        minutes.set(minute, barOfTrade(time, price, unitsOf(size, decimals)));
      } else {
        doubts.set(minute, (doubts.get(minute) ?? 0) + 1);
        return 'late';
      }
      return 'taken';
    },
    suspect(from, to) {
      const first = Math.max(firstMinute, Math.floor(from / minuteMs));
      const end = Math.ceil(to / minuteMs);
      for (let minute = first; minute < Math.min(end, toldUntil); minute++) {
        if (!suspects.has(minute) && !minutes.has(minute)) doubts.set(minute, doubts.get(minute) ?? 0);
      }
      suspects.add(Math.max(first, toldUntil), end);
    },
    trust(from, to) {
      const first = Math.floor(from / minuteMs);
      const end = Math.ceil(to / minuteMs);
      suspects.remove(first, end);
      for (const [minute, late] of doubts) {
        if (late === 0 && minute >= first && minute < end) doubts.delete(minute);
      }
    },
    settle(until) {
      toldUntil = Math.max(toldUntil, Math.floor(until / minuteMs));
      const candles: CandleDraft[] = [];
      const ready = [...minutes.keys()].filter(minute => minute < toldUntil && !suspects.has(minute));
      for (const minute of ready.sort((a, b) => a - b)) {
        tellMinute(minute, minutes.get(minute)!, candles);
        minutes.delete(minute);
      }
      tellLonger(candles);
      return candles;
    },
    get suspects() {
      return suspects.list
        .map(({ from, to }) => ({ from, to: Math.min(to, toldUntil) }))
        .filter(({ from, to }) => to > from);
    },
    get doubts() {
      return [...doubts.keys()].sort((a, b) => a - b);
    },
    get comparable() {
      return { from: Math.max(firstMinute, toldUntil - told.length), to: toldUntil };
    },
    repair(range, rows) {
      const candles: CandleDraft[] = [];
      const missing: Difference[] = [];
      let behind = false;
      for (const { from, to } of suspects.list) {
        const end = Math.min(to, range.to, toldUntil);
        for (let minute = Math.max(from, range.from); minute < end && !behind; minute++) {
          const received = minutes.get(minute);
          const row = rows.get(minute);
          // Note: an exchange that counts less than was received has not finished counting.
          behind = (row?.trades ?? 0) < (received?.trades ?? 0);
          if (behind) break;
          suspects.remove(minute, minute + 1);
          const lost = (row?.trades ?? 0) - (received?.trades ?? 0);
          if (lost > 0) missing.push({ minute, missing: lost });
          minutes.delete(minute);
          if (row !== undefined) tellMinute(minute, { ...row }, candles);
        }
      }
      tellLonger(candles);
      return { candles, missing, behind };
    },
    giveUp({ from, to }) {
      suspects.remove(from, to);
      for (const minute of minutes.keys()) if (minute >= from && minute < to) minutes.delete(minute);
      // Note: no candle is longer than a day, so what was spoiled before yesterday matters no more.
      spoiled.remove(0, from - 2 * 1_440);
      spoiled.add(from, to);
    },
    isWhole(from, to) {
      const first = Math.floor(from / minuteMs);
      const end = Math.ceil(to / minuteMs);
      if (suspects.overlaps(first, end) || spoiled.overlaps(first, end)) return false;
      for (const minute of doubts.keys()) if (minute >= first && minute < end) return false;
      return true;
    },
    compare(range, rows) {
      const candles: CandleDraft[] = [];
      const differences: Difference[] = [];
      const touched = new Map<string, WrongCandle>();
      const end = Math.min(range.to, toldUntil);
      for (let minute = Math.max(range.from, toldUntil - told.length); minute < end; minute++) {
        if (suspects.has(minute) || minutes.has(minute)) continue;
        const late = doubts.get(minute) ?? 0;
        doubts.delete(minute);
        const counted = told.get(minute);
        const row = rows.get(minute);
        const isSame =
          counted.trades === (row?.trades ?? 0) && Number(counted.volume) === Number(row?.volume ?? 0n);
        if (isSame) {
          surplus.delete(minute);
          continue;
        }
        const inRow = row?.trades ?? 0;
        // Note: an exchange that counts less than was received may not have finished counting; it is asked again.
        if (inRow < counted.trades && surplus.get(minute) !== inRow) {
          surplus.set(minute, inRow);
          doubts.set(minute, late);
          continue;
        }
        surplus.delete(minute);
        const missing = inRow - counted.trades - late;
        if (missing !== 0 || late === 0) differences.push({ minute, missing });
        if (row === undefined) continue;
        told.set(minute, row);
        if (wantsMinutes && isTold(minute + 1)) candles.push(draftOf(row, '1m', minute, true));
        for (const candle of put(minute, row, counted)) {
          touched.set(`${candle.interval}:${candle.openTime}`, candle);
        }
      }
      const wrong: WrongCandle[] = [];
      for (const { interval, openTime } of touched.values()) {
        const start = openTime / minuteMs;
        const length = candleLengths[interval] / minuteMs;
        if (!isTold(start + length)) continue;
        const whole = start >= range.from && start + length <= range.to;
        const bar = whole ? joined(rows, start, start + length) : undefined;
        if (bar === undefined) wrong.push({ interval, openTime });
        else candles.push(draftOf(bar, interval, start, true));
      }
      return { candles, wrong, differences };
    },
    get openBars() {
      return longer.reduce((sum, { bars }) => sum + bars.size, minutes.size);
    },
  };
}

/** The minutes of a range as one bar. */
export function joined(rows: ReadonlyMap<number, Bar>, from: number, to: number): Bar | undefined {
  let bar: Bar | undefined;
  for (let minute = from; minute < to; minute++) {
    const row = rows.get(minute);
    if (row === undefined) continue;
    if (bar === undefined) bar = barOfMinute(minute, row);
    else putMinute(bar, minute, row);
  }
  return bar;
}
