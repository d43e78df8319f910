import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bareChannel,
  channelName,
  confirms,
  messageKey,
  normalised,
  subscriptionId,
  subscriptionRoute,
} from './routes.ts';

const user = `0x${'A'.repeat(40)}`;
const lower = user.toLowerCase();

/** A subscription, and a message of it as the exchange sends it. */
const pairs: readonly (readonly [Record<string, unknown>, string, unknown])[] = [
  [{ type: 'trades', coin: 'BTC' }, 'trades', [{ coin: 'BTC' }, { coin: 'BTC' }]],
  [{ type: 'l2Book', coin: '@107' }, 'l2Book', { coin: '@107', levels: [] }],
  [{ type: 'bbo', coin: 'xyz:NVDA' }, 'bbo', { coin: 'xyz:NVDA' }],
  [{ type: 'candle', coin: 'HYPE', interval: '1d' }, 'candle', { s: 'HYPE', i: '1d', t: 1 }],
  [{ type: 'candle', coin: 'HYPE', interval: '1d' }, 'candle', [{ s: 'HYPE', i: '1d' }]],
  [{ type: 'allMids' }, 'allMids', { mids: {} }],
  [{ type: 'allMids', dex: 'xyz' }, 'allMids', { mids: {}, dex: 'xyz' }],
  [{ type: 'activeAssetCtx', coin: 'BTC' }, 'activeAssetCtx', { coin: 'BTC', ctx: {} }],
  [{ type: 'activeAssetCtx', coin: '@1' }, 'activeSpotAssetCtx', { coin: '@1', ctx: {} }],
  [{ type: 'assetCtxs', dex: 'xyz' }, 'assetCtxs', { dex: 'xyz', ctxs: [] }],
  [{ type: 'allDexsAssetCtxs' }, 'allDexsAssetCtxs', { ctxs: [] }],
  [{ type: 'spotAssetCtxs' }, 'spotAssetCtxs', []],
  [{ type: 'fastAssetCtxs' }, 'fastAssetCtxs', 'base64'],
  [{ type: 'outcomeMetaUpdates' }, 'outcomeMetaUpdates', { updates: [] }],
  [{ type: 'userFills', user }, 'userFills', { user: lower, fills: [] }],
  [{ type: 'userFundings', user }, 'userFundings', { user: lower, isSnapshot: true, fundings: [] }],
  [{ type: 'userNonFundingLedgerUpdates', user }, 'userNonFundingLedgerUpdates', { user: lower }],
  [{ type: 'userHistoricalOrders', user }, 'userHistoricalOrders', { user: lower }],
  [{ type: 'userTwapSliceFills', user }, 'userTwapSliceFills', { user: lower }],
  [{ type: 'userTwapHistory', user }, 'userTwapHistory', { user: lower }],
  [{ type: 'orderUpdates', user }, 'orderUpdates', [{ order: {} }]],
  [{ type: 'userEvents', user }, 'user', { fills: [] }],
  [{ type: 'notification', user }, 'notification', { notification: 'x' }],
  [{ type: 'clearinghouseState', user }, 'clearinghouseState', { dex: '', user: lower }],
  [{ type: 'clearinghouseState', user, dex: 'xyz' }, 'clearinghouseState', { dex: 'xyz', user: lower }],
  [{ type: 'allDexsClearinghouseState', user }, 'allDexsClearinghouseState', { user: lower }],
  [{ type: 'spotState', user }, 'spotState', { user: lower, spotState: {} }],
  [{ type: 'openOrders', user }, 'openOrders', { dex: '', user: lower, orders: [] }],
  [{ type: 'twapStates', user }, 'twapStates', { dex: '', user: lower, states: [] }],
  [{ type: 'activeAssetData', user, coin: 'BTC' }, 'activeAssetData', { user: lower, coin: 'BTC' }],
  [{ type: 'webData3', user }, 'webData3', { userState: { user: lower } }],
];

test.each(pairs)('the messages of %j are found', (subscription, channel, data) => {
  const name = channelName(channel);
  expect({ channel: name, key: messageKey(name, data) }).toEqual(subscriptionRoute(subscription));
});

test('messages of one subscription are never taken for those of another', () => {
  const routes = pairs.map(([subscription]) => JSON.stringify(subscriptionRoute(subscription)));
  // `candle` and `activeAssetCtx` stand in the list twice, the latter for two coins.
  expect(new Set(routes).size).toBe(pairs.length - 1);
});

test('data that name nothing, or are something else, belong to nobody', () => {
  for (const data of [undefined, null, 7, [], {}, [null], [7], { coin: 7 }, { user: 7 }]) {
    for (const channel of [
      'trades',
      'candle',
      'userFills',
      'clearinghouseState',
      'activeAssetData',
      'webData3',
    ]) {
      expect(messageKey(channel, data)).toBe(undefined);
    }
  }
});

test('what the explorer sends is told by its shape', () => {
  expect(bareChannel([{ blockTime: 1, hash: '0x', height: 1, numTxs: 0, proposer: '0x' }])).toBe(
    'explorerBlock',
  );
  expect(bareChannel([{ action: {}, block: 1, error: null, hash: '0x', time: 1, user }])).toBe('explorerTxs');
  for (const other of [[], {}, null, 7, [{}], [7]]) expect(bareChannel(other)).toBe(undefined);
});

describe('a subscription', () => {
  test('is confirmed by any echo that has all of it, however it is ordered and added to', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...pairs.map(([subscription]) => subscription)),
        fc.dictionary(fc.stringMatching(/^added[a-z]*$/), fc.constantFrom('', null, false, 5)),
        fc.boolean(),
        (subscription, added, reversed) => {
          const entries = Object.entries({ ...added, ...normalised(subscription as never) });
          expect(confirms(Object.fromEntries(reversed ? entries.reverse() : entries), subscription)).toBe(
            true,
          );
        },
      ),
    );
  });

  test('is not confirmed by an echo with another value', () => {
    expect(confirms({ type: 'trades', coin: 'ETH' }, { type: 'trades', coin: 'BTC' })).toBe(false);
    expect(
      confirms({ type: 'l2Book', coin: 'BTC', nSigFigs: null }, { type: 'l2Book', coin: 'BTC', nSigFigs: 5 }),
    ).toBe(false);
    expect(
      confirms(
        { type: 'clearinghouseState', user: lower, dex: 'flx' },
        { type: 'clearinghouseState', user, dex: '' },
      ),
    ).toBe(false);
    expect(confirms({ type: 'trades' }, { type: 'trades', coin: 'BTC' })).toBe(false);
  });

  test('for the main exchange is confirmed whether the echo names it or not', () => {
    expect(confirms({ type: 'allMids' }, { type: 'allMids', dex: '' })).toBe(true);
    expect(confirms({ type: 'allMids', dex: '' }, { type: 'allMids' })).toBe(true);
    expect(
      confirms(
        { type: 'l2Book', coin: 'BTC', nSigFigs: null },
        { type: 'l2Book', coin: 'BTC', nSigFigs: null },
      ),
    ).toBe(true);
  });

  test('is the same in any order of its fields', () => {
    expect(subscriptionId({ type: 'trades', coin: 'BTC' })).toBe(
      subscriptionId({ coin: 'BTC', type: 'trades' } as never),
    );
    expect(subscriptionId({ type: 'trades', coin: 'BTC' })).not.toBe(
      subscriptionId({ type: 'bbo', coin: 'BTC' }),
    );
  });
});
