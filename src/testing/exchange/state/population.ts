import { backstopAddress } from '../../../simulation/accounts.ts';
import { createRandom, type Random } from '../../../simulation/random.ts';
import type { Account, AccountDraft } from './accounts.ts';
import type { Ledger } from './ledger.ts';
import { makerFees, traderFees } from './load.ts';
import { createVault, type Vault } from './vault.ts';
import type { Venue } from './venue.ts';

/** Accounts of the local exchange other than the agents' own. */
export interface Population {
  /** Those that send orders: traders, sub-accounts and vaults. */
  readonly traders: readonly Account[];
  readonly makers: readonly Account[];
  readonly backstop: Account;
  readonly vaults: readonly Vault[];
  /** API wallets, which hold nothing, by their address. */
  readonly agents: ReadonlyMap<string, Account>;
}

export interface PopulationOptions {
  readonly seed: number;
  readonly venue: Venue;
  readonly ledger: Ledger;
  readonly wallets: number;
}

/** Opens accounts and pays in. Of fifty wallets one leads a vault; every twelfth is unified, every fifteenth has sub-accounts. */
export function openPopulation({ seed, venue, ledger, wallets }: PopulationOptions): Population {
  const random = createRandom(seed, 'accounts');
  const { book } = venue;
  const agents = new Map<string, Account>();
  const open = (draft: Omit<AccountDraft, 'address'> & { address?: string }): Account =>
    book.open({ address: `0x${random.hex(40)}`, ...draft });
  const pay = (account: Account, usd: number) => ledger.deposit(account, Math.round(usd * 1e6));

  const backstop = open({
    address: backstopAddress,
    name: 'Hyperliquidity Provider (HLP)',
    kind: 'backstop',
    fees: { taker: 0, maker: 0 },
  });
  pay(backstop, 90_000_000);

  const traders: Account[] = [];
  const masters: Account[] = [];
  for (let i = 0; i < wallets; i++) {
    const trader = open({
      name: `sim trader ${i + 1}`,
      kind: 'user',
      fees: traderFees,
      isUnified: i % 12 === 5,
      namesOrders: i % 3 === 0,
    });
    pay(trader, depositOf(random, i));
    traders.push(trader);
    if (i % 10 === 3) agents.set(`0x${random.hex(40)}`, trader);
    if (i % 15 === 7) masters.push(trader);
  }
  for (const master of masters) {
    for (let i = 0; i < 1 + random.below(2); i++) {
      const sub = open({ name: `sim sub ${i + 1}`, kind: 'subAccount', fees: traderFees, master });
      const micro = Math.round(Math.max(5_000e6, master.collateral[0]! * 0.2));
      pay(master, micro / 1e6);
      ledger.subAccountTransfer(master, sub, micro);
      traders.push(sub);
    }
  }

  const makers = Array.from({ length: Math.max(4, Math.min(40, Math.round(wallets / 25))) }, (_, i) => {
    const maker = open({
      name: `sim maker ${i + 1}`,
      kind: 'maker',
      fees: makerFees,
      namesOrders: i % 2 === 0,
    });
    pay(maker, 30_000_000);
    for (let dex = 1; dex < venue.universe.dexes.length; dex++) {
      pay(maker, 3_000_000);
      ledger.toDex(maker, dex, 3_000_000e6);
    }
    return maker;
  });

  const vaults: Vault[] = [];
  const leaders = traders.filter((trader, i) => i % 50 === 11 && trader.kind === 'user' && !trader.isUnified);
  const openVault = (leader: Account, name: string, parent?: Vault): Vault => {
    const account = open({ name, kind: 'vault', fees: traderFees });
    const micro = Math.round(random.between(100_000, 3_000_000)) * 1e6;
    pay(leader, micro / 1e6);
    ledger.createVault(leader, account, micro);
    const vault = createVault({ account, leader, name, createdAt: venue.now, parent }, micro);
    vaults.push(vault);
    traders.push(account);
    return vault;
  };
  for (const [i, leader] of leaders.entries()) {
    const vault = openVault(leader, `sim vault ${i + 1}`);
    // The first has two children, so that parents and children are never absent.
    if (i % 4 !== 0) continue;
    const children = [
      openVault(leader, `${vault.name} A`, vault),
      openVault(leader, `${vault.name} B`, vault),
    ];
    (vault.children as Vault[]).push(...children);
  }
  return { traders, makers, backstop, vaults, agents };
}

/** Most traders are small, a few are large, and the first ones are whales. */
function depositOf(random: Random, index: number): number {
  const usd = index < 5 ? random.between(12e6, 45e6) : random.logNormal(60_000, 1.6);
  return Math.round(Math.max(2_000, Math.min(60e6, usd)));
}
