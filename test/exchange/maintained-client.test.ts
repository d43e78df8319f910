import {
  ExplorerClient,
  HttpRequestError,
  HttpTransport,
  InfoClient,
  type ISubscription,
  SubscriptionClient,
  WebSocketRequestError,
  WebSocketTransport,
} from '@nktkas/hyperliquid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { explorerFrameSchemas, frameDataSchemas } from '../../src/testing/exchange/wire/frames.ts';
import { infoAnswerSchemas } from '../../src/testing/exchange/wire/info-answers.ts';
import { presentFill } from '../../src/testing/exchange/wire/users.ts';
import { type Exchange, startExchange } from '../../src/testing/index.ts';

/*
 * The maintained client of the exchange, as it is published, against the local exchange: every request and subscription that the
 * collectors use, and how each can fail. What comes is checked with the schemas that recorded messages of the real exchange fit.
 */

let exchange: Exchange;
let http: HttpTransport;
let info: InfoClient;
let explorer: ExplorerClient<HttpTransport>;
const sockets: WebSocketTransport[] = [];

/** An account that has traded perps, and one of each special kind. */
let trader = '' as `0x${string}`;
let vault = '' as `0x${string}`;
const nobody = `0x${'00'.repeat(19)}09` as const;
const coin = 'BTC';

beforeAll(async () => {
  exchange = await startExchange({
    seed: 11,
    markets: 'load',
    wallets: 60,
    tradesPerSecond: 40,
    coins: { perps: 20, builder: 40, spot: 12 },
    limits: 'off',
    cadences: { l2Book: 200, userStates: 200, contexts: 200, allMids: 200 },
  });
  await exchange.advance(3_700_000);
  http = new HttpTransport({ apiUrl: exchange.url, rpcUrl: exchange.url });
  info = new InfoClient({ transport: http });
  explorer = new ExplorerClient({ transport: http });
  trader = (exchange.state.users.find(isBusy) ?? '') as never;
  const listed = exchange.state.vaults() as { readonly summary: { readonly vaultAddress: `0x${string}` } }[];
  vault = listed[0]?.summary.vaultAddress ?? nobody;
}, 120_000);

afterAll(async () => {
  for (const socket of sockets) socket.close();
  await exchange.stop();
});

/** Whether a user has positions, fills and orders. */
function isBusy(user: string): boolean {
  const count = (type: string) =>
    (exchange.state.info({ type, user }).body as unknown as readonly unknown[]).length;
  return (
    exchange.state.positionsOf(user).size > 2 && count('userFills') > 20 && count('historicalOrders') > 20
  );
}

/** What a client of this transport sees is what came, so that the schemas judge the exchange. */
function connect(url = exchange.wsUrl): WebSocketTransport {
  const transport = new WebSocketTransport({ url, timeout: 3_000 });
  sockets.push(transport);
  return transport;
}

function expectFits(schema: z.ZodType | undefined, value: unknown): void {
  const parsed = schema?.safeParse(value);
  expect(parsed?.success === false ? z.prettifyError(parsed.error) : parsed?.success).toBe(true);
}

const recently = () => exchange.state.now - 3_600_000;

