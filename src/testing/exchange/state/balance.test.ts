import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { clearinghouseOf, spotStateOf } from './clearinghouse.ts';
import type { Block, ExchangeState, Provocation } from './exchange-state.ts';
import {
  ask,
  dollarsOf,
  exact,
  isSpot,
  type Provocations,
  pagedFills,
  pagedFunding,
  product,
  run,
  smallExchange,
} from './observed.fixture.ts';
import type { WireFill, WireLedgerUpdate, WireTrade } from './wire.ts';

type Clearinghouse = ReturnType<typeof clearinghouseOf>;
type SpotState = ReturnType<typeof spotStateOf>;

const zero = `0x${'0'.repeat(64)}`;
const dexesOf = (state: ExchangeState) =>
  ask<({ name: string } | null)[]>(state, 'perpDexs').map(dex => dex?.name ?? '');

/** Something of everything that moves positions: with and without a public trade. */
function eventful(state: ExchangeState): Provocations {
  const vaults = state.vaults() as { summary: { vaultAddress: string; relationship: { type: string } } }[];
  const parent = vaults.find(({ summary }) => summary.relationship.type === 'parent');
  return new Map<number, Provocation | ((state: ExchangeState) => Provocation)>([
    [5, { kind: 'twap', user: state.users[20]!, coin: 'ETH', size: '3', minutes: 1 }],
    [8, { kind: 'trade', user: state.users[1]!, coin: 'BTC', size: '2' }],
    [9, { kind: 'trade', user: state.users[2]!, coin: 'BTC', size: '-1.5' }],
    [20, { kind: 'burst', user: state.users[3]!, coin: 'SOL', fills: 2_300 }],
    [30, { kind: 'liquidation', user: state.users[1]! }],
    [45, now => ({ kind: 'adl', user: holderOf(now, 'BTC'), coin: 'BTC' })],
    [60, { kind: 'settlement', coin: 'ARB' }],
    [70, { kind: 'vault-transfer', vault: parent!.summary.vaultAddress }],
    [75, { kind: 'withdraw', user: state.users[4]!, usd: '12.345678' }],
    [80, { kind: 'tid-collision', across: 'coins' }],
    [85, { kind: 'tid-collision', across: 'blocks' }],
  ]);
}

function holderOf(state: ExchangeState, coin: string): string {
  return state.users.find(user => state.positionsOf(user).has(coin))!;
}

/** Positions by user and coin as fills alone tell them; throws where a start position does not follow. */
function chain(blocks: readonly Block[], before: ReadonlyMap<string, bigint>): Map<string, bigint> {
  const positions = new Map(before);
  for (const block of blocks) {
    const waiting = new Map<string, WireFill[]>();
    const add = (user: string, fill: WireFill) => {
      const key = `${user} ${fill.coin}`;
      waiting.set(key, [...(waiting.get(key) ?? []), fill]);
    };
    for (const [user, fills] of block.fills) for (const fill of fills) add(user, fill);
    for (const [user, slices] of block.twapFills) for (const { fill } of slices) add(user, fill);
    for (const [key, fills] of waiting) {
      let position = positions.get(key) ?? 0n;
      while (fills.length > 0) {
        // TWAP slices and other fills of one block are told apart, so that their order among each other is open.
        const next = fills.findIndex(fill => exact(fill.startPosition) === position);
        if (next === -1)
          throw new Error(`${key} at ${block.time}: ${position} is followed by ${fills[0]!.startPosition}`);
        const [fill] = fills.splice(next, 1);
        const size = exact(fill!.sz);
        position += fill!.side === 'B' ? size : -size;
        if (fill!.feeToken !== 'USDC') position -= exact(fill!.fee);
      }
      positions.set(key, position);
    }
  }
  return positions;
}

