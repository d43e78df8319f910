import { createExchangeClock, type ExchangeClock } from './exchange-clock.ts';
import { createExplorer, type Explorer } from './explorer/explorer.ts';
import type { Fault } from './faults/fault.ts';
import { createFaults, type Faults } from './faults/faults.ts';
import { createFrameFaults } from './faults/frame-faults.ts';
import { createLimitBook, type LimitBook } from './limits.ts';
import type { NodeFileWriter } from './node-files/writer.ts';
import type { ResolvedOptions } from './options.ts';
import type { SocketCounts } from './sockets/connection.ts';
import type { Universe } from './sockets/subscription-types.ts';
import { createTopics, type Topics } from './sockets/topics.ts';
import type { Block, ExchangeState } from './state/exchange-state.ts';

/** What has been asked and answered. */
export interface ExchangeCounts {
  requests: number;
  readonly requestsByType: Record<string, number>;
  refusedForWeight: number;
  /** Weight charged for rows, after answers. */
  weightOfRows: number;
  /** Answers spoilt by faults. */
  spoiltAnswers: number;
  connectionsOpened: number;
  connectionsRefused: number;
  blocks: number;
  trades: number;
  /** By coin. */
  readonly tradesByCoin: Map<string, number>;
  /** The longest time between two turns of the clockwork, in ms: how late frames were at worst. */
  longestPauseMs: number;
}

/** The parts of a running exchange, without its server. */
export interface LiveExchange {
  readonly options: ResolvedOptions;
  readonly state: ExchangeState;
  readonly clock: ExchangeClock;
  readonly limits: LimitBook;
  readonly faults: Faults;
  readonly topics: Topics;
  readonly explorer: Explorer;
  readonly universe: Universe;
  readonly counts: ExchangeCounts;
  readonly socketCounts: SocketCounts;
  /** Writers of a node's files that get each block. */
  readonly nodeFiles: Set<NodeFileWriter>;
  /** Makes all blocks that are due, and sends out what is in them. */
  turn(): void;
  /** Waits as long as answers are slow at present. */
  slowness(): Promise<void>;
}

/** The most exchange time that is made up for in one turn, in milliseconds, so that a leap does not hold up everything else. */
const mostPerTurnMs = 5_000;

export function createLiveExchange(
  options: ResolvedOptions,
  state: ExchangeState,
  strike: (fault: Fault & { readonly share: number }) => void,
): LiveExchange {
  const clock = createExchangeClock(options.start, options.startedAt, options.speed);
  const faults = createFaults(options.seed, strike);
  const frameFaults = createFrameFaults(faults, () => state.now);
  const topics = createTopics({ state, cadences: options.cadences, faults, frameFaults });
  const explorer = createExplorer(state);
  const nodeFiles = new Set<NodeFileWriter>();
  const counts: ExchangeCounts = {
    requests: 0,
    requestsByType: {},
    refusedForWeight: 0,
    weightOfRows: 0,
    spoiltAnswers: 0,
    connectionsOpened: 0,
    connectionsRefused: 0,
    blocks: 0,
    trades: 0,
    tradesByCoin: new Map(),
    longestPauseMs: 0,
  };

  function publish(block: Block): void {
    counts.blocks += 1;
    for (const [coin, { length }] of block.trades) {
      counts.trades += length;
      counts.tradesByCoin.set(coin, (counts.tradesByCoin.get(coin) ?? 0) + length);
    }
    topics.publish(block);
    explorer.publish(block);
    for (const writer of nodeFiles) writer.write(block);
  }

  return {
    options,
    state,
    clock,
    limits: createLimitBook(options.limits),
    faults,
    topics,
    explorer,
    universe: universeOf(state),
    counts,
    socketCounts: { framesSent: 0, bytesSent: 0, framesReceived: 0, overflows: 0, faults: {} },
    nodeFiles,
    turn() {
      const due = clock.now();
      // Note: after a leap backwards nothing happens until time has caught up.
      if (due > state.now)
        for (const block of state.runUntil(Math.min(due, state.now + mostPerTurnMs))) publish(block);
      topics.tick();
    },
    async slowness() {
      const { delayMs = 0 } = faults.strikes('slow-answers') ?? {};
      if (delayMs > 0)
        await new Promise(resolve => setTimeout(resolve, delayMs * faults.random.between(0.5, 1)));
    },
  };
}

function universeOf(state: ExchangeState): Universe {
  const coins = new Set(state.coins);
  // Note: coins of builders' dexes are named after them, such as `xyz:NVDA`.
  const dexs = new Set(state.coins.map(coin => (coin.includes(':') ? (coin.split(':')[0] ?? '') : '')));
  return {
    hasCoin: coin => coins.has(coin),
    isSpot: coin => coin.startsWith('@') || coin.includes('/'),
    hasDex: dex => dexs.has(dex),
  };
}
