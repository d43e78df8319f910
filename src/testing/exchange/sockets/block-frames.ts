import type { Block, ExchangeState } from '../state/exchange-state.ts';
import type { WireFill, WireFrontendOrder, WireOrder, WireOrderUpdate } from '../state/wire.ts';
import type { NormalSubscription } from './subscription-types.ts';

const none: readonly unknown[] = [];

/** What a block has for a subscription: the `data` of each frame to send. */
export function blockFrames(
  block: Block,
  { type, echo, coin = '', user = '' }: NormalSubscription,
  state: ExchangeState,
): readonly unknown[] {
  switch (type) {
    case 'trades':
      return frameWith(block.trades.get(coin), trades => trades);
    case 'candle': {
      const bar = block.candles.has(coin) ? state.view(echo) : undefined;
      return bar === undefined ? none : [bar];
    }
    case 'userFills':
      return frameWith(block.fills.get(user), fills => ({
        user,
        fills: echo.aggregateByTime === true ? aggregateFills(fills) : fills,
      }));
    case 'userFundings':
      return frameWith(block.fundings.get(user), fundings => ({ user, fundings }));
    case 'userNonFundingLedgerUpdates':
      return frameWith(block.ledger.get(user), nonFundingLedgerUpdates => ({
        user,
        nonFundingLedgerUpdates,
      }));
    case 'userTwapSliceFills':
      return frameWith(block.twapFills.get(user), twapSliceFills => ({ user, twapSliceFills }));
    case 'userTwapHistory':
      return frameWith(block.twapHistory.get(user), history => ({ user, history }));
    case 'orderUpdates':
      return frameWith(block.orders.get(user), updates => updates);
    case 'userHistoricalOrders':
      return frameWith(block.orders.get(user), updates => ({
        user,
        orderHistory: updates.map(update => wholeOrder(update, user, state)),
      }));
    case 'userEvents':
      return userEvents(block, user);
    case 'notification':
      return (block.userEvents.get(user) ?? none).flatMap(event =>
        'liquidation' in (event as object) ? [{ notification: 'Your positions have been liquidated.' }] : [],
      );
    default:
      return none;
  }
}

function frameWith<T>(
  rows: readonly T[] | undefined,
  data: (rows: readonly T[]) => unknown,
): readonly unknown[] {
  return rows === undefined || rows.length === 0 ? none : [data(rows)];
}

/** The frames of the `user` channel, which name no user. */
function userEvents(block: Block, user: string): readonly unknown[] {
  return [
    ...frameWith(block.fills.get(user), fills => ({ fills })),
    ...frameWith(block.twapFills.get(user), twapSliceFills => ({ twapSliceFills })),
    ...frameWith(block.twapHistory.get(user), twapHistory => ({ twapHistory })),
    ...(block.fundings.get(user) ?? none).map(funding => ({ funding })),
    ...(block.userEvents.get(user) ?? none),
  ];
}

/** An update with the order as order histories show it. */
function wholeOrder(update: WireOrderUpdate, user: string, state: ExchangeState): unknown {
  const answer = state.info({ type: 'orderStatus', user, oid: update.order.oid });
  const { order } = (answer.body ?? {}) as { readonly order?: { readonly order: object } };
  const { status, statusTimestamp } = update;
  const { sz } = update.order;
  if (order !== undefined) return { order: { ...order.order, sz }, status, statusTimestamp };
  // Note: the exchange forgets orders; what the update itself says is then all that is known.
  return { order: plainOrder(update.order), status, statusTimestamp };
}

/** An order as order histories and nodes show it, of which no more is known than that it is a limit order. */
export function plainOrder(order: WireOrder): WireFrontendOrder {
  return {
    coin: order.coin,
    side: order.side,
    limitPx: order.limitPx,
    sz: order.sz,
    oid: order.oid,
    timestamp: order.timestamp,
    triggerCondition: 'N/A',
    isTrigger: false,
    triggerPx: '0.0',
    children: [],
    isPositionTpsl: false,
    reduceOnly: order.reduceOnly === true,
    orderType: 'Limit',
    origSz: order.origSz,
    tif: 'Gtc',
    cloid: order.cloid ?? null,
  };
}

/** Merges the fills of one order in one block at one price and side into one, as `aggregateByTime` asks. */
export function aggregateFills(fills: readonly WireFill[]): WireFill[] {
  const merged = new Map<string, WireFill>();
  for (const fill of fills) {
    const key = `${fill.oid}/${fill.coin}/${fill.time}/${fill.px}/${fill.crossed}`;
    const before = merged.get(key);
    merged.set(
      key,
      before === undefined
        ? fill
        : {
            ...before,
            sz: sumOf(before.sz, fill.sz),
            closedPnl: sumOf(before.closedPnl, fill.closedPnl),
            fee: sumOf(before.fee, fill.fee),
          },
    );
  }
  return [...merged.values()];
}

/** The exact sum of two decimals. */
function sumOf(left: string, right: string): string {
  const scale = Math.max(left.split('.')[1]?.length ?? 0, right.split('.')[1]?.length ?? 0);
  const digits = (text: string) => {
    const [whole = '', fraction = ''] = text.replace('-', '').split('.');
    const value = BigInt(whole + fraction.padEnd(scale, '0'));
    return text.startsWith('-') ? -value : value;
  };
  const sum = digits(left) + digits(right);
  const text = (sum < 0n ? -sum : sum).toString().padStart(scale + 1, '0');
  const point = text.length - scale;
  return `${sum < 0n ? '-' : ''}${text.slice(0, point)}${scale > 0 ? `.${text.slice(point)}` : ''}`;
}
