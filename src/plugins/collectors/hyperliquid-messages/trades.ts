import { trade } from '../../../plugin-api/index.ts';
import { collected, type Decoded } from './collected.ts';
import { addressText, decimalText, isObject, shortText, shown, sideWord, wholeNumber } from './values.ts';

/** Decodes one element of the `trades` channel: `side` is the taker's, `users[0]` buys and `users[1]` sells. */
export function decodeTrade(raw: unknown): Decoded<typeof trade> {
  if (!isObject(raw)) return `a trade must be an object; found ${shown(raw)}`;
  const coin = shortText(raw.coin);
  if (coin === undefined) return `\`coin\` must be a name; found ${shown(raw.coin)}`;
  const price = decimalText(raw.px);
  if (price === undefined) return `\`px\` must be a decimal; found ${shown(raw.px)}`;
  const size = decimalText(raw.sz);
  if (size === undefined || size.startsWith('-')) {
    return `\`sz\` must be a decimal that is not negative; found ${shown(raw.sz)}`;
  }
  const takerSide = sideWord(raw.side);
  if (takerSide === undefined) return `\`side\` must be "B" or "A"; found ${shown(raw.side)}`;
  const time = wholeNumber(raw.time);
  if (time === undefined) return `\`time\` must be whole milliseconds; found ${shown(raw.time)}`;
  const tradeId = wholeNumber(raw.tid);
  if (tradeId === undefined) return `\`tid\` must be a whole number; found ${shown(raw.tid)}`;
  const users = raw.users;
  const buyer = Array.isArray(users) ? addressText(users[0]) : undefined;
  const seller = Array.isArray(users) ? addressText(users[1]) : undefined;
  if (buyer === undefined || seller === undefined) {
    return `\`users\` must be the addresses of buyer and seller; found ${shown(users)}`;
  }
  return collected(trade, coin, time, `${coin}:${time}:${tradeId}`, {
    coin,
    price,
    size,
    takerSide,
    buyer,
    seller,
    tradeId,
    hash: shortText(raw.hash) ?? '',
  });
}
