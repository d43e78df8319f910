import { type Decimal, funding, mark, type Time, ticker } from '../../../plugin-api/index.ts';
import { type Collected, collected } from '../hyperliquid-messages/collected.ts';
import { decimalText, finiteNumber, isObject } from '../hyperliquid-messages/values.ts';
import type { Universe } from './universe.ts';

/** What is known of a market's prices. Each message tells a part of it; an event tells all. */
interface Known {
  mid: Decimal | null;
  mark: Decimal | null;
  oracle: Decimal | null;
  openInterest: Decimal | null;
  dayVolumeUsd: Decimal | null;
  dayVolume: Decimal | null;
  previousPrice: Decimal | null;
  rate: number | undefined;
  premium: number | null;
  toldMid: Decimal | null;
  toldMidAt: Time;
  /** When the next context is due. */
  contextDue: Time | undefined;
}

/** Prices, contexts, tickers and live funding rates of all markets, told as they change and not too often. */
export interface MarketPrices {
  /** `allMids`. */
  mids(data: unknown, receivedAt: Time): void;
  /** `allDexsAssetCtxs`: contexts in the order of each exchange's markets. Answers false when they do not fit those known. */
  perpContexts(data: unknown, receivedAt: Time): boolean;
  /** Contexts of one exchange, of which `metaAndAssetCtxs` tells the names itself. */
  namedContexts(coins: readonly string[], contexts: readonly unknown[], receivedAt: Time): void;
  /** `spotAssetCtxs`: each context names its market. */
  spotContexts(data: unknown, receivedAt: Time): void;
  /** Sets the markets that are told of. */
  use(universe: Universe, coins: ReadonlySet<string>): void;
  /** Notional of the last 24 h in USD. */
  volumeOf(coin: string): number;
}

export interface MarketPricesOptions {
  readonly midsEveryMs: number;
  readonly contextsEveryMs: number;
  readonly withMids: boolean;
  readonly withContexts: boolean;
  readonly push: (draft: Collected) => void;
  readonly reject: (reason: string) => void;
}

