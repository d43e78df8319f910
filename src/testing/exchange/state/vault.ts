import { type Account, equityOf } from './accounts.ts';
import { wireUsd } from './decimals.ts';
import type { Venue } from './venue.ts';

interface Follower {
  /** Part of the vault; all parts sum to 1. */
  share: number;
  readonly since: number;
  /** Micro-dollars put in. */
  deposited: number;
}

/** A vault: an account that trades for those who put money in. */
export interface Vault {
  readonly account: Account;
  readonly leader: Account;
  readonly name: string;
  readonly createdAt: number;
  /** Vaults that trade for this one. */
  readonly children: Vault[];
  readonly parent: Vault | undefined;
  readonly followers: ReadonlyMap<Account, Readonly<Follower>>;
  /** Makes somebody a follower, before the money comes in; refuses a vault that has lost everything. */
  put(account: Account, micro: number, venue: Venue): boolean;
  /** Takes a part of a follower's share out, before the money goes; micro-dollars that it is worth, 0 for nobody's. */
  take(account: Account, part: number, venue: Venue): number;
}

export function createVault(
  draft: Pick<Vault, 'account' | 'leader' | 'name' | 'createdAt' | 'parent'>,
  deposited: number,
): Vault {
  const followers = new Map<Account, Follower>([
    [draft.leader, { share: 1, since: draft.createdAt, deposited }],
  ]);
  return {
    ...draft,
    children: [],
    followers,
    put(account, micro, venue) {
      const equity = equityOf(draft.account, venue.universe, venue.marks);
      if (equity <= 0) return false;
      const added = micro / (equity + micro);
      for (const follower of followers.values()) follower.share *= 1 - added;
      const known = followers.get(account);
      if (known === undefined) followers.set(account, { share: added, since: venue.now, deposited: micro });
      else {
        known.share += added;
        known.deposited += micro;
      }
      return true;
    },
    take(account, part, venue) {
      const own = followers.get(account);
      const equity = equityOf(draft.account, venue.universe, venue.marks);
      if (own === undefined || account === draft.leader || equity <= 0) return 0;
      const taken = own.share * part;
      const micro = Math.floor(equity * taken);
      own.share -= taken;
      own.deposited -= Math.round(own.deposited * part);
      if (own.share < 1e-9) followers.delete(account);
      // What is left belongs to those who stay.
      for (const follower of followers.values()) follower.share /= 1 - taken;
      return micro;
    },
  };
}

export function relationshipOf({ children, parent }: Vault) {
  if (parent !== undefined) return { type: 'child' };
  if (children.length === 0) return { type: 'normal' };
  return { type: 'parent', data: { childAddresses: children.map(({ account }) => account.address) } };
}

/** What the stats host's list and `vaultSummaries` say of a vault. */
export function vaultSummaryOf(venue: Venue, vault: Vault) {
  const { account, leader, name, createdAt } = vault;
  return {
    name,
    vaultAddress: account.address,
    leader: leader.address,
    tvl: wireUsd(equityOf(account, venue.universe, venue.marks)),
    isClosed: false,
    relationship: relationshipOf(vault),
    createTimeMillis: createdAt,
  };
}