describe('requests answer what recorded answers are like', () => {
  const requests: Record<string, () => Promise<unknown>> = {
    meta: () => info.meta(),
    allPerpMetas: () => info.allPerpMetas(),
    metaAndAssetCtxs: () => info.metaAndAssetCtxs({ dex: 'xyz' }),
    spotMeta: () => info.spotMeta(),
    spotMetaAndAssetCtxs: () => info.spotMetaAndAssetCtxs(),
    perpDexs: () => info.perpDexs(),
    perpDexStatus: () => info.perpDexStatus({ dex: 'xyz' }),
    perpDexLimits: () => info.perpDexLimits({ dex: 'xyz' }),
    perpsAtOpenInterestCap: () => info.perpsAtOpenInterestCap(),
    allMids: () => info.allMids(),
    l2Book: () => info.l2Book({ coin, nSigFigs: 5, mantissa: 2 }),
    candleSnapshot: () => info.candleSnapshot({ coin, interval: '1m', startTime: recently() }),
    recentTrades: () => info.recentTrades({ coin }),
    fundingHistory: () => info.fundingHistory({ coin, startTime: recently() - 3_600_000 }),
    predictedFundings: () => info.predictedFundings(),
    exchangeStatus: () => info.exchangeStatus(),
    liquidatable: () => info.liquidatable(),
    clearinghouseState: () => info.clearinghouseState({ user: trader, dex: 'xyz' }),
    spotClearinghouseState: () => info.spotClearinghouseState({ user: trader }),
    userAbstraction: () => info.userAbstraction({ user: trader }),
    openOrders: () => info.openOrders({ user: trader }),
    frontendOpenOrders: () => info.frontendOpenOrders({ user: trader }),
    orderStatus: () => info.orderStatus({ user: trader, oid: 1 }),
    historicalOrders: () => info.historicalOrders({ user: trader }),
    userFills: () => info.userFills({ user: trader, aggregateByTime: true }),
    userFillsByTime: () => info.userFillsByTime({ user: trader, startTime: recently() }),
    userTwapSliceFills: () => info.userTwapSliceFills({ user: trader }),
    userTwapSliceFillsByTime: () => info.userTwapSliceFillsByTime({ user: trader, startTime: recently() }),
    twapHistory: () => info.twapHistory({ user: trader }),
    userFunding: () => info.userFunding({ user: trader, startTime: recently() - 3_600_000 }),
    userNonFundingLedgerUpdates: () => info.userNonFundingLedgerUpdates({ user: trader, startTime: 0 }),
    portfolio: () => info.portfolio({ user: trader }),
    webData2: () => info.webData2({ user: trader }),
    subAccounts: () => info.subAccounts({ user: trader }),
    subAccounts2: () => info.subAccounts2({ user: trader }),
    userRole: () => info.userRole({ user: trader }),
    vaultDetails: () => info.vaultDetails({ vaultAddress: vault }),
    vaultSummaries: () => info.vaultSummaries(),
    userVaultEquities: () => info.userVaultEquities({ user: trader }),
    leadingVaults: () => info.leadingVaults({ user: trader }),
    userRateLimit: () => info.userRateLimit({ user: trader }),
    activeAssetData: () => info.activeAssetData({ user: trader, coin }),
    extraAgents: () => info.extraAgents({ user: trader }),
  };

  test.each(Object.keys(requests))('%s', async type => {
    const answer = await requests[type]?.();
    expectFits(infoAnswerSchemas[type], answer);
  });

  test.each([
    'meta',
    'spotMeta',
    'perpDexs',
    'candleSnapshot',
    'recentTrades',
    'fundingHistory',
    'userFills',
    'userFillsByTime',
    'historicalOrders',
    'userFunding',
    'userNonFundingLedgerUpdates',
  ])('%s with something in it', async type => {
    expect(JSON.stringify(await requests[type]?.()).length).toBeGreaterThan(60);
  });

  test('fills have all that the exchange writes at present', async () => {
    expectFits(z.array(presentFill).min(10), await info.userFills({ user: trader }));
  });

  test('the same by a post on a socket', async () => {
    const client = new InfoClient({ transport: connect() });
    expectFits(infoAnswerSchemas.meta, await client.meta());
    expectFits(infoAnswerSchemas.clearinghouseState, await client.clearinghouseState({ user: trader }));
  });
});

