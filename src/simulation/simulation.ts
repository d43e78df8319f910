import type { Account } from './accounts.ts';
import { coins } from './coins.ts';
import { createExchange, type Exchange } from './exchange.ts';
import type { MarketEvent } from './market-event.ts';
import { type Phase, paces } from './phase.ts';
import { createPopulation } from './population.ts';
import { createUpkeep } from './upkeep.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Phases in the order of their beginnings; the first is when the simulation begins. */
  readonly phases: readonly Phase[];
  /** When the present begins, from which the ages of wallets are counted back. */
  readonly present: number;
  readonly wallets: number;
  /** Mean rate in the present. */
  readonly tradesPerSecond: number;
}

/** A market with its traders. The same options give the same events. */
export interface Simulation {
  readonly now: number;
  readonly exchange: Exchange;
  readonly accounts: readonly Account[];
  /** Goes on to a time and returns what happened until then, in order. */
  runUntil(time: number): MarketEvent[];
  /** Adds a phase that begins later. */
  add(phase: Phase): void;
}

export function createSimulation(options: SimulationOptions): Simulation {
  const first = options.phases[0];
  if (first === undefined) throw new RangeError('expected at least one phase, found none');
  let phase = first;
  let events: MarketEvent[] = [];
  const exchange = createExchange({
    seed: options.seed,
    start: first.from,
    sink: event => {
      events.push(event);
    },
    marksBeforeOrders: () => paces[phase.kind].marksBeforeOrders,
  });
  const pace = () => paces[phase.kind];
  const upkeep = createUpkeep(exchange, pace);
  const population = createPopulation({
    exchange,
    seed: options.seed,
    wallets: options.wallets,
    tradesPerSecond: options.tradesPerSecond,
    present: options.present,
    pace,
    phase: () => phase.kind,
  });

  function begin(next: Phase): void {
    phase = next;
    exchange.advance();
    for (const coin of coins) exchange.refresh(coin);
    population.reschedule();
    upkeep.restart();
  }
  begin(first);
  const add = (next: Phase) => exchange.firstAt(next.from, () => begin(next));
  for (const next of options.phases.slice(1)) add(next);

  return {
    get now() {
      return exchange.now;
    },
    exchange,
    accounts: exchange.accounts,
    runUntil(time) {
      exchange.runUntil(time);
      const happened = events;
      events = [];
      return happened;
    },
    add,
  };
}
