import { beforeAll, describe, expect, it } from 'vitest';
import { infoAnswerSchemas, statsFileSchemas } from '../wire/info-answers.ts';
import { type Interval, intervals } from './candle-log.ts';
import type { Block, ExchangeState, Provocation } from './exchange-state.ts';
import { ask, exact, run, smallExchange, userWith } from './observed.fixture.ts';
import type { WireCandle, WireFill, WireHistoricalOrder, WireTrade } from './wire.ts';

let state: ExchangeState;
let blocks: Block[];

beforeAll(() => {
  state = smallExchange(21, { historyDays: 1 });
  const [whale, other] = state.users as [string, string];
  blocks = run(
    state,
    120,
    new Map<number, Provocation>([
      [1, { kind: 'twap', user: whale, coin: 'ETH', size: '-2', minutes: 2 }],
      [2, { kind: 'trade', user: other, coin: 'BTC', size: '0.5' }],
      [
        4,
        { kind: 'trade', user: whale, coin: state.coins.find(coin => coin.startsWith('xyz:'))!, size: '-3' },
      ],
      [60, { kind: 'liquidation', user: other }],
    ]),
  );
});

describe('answers of a local exchange', () => {
  it('have the wire shapes for every type of request', () => {
    const builderCoin = state.coins.find(coin => coin.startsWith('xyz:'))!;
    const requests: Record<string, Record<string, unknown>[]> = {
      metaAndAssetCtxs: [{}, { dex: 'xyz' }],
      perpDexStatus: [{ dex: 'xyz' }],
      perpDexLimits: [{ dex: 'xyz' }, {}],
      l2Book: [
        { coin: 'BTC' },
        { coin: builderCoin },
        { coin: '@1', nSigFigs: 4 },
        { coin: 'ETH', nSigFigs: 5, mantissa: 2 },
        { coin: 'NOPE' },
      ],
      candleSnapshot: intervals.map(interval => ({ req: { coin: 'BTC', interval, startTime: 0 } })),
      recentTrades: [{ coin: 'BTC' }, { coin: '@1' }],
      fundingHistory: [{ coin: 'BTC', startTime: 0 }],
      allMids: [{}, { dex: 'xyz' }],
      vaultDetails: (state.vaults() as { summary: { vaultAddress: string } }[])
        .map(({ summary }) => ({ vaultAddress: summary.vaultAddress, user: state.users[12] }) as object)
        .concat({ vaultAddress: state.users[0] }) as Record<string, unknown>[],
      activeAssetData: [{ user: state.users[0], coin: 'BTC' }],
    };
    const withUser = (type: string) =>
      ['userFillsByTime', 'userTwapSliceFillsByTime'].includes(type)
        ? { user: userWith(state, type.replace('ByTime', '')), startTime: 0 }
        : { user: userWith(state, type) };
    const types = Object.keys(infoAnswerSchemas);
    expect(types.length).toBeGreaterThan(40);
    for (const type of types) {
      if (type === 'orderStatus') continue;
      const isOfUser = !/^(meta|all|spotMeta|perp|predicted|exchange|liquidatable|vaultSummaries)/.test(type);
      const fields = requests[type] ?? [isOfUser ? withUser(type) : {}];
      for (const field of fields) {
        const { status, body } = state.info({ type, ...field });
        const told = JSON.parse(JSON.stringify(body));
        const parsed = infoAnswerSchemas[type]!.safeParse(told);
        expect([type, field, status, parsed.error?.issues.slice(0, 3)]).toEqual([
          type,
          field,
          200,
          undefined,
        ]);
      }
    }
    expect(statsFileSchemas.leaderboard.safeParse(state.leaderboard()).error).toBeUndefined();
    expect(statsFileSchemas.vaults.safeParse(state.vaults()).error).toBeUndefined();
  });

  it('refuse and doubt requests as the exchange does', () => {
    const refused = {
      status: 422,
      body: 'Failed to deserialize the JSON body into the target type',
    };
    for (const request of [
      {},
      { type: 'nope' },
      { type: 'clearinghouseState' },
      { type: 'clearinghouseState', user: '0x12' },
      { type: 'userFillsByTime', user: state.users[0] },
      { type: 'candleSnapshot', coin: 'BTC' },
      { type: 'candleSnapshot', req: { coin: 'BTC', interval: '7m', startTime: 0 } },
      { type: 'l2Book', coin: 'BTC', nSigFigs: 9 },
    ]) {
      expect(state.info(request)).toEqual(refused);
    }
    const broken = { status: 500, body: null };
    expect(state.info({ type: 'l2Book', coin: 'BTC', nSigFigs: 5, mantissa: 1 })).toEqual(broken);
    expect(
      state.info({ type: 'candleSnapshot', req: { coin: 'NOPE', interval: '1m', startTime: 0 } }),
    ).toEqual(broken);
    expect(state.info({ type: 'fundingHistory', coin: 'NOPE', startTime: 0 })).toEqual(broken);
    expect(ask(state, 'l2Book', { coin: 'NOPE' })).toBeNull();
    const nobody = `0x${'9'.repeat(40)}`;
    expect(ask(state, 'userFills', { user: nobody })).toEqual([]);
    expect(ask(state, 'subAccounts', { user: nobody })).toBeNull();
    expect(ask(state, 'userRole', { user: nobody })).toEqual({ role: 'missing' });
    expect(ask(state, 'clearinghouseState', { user: nobody })).toMatchObject({
      marginSummary: { accountValue: '0.0' },
      assetPositions: [],
    });
  });

  it('keep delisted markets in their place, and name builder and spot markets as the exchange does', () => {
    const [meta, contexts] = ask<
      [{ universe: { name: string; isDelisted?: true }[] }, { midPx: string | null }[]]
    >(state, 'metaAndAssetCtxs');
    expect(meta.universe.findIndex(({ name }) => name === 'MATIC')).toBe(3);
    expect(meta.universe[3]?.isDelisted).toBe(true);
    expect(contexts[3]?.midPx).toBeNull();
    expect(state.coins).not.toContain('MATIC');
    expect(meta.universe.some(({ name }) => name === 'kPEPE')).toBe(true);
    const dexes = ask<({ name: string } | null)[]>(state, 'perpDexs');
    expect(dexes.map(dex => dex?.name ?? null)).toEqual([
      ...[null, 'xyz', 'flx', 'vntl', 'hyna', 'km', 'abcd', 'cash', 'para', 'mkts', 'io'],
    ]);
    const [spotMeta, spotContexts] = ask<[{ universe: { name: string }[] }, { coin: string }[]]>(
      smallExchange(3, { coins: { spot: 330 } }),
      'spotMetaAndAssetCtxs',
    );
    const names = spotMeta.universe.map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(['PURR/USDC', '@1']);
    expect(names[107]).toBe('@107');
    const order = spotContexts.map(({ coin }) => coin);
    expect(order).not.toEqual(names);
    expect([...order].sort()).toEqual([...names].sort());
  });

  it('have the sizes of the real universe when nothing else is asked for', () => {
    const { coins } = smallExchange(4, { coins: {} });
    expect(coins.filter(coin => !/[:@/]/.test(coin)).length).toBe(178);
    expect(coins.filter(coin => coin.includes(':')).length).toBe(280);
    expect(coins.filter(coin => /[@/]/.test(coin)).length).toBe(330);
  });

  it('draw candles that are exactly the trades, with no bar where there was none', () => {
    const fresh = smallExchange(31, { markets: 'load', tradesPerSecond: 40 });
    const trades = run(fresh, 200).flatMap(block => [...block.trades.values()].flat());
    const coins = [...new Set(trades.map(({ coin }) => coin))];
    expect(coins.length).toBeGreaterThan(50);
    const lengths: [Interval, number][] = [
      ['1m', 60_000],
      ['3m', 180_000],
      ['1h', 3_600_000],
      ['1d', 86_400_000],
    ];
    for (const coin of coins) {
      for (const [interval, length] of lengths) {
        const byBar = new Map<number, WireTrade[]>();
        for (const trade of trades) {
          if (trade.coin !== coin) continue;
          const open = trade.time - (trade.time % length);
          byBar.set(open, [...(byBar.get(open) ?? []), trade]);
        }
        const bars = ask<WireCandle[]>(fresh, 'candleSnapshot', { req: { coin, interval, startTime: 0 } });
        expect(bars.map(({ t }) => t)).toEqual([...byBar.keys()]);
        for (const bar of bars) {
          const inside = byBar.get(bar.t)!;
          const prices = inside.map(({ px }) => Number(px));
          expect(bar.T).toBe(bar.t + length - 1);
          expect(bar.n).toBe(inside.length);
          expect(exact(bar.v)).toBe(inside.reduce((sum, { sz }) => sum + exact(sz), 0n));
          expect([bar.o, bar.c]).toEqual([inside[0]!.px, inside.at(-1)!.px]);
          expect([Number(bar.h), Number(bar.l)]).toEqual([Math.max(...prices), Math.min(...prices)]);
        }
      }
    }
  });

  it('tell each order from its beginning to its end', () => {
    const user = userWith(state, 'openOrders');
    const [open] = ask<{ oid: number; sz: string; origSz: string }[]>(state, 'openOrders', { user });
    expect(ask(state, 'orderStatus', { user, oid: open!.oid })).toMatchObject({
      status: 'order',
      order: { order: { oid: open!.oid, sz: open!.sz, origSz: open!.origSz }, status: 'open' },
    });
    expect(ask(state, 'orderStatus', { user, oid: 1 })).toEqual({ status: 'unknownOid' });
    const told = new Map<string, number>();
    for (const block of blocks) {
      for (const updates of block.orders.values()) {
        for (const { status } of updates) told.set(status, (told.get(status) ?? 0) + 1);
      }
    }
    expect([...told.keys()]).toEqual(expect.arrayContaining(['open', 'filled', 'canceled']));
    const fill = blocks
      .flatMap(block => [...block.fills])
      .find(([, fills]) => fills[0]!.cloid !== undefined)!;
    const [owner, [named]] = [fill[0], fill[1]];
    const byClient = ask<{ order?: WireHistoricalOrder }>(state, 'orderStatus', {
      user: owner,
      oid: named!.cloid,
    });
    expect(byClient.order?.order.oid).toBe(named!.oid);
  });

  it('give pages of 2,000 fills with both ends of the range, oldest or newest first', () => {
    const fresh = smallExchange(5);
    const user = fresh.users[3]!;
    run(fresh, 3, new Map<number, Provocation>([[1, { kind: 'burst', user, coin: 'BTC', fills: 2_600 }]]));
    const newest = ask<WireFill[]>(fresh, 'userFills', { user });
    expect(newest.length).toBe(2_000);
    const { time } = newest[1_000]!;
    expect(newest.filter(fill => fill.time === time).length).toBeGreaterThan(1_900);
    const range = { user, startTime: time, endTime: time };
    const oldestFirst = ask<WireFill[]>(fresh, 'userFillsByTime', range);
    const newestFirst = ask<WireFill[]>(fresh, 'userFillsByTime', { ...range, reversed: true });
    expect([oldestFirst.length, newestFirst.length]).toEqual([2_000, 2_000]);
    const all = new Set([...oldestFirst, ...newestFirst].map(({ tid, oid }) => `${tid}/${oid}`));
    expect(all.size).toBe(2_600);
    expect(new Set(oldestFirst.map(({ oid }) => oid)).size).toBe(1);
    const merged = ask<WireFill[]>(fresh, 'userFills', { user, aggregateByTime: true });
    const whole = merged.find(fill => fill.time === time);
    expect(merged.filter(fill => fill.time === time).length).toBe(1);
    expect(exact(whole!.sz)).toBe(2_600n * exact(oldestFirst[0]!.sz));
    expect(ask(fresh, 'userFillsByTime', { user, startTime: time + 1 })).toEqual(
      ask<WireFill[]>(fresh, 'userFills', { user })
        .filter(fill => fill.time > time)
        .reverse(),
    );
  });

  it('know agents, sub-accounts, vaults with children, and accounts with all money in one place', () => {
    const roles = new Map<string, string[]>();
    for (const user of state.users) {
      const { role } = ask<{ role: string }>(state, 'userRole', { user });
      roles.set(role, [...(roles.get(role) ?? []), user]);
    }
    expect([...roles.keys()].sort()).toEqual(['subAccount', 'user', 'vault']);
    const master = state.users.find(user => ask(state, 'subAccounts2', { user }) !== null)!;
    const [sub] = ask<{ subAccountUser: string; dexToClearinghouseState: [string, unknown][] }[]>(
      state,
      'subAccounts2',
      { user: master },
    );
    expect(ask(state, 'userRole', { user: sub!.subAccountUser })).toEqual({
      role: 'subAccount',
      data: { master },
    });
    expect(sub!.dexToClearinghouseState.map(([dex]) => dex)).toEqual([
      '',
      ...'xyz flx vntl hyna km abcd cash para mkts io'.split(' '),
    ]);
    const employer = userWith(state, 'extraAgents');
    const [agent] = ask<{ address: string }[]>(state, 'extraAgents', { user: employer });
    expect(state.users).not.toContain(agent!.address);
    expect(ask(state, 'userRole', { user: agent!.address })).toEqual({
      role: 'agent',
      data: { user: employer },
    });
    expect(ask(state, 'clearinghouseState', { user: agent!.address })).toMatchObject({ assetPositions: [] });

    const vaults = state.vaults() as {
      summary: { vaultAddress: string; relationship: { type: string; data?: { childAddresses: string[] } } };
    }[];
    const parent = vaults.find(({ summary }) => summary.relationship.type === 'parent')!;
    const [child] = parent.summary.relationship.data!.childAddresses;
    expect(ask(state, 'vaultDetails', { vaultAddress: child })).toMatchObject({
      relationship: { type: 'child' },
    });

    const unified = state.users.filter(user => ask(state, 'userAbstraction', { user }) === 'unifiedAccount');
    expect(unified.length).toBeGreaterThan(3);
    const worths = unified.map(user => {
      const { marginSummary } = ask<{ marginSummary: { accountValue: string } }>(
        state,
        'clearinghouseState',
        { user },
      );
      const { balances } = ask<{ balances: { coin: string; total: string }[] }>(
        state,
        'spotClearinghouseState',
        { user },
      );
      return [
        Number(marginSummary.accountValue),
        Number(balances.find(({ coin }) => coin === 'USDC')!.total),
      ] as const;
    });
    // What the main dex says of such an account has nothing to do with what it is worth.
    expect(worths.some(([perp, spot]) => perp < spot / 10)).toBe(true);
  });
});
