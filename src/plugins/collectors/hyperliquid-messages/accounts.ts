import { account, fundingPayment, order, position } from '../../../plugin-api/index.ts';
import { collected, type Decoded } from './collected.ts';
import {
  addressText,
  decimalText,
  finiteNumber,
  isObject,
  shortText,
  shown,
  sideWord,
  wholeNumber,
} from './values.ts';

type AccountEvent = typeof account | typeof position;

/** Makes a statement of equity of its parts. */
export function accountOf(parts: {
  readonly user: unknown;
  readonly time: unknown;
  readonly accountValue: unknown;
  readonly totalPnl: unknown;
}): Decoded<typeof account> {
  const user = addressText(parts.user);
  if (user === undefined) return `the wallet must be an address; found ${shown(parts.user)}`;
  const time = wholeNumber(parts.time);
  if (time === undefined) return `the time must be whole milliseconds; found ${shown(parts.time)}`;
  const accountValue = decimalText(parts.accountValue);
  if (accountValue === undefined) return `the equity must be a decimal; found ${shown(parts.accountValue)}`;
  const totalPnl = decimalText(parts.totalPnl) ?? null;
  return collected(account, user, time, `${user}:${time}`, { user, accountValue, totalPnl });
}

/**
 * Decodes a `clearinghouseState`: one position for each that is open. A coin that is flat is simply absent from it. Its account
 * value is that of one exchange only, so that it makes a statement of equity only where it is said to be the whole.
 */
export function decodeClearinghouse(
  userValue: unknown,
  state: unknown,
  at: { readonly receivedAt: number; readonly isWholeAccount?: boolean },
): Decoded<AccountEvent>[] {
  const user = addressText(userValue);
  if (user === undefined) return [`the wallet must be an address; found ${shown(userValue)}`];
  if (!isObject(state) || !Array.isArray(state.assetPositions)) {
    return ['an account state must have `assetPositions`'];
  }
  const time = wholeNumber(state.time) ?? at.receivedAt;
  const drafts: Decoded<AccountEvent>[] = state.assetPositions.map(item => decodePosition(user, item, time));
  const summary = state.marginSummary;
  if (at.isWholeAccount === true && isObject(summary)) {
    drafts.push(accountOf({ user, time, accountValue: summary.accountValue, totalPnl: undefined }));
  }
  return drafts;
}

function decodePosition(user: string, raw: unknown, time: number): Decoded<typeof position> {
  const item = isObject(raw) && isObject(raw.position) ? raw.position : undefined;
  const coin = shortText(item?.coin);
  const size = decimalText(item?.szi);
  if (item === undefined || coin === undefined || size === undefined) {
    return `a position must have \`coin\` and \`szi\`; found ${shown(raw)}`;
  }
  const leverage = isObject(item.leverage) ? item.leverage : {};
  const type = leverage.type;
  return collected(position, user, time, `${user}:${coin}:${time}`, {
    user,
    coin,
    size,
    entryPrice: decimalText(item.entryPx) ?? null,
    leverage: finiteNumber(leverage.value) ?? null,
    leverageType: type === 'cross' || type === 'isolated' ? type : null,
    marginUsed: decimalText(item.marginUsed) ?? null,
    liquidationPrice: decimalText(item.liquidationPx) ?? null,
    unrealisedPnl: decimalText(item.unrealizedPnl) ?? null,
    positionValue: decimalText(item.positionValue) ?? null,
  });
}

/**
 * Decodes a state of an order: `{order, status, statusTimestamp}` of the socket and of `historicalOrders`, the nodes'
 * `{order, status, time}`, or a bare open order.
 */
export function decodeOrder(userValue: unknown, raw: unknown, receivedAt?: number): Decoded<typeof order> {
  const user = addressText(userValue);
  if (user === undefined) return `the wallet must be an address; found ${shown(userValue)}`;
  if (!isObject(raw)) return `an order must be an object; found ${shown(raw)}`;
  const inner = isObject(raw.order) ? raw.order : raw;
  const coin = shortText(inner.coin);
  const orderId = wholeNumber(inner.oid);
  const side = sideWord(inner.side);
  const limitPrice = decimalText(inner.limitPx);
  const size = decimalText(inner.sz);
  const placedAt = wholeNumber(inner.timestamp);
  if (
    coin === undefined ||
    orderId === undefined ||
    side === undefined ||
    limitPrice === undefined ||
    size === undefined ||
    placedAt === undefined
  ) {
    return `an order must have coin, oid, side, limitPx, sz and timestamp; found ${shown(inner)}`;
  }
  const status = shortText(raw.status) ?? 'open';
  const time = wholeNumber(raw.statusTimestamp) ?? receivedAt ?? placedAt;
  const isTrigger = inner.isTrigger === true;
  return collected(order, user, time, `${user}:${orderId}:${status}:${time}:${size}`, {
    user,
    coin,
    orderId,
    side,
    orderType: shortText(inner.orderType) ?? null,
    limitPrice,
    triggerPrice: isTrigger ? (decimalText(inner.triggerPx) ?? null) : null,
    size,
    originalSize: decimalText(inner.origSz) ?? size,
    reduceOnly: inner.reduceOnly === true,
    status,
    placedAt,
  });
}

/** Decodes one funding payment: the flat form of the socket, or `{time, delta}` of `userFunding`. */
export function decodeFundingPayment(userValue: unknown, raw: unknown): Decoded<typeof fundingPayment> {
  const user = addressText(userValue);
  if (user === undefined) return `the wallet must be an address; found ${shown(userValue)}`;
  if (!isObject(raw)) return `a funding payment must be an object; found ${shown(raw)}`;
  const delta = isObject(raw.delta) ? raw.delta : raw;
  const time = wholeNumber(raw.time);
  const coin = shortText(delta.coin);
  const amount = decimalText(delta.usdc);
  const positionSize = decimalText(delta.szi);
  if (time === undefined || coin === undefined || amount === undefined || positionSize === undefined) {
    return `a funding payment must have time, coin, usdc and szi; found ${shown(raw)}`;
  }
  const rate = finiteNumber(delta.fundingRate) ?? null;
  return collected(fundingPayment, user, time, `${user}:${coin}:${time}`, {
    user,
    coin,
    amount,
    positionSize,
    rate,
  });
}
