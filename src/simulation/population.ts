import type { Account, Archetype, FeeRates } from './accounts.ts';
import { arbitrageur } from './agents/arbitrageur.ts';
import { followWhale } from './agents/copy-bot.ts';
import type { Behaviour, Desk } from './agents/desk.ts';
import { holder } from './agents/holder.ts';
import { createMarketMakers } from './agents/market-maker.ts';
import { retail } from './agents/retail.ts';
import { scalper } from './agents/scalper.ts';
import { contrarian, momentum } from './agents/trend.ts';
import { whale } from './agents/whale.ts';
import { type Coin, coins } from './coins.ts';
import type { Exchange } from './exchange.ts';
import type { Pace, PhaseKind } from './phase.ts';
import { createRandom, type Random } from './random.ts';

const day = 86_400_000;
const hour = 3_600_000;

/** How traders of one kind are made. */
interface Kind {
  readonly archetype: Archetype;
  /** How many of each hundred wallets, except for those whose number is fixed. */
  readonly count: number;
  /** How often one looks at the market in thin history, per day. */
  readonly perDay: number;
  /** The same in the present, relative to other kinds. */
  readonly weight: number;
  /** Instead of a weight: how often one looks in the present, whatever the rate of trades, ms. */
  readonly everyMs?: (index: number) => number;
  /** Days before the present at which one begins. */
  readonly joined: readonly [oldest: number, newest: number];
  /** Days before the present at which one stops; 0 for never. */
  readonly left?: number;
  readonly behaviour: Behaviour;
  readonly deposit: (random: Random, index: number) => number;
  readonly coins: (random: Random, index: number) => readonly Coin[];
  /** Whether one sleeps at night. */
  readonly human: boolean;
}

const retailFees: FeeRates = { taker: 0.00045, maker: 0.00015 };
const volumeFees: FeeRates = { taker: 0.00035, maker: 0.00008 };
const makerFees: FeeRates = { taker: 0.00024, maker: -0.00001 };
const feesOf = (archetype: Archetype): FeeRates => {
  if (archetype === 'market-maker') return makerFees;
  return ['whale', 'arbitrageur', 'scalper'].includes(archetype) ? volumeFees : retailFees;
};

const some = (random: Random, count: number): Coin[] => {
  const left = [...coins];
  return Array.from(
    { length: Math.min(count, left.length) },
    () => left.splice(random.below(left.length), 1)[0]!,
  );
};
const whaleDeposits = [58e6, 33e6, 24e6, 16e6, 13e6, 11e6, 6e6, 4.5e6, 3e6, 2.2e6];

/** The archetypes, but for makers and copy bots; of 220 wallets. */
const kinds: readonly Kind[] = [
  {
    archetype: 'whale',
    count: 10,
    perDay: 0.35,
    weight: 0,
    // The three largest are busier, so that something is seen of them within the first minute.
    everyMs: index => (index < 3 ? 75_000 : 170_000),
    joined: [65, 50],
    behaviour: whale,
    deposit: (random, index) =>
      (whaleDeposits[index % whaleDeposits.length] ?? 2e6) * random.between(0.95, 1.05),
    coins: (random, index) => [
      ...coins.slice(0, 3),
      ...(index % 3 === 0 ? [] : [random.pick(coins.slice(3, 6))]),
    ],
    human: false,
  },
  {
    archetype: 'scalper',
    count: 12,
    perDay: 45,
    weight: 4,
    joined: [4, 2],
    behaviour: scalper,
    deposit: random => random.logNormal(60_000, 0.7),
    coins: random => some(random, 2),
    human: false,
  },
  {
    archetype: 'momentum',
    count: 16,
    perDay: 3,
    weight: 3,
    joined: [45, 12],
    behaviour: momentum,
    deposit: random => random.logNormal(90_000, 1.1),
    coins: random => some(random, 4),
    human: true,
  },
  {
    archetype: 'contrarian',
    count: 16,
    perDay: 3,
    weight: 3,
    joined: [45, 12],
    behaviour: contrarian,
    deposit: random => random.logNormal(90_000, 1.1),
    coins: random => some(random, 4),
    human: true,
  },
  {
    archetype: 'arbitrageur',
    count: 8,
    perDay: 7,
    weight: 5,
    joined: [40, 20],
    behaviour: arbitrageur,
    deposit: random => random.logNormal(700_000, 0.5),
    coins: random => some(random, 7),
    human: false,
  },
  {
    archetype: 'holder',
    count: 20,
    perDay: 0.06,
    weight: 0,
    joined: [65, 45],
    behaviour: holder,
    deposit: random => random.logNormal(60_000, 1.4),
    coins: random => some(random, 3),
    human: true,
  },
  {
    archetype: 'dormant',
    count: 8,
    perDay: 0.1,
    weight: 0,
    joined: [65, 63],
    left: 31,
    behaviour: retail,
    deposit: random => random.logNormal(5_000, 1),
    coins: random => some(random, 2),
    human: true,
  },
  {
    archetype: 'retail',
    count: 112,
    perDay: 0.8,
    weight: 1,
    joined: [60, 0.5],
    behaviour: retail,
    deposit: random => random.logNormal(6_000, 1.2),
    coins: random => some(random, 2 + random.below(4)),
    human: true,
  },
];
const standardWallets = 220;
const makerCount = 6;
const copyBotCount = 8;
/** Trades that one look at the market comes to, and trades per second of those who keep their own time; measured. */
const untimedTrades = 2;
const tradesPerLook = 1.4;

