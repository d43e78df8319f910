import { createRandom } from '../../../simulation/random.ts';
import { isEmpty } from './block-draft.ts';
import { wireDecimal } from './decimals.ts';
import { quotedDepth } from './depth.ts';
import type { Block, ExchangeState, ExchangeStateOptions } from './exchange-state.ts';
import { createFigures } from './figures.ts';
import { createFunding } from './funding.ts';
import { answerInfo } from './info.ts';
import { createLeaderboard } from './leaderboard.ts';
import { createLedger } from './ledger.ts';
import { createLoad } from './load.ts';
import { openPopulation } from './population.ts';
import { createPrices } from './prices.ts';
import { createQuotes } from './quotes.ts';
import { createUniverse } from './universe.ts';
import { createVenue } from './venue.ts';
import { historyOf, viewOf } from './views.ts';
import type { World } from './world.ts';

const fillsKept = 1_048_576;
const ordersKept = 262_144;
const firstHeight = 1_070_000_000;
/** Shortest and longest time between blocks, ms. */
const blockMs = [66, 94] as const;
const minute = 60_000;
const hour = 60 * minute;
const sampleMs = 5_000;

/** Sets up a local exchange. The same options give the same blocks. */
export function createExchangeState(options: ExchangeStateOptions): ExchangeState {
  const { seed, start } = options;
  const universe = createUniverse(seed, {
    perps: options.coins?.perps ?? 178,
    builder: options.coins?.builder ?? 280,
    spot: options.coins?.spot ?? 330,
  });
  const venue = createVenue({ seed, start, universe, fillsKept, ordersKept });
  venue.begin(firstHeight, start);
  const ledger = createLedger(venue);
  const population = openPopulation({ seed, venue, ledger, wallets: options.wallets });
  const live = universe.markets.filter(({ isDelisted }) => !isDelisted);
  const load = createLoad({
    seed,
    venue,
    ledger,
    quotes: () => quotes,
    traders: population.traders,
    markets: live,
    tradesPerSecond: options.tradesPerSecond,
  });
  const quotes = createQuotes({
    venue,
    ledger,
    random: createRandom(seed, 'quotes'),
    makers: population.makers,
    others: load.dealersIn,
  });
  const prices = createPrices(seed, venue, live, start);
  const funding = createFunding(venue);
  const figures = createFigures(venue);
  const leaderboard = createLeaderboard({ seed, venue, figures, population, size: options.leaderboardRows });
  const pace = createRandom(seed, 'blocks');
  const world: World = {
    seed,
    venue,
    ledger,
    population,
    quotes,
    funding,
    figures,
    depthOf: (market, levels) => quotedDepth(quotes, market, levels),
    doubleMidOf: market => quotes.bid(market) + quotes.ask(market),
  };
  figures.sample();

  let next = start + nextGap();
  function nextGap(): number {
    return blockMs[0] + pace.below(blockMs[1] - blockMs[0] + 1);
  }

  /** Whether a multiple of a period lies between two times. */
  const passes = (from: number, to: number, period: number) =>
    Math.floor(from / period) !== Math.floor(to / period);

  function makeBlock(time: number): Block {
    const before = venue.now;
    venue.begin(venue.height + 1, time);
    prices.advance(time);
    if (passes(before, time, sampleMs)) funding.sample();
    if (passes(before, time, hour)) {
      venue.turnover.endHour(time, venue.lastTicks);
      funding.pay();
    }
    load.trade(time - before);
    if (passes(before, time, minute)) figures.sample();
    return venue.block;
  }

  return {
    get now() {
      return venue.now;
    },
    get height() {
      return venue.height;
    },
    users: venue.book.accounts.map(({ address }) => address),
    coins: live.map(({ coin }) => coin),
    runUntil(time) {
      const blocks: Block[] = [];
      while (next <= time) {
        const block = makeBlock(next);
        next += nextGap();
        if (!isEmpty(block)) blocks.push(block);
      }
      return blocks;
    },
    info: request => answerInfo(request, world),
    leaderboard: () => leaderboard.rows(),
    vaults: () => leaderboard.vaults(),
    view: subscription => viewOf(subscription, world),
    history: subscription => historyOf(subscription, world),
    provoke() {
      throw new Error('not yet');
    },
    positionsOf(user) {
      const positions = new Map<string, string>();
      for (const { market, lots } of venue.book.of(user.toLowerCase())?.positions.values() ?? []) {
        if (lots !== 0) positions.set(market.coin, wireDecimal(lots, market.sizeDecimals));
      }
      return positions;
    },
  };
}
