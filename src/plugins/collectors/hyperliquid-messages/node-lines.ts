import { fill, type order } from '../../../plugin-api/index.ts';
import { decodeOrder } from './accounts.ts';
import { collected, type Decoded } from './collected.ts';
import { decodeFill } from './fills.ts';
import {
  addressText,
  decimalText,
  isObject,
  isoTime,
  type JsonObject,
  shortText,
  shown,
  sideWord,
  wholeNumber,
} from './values.ts';

/** What one line of a node's file came to. */
export interface NodeLine {
  readonly drafts: Decoded<typeof fill | typeof order>[];
  /** When the node saw it, where the line says so (by-block files). */
  readonly seenAt: number | undefined;
}

/**
 * Decodes a parsed line of a node: `["0xuser", fill]`, a block of those
 * (`{local_time, block_time, block_number, events}`), a trade of the older `node_trades` files, or an order status.
 * Answers the reason when it is none of them.
 */
export function decodeNodeLine(line: unknown): NodeLine | string {
  if (Array.isArray(line)) {
    if (line.length !== 2) return 'a pair of wallet and fill must have two elements';
    return { drafts: [decodeFill(line[0], line[1])], seenAt: undefined };
  }
  if (!isObject(line)) return `a line must be a list or an object; found ${shown(line)}`;
  if (Array.isArray(line.events)) {
    const drafts = line.events.flatMap((event): Decoded<typeof fill | typeof order>[] => {
      if (Array.isArray(event)) return [decodeFill(event[0], event[1])];
      const inner = isObject(event) ? decodeObject(event) : undefined;
      return inner ?? [`an event must be a pair of wallet and fill; found ${shown(event)}`];
    });
    return { drafts, seenAt: isoTime(line.local_time) };
  }
  const drafts = decodeObject(line);
  return drafts === undefined
    ? `a line must be a fill, a block of fills, a trade or an order status; found ${shown(line)}`
    : { drafts, seenAt: undefined };
}

function decodeObject(line: JsonObject): Decoded<typeof fill | typeof order>[] | undefined {
  if (Array.isArray(line.side_info)) return decodeNodeTrade(line);
  return isObject(line.order) ? [decodeOrder(line.user, line, isoTime(line.time))] : undefined;
}

/**
 * Both halves of a trade of a `node_trades` file. It names neither trade id nor fees; the two orders tell the trade apart.
 */
function decodeNodeTrade(line: JsonObject): Decoded<typeof fill>[] {
  const coin = shortText(line.coin);
  const price = decimalText(line.px);
  const size = decimalText(line.sz);
  const time = isoTime(line.time);
  const taker = sideWord(line.side);
  const halves = line.side_info as readonly unknown[];
  const [buyer, seller] = halves;
  if (
    coin === undefined ||
    price === undefined ||
    size === undefined ||
    time === undefined ||
    taker === undefined ||
    !isObject(buyer) ||
    !isObject(seller)
  ) {
    return [`a node's trade must have coin, side, time, px, sz and two halves; found ${shown(line)}`];
  }
  const orders = `${wholeNumber(buyer.oid) ?? 0}-${wholeNumber(seller.oid) ?? 0}`;
  return (['buy', 'sell'] as const).map(side => {
    const half = side === 'buy' ? buyer : seller;
    const user = addressText(half.user);
    if (user === undefined) return `the wallet must be an address; found ${shown(half.user)}`;
    const startPosition = decimalText(half.start_pos) ?? null;
    return collected(fill, user, time, `${user}:${coin}:${time}:${orders}:${startPosition ?? ''}:${size}`, {
      user,
      coin,
      price,
      size,
      side,
      startPosition,
      direction: null,
      closedPnl: null,
      fee: null,
      feeToken: null,
      crossed: side === taker,
      hash: shortText(line.hash) ?? null,
      orderId: wholeNumber(half.oid) ?? null,
      tradeId: null,
      twapId: wholeNumber(half.twap_id) ?? null,
      liquidatedUser: null,
    });
  });
}
