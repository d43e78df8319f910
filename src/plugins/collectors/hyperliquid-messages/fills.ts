import { fill, trade } from '../../../plugin-api/index.ts';
import { type Collected, collected, type Decoded } from './collected.ts';
import { addressText, decimalText, isObject, shortText, shown, sideWord, wholeNumber } from './values.ts';

export type FillDraft = Collected<typeof fill>;

/** What tells a fill apart: wallet, coin, time, trade and order; where no trade is named, start position and size as well. */
export function fillDedupe(parts: {
  readonly user: string;
  readonly coin: string;
  readonly time: number;
  readonly tradeId: number | null;
  readonly orderId: number | null;
  readonly startPosition: string | null;
  readonly size: string;
}): string {
  const { user, coin, time, tradeId, orderId } = parts;
  const start = `${user}:${coin}:${time}:${tradeId ?? 0}:${orderId ?? 0}`;
  return tradeId === null ? `${start}:${parts.startPosition ?? ''}:${parts.size}` : start;
}

/**
 * Decodes a fill as `userFills`, the socket and the nodes' files write it.
 * `twapId` is what stands beside the fill in TWAP slices; without it the fill's own is taken.
 */
export function decodeFill(userValue: unknown, raw: unknown, twapId?: unknown): Decoded<typeof fill> {
  if (!isObject(raw)) return `a fill must be an object; found ${shown(raw)}`;
  const user = addressText(userValue);
  if (user === undefined) return `the wallet must be an address; found ${shown(userValue)}`;
  const coin = shortText(raw.coin);
  if (coin === undefined) return `\`coin\` must be a name; found ${shown(raw.coin)}`;
  const price = decimalText(raw.px);
  if (price === undefined) return `\`px\` must be a decimal; found ${shown(raw.px)}`;
  const size = decimalText(raw.sz);
  if (size === undefined || size.startsWith('-')) {
    return `\`sz\` must be a decimal that is not negative; found ${shown(raw.sz)}`;
  }
  const side = sideWord(raw.side);
  if (side === undefined) return `\`side\` must be "B" or "A"; found ${shown(raw.side)}`;
  const time = wholeNumber(raw.time);
  if (time === undefined) return `\`time\` must be whole milliseconds; found ${shown(raw.time)}`;
  const startPosition = decimalText(raw.startPosition) ?? null;
  const orderId = wholeNumber(raw.oid) ?? null;
  // Note: 0 stands for "no trade" in settlements, dust conversions and merged rows; it is not the id of one trade.
  const tradeId = wholeNumber(raw.tid) || null;
  const liquidation = raw.liquidation;
  return collected(
    fill,
    user,
    time,
    fillDedupe({ user, coin, time, tradeId, orderId, startPosition, size }),
    {
      user,
      coin,
      price,
      size,
      side,
      startPosition,
      direction: shortText(raw.dir) ?? null,
      closedPnl: decimalText(raw.closedPnl) ?? null,
      fee: decimalText(raw.fee) ?? null,
      feeToken: shortText(raw.feeToken) ?? null,
      crossed: typeof raw.crossed === 'boolean' ? raw.crossed : null,
      hash: shortText(raw.hash) ?? null,
      orderId,
      tradeId,
      twapId: wholeNumber(twapId ?? raw.twapId) ?? null,
      liquidatedUser: isObject(liquidation) ? (addressText(liquidation.liquidatedUser) ?? null) : null,
    },
  );
}

/** Decodes one element of a `userFills` or `userTwapSliceFills` answer: a fill, or a fill beside the id of its TWAP. */
export function decodeUserFill(user: unknown, raw: unknown): Decoded<typeof fill> {
  return isObject(raw) && isObject(raw.fill) ? decodeFill(user, raw.fill, raw.twapId) : decodeFill(user, raw);
}

/**
 * The trade that two fills are the halves of, or `undefined` when they are not: a buy and a sell with the same coin, time,
 * trade, price and size, exactly one of which took liquidity.
 */
export function tradeOfHalves(one: FillDraft, other: FillDraft): Collected<typeof trade> | undefined {
  const a = one.payload;
  const b = other.payload;
  if (a.tradeId === null || a.tradeId !== b.tradeId || a.coin !== b.coin || one.tsEvent !== other.tsEvent) {
    return undefined;
  }
  if (a.side === b.side || a.price !== b.price || a.size !== b.size || a.crossed === b.crossed)
    return undefined;
  if (a.crossed === null || b.crossed === null || a.hash === null) return undefined;
  const buy = a.side === 'buy' ? a : b;
  const sell = a.side === 'buy' ? b : a;
  return collected(trade, a.coin, one.tsEvent, `${a.coin}:${one.tsEvent}:${a.tradeId}`, {
    coin: a.coin,
    price: a.price,
    size: a.size,
    takerSide: buy.crossed === true ? 'buy' : 'sell',
    buyer: buy.user,
    seller: sell.user,
    tradeId: a.tradeId,
    hash: a.hash,
  });
}
