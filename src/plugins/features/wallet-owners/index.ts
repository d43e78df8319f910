import * as z from 'zod';
import { accountLink, defineFeature, walletOwner } from '../../../plugin-api/index.ts';

interface Ownership {
  owner: string | undefined;
  relation: 'sub-account' | 'child-vault' | 'agent' | undefined;
  name: string | null;
  /** By when they were linked. */
  accounts: string[];
}

const mostAccounts = 64;

/** Keeps whose account each wallet is, as collectors find it out. */
export const walletOwnersFeature = defineFeature({
  id: 'wallet-owners',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Keeps whose account each wallet is, and which accounts each wallet owns.',
  config: z.strictObject({}),
  on: [accountLink],
  output: walletOwner,
  key: ({ payload: { user, owner } }) => (user === owner ? undefined : [user, owner]),
  initial: (): Ownership => ({ owner: undefined, relation: undefined, name: null, accounts: [] }),
  update(state, event, ctx) {
    const { user, owner, relation, name } = event.payload;
    if (ctx.key === user) {
      state.owner = owner;
      state.relation = relation;
      state.name = name;
    } else if (!state.accounts.includes(user) && state.accounts.length < mostAccounts) {
      state.accounts.push(user);
    }
  },
  value: (state, ctx) => ({
    owner: state.owner ?? ctx.key,
    relation: state.relation ?? null,
    name: state.name,
    accounts: state.accounts.map(account => ({ account })),
  }),
  warmup: 'all',
});