describe('the books of a local exchange', () => {
  it('balance: start positions chain, longs equal shorts, and money is explained to the last digit', () => {
    fc.assert(
      fc.property(fc.noShrink(fc.integer({ min: 1, max: 1_000_000 })), seed => {
        const state = smallExchange(seed);
        const dexes = dexesOf(state);
        const began = new Map<string, bigint>();
        for (const user of state.users) {
          for (const [coin, size] of state.positionsOf(user)) began.set(`${user} ${coin}`, exact(size));
          const spot = ask<SpotState>(state, 'spotClearinghouseState', { user });
          const { tokens, universe } = ask<{
            tokens: { name: string; index: number }[];
            universe: { tokens: number[]; name: string }[];
          }>(state, 'spotMeta');
          for (const { coin, total, token } of spot.balances) {
            if (coin === 'USDC') continue;
            expect(tokens[token]?.name).toBe(coin);
            began.set(`${user} ${universe.find(pair => pair.tokens[0] === token)!.name}`, exact(total));
          }
        }
        const blocks = run(state, 100, eventful(state));
        const genesis = genesisOf(state, blocks);
        expect(genesis).toBe(true);

        const positions = chain(perpsOf(blocks), began);
        const sums = new Map<string, bigint>();
        for (const user of state.users) {
          const told = new Map(state.positionsOf(user));
          for (const dex of dexes) {
            const { assetPositions, time } = ask<Clearinghouse>(state, 'clearinghouseState', { user, dex });
            expect(time).toBe(state.now);
            for (const { position } of assetPositions) {
              expect(told.get(position.coin)).toBe(position.szi);
              expect(exact(position.szi)).toBe(positions.get(`${user} ${position.coin}`));
              sums.set(position.coin, (sums.get(position.coin) ?? 0n) + exact(position.szi));
              told.delete(position.coin);
            }
          }
          expect([...told]).toEqual([]);
        }
        for (const [key, size] of positions) {
          const [user, coin] = key.split(' ') as [string, string];
          if (size === 0n) expect(state.positionsOf(user).has(coin)).toBe(false);
        }
        for (const [coin, sum] of sums) expect([coin, sum]).toEqual([coin, 0n]);

        for (const user of state.users) expect([user, balanceOf(state, user, dexes)]).toEqual([user, 0n]);
      }),
      { numRuns: 4 },
    );
  }, 120_000);

  it('show what moves a position without a public trade in fills alone, and TWAP slices apart from them', () => {
    const state = smallExchange(11);
    const blocks = run(state, 100, eventful(state));
    const fills = blocks.flatMap(block => [...block.fills.values()].flat());
    const trades = blocks.flatMap(block => [...block.trades.values()].flat());
    const twaps = blocks.flatMap(block => [...block.twapFills.values()].flat());
    const inTape = new Set(trades.map(trade => `${trade.coin}/${trade.time}/${trade.tid}`));
    const isPublic = (fill: WireFill) => inTape.has(`${fill.coin}/${fill.time}/${fill.tid}`);
    for (const dir of ['Auto-Deleveraging', 'Settlement', 'Net Child Vaults']) {
      const moved = fills.filter(fill => fill.dir === dir);
      expect(moved.length).toBeGreaterThan(0);
      expect(moved.some(isPublic)).toBe(false);
    }
    const slices = trades.filter(({ hash }) => hash === zero);
    expect(slices.length).toBeGreaterThan(0);
    // The owner's half is told among its slices, the other half among the fills of who traded with it.
    expect(twaps.length).toBe(slices.length);
    for (const { fill, twapId } of twaps) {
      expect(fill.twapId).toBe(twapId);
      expect(fill.hash).toBe(zero);
      expect(isPublic(fill)).toBe(true);
    }
    expect(fills.every(({ twapId }) => twapId === null)).toBe(true);
    expect(fills.filter(({ hash }) => hash === zero).length).toBeGreaterThanOrEqual(slices.length);
    const owner = state.users[20]!;
    const own = blocks.flatMap(block => block.twapFills.get(owner) ?? []).map(({ fill }) => fill);
    expect(own.length).toBeGreaterThan(0);
    expect(pagedFills(state, owner, true)).toEqual(own);
    const others = ask<WireFill[]>(state, 'userFills', { user: owner });
    expect(others.some(({ tid }) => own.some(slice => slice.tid === tid))).toBe(false);
  });

  it('stand still while trading is halted, though time passes and what is provoked happens', () => {
    const state = smallExchange(11);
    const tradesOf = (blocks: readonly Block[]) =>
      blocks.flatMap(block => [...block.trades.values()].flat()).length;
    expect(tradesOf(run(state, 10))).toBeGreaterThan(0);
    state.provoke({ kind: 'halt', isOn: true });
    run(state, 1);
    const before = state.now;
    expect(tradesOf(run(state, 70))).toBe(0);
    expect(state.now - before).toBeGreaterThan(65_000);
    state.provoke({ kind: 'trade', user: state.users[1]!, coin: 'BTC', size: '2' });
    expect(tradesOf(run(state, 1))).toBeGreaterThan(0);
    state.provoke({ kind: 'halt', isOn: false });
    expect(tradesOf(run(state, 10))).toBeGreaterThan(0);
  });

  it('tell a liquidation to both sides, to the victim as an event and an entry, and leave it no debts', () => {
    const state = smallExchange(12);
    const user = state.users[1]!;
    const earlier = run(state, 30);
    state.provoke({ kind: 'trade', user, coin: 'ETH', size: '60' });
    state.provoke({ kind: 'liquidation', user });
    const blocks = [...earlier, ...run(state, 2)];
    const marked = blocks.flatMap(block =>
      [...block.fills].flatMap(([owner, fills]) =>
        fills.filter(fill => fill.liquidation?.liquidatedUser === user).map(fill => ({ owner, fill })),
      ),
    );
    expect(marked.some(({ owner }) => owner === user)).toBe(true);
    expect(marked.some(({ owner }) => owner !== user)).toBe(true);
    expect(new Set(marked.map(({ fill }) => fill.liquidation?.method))).toEqual(
      new Set(['market', 'backstop']),
    );
    const event = blocks
      .flatMap(block => block.userEvents.get(user) ?? [])
      .find(each => 'liquidation' in each);
    expect(event).toMatchObject({ liquidation: { liquidated_user: user } });
    const entry = ask<WireLedgerUpdate[]>(state, 'userNonFundingLedgerUpdates', { user }).find(
      ({ delta }) => delta.type === 'liquidation',
    );
    expect(entry?.delta.leverageType).toBe('Cross');
    expect(state.positionsOf(user).get('ETH')).toBeUndefined();
    for (const dex of dexesOf(state)) {
      const { marginSummary } = ask<Clearinghouse>(state, 'clearinghouseState', { user, dex });
      expect(exact(marginSummary.accountValue)).toBeGreaterThanOrEqual(0n);
    }
  });

  it('say with trades of colliding identifiers what tells them apart', () => {
    const state = smallExchange(13);
    const blocks = run(
      state,
      30,
      new Map<number, Provocation>([
        [3, { kind: 'tid-collision', across: 'coins' }],
        [12, { kind: 'tid-collision', across: 'blocks' }],
      ]),
    );
    const byId = new Map<number, WireTrade[]>();
    for (const trade of blocks.flatMap(block => [...block.trades.values()].flat())) {
      byId.set(trade.tid, [...(byId.get(trade.tid) ?? []), trade]);
    }
    const collisions = [...byId.values()].filter(trades => trades.length > 1);
    expect(collisions.map(([one, other]) => [one!.time === other!.time, one!.coin === other!.coin])).toEqual([
      [true, false],
      [false, true],
    ]);
  });
});