export function marketPrices(options: MarketPricesOptions): MarketPrices {
  const { midsEveryMs, contextsEveryMs } = options;
  const known = new Map<string, Known>();
  let places: Universe['places'] = new Map();
  let coins: ReadonlySet<string> = new Set();

  const knownOf = (coin: string): Known => {
    let found = known.get(coin);
    if (found === undefined) {
      found = {
        mid: null,
        mark: null,
        oracle: null,
        openInterest: null,
        dayVolumeUsd: null,
        dayVolume: null,
        previousPrice: null,
        rate: undefined,
        premium: null,
        toldMid: null,
        toldMidAt: Number.NEGATIVE_INFINITY,
        contextDue: undefined,
      };
      known.set(coin, found);
    }
    return found;
  };

  const tellMark = (coin: string, at: Time, now: Known): void => {
    now.toldMid = now.mid;
    now.toldMidAt = at;
    const { mid, mark: markPrice, oracle, openInterest, dayVolumeUsd } = now;
    const payload = { coin, mid, mark: markPrice, oracle, openInterest, dayVolumeUsd };
    options.push(collected(mark, coin, at, `ctx:${coin}:${at}`, payload) as unknown as Collected);
  };

  const takeMid = (coin: string, mid: Decimal | null, at: Time, now: Known): void => {
    now.mid = mid;
    if (options.withMids && mid !== now.toldMid && at - now.toldMidAt >= midsEveryMs) tellMark(coin, at, now);
  };

  const takeContext = (coin: string, raw: unknown, at: Time): void => {
    if (!coins.has(coin)) return;
    if (!isObject(raw)) {
      options.reject(`the context of ${coin} is no object`);
      return;
    }
    const now = knownOf(coin);
    now.mark = decimalText(raw.markPx) ?? null;
    now.oracle = decimalText(raw.oraclePx) ?? null;
    now.openInterest = decimalText(raw.openInterest) ?? null;
    now.dayVolumeUsd = decimalText(raw.dayNtlVlm) ?? null;
    now.dayVolume = decimalText(raw.dayBaseVlm) ?? null;
    now.previousPrice = decimalText(raw.prevDayPx) ?? null;
    now.rate = finiteNumber(raw.funding);
    // Note: the premium has been seen as the text "NaN".
    now.premium = finiteNumber(raw.premium) ?? null;
    const mid = decimalText(raw.midPx) ?? null;
    if (!options.withContexts || at < (now.contextDue ?? at)) {
      takeMid(coin, mid, at, now);
      return;
    }
    now.mid = mid;
    tellContext(coin, at, now);
  };

  const tellContext = (coin: string, at: Time, now: Known): void => {
    now.contextDue =
      now.contextDue === undefined ? at + stagger(coin, contextsEveryMs) : at + contextsEveryMs;
    tellMark(coin, at, now);
    const { mark: price, mid, previousPrice, dayVolume, dayVolumeUsd } = now;
    if (price !== null || mid !== null) {
      const payload = { coin, price: price ?? mid!, previousPrice, dayVolume, dayVolumeUsd };
      options.push(collected(ticker, coin, at, `ctx:${coin}:${at}`, payload) as unknown as Collected);
    }
    if (now.rate === undefined) return;
    const payload = { coin, rate: now.rate, premium: now.premium };
    options.push(collected(funding, coin, at, `ctx:${coin}:${at}`, payload) as unknown as Collected);
  };

  const namedContexts: MarketPrices['namedContexts'] = (names, contexts, at) => {
    for (const [index, coin] of names.entries()) {
      if (index < contexts.length) takeContext(coin, contexts[index], at);
    }
  };

  return {
    mids(data, receivedAt) {
      const mids = isObject(data) && isObject(data.mids) ? data.mids : data;
      if (!isObject(mids)) {
        options.reject('mids are no object of prices by coin');
        return;
      }
      // Note: there are mids of markets that nobody collects, such as those of predictions.
      for (const coin in mids) {
        if (!coins.has(coin)) continue;
        const mid = decimalText(mids[coin]);
        if (mid === undefined) options.reject(`the mid of ${coin} is no decimal`);
        else takeMid(coin, mid, receivedAt, knownOf(coin));
      }
    },
    perpContexts(data, receivedAt) {
      const all = isObject(data) && Array.isArray(data.ctxs) ? data.ctxs : [];
      let fits = true;
      for (const entry of all as readonly unknown[]) {
        if (!Array.isArray(entry) || !Array.isArray(entry[1])) {
          options.reject('contexts must be pairs of exchange and list');
          continue;
        }
        const names = places.get(String(entry[0] ?? ''));
        // Note: contexts name no market. Where there are more or fewer than markets known, none can be told apart.
        if (names === undefined || names.length !== entry[1].length) fits = false;
        else namedContexts(names, entry[1], receivedAt);
      }
      return fits;
    },
    namedContexts,
    spotContexts(data, receivedAt) {
      const contexts = Array.isArray(data)
        ? data
        : isObject(data) && Array.isArray(data.ctxs)
          ? data.ctxs
          : [];
      for (const context of contexts as readonly unknown[]) {
        if (isObject(context) && typeof context.coin === 'string')
          takeContext(context.coin, context, receivedAt);
        else options.reject('a context of a spot pair must name it');
      }
    },
    use(universe, chosen) {
      places = universe.places;
      coins = chosen;
      for (const coin of known.keys()) if (!chosen.has(coin)) known.delete(coin);
    },
    volumeOf: coin => Number(known.get(coin)?.dayVolumeUsd ?? 0),
  };
}

/** A time between zero and `length` that is a coin's own, so that not all of them are told at once. */
function stagger(coin: string, length: number): number {
  let sum = 0;
  for (let at = 0; at < coin.length; at++) sum = (sum * 31 + coin.charCodeAt(at)) % 9973;
  return Math.floor((sum / 9973) * length);
}
