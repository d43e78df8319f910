import { type Draft, draft, transfer } from '../../../plugin-api/index.ts';
import { type LogEntry, readTransfer, type Transaction } from './chain.ts';
import type { Tokens } from './tokens.ts';
import type { Wallets } from './wallets.ts';

/** Said of a contract where the wallet called none: it was sent tokens, or sent the chain's own coin to another wallet. */
export const noContract = `0x${'0'.repeat(40)}`;

/** What a block holds of what is told. */
export interface BlockContent {
  /** In ms. */
  readonly time: number;
  /** In their order; undefined when the block was not read whole. */
  readonly transactions: readonly Transaction[] | undefined;
  /** Logs of transfers, in their order. */
  readonly logs: readonly LogEntry[];
}

/** The logs that concern a wallet whose transfers are told. */
export function logsOf(wallets: Wallets, logs: readonly LogEntry[]): readonly LogEntry[] {
  return logs.filter(log => {
    const moved = log.removed === true ? undefined : readTransfer(log);
    return moved !== undefined && (wallets.has(moved.from) || wallets.has(moved.to));
  });
}

/** What happened to known wallets in a block: calls of contracts and transfers of tokens, transaction by transaction. */
export function transfersOf(
  { time, transactions, logs }: BlockContent,
  { wallets, tokens }: { readonly wallets: Wallets; readonly tokens: Tokens },
): readonly Draft<typeof transfer>[] {
  const drafts: Draft<typeof transfer>[] = [];
  const byHash = Map.groupBy(logs, ({ transactionHash }) => transactionHash);
  const addTransfers = (hash: string, transaction: Transaction | undefined): void => {
    for (const log of byHash.get(hash) ?? []) {
      const moved = readTransfer(log);
      if (moved === undefined) continue;
      const { token, from, to, amount } = moved;
      for (const user of from === to ? [from] : [from, to]) {
        if (!wallets.has(user)) continue;
        const isSender = user === from;
        const called =
          transaction === undefined ? isSender : transaction.from === user && transaction.to === token;
        drafts.push(
          draft(transfer, {
            key: user,
            tsEvent: time,
            dedupe: `${hash}:${log.logIndex}:${user}`,
            payload: {
              user,
              counterparty: isSender ? to : from,
              contract: called ? token : noContract,
              ...tokens.describe(token, isSender ? -amount : amount),
              hash,
            },
          }),
        );
      }
    }
  };
  for (const transaction of transactions ?? []) {
    const { hash, from, to, input } = transaction;
    if (wallets.has(from)) {
      const isCall = input !== '0x' && to !== null;
      drafts.push(
        draft(transfer, {
          key: from,
          tsEvent: time,
          dedupe: `${hash}:call:${from}`,
          payload: {
            user: from,
            counterparty: to ?? noContract,
            contract: isCall ? to : noContract,
            token: null,
            amount: null,
            valueUsd: null,
            hash,
          },
        }),
      );
    }
    addTransfers(hash, transaction);
    byHash.delete(hash);
  }
  for (const hash of [...byHash.keys()]) addTransfers(hash, undefined);
  return drafts;
}
