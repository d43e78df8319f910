import { toNumber, type Update, type walletPosition } from '../../../plugin-api/index.ts';
import type { Change } from './change.ts';
import type { Move } from './crowd.ts';
import type { WhaleAlertContext } from './inputs.ts';
import { accountsOf, ownerOf } from './owners.ts';

const hour = 3_600_000;

/** What a position row comes to: a change that may raise an alert, or only a new size, with the reason. */
export type ReadChange =
  | { readonly change: Change; readonly because?: undefined }
  | {
      readonly change?: undefined;
      readonly move: Move;
      readonly because: string;
      /** Whether the record was corrected; else the size is that after a trade, or as before. */
      readonly isCorrection: boolean;
    };

/** Reads a position row: who it is, how large, and whether it is a change at all. */
export function readChange(event: Update<typeof walletPosition>, ctx: WhaleAlertContext): ReadChange {
  const { config } = ctx;
  const trader = event.key[0];
  const { payload } = event;
  const owner = ownerOf(trader, ctx);
  const isAlone = owner === trader && !ctx.inputs.owner(trader)?.accounts.length;
  const accounts = isAlone ? undefined : accountsOf(owner, trader, ctx);
  const accountValue = accounts === undefined ? accountValueOfOne(trader, ctx) : sumOfValues(accounts, ctx);
  const isWhale = accountValue !== null && accountValue >= config.whaleAccountValue;
  const score = ctx.inputs.score(trader)?.score;
  const isElite = score !== undefined && score >= config.eliteScore;
  const sizeAfter = toNumber(payload.size);

  const only = (because: string): ReadChange => ({
    move: { trader, sizeAfter, isWhale, isElite },
    because,
    isCorrection: payload.action === 'RECONCILED',
  });
  if (!isWhale && !isElite) return only('the wallet is neither a whale nor elite');
  if (payload.action === null) return only('the size did not change');
  if (payload.action === 'RECONCILED') return only('a correction of the record, not a trade');
  if (ctx.now - payload.eventTime > config.maxLatencyMs) return only('the change became known too late');

  const sizeBefore = toNumber(payload.sizeBefore);
  const absolute = Math.abs(sizeAfter - sizeBefore);
  const notionalUsd = payload.notionalUsd ?? (payload.price === null ? null : absolute * payload.price);
  const isTooSmall =
    absolute === 0 ||
    absolute < config.minChangeShare * Math.max(Math.abs(sizeBefore), Math.abs(sizeAfter)) ||
    (notionalUsd ?? 0) < config.minNotionalUsd;
  if (isTooSmall) return only('the change is too small');
  return {
    change: {
      trader,
      owner,
      hasOtherAccounts: accounts !== undefined && accounts.length > 1,
      action: payload.action,
      sizeBefore,
      sizeAfter,
      notionalUsd,
      price: payload.price,
      accountValue,
      isWhale,
      isElite,
      eventTime: payload.eventTime,
      knownAt: ctx.now,
    },
  };
}

/** The value of accounts whose value is known; `null` when none is. */
function sumOfValues(accounts: readonly string[], ctx: WhaleAlertContext): number | null {
  let sum: number | null = null;
  for (const account of accounts) {
    const value = accountValueOfOne(account, ctx);
    if (value !== null) sum = (sum ?? 0) + value;
  }
  return sum;
}

/** What was told too long ago is not known any more. */
function accountValueOfOne(account: string, { config, inputs, now }: WhaleAlertContext): number | null {
  const oldest = now - config.accountValueMaxAgeHours * hour;
  const weight = inputs.weight(account);
  if (weight !== undefined && (weight.accountValueTime ?? -Infinity) >= oldest) return weight.accountValue;
  const leaderboard = inputs.leaderboard(account);
  return leaderboard !== undefined && leaderboard.asOf >= oldest ? leaderboard.accountValue : null;
}
