import type { Account } from './accounts.ts';
import { readDecimal } from './decimals.ts';
import type { Provocation } from './exchange-state.ts';
import type { Market } from './universe.ts';
import type { World } from './world.ts';

/** What happens in a block. */
type Happening = Exclude<Provocation, { readonly kind: 'phase' }>;

/** Checks what a test asks for, and returns what makes it happen in a block. Throws when it cannot happen. */
export function prepare(provocation: Happening, world: World): () => void {
  const { venue, quotes, force, twaps, ledger } = world;
  switch (provocation.kind) {
    case 'trade': {
      const account = accountOf(provocation.user, world);
      const market = marketOf(provocation.coin, world);
      const lots = lotsOf(provocation.size, market);
      return () => {
        quotes.take({ taker: account, market, isBuy: lots > 0, lots: Math.abs(lots) });
      };
    }
    case 'burst': {
      const account = accountOf(provocation.user, world);
      const market = perpOf(provocation.coin, world);
      const { fills } = provocation;
      if (!Number.isSafeInteger(fills) || fills < 1) {
        throw new RangeError(`expected a whole number of fills from 1, found ${fills}`);
      }
      return () => {
        const slice = Math.max(1, Math.ceil(11e6 / (venue.marks[market.index]! * market.unit)));
        quotes.take({ taker: account, market, isBuy: true, lots: slice * fills, slice });
      };
    }
    case 'tid-collision':
      return () => venue.collide(provocation.across);
    case 'liquidation': {
      const account = accountOf(provocation.user, world);
      return () => force.liquidate(account);
    }
    case 'adl': {
      const account = accountOf(provocation.user, world);
      const market = perpOf(provocation.coin, world);
      const held = account.positions.get(market.index);
      if (held === undefined || held.lots === 0) {
        throw new RangeError(`expected a position of ${provocation.user} in ${provocation.coin}, found none`);
      }
      return () => force.autoDeleverage(account, market);
    }
    case 'settlement': {
      const market = perpOf(provocation.coin, world);
      return () => force.settle(market);
    }
    case 'vault-transfer': {
      const address = provocation.vault.toLowerCase();
      const vault = world.population.vaults.find(({ account }) => account.address === address);
      if (vault === undefined || vault.children.length === 0) {
        throw new RangeError(`expected a vault with children, found ${provocation.vault}`);
      }
      return () => force.netChildren(vault);
    }
    case 'twap': {
      const account = accountOf(provocation.user, world);
      const market = perpOf(provocation.coin, world);
      const lots = lotsOf(provocation.size, market);
      return () => twaps.start(account, market, lots, provocation.minutes);
    }
    case 'deposit':
    case 'withdraw': {
      const account = accountOf(provocation.user, world);
      const micro = readDecimal(provocation.usd, 6);
      if (micro === undefined || micro <= 0) {
        throw new RangeError(
          `expected dollars above 0 with at most six decimals, found ${JSON.stringify(provocation.usd)}`,
        );
      }
      return () => ledger[provocation.kind](account, micro);
    }
    case 'halt':
      return () => {
        world.isHalted = provocation.isOn;
      };
    case 'rate': {
      const { tradesPerSecond } = provocation;
      if (!Number.isFinite(tradesPerSecond) || tradesPerSecond < 0) {
        throw new RangeError(`expected a number of trades per second from 0, found ${tradesPerSecond}`);
      }
      return () => world.load.setRate(tradesPerSecond);
    }
    case 'nan-premium': {
      const market = perpOf(provocation.coin, world);
      return () => world.funding.spoil(market);
    }
  }
}

function accountOf(user: string, world: World): Account {
  const account = world.venue.book.of(user.toLowerCase());
  if (account === undefined) {
    throw new RangeError(
      `expected the address of an account of this exchange, found ${JSON.stringify(user)}`,
    );
  }
  return account;
}

function marketOf(coin: string, world: World): Market {
  const market = world.venue.universe.byCoin(coin);
  if (market === undefined || market.isDelisted) {
    throw new RangeError(`expected a coin that trades here, found ${JSON.stringify(coin)}`);
  }
  return market;
}

function perpOf(coin: string, world: World): Market {
  const market = marketOf(coin, world);
  if (market.kind !== 'perp') throw new RangeError(`expected a perp, found the spot pair ${coin}`);
  return market;
}

function lotsOf(size: string, market: Market): number {
  const lots = readDecimal(size, market.sizeDecimals);
  if (lots === undefined || lots === 0) {
    throw new RangeError(
      `expected a signed size of ${market.coin} with at most ${market.sizeDecimals} decimals, found ${JSON.stringify(size)}`,
    );
  }
  return lots;
}
