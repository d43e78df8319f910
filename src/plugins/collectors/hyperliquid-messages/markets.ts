import { book, funding, mark } from '../../../plugin-api/index.ts';
import { type Collected, collected, type Decoded } from './collected.ts';
import { decimalText, finiteNumber, isObject, shortText, shown, wholeNumber } from './values.ts';

interface Level {
  readonly price: string;
  readonly size: string;
  readonly orders: number | null;
}

function decodeLevel(raw: unknown): Level | undefined {
  if (!isObject(raw)) return undefined;
  const price = decimalText(raw.px);
  const size = decimalText(raw.sz);
  return price === undefined || size === undefined
    ? undefined
    : { price, size, orders: wholeNumber(raw.n) ?? null };
}

function decodeLevels(raw: unknown): Level[] | undefined {
  if (!Array.isArray(raw)) return undefined;
  const levels: Level[] = [];
  for (const item of raw.slice(0, 20)) {
    const level = decodeLevel(item);
    if (level === undefined) return undefined;
    levels.push(level);
  }
  return levels;
}

/** Decodes an `l2Book` snapshot; levels beyond the 20th are cut off. */
export function decodeBook(raw: unknown): Decoded<typeof book> {
  if (!isObject(raw)) return `a book must be an object; found ${shown(raw)}`;
  const coin = shortText(raw.coin);
  const time = wholeNumber(raw.time);
  if (coin === undefined || time === undefined) return 'a book must have `coin` and `time`';
  const sides = Array.isArray(raw.levels) ? raw.levels : [];
  const bids = decodeLevels(sides[0]);
  const asks = decodeLevels(sides[1]);
  if (bids === undefined || asks === undefined)
    return '`levels` must be bids and asks, each a list of {px, sz}';
  return collected(book, coin, time, `l2:${coin}:${time}`, { coin, bids, asks });
}

/** Decodes the `bbo` channel: the best bid and ask, each absent when that side is empty. */
export function decodeBestPrices(raw: unknown): Decoded<typeof book> {
  if (!isObject(raw)) return `a best bid and ask must be an object; found ${shown(raw)}`;
  const coin = shortText(raw.coin);
  const time = wholeNumber(raw.time);
  if (coin === undefined || time === undefined) return 'a best bid and ask must have `coin` and `time`';
  if (!Array.isArray(raw.bbo)) return `\`bbo\` must be a list of two levels; found ${shown(raw.bbo)}`;
  const side = (value: unknown) => (value === null || value === undefined ? [] : decodeLevels([value]));
  const bids = side(raw.bbo[0]);
  const asks = side(raw.bbo[1]);
  if (bids === undefined || asks === undefined) return '`bbo` must hold levels of {px, sz}, or null';
  return collected(book, coin, time, `bbo:${coin}:${time}`, { coin, bids, asks });
}

/** Decodes `allMids`; the message has no time of its own, so `receivedAt` stands for it. */
export function decodeMids(raw: unknown, receivedAt: number): Decoded<typeof mark>[] {
  const mids = isObject(raw) && isObject(raw.mids) ? raw.mids : raw;
  if (!isObject(mids)) return [`mids must be an object of prices by coin; found ${shown(raw)}`];
  return Object.entries(mids).map(([coin, value]) => {
    const mid = decimalText(value);
    if (mid === undefined) return `the mid of ${coin} must be a decimal; found ${shown(value)}`;
    return collected(mark, coin, receivedAt, `mid:${coin}:${receivedAt}`, {
      coin,
      mid,
      mark: null,
      oracle: null,
      openInterest: null,
      dayVolumeUsd: null,
    });
  });
}

/** Decodes `activeAssetCtx` and its spot form: prices and, of perpetuals, the funding rate at the time of receipt. */
export function decodeAssetContext(
  raw: unknown,
  receivedAt: number,
): Decoded<typeof mark | typeof funding>[] {
  const coin = isObject(raw) ? shortText(raw.coin) : undefined;
  if (!isObject(raw) || coin === undefined || !isObject(raw.ctx)) {
    return [`an asset context must have \`coin\` and \`ctx\`; found ${shown(raw)}`];
  }
  const { ctx } = raw;
  const drafts: Collected<typeof mark | typeof funding>[] = [
    collected(mark, coin, receivedAt, `ctx:${coin}:${receivedAt}`, {
      coin,
      mid: decimalText(ctx.midPx) ?? null,
      mark: decimalText(ctx.markPx) ?? null,
      oracle: decimalText(ctx.oraclePx) ?? null,
      openInterest: decimalText(ctx.openInterest) ?? null,
      dayVolumeUsd: decimalText(ctx.dayNtlVlm) ?? null,
    }),
  ];
  const rate = finiteNumber(ctx.funding);
  if (rate !== undefined) {
    // Note: the premium has been seen as the text "NaN".
    const premium = finiteNumber(ctx.premium) ?? null;
    drafts.push(collected(funding, coin, receivedAt, `ctx:${coin}:${receivedAt}`, { coin, rate, premium }));
  }
  return drafts;
}

/** Decodes one row of `fundingHistory`. */
export function decodeFundingRate(raw: unknown): Decoded<typeof funding> {
  if (!isObject(raw)) return `a funding rate must be an object; found ${shown(raw)}`;
  return fundingOf({ coin: raw.coin, time: raw.time, rate: raw.fundingRate, premium: raw.premium });
}

/** Makes a funding rate of its parts. */
export function fundingOf(parts: {
  readonly coin: unknown;
  readonly time: unknown;
  readonly rate: unknown;
  readonly premium: unknown;
}): Decoded<typeof funding> {
  const coin = shortText(parts.coin);
  if (coin === undefined) return `the coin must be a name; found ${shown(parts.coin)}`;
  const time = wholeNumber(parts.time);
  if (time === undefined) return `the time must be whole milliseconds; found ${shown(parts.time)}`;
  const rate = finiteNumber(parts.rate);
  if (rate === undefined) return `the rate must be a number; found ${shown(parts.rate)}`;
  const premium = finiteNumber(parts.premium) ?? null;
  return collected(funding, coin, time, `${coin}:${time}`, { coin, rate, premium });
}