describe('requests fail as they do on the exchange', () => {
  test('an unknown coin has no book, and breaks candles and funding', async () => {
    expect(await info.l2Book({ coin: 'NONE' })).toBeNull();
    const candles = info.candleSnapshot({ coin: 'NONE', interval: '1m', startTime: 0 });
    await expect(candles).rejects.toThrow(/^500/);
    await expect(info.fundingHistory({ coin: 'NONE', startTime: 0 })).rejects.toThrow(/^500/);
  });

  test('an unknown user is empty', async () => {
    expect(await info.clearinghouseState({ user: nobody })).toMatchObject({
      marginSummary: { accountValue: '0.0' },
      assetPositions: [],
    });
    expect(await info.userFills({ user: nobody })).toEqual([]);
    expect(await info.subAccounts({ user: nobody })).toBeNull();
    expect(await info.vaultDetails({ vaultAddress: nobody })).toBeNull();
    expect(await info.userRole({ user: nobody })).toEqual({ role: 'missing' });
    expect(await info.orderStatus({ user: nobody, oid: 5 })).toEqual({ status: 'unknownOid' });
  });

  test('an unknown request is 422 with a text that is no JSON', async () => {
    const failure = http.request('info', { type: 'everything' });
    await expect(failure).rejects.toThrow(HttpRequestError);
    await expect(failure).rejects.toThrow(
      '422 Unprocessable Entity - Failed to deserialize the JSON body into the target type',
    );
  });

  test('a post of an unknown request fails with the same text', async () => {
    const failure = connect().request('info', { type: 'everything' });
    await expect(failure).rejects.toThrow('Failed to deserialize the JSON body into the target type');
  });
});

describe('subscriptions bring what recorded frames are like', { timeout: 15_000 }, () => {
  type Subscribe = (client: SubscriptionClient, listener: (data: unknown) => void) => Promise<ISubscription>;
  const subscriptions: Record<string, Subscribe> = {
    trades: (client, listener) => client.trades({ coin }, listener),
    l2Book: (client, listener) => client.l2Book({ coin }, listener),
    bbo: (client, listener) => client.bbo({ coin }, listener),
    candle: (client, listener) => client.candle({ coin, interval: '1m' }, listener),
    allMids: (client, listener) => client.allMids(listener),
    activeAssetCtx: (client, listener) => client.activeAssetCtx({ coin }, listener),
    activeSpotAssetCtx: (client, listener) => client.activeSpotAssetCtx({ coin: spotCoin() }, listener),
    assetCtxs: (client, listener) => client.assetCtxs({ dex: 'xyz' }, listener),
    allDexsAssetCtxs: (client, listener) => client.allDexsAssetCtxs(listener),
    spotAssetCtxs: (client, listener) => client.spotAssetCtxs(listener),
    userFills: (client, listener) => client.userFills({ user: trader }, listener),
    userFundings: (client, listener) => client.userFundings({ user: trader }, listener),
    userNonFundingLedgerUpdates: (client, listener) =>
      client.userNonFundingLedgerUpdates({ user: trader }, listener),
    userHistoricalOrders: (client, listener) => client.userHistoricalOrders({ user: trader }, listener),
    userTwapSliceFills: (client, listener) => client.userTwapSliceFills({ user: trader }, listener),
    userTwapHistory: (client, listener) => client.userTwapHistory({ user: trader }, listener),
    clearinghouseState: (client, listener) => client.clearinghouseState({ user: trader }, listener),
    allDexsClearinghouseState: (client, listener) =>
      client.allDexsClearinghouseState({ user: trader }, listener),
    spotState: (client, listener) => client.spotState({ user: trader }, listener),
    openOrders: (client, listener) => client.openOrders({ user: trader }, listener),
    twapStates: (client, listener) => client.twapStates({ user: trader }, listener),
    activeAssetData: (client, listener) => client.activeAssetData({ user: trader, coin }, listener),
    webData3: (client, listener) => client.webData3({ user: trader }, listener),
  };
  const spotCoin = () => exchange.state.coins.find(name => name.startsWith('@')) ?? 'PURR/USDC';

  test.each(Object.keys(subscriptions))('%s', async type => {
    const client = new SubscriptionClient({ transport: connect() });
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const subscription = await subscriptions[type]?.(client, resolve);
    expectFits(frameDataSchemas[type], await promise);
    await subscription?.unsubscribe();
  });

  test('fastAssetCtxs, deflated, whole at first', async () => {
    const client = new SubscriptionClient({ transport: connect() });
    const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>();
    await client.fastAssetCtxs(resolve);
    const contexts = await promise;
    expect(contexts[coin]).toEqual({ markPx: expect.any(String), midPx: expect.any(String) });
    // 20 + 40 + 12 markets.
    expect(Object.keys(contexts).length).toBeGreaterThanOrEqual(72);
  });

  test('userEvents and orderUpdates of somebody who trades, without a snapshot', async () => {
    const client = new SubscriptionClient({ transport: connect() });
    const events: unknown[] = [];
    const updates: unknown[] = [];
    await client.userEvents({ user: trader }, event => events.push(event));
    await client.orderUpdates({ user: trader }, update => updates.push(update));
    exchange.state.provoke({ kind: 'trade', user: trader, coin, size: '0.01' });
    await expect.poll(() => events.length, { timeout: 5_000 }).toBeGreaterThan(0);
    await expect.poll(() => updates.length, { timeout: 5_000 }).toBeGreaterThan(0);
    for (const event of events) expectFits(frameDataSchemas.user, event);
    for (const update of updates) expectFits(frameDataSchemas.orderUpdates, update);
  });

  test.each(['explorerBlock', 'explorerTxs'] as const)('%s as bare arrays', async type => {
    const client = new ExplorerClient({ transport: connect(exchange.explorerUrl) as never });
    const { promise, resolve } = Promise.withResolvers<unknown>();
    await (client as unknown as Record<string, (listener: (data: unknown) => void) => Promise<unknown>>)[
      type
    ]?.(resolve);
    exchange.state.provoke({ kind: 'withdraw', user: trader, usd: '125' });
    expectFits(explorerFrameSchemas[type], await promise);
  });
});

