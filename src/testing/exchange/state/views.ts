import type { Interval } from './candle-log.ts';
import { wirePayment } from './funding.ts';
import { abstractionOf, activeAssetDataOf, spotOf, stateOf, statesOf } from './info/accounts.ts';
import { historicalOrdersOf, newestFills, newestTwapFills, openOrdersOf } from './info/histories.ts';
import { bookOf, contextOf, midsOf, spotContextOf, spotContexts } from './info/markets.ts';
import { addressIn, dexIn, type InfoRequest } from './info/request.ts';
import { wireFrontendOrder } from './order-log.ts';
import type { Market } from './universe.ts';
import type { World } from './world.ts';

const replayedTrades = 30;
const snapshotRows = 500;

type View = (subscription: InfoRequest, world: World) => unknown;

/** A view of one coin that trades. */
const ofMarket =
  (view: (market: Market, subscription: InfoRequest, world: World) => unknown): View =>
  (subscription, world) => {
    const { coin } = subscription;
    const market = typeof coin === 'string' ? world.venue.universe.byCoin(coin) : undefined;
    return market === undefined ? undefined : view(market, subscription, world);
  };

/** A view of one user, who may be unknown. */
const ofAddress =
  (view: (address: string, subscription: InfoRequest, world: World) => unknown): View =>
  (subscription, world) => {
    const address = addressIn(subscription.user);
    return address === undefined ? undefined : view(address, subscription, world);
  };

const accountOf = (world: World, address: string) => world.venue.book.of(address);

const views: Readonly<Record<string, View>> = {
  l2Book: ofMarket((market, { nSigFigs, mantissa, fast }, world) =>
    market.isDelisted
      ? undefined
      : {
          ...bookOf(world, market, {
            levels: fast === true ? 5 : 20,
            ...(typeof nSigFigs === 'number' ? { figures: nSigFigs } : {}),
            ...(typeof mantissa === 'number' ? { mantissa } : {}),
          }),
          ...(fast === true ? { fast: true } : {}),
        },
  ),
  bbo: ofMarket((market, _, world) => {
    if (market.isDelisted) return undefined;
    const { bids, asks } = world.depthOf(market, 1);
    return { coin: market.coin, time: world.venue.now, bbo: [bids[0] ?? null, asks[0] ?? null] };
  }),
  candle: ofMarket((market, { interval }, world) => world.venue.candles.latest(market, interval as Interval)),
  allMids: (subscription, world) => {
    const dex = dexIn(subscription, world);
    if (dex === undefined) return undefined;
    return { mids: midsOf(world, dex), ...(dex.index === 0 ? {} : { dex: dex.name }) };
  },
  activeAssetCtx: ofMarket((market, _, world) => ({
    coin: market.coin,
    ctx: market.kind === 'spot' ? spotContextOf(world, market) : contextOf(world, market),
  })),
  assetCtxs: (subscription, world) => {
    const dex = dexIn(subscription, world);
    if (dex === undefined) return undefined;
    return { dex: dex.name, ctxs: dex.markets.map(market => contextOf(world, market)) };
  },
  allDexsAssetCtxs: (_, world) => ({
    ctxs: world.venue.universe.dexes.map(({ name, markets }) => [
      name,
      markets.map(market => contextOf(world, market)),
    ]),
  }),
  spotAssetCtxs: (_, world) => spotContexts(world),
  clearinghouseState: ofAddress((user, subscription, world) => {
    const dex = dexIn(subscription, world);
    if (dex === undefined) return undefined;
    return { dex: dex.name, user, clearinghouseState: stateOf(world, accountOf(world, user), dex) };
  }),
  allDexsClearinghouseState: ofAddress((user, _, world) => ({
    user,
    clearinghouseStates: statesOf(world, accountOf(world, user)),
  })),
  spotState: ofAddress((user, _, world) => ({ user, spotState: spotOf(world, accountOf(world, user)) })),
  openOrders: ofAddress((user, subscription, world) => {
    const dex = dexIn(subscription, world);
    if (dex === undefined) return undefined;
    const orders = openOrdersOf(world, accountOf(world, user), dex);
    return {
      dex: dex.name,
      user,
      orders: orders.map(order => wireFrontendOrder(order, world.venue.identifiers)),
    };
  }),
  twapStates: ofAddress((user, subscription, world) => {
    const dex = dexIn(subscription, world);
    const account = accountOf(world, user);
    if (dex === undefined) return undefined;
    const states = account === undefined ? [] : world.twaps.statesOf(account);
    const isOfDex = (coin: string) => world.venue.universe.byCoin(coin)?.dex === dex.index;
    return { dex: dex.name, user, states: states.filter(([, { coin }]) => isOfDex(coin)) };
  }),
  activeAssetData: ofAddress((user, { coin }, world) =>
    typeof coin === 'string' ? activeAssetDataOf(world, accountOf(world, user), user, coin) : undefined,
  ),
  webData3: ofAddress((user, _, world) => {
    const account = accountOf(world, user);
    return {
      userState: {
        agentAddress: null,
        agentValidUntil: null,
        cumLedger: '0.0',
        serverTime: world.venue.now,
        isVault: account?.kind === 'vault',
        user,
        abstraction: abstractionOf(account),
      },
      perpDexStates: world.venue.universe.dexes.map(() => ({ totalVaultEquity: '0.0' })),
    };
  }),
};

const histories: Readonly<Record<string, View>> = {
  trades: ofMarket((market, _, world) => world.venue.tradesOf(market).slice(-replayedTrades)),
  userFills: ofAddress((user, { aggregateByTime }, world) => ({
    isSnapshot: true,
    user,
    fills: newestFills(world, accountOf(world, user), aggregateByTime === true).slice(0, snapshotRows),
  })),
  userTwapSliceFills: ofAddress((user, _, world) => ({
    isSnapshot: true,
    user,
    twapSliceFills: newestTwapFills(world, accountOf(world, user)).slice(0, snapshotRows),
  })),
  userFundings: ofAddress((user, _, world) => {
    const account = accountOf(world, user);
    const payments = account === undefined ? [] : world.funding.paymentsOf(account, snapshotRows);
    return { isSnapshot: true, user, fundings: payments.map(wirePayment) };
  }),
  userNonFundingLedgerUpdates: ofAddress((user, _, world) => {
    const account = accountOf(world, user);
    const updates = account === undefined ? [] : world.ledger.of(account).slice(-snapshotRows);
    return { isSnapshot: true, user, nonFundingLedgerUpdates: updates };
  }),
  userTwapHistory: ofAddress((user, _, world) => {
    const account = accountOf(world, user);
    return { isSnapshot: true, user, history: account === undefined ? [] : world.twaps.historyOf(account) };
  }),
  userHistoricalOrders: ofAddress((user, _, world) => ({
    isSnapshot: true,
    user,
    orderHistory: historicalOrdersOf(world, accountOf(world, user)).slice(0, snapshotRows),
  })),
};

/** What a frame of an absolute subscription would have as its data now. */
export function viewOf(subscription: InfoRequest, world: World): unknown {
  return typeof subscription.type === 'string' ? views[subscription.type]?.(subscription, world) : undefined;
}

/** The first frame of a time series. */
export function historyOf(subscription: InfoRequest, world: World): unknown {
  return typeof subscription.type === 'string'
    ? histories[subscription.type]?.(subscription, world)
    : undefined;
}
