import { coinNames } from '../../../simulation/coins.ts';
import { type Phase, phasesBefore } from '../../../simulation/phase.ts';
import { createRandom } from '../../../simulation/random.ts';
import { type Agents, createAgents } from './agents.ts';
import { isEmpty } from './block-draft.ts';
import { wireDecimal } from './decimals.ts';
import { quotedDepth } from './depth.ts';
import type { Block, ExchangeState, ExchangeStateOptions } from './exchange-state.ts';
import { createFigures } from './figures.ts';
import { createForce, type Force } from './force.ts';
import { createFunding } from './funding.ts';
import { answerInfo } from './info.ts';
import { createLeaderboard } from './leaderboard.ts';
import { createLedger } from './ledger.ts';
import { createLife } from './life.ts';
import { createLoad } from './load.ts';
import { openPopulation } from './population.ts';
import { createPrices } from './prices.ts';
import { prepare } from './provocations.ts';
import { createQuotes } from './quotes.ts';
import { shareOut } from './shares.ts';
import { createTwaps } from './twaps.ts';
import { createUniverse } from './universe.ts';
import { createVenue } from './venue.ts';
import { historyOf, viewOf } from './views.ts';
import type { World } from './world.ts';

const fillsKept = 1_048_576;
const ordersKept = 262_144;
const firstHeight = 1_070_000_000;
/** Shortest and longest time between blocks, ms. */
const blockMs = [66, 94] as const;
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const sampleMs = 5 * second;
/** History is made in such steps, in each of which the load trades as much as in this much of the present. */
const historyStepMs = 5 * minute;
const historyLoadMs = 2 * second;
/** How finely time passes while nobody watches. */
const thinStepMs = second;

