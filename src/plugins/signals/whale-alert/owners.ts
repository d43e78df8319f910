import type { WhaleAlertConfig } from './config.ts';
import type { WhaleAlertContext } from './inputs.ts';

type OwnersContext = Pick<WhaleAlertContext, 'config' | 'inputs'>;

// Note: configurations are frozen, so a list made from one stays right for as long as it lives.
const accounts = new WeakMap<WhaleAlertConfig['owners'], ReadonlyMap<string, readonly string[]>>();

/** The owner of an account, as the configuration names it, else as the exchange tells it; itself when neither names one. */
export function ownerOf(trader: string, { config: { owners }, inputs }: OwnersContext): string {
  const named = owners[trader];
  if (named !== undefined) return named;
  const owner = inputs.owner(trader)?.owner ?? trader;
  return owners[owner] ?? owner;
}

/** All accounts that are known of an owner, this one first. */
export function accountsOf(owner: string, trader: string, ctx: OwnersContext): readonly string[] {
  const { owners } = ctx.config;
  let byOwner = accounts.get(owners);
  if (byOwner === undefined) {
    byOwner = Map.groupBy(Object.keys(owners).sort(), account => owners[account]!);
    accounts.set(owners, byOwner);
  }
  const all = new Set([trader, ...(byOwner.get(owner) ?? [owner])]);
  for (const account of [...all]) {
    for (const own of ctx.inputs.owner(account)?.accounts ?? []) {
      if (owners[own.account] === undefined || owners[own.account] === owner) all.add(own.account);
    }
  }
  return [...all];
}