/** Blocks with their fills of perps only: tokens of spot pairs also come and go by the ledger. */
function perpsOf(blocks: readonly Block[]): Block[] {
  return blocks.map(block => ({
    ...block,
    fills: new Map(
      [...block.fills].map(([user, fills]) => [user, fills.filter(({ coin }) => !isSpot(coin))]),
    ),
  }));
}

/** Whether each user's tokens are those of genesis and of spot fills. */
function genesisOf(state: ExchangeState, blocks: readonly Block[]): boolean {
  const { tokens, universe } = ask<{
    tokens: { name: string }[];
    universe: { tokens: number[]; name: string }[];
  }>(state, 'spotMeta');
  const tokenOf = new Map(universe.map(pair => [pair.name, tokens[pair.tokens[0]!]!.name]));
  expect(blocks.some(block => [...block.fills.values()].flat().some(({ coin }) => isSpot(coin)))).toBe(true);
  for (const user of state.users) {
    const sums = new Map<string, bigint>();
    const add = (token: string, count: bigint) => sums.set(token, (sums.get(token) ?? 0n) + count);
    for (const { delta } of ask<WireLedgerUpdate[]>(state, 'userNonFundingLedgerUpdates', { user })) {
      if (delta.type === 'spotGenesis') add(delta.token as string, exact(delta.amount as string));
    }
    for (const fill of pagedFills(state, user, false)) {
      if (!isSpot(fill.coin)) continue;
      const token = tokenOf.get(fill.coin)!;
      add(token, fill.side === 'B' ? exact(fill.sz) : -exact(fill.sz));
      if (fill.feeToken !== 'USDC') add(token, -exact(fill.fee));
    }
    const { balances } = ask<SpotState>(state, 'spotClearinghouseState', { user });
    for (const { coin, total } of balances) if (coin !== 'USDC') add(coin, -exact(total));
    for (const [token, sum] of sums) expect([user, token, sum]).toEqual([user, token, 0n]);
  }
  return true;
}

/** What an account is worth less what fills, funding, transfers and open profits explain of it. */
function balanceOf(state: ExchangeState, user: string, dexes: readonly string[]): bigint {
  let explained = 0n;
  for (const entry of ask<WireLedgerUpdate[]>(state, 'userNonFundingLedgerUpdates', { user })) {
    explained += dollarsOf(user, entry);
  }
  for (const { delta } of pagedFunding(state, user)) explained += exact(delta.usdc);
  for (const fill of [...pagedFills(state, user, false), ...pagedFills(state, user, true)]) {
    if (fill.feeToken === 'USDC') explained -= exact(fill.fee);
    if (!isSpot(fill.coin)) explained += exact(fill.closedPnl);
    else explained += fill.side === 'B' ? -product(fill.px, fill.sz) : product(fill.px, fill.sz);
  }
  const isUnified = ask<string>(state, 'userAbstraction', { user }) === 'unifiedAccount';
  const { balances } = ask<SpotState>(state, 'spotClearinghouseState', { user });
  let worth = exact(balances.find(({ coin }) => coin === 'USDC')?.total ?? '0.0');
  for (const dex of dexes) {
    const { marginSummary, assetPositions } = ask<Clearinghouse>(state, 'clearinghouseState', { user, dex });
    if (isUnified) continue;
    worth += exact(marginSummary.accountValue);
    for (const { position } of assetPositions) explained += exact(position.unrealizedPnl);
  }
  return worth - explained;
}