/** Sets up a local exchange. The same options give the same blocks. */
export function createExchangeState(options: ExchangeStateOptions): ExchangeState {
  const { seed, start, markets } = options;
  const begin = start - Math.round((options.historyDays ?? 0) * day);
  const phases: Phase[] = [...(options.phases ?? [{ kind: 'live', from: start }])];
  const universe = createUniverse(seed, {
    perps: options.coins?.perps ?? 178,
    builder: options.coins?.builder ?? 280,
    spot: options.coins?.spot ?? 330,
    first: markets === 'load' ? [] : coinNames,
  });
  const venue = createVenue({ seed, start: begin, universe, fillsKept, ordersKept });
  venue.begin(firstHeight, begin);
  const ledger = createLedger(venue);
  const shares = shareOut(options, universe);
  const population = openPopulation({ seed, venue, ledger, wallets: shares.loadWallets });
  const load = createLoad({
    seed,
    venue,
    ledger,
    quotes: () => quotes,
    traders: population.traders,
    markets: shares.loadMarkets,
    tradesPerSecond: shares.loadRate,
  });
  const quotes = createQuotes({
    venue,
    ledger,
    random: createRandom(seed, 'quotes'),
    makers: population.makers,
    others: load.dealersIn,
  });
  const twaps = createTwaps(venue, quotes);
  const { backstop } = population;
  const force: Force = createForce({ venue, ledger, quotes, twaps, backstop });
  const agents: Agents | undefined =
    markets === 'load'
      ? undefined
      : createAgents({
          seed,
          venue,
          ledger,
          force: () => force,
          backstop,
          wallets: shares.agentWallets,
          tradesPerSecond: shares.agentRate,
          present: start,
          phases: [...phasesBefore(start, options.historyDays ?? 0), ...phases],
        });
  const live = universe.markets.filter(({ isDelisted }) => !isDelisted);
  const quoted = live.filter(market => agents?.markets.has(market) !== true);
  const prices = createPrices(seed, venue, quoted, begin);
  const funding = createFunding(venue);
  const figures = createFigures(venue);
  const life = createLife({
    seed,
    venue,
    ledger,
    population,
    quotes,
    twaps,
    force,
    load,
    markets: shares.loadMarkets,
    tradesPerSecond: shares.loadRate,
  });
  const leaderboard = createLeaderboard({ seed, venue, figures, population, size: options.leaderboardRows });
  const pace = createRandom(seed, 'blocks');
  const world: World = {
    isHalted: false,
    seed,
    venue,
    ledger,
    population,
    quotes,
    funding,
    figures,
    twaps,
    force,
    load,
    depthOf: (market, levels) =>
      agents?.markets.has(market) === true
        ? agents.depthOf(market, levels)
        : quotedDepth(quotes, market, levels),
    doubleMidOf: market =>
      agents?.markets.has(market) === true
        ? agents.doubleMidOf(market)
        : quotes.bid(market) + quotes.ask(market),
  };
  let provoked: (() => void)[] = [];
  let lived = start;

  /** Whether a multiple of a period lies between two times. */
  const passes = (from: number, to: number, period: number) =>
    Math.floor(from / period) !== Math.floor(to / period);

  /** Makes a block; `act` is what is done in it. */
  function makeBlock(time: number, act: () => void): Block {
    const before = venue.now;
    venue.begin(Math.max(venue.height + 1, firstHeight + Math.floor((time - begin) / 80)), time);
    prices.advance(time);
    if (passes(before, time, sampleMs)) funding.sample();
    if (passes(before, time, hour)) {
      venue.turnover.endHour(time, venue.lastTicks);
      funding.pay();
    }
    act();
    // Note: what is older than the shortest periods is drawn from samples of hours and days.
    if (passes(before, time, time < start - 2 * day ? hour : minute)) figures.sample();
    return venue.block;
  }

  function makeHistory(): void {
    for (let time = begin; time < start; ) {
      time = Math.min(start, time + historyStepMs);
      for (const group of agents?.runUntil(time - 1) ?? []) {
        makeBlock(group.time, () => agents?.book(group.events));
      }
      if (time < start) makeBlock(time, () => options.loadHasHistory !== false && load.trade(historyLoadMs));
    }
  }

  function makeLiveBlock(time: number): Block {
    const before = venue.now;
    return makeBlock(time, () => {
      if (!world.isHalted) {
        if (agents !== undefined) agents.book(agents.runUntil(time).flatMap(({ events }) => events));
        load.trade(Math.min(time - before, minute));
        twaps.run();
        if (time - lived >= second) life.live(time - lived);
      }
      if (time - lived >= second) lived = time;
      const asked = provoked;
      provoked = [];
      for (const happen of asked) happen();
    });
  }

  figures.sample();
  makeHistory();
  agents?.showOrders();
  // The present begins with books that have something in them.
  if (agents !== undefined) {
    const opening = agents.runUntil(start).flatMap(({ events }) => events);
    makeBlock(start, () => agents.book(opening));
  }
  const nextGap = () => blockMs[0] + pace.below(blockMs[1] - blockMs[0] + 1);
  const phaseAt = (time: number) => phases.findLast(({ from }) => from <= time) as Phase;
  const endOf = (phase: Phase) => phases[phases.indexOf(phase) + 1]?.from ?? Number.POSITIVE_INFINITY;
  /** Up to when everything is told. */
  let told = start;
  let next = start + nextGap();

  /** Goes on by one step, which ends at `next` at the latest; what it returns has something in it. */
  function step(): Block[] {
    const phase = phaseAt(told);
    const end = endOf(phase);
    if (phase.kind === 'live') {
      // The last block of a phase may end with it.
      const time = Math.min(next, end);
      const block = makeLiveBlock(time);
      told = time;
      next = time < end ? time + nextGap() : Math.min(end + thinStepMs, endOf(phaseAt(end)));
      return isEmpty(block) ? [] : [block];
    }
    const time = next;
    const groups = agents?.runUntil(time - 1) ?? [];
    const blocks = groups.map(group => makeBlock(group.time, () => agents?.book(group.events)));
    blocks.push(makeBlock(time, () => agents?.book([])));
    told = time;
    lived = time;
    const following = phaseAt(time);
    next = following.kind === 'live' ? time + nextGap() : Math.min(time + thinStepMs, endOf(following));
    return blocks.filter(block => !isEmpty(block));
  }

  function addPhase(phase: Phase): void {
    const last = Math.max(next, phases.at(-1)?.from ?? start);
    if (!Number.isSafeInteger(phase.from) || phase.from <= last) {
      throw new RangeError(`expected a phase that begins after ${last}, found ${phase.from}`);
    }
    phases.push(phase);
    agents?.add(phase);
  }

  return {
    get now() {
      return venue.now;
    },
    get height() {
      return venue.height;
    },
    get users() {
      return venue.book.accounts.map(({ address }) => address);
    },
    get coins() {
      return live.filter(({ isDelisted }) => !isDelisted).map(({ coin }) => coin);
    },
    runUntil(time) {
      const blocks: Block[] = [];
      while (next <= time) blocks.push(...step());
      return blocks;
    },
    info: request => answerInfo(request, world),
    leaderboard: () => leaderboard.rows(),
    vaults: () => leaderboard.vaults(),
    view: subscription => viewOf(subscription, world),
    history: subscription => historyOf(subscription, world),
    provoke(provocation) {
      if (provocation.kind === 'phase') addPhase({ kind: provocation.pace, from: provocation.from });
      else provoked.push(prepare(provocation, world));
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
