import type { Block, ExchangeState, InfoAnswer } from '../../src/testing/exchange/state/exchange-state.ts';
import type { WireTrade } from '../../src/testing/exchange/state/wire.ts';

export const buyer = `0x${'a1'.repeat(20)}`;
export const seller = `0x${'b2'.repeat(20)}`;
export const start = 1_790_000_000_000;

/** A state in which nothing happens but what a test says. */
export interface HandState extends ExchangeState {
  /** Puts a block into the next turn. */
  next(block: Partial<Block>): void;
  answers: Record<string, InfoAnswer>;
  views: Record<string, unknown>;
  histories: Record<string, unknown>;
  readonly asked: Readonly<Record<string, unknown>>[];
}

/** @param coins - What trades; `HYPE/USDC`-like names and `@107` are spot. */
export function createHandState(coins: readonly string[] = ['BTC', 'ETH', '@107', 'xyz:NVDA']): HandState {
  let now = start;
  let height = 1_000_000_000;
  let queue: Block[] = [];
  const asked: Readonly<Record<string, unknown>>[] = [];
  const state: HandState = {
    get now() {
      return now;
    },
    get height() {
      return height;
    },
    runUntil(time) {
      now = Math.max(now, time);
      const made = queue;
      queue = [];
      return made;
    },
    next(block) {
      height += 1;
      queue.push({
        height,
        time: now,
        hash: `0x${height.toString(16).padStart(64, '0')}`,
        trades: new Map(),
        fills: new Map(),
        twapFills: new Map(),
        twapHistory: new Map(),
        orders: new Map(),
        fundings: new Map(),
        ledger: new Map(),
        userEvents: new Map(),
        candles: new Set(),
        books: new Set(),
        actions: [],
        ...block,
      });
    },
    answers: {
      perpDexs: { status: 200, body: [null, { name: 'xyz' }] },
      allPerpMetas: {
        status: 200,
        body: [{ universe: [{ name: 'BTC' }, { name: 'ETH' }] }, { universe: [] }],
      },
    },
    views: {},
    histories: {},
    asked,
    info(request) {
      asked.push(request);
      return state.answers[`${request.type}`] ?? { status: 200, body: [] };
    },
    leaderboard: () => ({ leaderboardRows: Array.from({ length: 1_201 }, (_, row) => ({ row })) }),
    vaults: () => [{ summary: { name: 'one' } }],
    view: subscription => state.views[`${subscription.type}`],
    history: subscription => state.histories[`${subscription.type}`],
    provoke() {},
    positionsOf: () => new Map([['BTC', '-40.0']]),
    users: [buyer, seller],
    coins,
  };
  return state;
}

let lastTid = 0;

export function tradeOf(coin: string, fields: Partial<WireTrade> = {}): WireTrade {
  lastTid += 1;
  return {
    coin,
    side: 'B',
    px: '100.5',
    sz: '2.0',
    time: start,
    hash: `0x${'c3'.repeat(32)}`,
    tid: lastTid,
    users: [buyer, seller],
    ...fields,
  };
}
