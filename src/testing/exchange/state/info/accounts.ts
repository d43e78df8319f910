import type { Account } from '../accounts.ts';
import { clearinghouseOf, spotStateOf } from '../clearinghouse.ts';
import { wireDecimal, wireUsd } from '../decimals.ts';
import type { Dex } from '../universe.ts';
import type { World } from '../world.ts';
import { answer, brokenAnswer, dexIn, ofUser, type Responder } from './request.ts';

const nothing = { accountValue: '0.0', totalNtlPos: '0.0', totalRawUsd: '0.0', totalMarginUsed: '0.0' };

/** The state of one dex of an account; that of somebody unknown is empty. */
export function stateOf(world: World, account: Account | undefined, dex: Dex) {
  const { now, marks } = world.venue;
  if (account !== undefined) return clearinghouseOf(account, dex, marks, now);
  return {
    marginSummary: nothing,
    crossMarginSummary: nothing,
    crossMaintenanceMarginUsed: '0.0',
    withdrawable: '0.0',
    assetPositions: [],
    time: now,
  };
}

export function spotOf(world: World, account: Account | undefined) {
  const { universe, marks } = world.venue;
  return account === undefined ? { balances: [] } : spotStateOf(account, universe, marks);
}

/** The state of every dex, those first that all accounts have. */
export function statesOf(world: World, account: Account | undefined): [string, ReturnType<typeof stateOf>][] {
  return world.venue.universe.dexes.map(dex => [dex.name, stateOf(world, account, dex)]);
}

export function abstractionOf(account: Account | undefined): 'unifiedAccount' | 'default' {
  return account?.isUnified === true ? 'unifiedAccount' : 'default';
}

function subAccountsOf(world: World, master: Account): Account[] {
  return world.venue.book.accounts.filter(account => account.master === master);
}

function roleOf(world: World, account: Account | undefined, address: string) {
  const owner = world.population.agents.get(address);
  if (owner !== undefined) return { role: 'agent', data: { user: owner.address } };
  if (account === undefined) return { role: 'missing' };
  if (account.master !== undefined) return { role: 'subAccount', data: { master: account.master.address } };
  return { role: account.kind === 'vault' || account.kind === 'backstop' ? 'vault' : 'user' };
}

const activeAssetData: Responder = ofUser((account, { coin }, world, address) => {
  if (typeof coin !== 'string') return undefined;
  const data = activeAssetDataOf(world, account, address, coin);
  return data === undefined ? brokenAnswer : answer(data);
});

export function activeAssetDataOf(world: World, account: Account | undefined, address: string, coin: string) {
  const { universe, marks } = world.venue;
  const market = universe.byCoin(coin);
  if (market === undefined) return undefined;
  const mark = marks[market.index]!;
  const leverage = account?.positions.get(market.index)?.leverage ?? market.maxLeverage;
  const dex = universe.dexes[market.dex]!;
  const free = Math.round(Number(stateOf(world, account, dex).withdrawable) * 1e6);
  const lots = Math.floor((free * leverage) / (mark * market.unit));
  const size = wireDecimal(lots, market.sizeDecimals);
  return {
    user: address,
    coin,
    leverage: market.onlyIsolated
      ? { type: 'isolated', value: leverage, rawUsd: '0.0' }
      : { type: 'cross', value: leverage },
    maxTradeSzs: [size, size],
    availableToTrade: [wireUsd(free), wireUsd(free)],
    markPx: wireDecimal(mark, market.priceDecimals),
  };
}

export const accountResponders: Readonly<Record<string, Responder>> = {
  clearinghouseState: ofUser((account, request, world) => {
    const dex = dexIn(request, world);
    return dex === undefined ? brokenAnswer : answer(stateOf(world, account, dex));
  }),
  spotClearinghouseState: ofUser((account, _, world) => answer(spotOf(world, account))),
  userAbstraction: ofUser(account => answer(abstractionOf(account))),
  userRole: ofUser((account, _, world, address) => answer(roleOf(world, account, address))),
  subAccounts: ofUser((account, _, world) => {
    const subs = account === undefined ? [] : subAccountsOf(world, account);
    if (subs.length === 0) return answer(null);
    return answer(
      subs.map(sub => ({
        name: sub.name,
        subAccountUser: sub.address,
        master: sub.master!.address,
        clearinghouseState: stateOf(world, sub, world.venue.universe.dexes[0]!),
        spotState: spotOf(world, sub),
      })),
    );
  }),
  subAccounts2: ofUser((account, _, world) => {
    const subs = account === undefined ? [] : subAccountsOf(world, account);
    if (subs.length === 0) return answer(null);
    return answer(
      subs.map(sub => ({
        name: sub.name,
        subAccountUser: sub.address,
        master: sub.master!.address,
        dexToClearinghouseState: statesOf(world, sub),
        spotState: spotOf(world, sub),
      })),
    );
  }),
  extraAgents: ofUser((account, _, world) =>
    answer(
      [...world.population.agents]
        .filter(([, owner]) => owner === account)
        .map(([address]) => ({ name: 'api', address, validUntil: world.venue.now + 90 * 86_400_000 })),
    ),
  ),
  portfolio: ofUser((account, _, world) =>
    answer(account === undefined ? [] : world.figures.portfolioOf(account)),
  ),
  activeAssetData,
};