describe('subscriptions fail as they do on the exchange', () => {
  test('an unknown coin is refused at once, by a text that the client understands', async () => {
    const client = new SubscriptionClient({ transport: connect() });
    const failure = client.trades({ coin: 'NONE' }, () => {});
    await expect(failure).rejects.toThrow(WebSocketRequestError);
    await expect(failure).rejects.toThrow('Invalid subscription {"type":"trades","coin":"NONE"}');
  });

  test('what is subscribed to twice on a socket, likewise', async () => {
    const transport = connect();
    await transport.ready();
    transport.socket.send('{"method":"subscribe","subscription":{"type":"trades","coin":"ETH"}}');
    const client = new SubscriptionClient({ transport });
    await expect(client.trades({ coin: 'ETH' }, () => {})).resolves.toBeDefined();
    await expect(transport.request('info', { type: 'exchangeStatus' })).resolves.toBeDefined();
  });

  test('an expired socket is opened again, with all that it had', async () => {
    const transport = connect();
    const client = new SubscriptionClient({ transport });
    let frames = 0;
    await client.allMids(() => {
      frames += 1;
    });
    await expect.poll(() => frames).toBeGreaterThan(0);
    const closes: CloseEvent[] = [];
    transport.socket.addEventListener('close', event => closes.push(event as CloseEvent), { once: true });
    exchange.faults.inject({ kind: 'rotate' });
    await expect.poll(() => closes, { timeout: 5_000 }).toMatchObject([{ code: 1000, reason: 'Expired' }]);
    const before = frames;
    await expect.poll(() => frames, { timeout: 10_000 }).toBeGreaterThan(before);
  });
});

describe('the explorer answers', () => {
  test('a block, its transactions and its users', async () => {
    exchange.state.provoke({ kind: 'withdraw', user: trader, usd: '250' });
    await exchange.advance(500);
    const { txs } = await explorer.userDetails({ user: trader });
    const [transaction] = txs;
    expect(transaction?.user).toBe(trader);
    const { blockDetails } = await explorer.blockDetails({ height: transaction?.block ?? 0 });
    expect(blockDetails.txs.map(({ hash }) => hash)).toContain(transaction?.hash);
    expect(blockDetails.numTxs).toBe(blockDetails.txs.length);
    const { tx } = await explorer.txDetails({ hash: transaction?.hash as `0x${string}` });
    expect(tx).toEqual(transaction);
  });

  test('what does not exist with an error', async () => {
    await expect(explorer.blockDetails({ height: 2_000_000_000 })).rejects.toThrow(/does not exist/);
  });
});
