import { beforeAll, describe, expect, it } from 'vitest';
import { frameDataSchemas } from '../wire/frames.ts';
import { presentFill } from '../wire/users.ts';
import type { Block, ExchangeState, Provocation } from './exchange-state.ts';
import { ask, run, smallExchange, userWith } from './observed.fixture.ts';
import type { WireFrontendOrder, WireTrade } from './wire.ts';

let state: ExchangeState;
let blocks: Block[];

beforeAll(() => {
  state = smallExchange(22, { historyDays: 1 });
  const [whale, other] = state.users as [string, string];
  blocks = run(
    state,
    120,
    new Map<number, Provocation>([
      [1, { kind: 'twap', user: whale, coin: 'ETH', size: '-2', minutes: 2 }],
      [60, { kind: 'liquidation', user: other }],
    ]),
  );
});

describe('frames of a local exchange', () => {
  it('have the wire shapes', () => {
    const user = userWith(state, 'frontendOpenOrders');
    const coin = 'BTC';
    const subscriptions: Record<string, Record<string, unknown>> = {
      l2Book: { coin, nSigFigs: null, mantissa: null, fast: false },
      bbo: { coin },
      candle: { coin, interval: '1m' },
      allMids: { dex: '' },
      activeAssetCtx: { coin },
      assetCtxs: { dex: 'xyz' },
      allDexsAssetCtxs: {},
      spotAssetCtxs: {},
      clearinghouseState: { user, dex: '' },
      allDexsClearinghouseState: { user },
      spotState: { user },
      openOrders: { user, dex: '' },
      twapStates: { user, dex: '' },
      activeAssetData: { user, coin },
      webData3: { user },
    };
    for (const [type, fields] of Object.entries(subscriptions)) {
      const parsed = frameDataSchemas[type]!.safeParse(state.view({ type, ...fields }));
      expect([type, parsed.error?.issues]).toEqual([type, undefined]);
    }
    for (const type of [
      'userFills',
      'userFundings',
      'userNonFundingLedgerUpdates',
      'userHistoricalOrders',
      'userTwapSliceFills',
      'userTwapHistory',
    ]) {
      for (const each of state.users) {
        const data = state.history({ type, user: each });
        const parsed = frameDataSchemas[type]!.safeParse(data);
        expect([type, parsed.error?.issues]).toEqual([type, undefined]);
        expect(data).toMatchObject({ isSnapshot: true, user: each });
      }
    }
    const replay = state.history({ type: 'trades', coin }) as WireTrade[];
    expect(frameDataSchemas.trades!.safeParse(replay).error).toBeUndefined();
    expect(replay.length).toBe(30);
    expect(replay.every((trade, index) => index === 0 || trade.time >= replay[index - 1]!.time)).toBe(true);
    expect(state.view({ type: 'bbo', coin: 'NOPE' })).toBeUndefined();
  });

  it('are made of blocks whose trades, fills, orders and entries have the wire shapes', () => {
    for (const block of blocks) {
      for (const trades of block.trades.values()) {
        expect(frameDataSchemas.trades!.safeParse(trades).error).toBeUndefined();
      }
      for (const updates of block.orders.values()) {
        expect(frameDataSchemas.orderUpdates!.safeParse(updates).error).toBeUndefined();
      }
      for (const [user, fills] of block.fills) {
        for (const fill of fills) expect(presentFill.safeParse(fill).error).toBeUndefined();
        expect(frameDataSchemas.userFills!.safeParse({ user, fills }).error).toBeUndefined();
      }
      for (const events of block.userEvents.values()) {
        for (const event of events) expect(frameDataSchemas.user!.safeParse(event).error).toBeUndefined();
      }
      for (const [user, nonFundingLedgerUpdates] of block.ledger) {
        const parsed = frameDataSchemas.userNonFundingLedgerUpdates!.safeParse({
          user,
          nonFundingLedgerUpdates,
        });
        expect(parsed.error).toBeUndefined();
      }
      for (const [user, fundings] of block.fundings) {
        expect(frameDataSchemas.userFundings!.safeParse({ user, fundings }).error).toBeUndefined();
      }
    }
    const gaps = blocks.slice(1).map((block, index) => block.time - blocks[index]!.time);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(66);
    expect(blocks.some(block => block.fundings.size > 10)).toBe(true);
  });

  it('read NaN for a spoilt premium until the hour ends, and then say so in the history of funding', () => {
    const fresh = smallExchange(6);
    const premiumOf = (coin: string) =>
      (fresh.view({ type: 'activeAssetCtx', coin }) as { ctx: { premium: string } }).ctx.premium;
    const history = () =>
      ask<{ premium: string; time: number }[]>(fresh, 'fundingHistory', { coin: 'ETH', startTime: 0 });
    run(fresh, 5, new Map<number, Provocation>([[1, { kind: 'nan-premium', coin: 'ETH' }]]));
    expect(premiumOf('ETH')).toBe('NaN');
    expect(premiumOf('BTC')).not.toBe('NaN');
    expect(history()).toEqual([]);
    run(fresh, 100);
    expect(premiumOf('ETH')).not.toBe('NaN');
    expect(history().map(({ premium }) => premium)).toEqual(['NaN']);
  });

  it('tell of orders that rest, wait for a price, and are triggered, filled or taken back', () => {
    const fresh = smallExchange(7, { markets: 'load', tradesPerSecond: 100 });
    const told = new Set<string>();
    const triggers = new Set<string>();
    for (let minute = 0; minute < 8; minute++) {
      for (const block of run(fresh, 60)) {
        for (const updates of block.orders.values()) for (const { status } of updates) told.add(status);
      }
      for (const user of fresh.users) {
        for (const { orderType, sz, isPositionTpsl } of ask<WireFrontendOrder[]>(
          fresh,
          'frontendOpenOrders',
          { user },
        )) {
          if (orderType !== 'Limit') triggers.add(orderType);
          if (isPositionTpsl) expect(sz).toBe('0.0');
        }
      }
    }
    expect([...told]).toEqual(
      expect.arrayContaining(['open', 'filled', 'canceled', 'triggered', 'reduceOnlyCanceled']),
    );
    expect([...triggers].sort()).toEqual(['Stop Market', 'Take Profit Market']);
  });

  it('are the same for the same seed, and others for another', () => {
    const text = (seed: number) =>
      JSON.stringify(
        run(smallExchange(seed), 20).map(block => [
          block.height,
          block.time,
          block.hash,
          ...block.trades,
          ...block.orders,
        ]),
      );
    expect(text(8)).toBe(text(8));
    expect(text(8)).not.toBe(text(9));
  });
});
