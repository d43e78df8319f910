import { type Address, accountLink } from '../../../plugin-api/index.ts';
import { type Collected, collected } from '../hyperliquid-messages/collected.ts';
import { addressText, isObject, shortText } from '../hyperliquid-messages/values.ts';

export type LinkDraft = Collected<typeof accountLink>;

/** An account that belongs to a trader. */
export interface RelatedAccount {
  readonly address: Address;
  readonly relation: 'sub-account' | 'child-vault' | 'agent';
  readonly name: string | null;
}

/** The accounts in an answer of `subAccounts2` or `subAccounts`. */
export function subAccountsOf(raw: unknown): RelatedAccount[] {
  if (!Array.isArray(raw)) return [];
  const accounts: RelatedAccount[] = [];
  for (const item of raw) {
    const address = isObject(item) ? addressText(item.subAccountUser) : undefined;
    if (!isObject(item) || address === undefined) continue;
    accounts.push({ address, relation: 'sub-account', name: shortText(item.name) ?? null });
  }
  return accounts;
}

/** The children of the parent vault that an answer of `vaultDetails` is of. */
export function childVaultsOf(raw: unknown): RelatedAccount[] {
  const relationship = isObject(raw) && isObject(raw.relationship) ? raw.relationship : undefined;
  const data = isObject(relationship?.data) ? relationship.data : undefined;
  if (!Array.isArray(data?.childAddresses)) return [];
  return data.childAddresses.flatMap(value => {
    const address = addressText(value);
    return address === undefined ? [] : [{ address, relation: 'child-vault' as const, name: null }];
  });
}

/** Says whose account a wallet is. */
export function linkDraft(
  owner: Address,
  { address: user, relation, name }: Pick<RelatedAccount, 'address' | 'relation' | 'name'>,
  time: number,
): LinkDraft {
  return collected(accountLink, user, time, `${user}:${owner}:${relation}:${name ?? ''}`, {
    user,
    owner,
    relation,
    name,
  });
}

/** What an answer of `userRole` says of an address. */
export type Role =
  | { readonly kind: 'user' | 'vault' | 'missing' }
  | { readonly kind: 'agent' | 'sub-account'; readonly owner: Address };

export function roleOf(raw: unknown): Role | undefined {
  if (!isObject(raw)) return undefined;
  const data = isObject(raw.data) ? raw.data : {};
  switch (raw.role) {
    case 'user':
    case 'vault':
    case 'missing':
      return { kind: raw.role };
    case 'agent': {
      const owner = addressText(data.user);
      return owner === undefined ? undefined : { kind: 'agent', owner };
    }
    case 'subAccount': {
      const owner = addressText(data.master);
      return owner === undefined ? undefined : { kind: 'sub-account', owner };
    }
    default:
      return undefined;
  }
}
