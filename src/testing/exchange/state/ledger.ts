import type { Account } from './accounts.ts';
import { append } from './block-draft.ts';
import { wireDecimal, wireUsd } from './decimals.ts';
import type { Token } from './universe.ts';
import type { Venue } from './venue.ts';
import type { WireLedgerUpdate } from './wire.ts';

/** How many entries of an account are kept. */
const kept = 2_000;
const withdrawalFee = 1_000_000;

/** Money that comes, goes and moves between accounts, and the entries that say so. Amounts in micro-dollars. */
export interface Ledger {
  /** Oldest first. */
  of(account: Account): readonly WireLedgerUpdate[];
  deposit(account: Account, micro: number): void;
  /** Takes out `micro` and a fee of one dollar. */
  withdraw(account: Account, micro: number): void;
  /** Between an account's perps and its spot account. */
  classTransfer(account: Account, micro: number, toPerp: boolean): void;
  /** Between an owner and its sub-account, of the main dex. */
  subAccountTransfer(from: Account, to: Account, micro: number): void;
  internalTransfer(from: Account, to: Account, micro: number): void;
  /** From the main dex to a builder's. */
  toDex(account: Account, dex: number, micro: number): void;
  genesis(account: Account, token: Token, tokens: number): void;
  createVault(leader: Account, vault: Account, micro: number): void;
  vaultDeposit(user: Account, vault: Account, micro: number): void;
  vaultWithdraw(user: Account, vault: Account, micro: number): void;
  /** Puts an entry down that moves no money by itself. */
  note(account: Account, delta: WireLedgerUpdate['delta'], transaction?: number): void;
}

export function createLedger(venue: Venue): Ledger {
  const entries = new Map<number, WireLedgerUpdate[]>();
  const { book } = venue;

  function note(
    account: Account,
    delta: WireLedgerUpdate['delta'],
    transaction = venue.nextTransaction(),
  ): void {
    let own = entries.get(account.index);
    if (own === undefined) {
      own = [];
      entries.set(account.index, own);
    }
    const entry = { time: venue.now, hash: venue.identifiers.transaction(transaction), delta };
    own.push(entry);
    if (own.length >= kept + 200) own.splice(0, 200);
    append(venue.block.ledger, account.address, entry);
  }

  /** One entry in the ledgers of both sides. */
  function both(from: Account, to: Account, delta: WireLedgerUpdate['delta']): void {
    const transaction = venue.nextTransaction();
    note(from, delta, transaction);
    if (to !== from) note(to, delta, transaction);
    act(from, delta.type, transaction);
  }

  function move(from: Account, to: Account, micro: number): void {
    book.pay(from, 0, -micro);
    book.pay(to, 0, micro);
    from.netDeposits -= micro;
    to.netDeposits += micro;
  }

  function act(account: Account, type: string, transaction: number): void {
    venue.block.actions.push({
      action: { type },
      block: venue.height,
      error: null,
      hash: venue.identifiers.transaction(transaction),
      time: venue.now,
      user: account.address,
    });
  }

  return {
    of: account => entries.get(account.index) ?? [],
    deposit(account, micro) {
      book.pay(account, 0, micro);
      account.netDeposits += micro;
      note(account, { type: 'deposit', usdc: wireUsd(micro) });
    },
    withdraw(account, micro) {
      book.pay(account, 0, -micro - withdrawalFee);
      account.netDeposits -= micro + withdrawalFee;
      const transaction = venue.nextTransaction();
      const nonce = venue.now;
      note(
        account,
        { type: 'withdraw', usdc: wireUsd(micro), nonce, fee: wireUsd(withdrawalFee) },
        transaction,
      );
      act(account, 'withdraw3', transaction);
    },
    classTransfer(account, micro, toPerp) {
      // A unified account has only one place for its money.
      if (account.isUnified) return;
      account.collateral[0]! += toPerp ? micro : -micro;
      account.usdc += toPerp ? -micro : micro;
      note(account, { type: 'accountClassTransfer', usdc: wireUsd(micro), toPerp });
    },
    subAccountTransfer(from, to, micro) {
      move(from, to, micro);
      both(from, to, {
        type: 'subAccountTransfer',
        usdc: wireUsd(micro),
        user: from.address,
        destination: to.address,
      });
    },
    internalTransfer(from, to, micro) {
      move(from, to, micro);
      both(from, to, {
        type: 'internalTransfer',
        usdc: wireUsd(micro),
        user: from.address,
        destination: to.address,
        fee: '0.0',
      });
    },
    toDex(account, dex, micro) {
      if (account.isUnified) return;
      account.collateral[0]! -= micro;
      account.collateral[dex]! += micro;
      const amount = wireUsd(micro);
      both(account, account, {
        type: 'send',
        user: account.address,
        destination: account.address,
        sourceDex: '',
        destinationDex: venue.universe.dexes[dex]!.name,
        token: 'USDC',
        amount,
        usdcValue: amount,
        fee: '0.0',
        nativeTokenFee: '0.0',
        nonce: venue.now,
        feeToken: '',
      });
    },
    genesis(account, token, tokens) {
      const balance = book.tokens(account, token.index);
      balance.wei += tokens * 10 ** token.weiDecimals;
      const market = venue.universe.spot[token.index - 1]!;
      const value = tokens * 10 ** market.sizeDecimals * venue.marks[market.index]! * market.unit;
      balance.cost += value;
      account.netDeposits += value;
      note(account, { type: 'spotGenesis', token: token.name, amount: wireDecimal(tokens, 0) });
    },
    createVault(leader, vault, micro) {
      move(leader, vault, micro);
      both(leader, vault, { type: 'vaultCreate', vault: vault.address, usdc: wireUsd(micro), fee: '0.0' });
    },
    vaultDeposit(user, vault, micro) {
      move(user, vault, micro);
      both(user, vault, { type: 'vaultDeposit', vault: vault.address, usdc: wireUsd(micro) });
    },
    vaultWithdraw(user, vault, micro) {
      move(vault, user, micro);
      const amount = wireUsd(micro);
      both(user, vault, {
        type: 'vaultWithdraw',
        vault: vault.address,
        user: user.address,
        requestedUsd: amount,
        commission: '0.0',
        closingCost: '0.0',
        basis: amount,
        netWithdrawnUsd: amount,
      });
    },
    note,
  };
}
