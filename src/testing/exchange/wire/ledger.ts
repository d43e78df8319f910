import * as z from 'zod';
import { address, coin, decimal, hash, time, whole } from './primitives.ts';

/*
 * Movements of money: entries of `userNonFundingLedgerUpdates`.
 */

const usdc = decimal;
const users = { user: address, destination: address };

const known = {
  deposit: z.looseObject({ usdc }),
  withdraw: z.looseObject({ usdc, nonce: whole, fee: decimal }),
  internalTransfer: z.looseObject({ usdc, ...users, fee: decimal }),
  accountClassTransfer: z.looseObject({ usdc, toPerp: z.boolean() }),
  subAccountTransfer: z.looseObject({ usdc, ...users }),
  spotTransfer: z.looseObject({
    token: z.string(),
    amount: decimal,
    usdcValue: decimal,
    ...users,
    fee: decimal,
  }),
  send: z.looseObject({
    ...users,
    sourceDex: z.string(),
    destinationDex: z.string(),
    token: z.string(),
    amount: decimal,
    usdcValue: decimal,
  }),
  vaultCreate: z.looseObject({ vault: address, usdc, fee: decimal.optional() }),
  vaultDeposit: z.looseObject({ vault: address, usdc }),
  vaultDistribution: z.looseObject({ vault: address, usdc }),
  vaultWithdraw: z.looseObject({
    vault: address,
    user: address,
    requestedUsd: decimal,
    netWithdrawnUsd: decimal,
  }),
  vaultLeaderCommission: z.looseObject({ user: address, usdc }),
  rewardsClaim: z.looseObject({ amount: decimal }),
  liquidation: z.looseObject({
    liquidatedNtlPos: decimal,
    accountValue: decimal,
    leverageType: z.enum(['Cross', 'Isolated']),
    liquidatedPositions: z.array(z.looseObject({ coin, szi: decimal })),
  }),
} as const;

/** An entry; of types that are not listed here, nothing but the type is expected, for the exchange adds some over time. */
export const ledgerUpdate = z.looseObject({
  time,
  hash,
  delta: z.looseObject({ type: z.string().min(1) }).superRefine((delta, context) => {
    if (!Object.hasOwn(known, delta.type)) return;
    const parsed = known[delta.type as keyof typeof known].safeParse(delta);
    if (!parsed.success) context.addIssue({ code: 'custom', message: z.prettifyError(parsed.error) });
  }),
});
