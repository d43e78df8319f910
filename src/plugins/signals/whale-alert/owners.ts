import type { WhaleAlertConfig } from './config.ts';

// Note: configurations are frozen, so a list made from one stays right for as long as it lives.
const accounts = new WeakMap<WhaleAlertConfig['owners'], ReadonlyMap<string, readonly string[]>>();

/** The owner of an account; the account itself when none is named. */
export function ownerOf(trader: string, owners: WhaleAlertConfig['owners']): string {
  return owners[trader] ?? trader;
}

/** All accounts that are known of an owner. */
export function accountsOf(owner: string, owners: WhaleAlertConfig['owners']): readonly string[] {
  let byOwner = accounts.get(owners);
  if (byOwner === undefined) {
    byOwner = Map.groupBy(Object.keys(owners).sort(), account => owners[account]!);
    accounts.set(owners, byOwner);
  }
  return byOwner.get(owner) ?? [owner];
}
