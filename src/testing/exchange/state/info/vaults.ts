import { type Account, equityOf } from '../accounts.ts';
import { wireUsd } from '../decimals.ts';
import { relationshipOf, type Vault, vaultSummaryOf } from '../vault.ts';
import type { World } from '../world.ts';
import { addressIn, answer, ofUser, type Responder } from './request.ts';

const day = 86_400_000;
const youngMs = 2 * 3_600_000;
const lockedMs = 4 * day;

const equityIn = (world: World, account: Account) =>
  equityOf(account, world.venue.universe, world.venue.marks);

function followersOf(world: World, { account, leader, followers }: Vault) {
  const equity = equityIn(world, account);
  return [...followers].map(([follower, { share, since, deposited }]) => {
    const own = Math.round(equity * share);
    return {
      owner: follower,
      row: {
        user: follower === leader ? 'Leader' : follower.address,
        vaultEquity: wireUsd(own),
        pnl: wireUsd(own - deposited),
        allTimePnl: wireUsd(own - deposited),
        daysFollowing: Math.floor((world.venue.now - since) / day),
        vaultEntryTime: since,
        lockupUntil: since + lockedMs,
      },
    };
  });
}

const vaultDetails: Responder = (request, world) => {
  const address = addressIn(request.vaultAddress);
  if (address === undefined) return undefined;
  const user = request.user === undefined || request.user === null ? null : addressIn(request.user);
  if (user === undefined) return undefined;
  const vault = world.population.vaults.find(({ account }) => account.address === address);
  if (vault === undefined) return answer(null);
  const { account, leader, name, parent, followers } = vault;
  const all = followersOf(world, vault);
  const state = all.find(({ owner }) => owner.address === user)?.row;
  const free = Math.max(0, equityIn(world, account)) / 1e6;
  return answer({
    name,
    vaultAddress: account.address,
    leader: leader.address,
    description: `${name} of the local exchange`,
    portfolio: world.figures.portfolioOf(account),
    apr: world.figures.of(account, 'month').roi * 12,
    followerState: state === undefined ? null : { ...state, user },
    leaderFraction: followers.get(leader)?.share ?? 0,
    leaderCommission: 0.1,
    followers: all.map(({ row }) => row).slice(0, 100),
    maxDistributable: free,
    maxWithdrawable: free * (followers.get(leader)?.share ?? 0),
    isClosed: false,
    relationship: relationshipOf(vault),
    allowDeposits: parent === undefined,
    alwaysCloseOnWithdraw: false,
  });
};

export const vaultResponders: Readonly<Record<string, Responder>> = {
  vaultDetails,
  vaultSummaries: (_, world) =>
    answer(
      world.population.vaults
        .filter(({ createdAt }) => world.venue.now - createdAt < youngMs)
        .map(vault => vaultSummaryOf(world.venue, vault)),
    ),
  userVaultEquities: ofUser((account, _, world) =>
    answer(
      account === undefined
        ? []
        : world.population.vaults.flatMap(({ account: vault, followers }) => {
            const follower = followers.get(account);
            if (follower === undefined) return [];
            return [
              {
                vaultAddress: vault.address,
                equity: wireUsd(Math.round(equityIn(world, vault) * follower.share)),
                lockedUntilTimestamp: follower.since + lockedMs,
              },
            ];
          }),
    ),
  ),
  leadingVaults: ofUser((account, _, world) =>
    answer(
      world.population.vaults
        .filter(({ leader }) => leader === account)
        .map(({ account: vault, name }) => ({ address: vault.address, name })),
    ),
  ),
};
