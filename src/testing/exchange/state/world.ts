import type { Figures } from './figures.ts';
import type { Force } from './force.ts';
import type { Funding } from './funding.ts';
import type { Ledger } from './ledger.ts';
import type { Load } from './load.ts';
import type { Population } from './population.ts';
import type { Quotes } from './quotes.ts';
import type { Twaps } from './twaps.ts';
import type { Market } from './universe.ts';
import type { Venue } from './venue.ts';
import type { WireLevel } from './wire.ts';

/** Best levels first. */
export interface Depth {
  readonly bids: readonly WireLevel[];
  readonly asks: readonly WireLevel[];
}

/** All parts of the local exchange's state, as requests see them. */
export interface World {
  readonly seed: number;
  readonly venue: Venue;
  readonly ledger: Ledger;
  readonly population: Population;
  readonly quotes: Quotes;
  readonly funding: Funding;
  readonly figures: Figures;
  readonly twaps: Twaps;
  readonly force: Force;
  /** Whether nobody trades at present. */
  isHalted: boolean;
  readonly load: Load;
  /** The book of a market, at most so many levels a side. */
  depthOf(market: Market, levels: number): Depth;
  /** Middle of best bid and ask in half ticks; `undefined` with an empty book. */
  doubleMidOf(market: Market): number | undefined;
}
