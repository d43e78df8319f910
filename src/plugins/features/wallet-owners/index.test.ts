import { describe, expect, it } from 'vitest';
import { alice, bob, carol, runFeatures } from '../../../../test/support/feature-run.ts';
import { accountLink, walletOwner } from '../../../plugin-api/index.ts';
import { conformance, tapeBuilder } from '../../../testing/index.ts';
import { walletOwnersFeature } from './index.ts';

const link = (user: string, owner: string, at: number) => ({
  key: user,
  at,
  payload: { user, owner, relation: 'sub-account' as const, name: 'hedge' },
});

describe('wallet-owners', () => {
  for (const check of conformance(walletOwnersFeature)) it(check.name, check.run);

  it('names the owner of each account and the accounts of each owner, each once', async () => {
    const tape = tapeBuilder()
      .add(accountLink, link(bob, alice, 1))
      .add(accountLink, link(carol, alice, 2))
      .add(accountLink, link(bob, alice, 3));
    const run = await runFeatures([walletOwnersFeature], tape.events);
    expect(run.row(walletOwner, bob)).toEqual({
      owner: alice,
      relation: 'sub-account',
      name: 'hedge',
      accounts: [],
    });
    expect(run.row(walletOwner, alice)).toEqual({
      owner: alice,
      relation: null,
      name: null,
      accounts: [{ account: bob }, { account: carol }],
    });
  });
});
