import type { Block, ExchangeState } from '../state/exchange-state.ts';
import { aggregated } from '../state/info/histories.ts';
import type { WireFrontendOrder, WireOrder, WireOrderUpdate } from '../state/wire.ts';
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
        fills: echo.aggregateByTime === true ? [...aggregated(fills.toReversed())].reverse() : fills,
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