export interface PopulationOptions {
  readonly exchange: Exchange;
  readonly seed: number;
  readonly wallets: number;
  readonly tradesPerSecond: number;
  /** When the present begins; ages are counted back from it. */
  readonly present: number;
  readonly pace: () => Pace;
  readonly phase: () => PhaseKind;
}

/** The traders of the simulation. */
export interface Population {
  /** Draws anew when each trader looks next; called when a phase begins. */
  reschedule(): void;
}

/** Opens all accounts and has each trader look at the market at random times. */
export function createPopulation(options: PopulationOptions): Population {
  const { exchange, seed, present, pace, phase } = options;
  const random = createRandom(seed, 'population');
  const scale = options.wallets / standardWallets;
  const looks: ((delayMs?: number) => void)[] = [];
  const earlyLooks: ((delayMs?: number) => void)[] = [];
  let generation = 0;
  let members = 0;

  const open = (archetype: Archetype, depositUsd: number): Account =>
    exchange.open({
      address: `0x${random.hex(40)}`,
      name: `sim ${archetype} ${++members}`,
      archetype,
      fees: feesOf(archetype),
      depositUsd,
    });

  const deskOf = (account: Account, dealsIn: readonly Coin[]): Desk => ({
    exchange,
    account,
    coins: dealsIn,
    random: createRandom(seed, `agent/${account.index}`),
    pace,
  });

  const countOf = (kind: Kind) =>
    kind.archetype === 'whale' ? kind.count : Math.max(1, Math.round(kind.count * scale));
  // Humans are awake for about eleven of twenty-four hours.
  const weightOf = (kind: Kind) => kind.weight * countOf(kind) * (kind.human ? 11 / 24 : 1);
  const weights = kinds.reduce((sum, kind) => sum + weightOf(kind), 0);
  const looksPerHour =
    (Math.max(0.2, options.tradesPerSecond - untimedTrades) * 3_600) / tradesPerLook / weights;

  function meanMs(kind: Kind, index: number): number {
    const thin = kind.perDay === 0 ? Number.POSITIVE_INFINITY : day / kind.perDay;
    if (phase() === 'deep') return thin;
    const busy = kind.everyMs?.(index) ?? (kind.weight === 0 ? thin : hour / (kind.weight * looksPerHour));
    return phase() === 'live' ? busy : Math.min(thin, busy * 30);
  }

  function employ(kind: Kind, index: number, joined: number): void {
    const account = open(kind.archetype, kind.deposit(random, index));
    const desk = deskOf(account, kind.coins(random, index));
    const act = kind.behaviour(desk);
    const wakes = desk.random.below(24);
    const leaves = kind.left === undefined ? Number.POSITIVE_INFINITY : present - kind.left * day;
    const awake = () => !kind.human || (Math.floor(exchange.now / hour) + 24 - wakes) % 24 < 11;

    function look(delayMs = desk.random.exponential(meanMs(kind, index))): void {
      const asked = generation;
      exchange.at(exchange.now + delayMs, () => {
        if (asked !== generation) return;
        if (exchange.now > leaves || (account.cash < 0 && exchange.equityUsd(account) < 25)) return;
        if (awake()) act();
        look();
      });
    }
    exchange.at(joined, () => {
      (kind.archetype === 'whale' && index < 3 ? earlyLooks : looks).push(look);
      if (kind.archetype === 'holder' || kind.archetype === 'dormant') act();
      if (kind.archetype === 'dormant') exchange.at(leaves, act);
      look();
    });
  }

  for (const kind of kinds) {
    for (let index = 0; index < countOf(kind); index++) {
      employ(kind, index, present - random.between(kind.joined[1], kind.joined[0]) * day);
    }
  }

  const whales = exchange.accounts.filter(account => account.archetype === 'whale');
  for (let index = 0; index < Math.max(1, Math.round(copyBotCount * scale)); index++) {
    const desk = deskOf(open('copy-bot', random.logNormal(150_000, 0.8)), coins);
    followWhale(desk, whales[index % whales.length]!);
  }

  const arbitrageurs = exchange.accounts.filter(account => account.archetype === 'arbitrageur');
  const makers = Array.from({ length: makerCount }, (_, index) => ({
    account: open('market-maker', random.between(3e6, 8e6)),
    // Each coin has four makers; the first two deal in everything.
    coins: index < 2 ? coins : coins.filter(coin => (coin.index + index) % 2 === 0),
  }));
  exchange.onRefresh(
    createMarketMakers(exchange, seed, makers, (coin, side, tick) => {
      const account = random.pick(arbitrageurs);
      exchange.take(account, coin, side * Math.min(50_000, exchange.equityUsd(account) * 0.05), tick);
    }),
  );

  // In the present, new retail traders keep arriving, until there are twice as many wallets.
  const newcomer = kinds.at(-1)!;
  const greatest = exchange.accounts.length * 2;
  function arrive(): void {
    const asked = generation;
    if (phase() !== 'live' || exchange.accounts.length >= greatest) return;
    exchange.at(exchange.now + random.exponential(45_000), () => {
      if (asked !== generation) return;
      employ(newcomer, exchange.accounts.length, exchange.now);
      arrive();
    });
  }

  return {
    reschedule() {
      generation++;
      for (const look of looks) look();
      // Who watches a market begin sees the largest traders act soon.
      for (const look of earlyLooks) look(phase() === 'live' ? random.between(3_000, 40_000) : undefined);
      arrive();
    },
  };
}
