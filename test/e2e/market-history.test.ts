import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { address, ask, asOf, insert, type Platform, startPlatform, trader } from './platform.ts';

const at = (n: number) => ({ tsEvent: asOf + n, tsIngest: asOf + n, seq: n });

describe('what is kept of markets', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await startPlatform('pglite-memory://');
    const { store } = platform;
    await insert(store, 'traders', [trader(1)]);
    await insert(
      store,
      'marks',
      ['BTC', 'ETH'].map(coin => ({ coin, ...at(1) })),
    );
    const order = {
      wallet: address(1),
      side: 'buy',
      size: '1',
      originalSize: '2',
      reduceOnly: false,
      placedAt: asOf,
    };
    await insert(store, 'orders', [
      { ...at(1), ...order, eventId: 1, coin: 'BTC', orderId: 7, limitPrice: '99.50', status: 'open' },
      { ...at(2), ...order, eventId: 2, coin: 'BTC', orderId: 7, limitPrice: '99.50', status: 'filled' },
    ]);
    const sides = { bids: [{ price: '99', size: '1', orders: 1 }], asks: [] };
    await insert(store, 'books', [
      { ...at(1), eventId: 1, coin: 'BTC', mid: 100, ...sides },
      { ...at(2), eventId: 2, coin: 'BTC', mid: null, ...sides },
    ]);
    await insert(store, 'funding', [
      { ...at(1), coin: 'BTC', rate: 0.00001 },
      { ...at(2), coin: 'BTC', rate: 0.00002 },
      { ...at(2), coin: 'ETH', rate: 0.5 },
    ]);
    await insert(store, 'tickers', [{ ...at(1), day: 0, coin: 'BTC', price: '100', dayVolumeUsd: '5.5' }]);
    await insert(store, 'markDays', [{ ...at(1), day: 0, coin: 'BTC', openInterest: '12.5' }]);
  });
  afterAll(() => platform.stop());

  const nodes = async (field: string, type: string, selection: string) => {
    const answer = await ask(
      platform,
      `{ it: ${field} { ... on ${type}Connection { edges { node { ${selection} } } } ... on NotFoundError { code } } }`,
    );
    return answer.data.it.edges?.map(({ node }: { node: unknown }) => node) ?? answer.data.it;
  };

  it('has the orders of a trader, newest first, by status', async () => {
    const of = `trader: "${address(1)}"`;
    expect(await nodes(`orders(${of})`, 'Order', 'orderId status limitPrice')).toEqual([
      { orderId: 7, status: 'filled', limitPrice: '99.50' },
      { orderId: 7, status: 'open', limitPrice: '99.50' },
    ]);
    expect(await nodes(`orders(${of}, status: ["open"])`, 'Order', 'status')).toEqual([{ status: 'open' }]);
    expect(await nodes('orders(coin: "DOGE")', 'Order', 'status')).toMatchObject({ code: 'COIN_UNKNOWN' });
  });

  it('has the latest book of a coin', async () => {
    expect(await nodes('books(coin: "BTC", first: 1)', 'Book', 'mid bids')).toEqual([
      { mid: null, bids: [{ price: '99', size: '1', orders: 1 }] },
    ]);
  });

  it('has the funding rates of a coin within a time, and its days', async () => {
    expect(await nodes(`fundingRates(coin: "BTC", to: ${asOf + 2})`, 'FundingRate', 'rate')).toEqual([
      { rate: 0.00001 },
    ]);
    expect(await nodes('tickers(coin: "BTC")', 'Ticker', 'price dayVolumeUsd')).toEqual([
      { price: '100', dayVolumeUsd: '5.5' },
    ]);
    expect(await nodes('markDays(coin: "BTC")', 'MarkDay', 'openInterest mark')).toEqual([
      { openInterest: '12.5', mark: null },
    ]);
  });
});
