import { createExchangeState } from './create-exchange-state.ts';
import type { Block, ExchangeState, ExchangeStateOptions, Provocation } from './exchange-state.ts';
import type { WireFill, WireFundingUpdate, WireLedgerUpdate, WireTwapFill } from './wire.ts';

/*
 * What a client can know of an exchange: its blocks and its answers, added up without the exchange's own arithmetic.
 */

/** A decimal as a count of 10^-10, so that sums are exact. */
export function exact(text: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,10}))?$/.exec(text);
  if (match === null) throw new RangeError(`expected a decimal of at most ten decimals, found ${text}`);
  const count = BigInt(match[2]! + (match[3] ?? '').padEnd(10, '0'));
  return match[1] === '-' ? -count : count;
}

/** The exact product of a price and a size. */
export function product(one: string, other: string): bigint {
  return (exact(one) * exact(other)) / 10_000_000_000n;
}

/** A small exchange of all kinds of markets, shortly before a full hour. */
export function smallExchange(seed: number, options: Partial<ExchangeStateOptions> = {}): ExchangeState {
  return createExchangeState({
    seed,
    start: Date.UTC(2026, 10, 20, 11, 58, 30),
    markets: 'both',
    wallets: 90,
    tradesPerSecond: 60,
    coins: { perps: 130, builder: 30, spot: 20 },
    ...options,
  });
}

export type Provocations = ReadonlyMap<number, Provocation | ((state: ExchangeState) => Provocation)>;

/** Runs for so many seconds, with provocations at their second. */
export function run(state: ExchangeState, seconds: number, provocations: Provocations = new Map()): Block[] {
  const blocks: Block[] = [];
  const start = state.now;
  for (let second = 0; second < seconds; second++) {
    const provocation = provocations.get(second);
    if (provocation !== undefined) {
      state.provoke(typeof provocation === 'function' ? provocation(state) : provocation);
    }
    blocks.push(...state.runUntil(start + (second + 1) * 1_000));
  }
  return blocks;
}

export function ask<Body>(state: ExchangeState, type: string, fields: Record<string, unknown> = {}): Body {
  const { status, body } = state.info({ type, ...fields });
  if (status !== 200) throw new Error(`expected an answer to ${type}, found ${status}`);
  return body as Body;
}

/**
 * All fills of a user by paging, oldest first, of TWAPs or all others. Of a millisecond with more than a page of fills, the
 * oldest and the newest page are read.
 */
export function pagedFills(state: ExchangeState, user: string, ofTwaps: boolean): WireFill[] {
  const fills: WireFill[] = [];
  const seen = new Set<string>();
  const page = (fields: Record<string, unknown>) =>
    ofTwaps
      ? ask<WireTwapFill[]>(state, 'userTwapSliceFillsByTime', { user, ...fields }).map(({ fill }) => fill)
      : ask<WireFill[]>(state, 'userFillsByTime', { user, ...fields });
  const add = (found: readonly WireFill[]) => {
    for (const fill of found) {
      const key = `${fill.time}/${fill.coin}/${fill.tid}/${fill.oid}`;
      if (!seen.has(key)) fills.push(fill);
      seen.add(key);
    }
  };
  for (let startTime = 0; ; ) {
    const found = page({ startTime });
    const last = found.at(-1)?.time;
    add(found);
    if (last === undefined || found.length < 2_000) return fills;
    if (found[0]!.time === last) add(page({ startTime: last, endTime: last, reversed: true }).reverse());
    startTime = found[0]!.time === last ? last + 1 : last;
  }
}

/** All funding payments of a user by paging, which repeats none because the next page begins a millisecond later. */
export function pagedFunding(state: ExchangeState, user: string): WireFundingUpdate[] {
  const payments: WireFundingUpdate[] = [];
  for (let startTime = 0; ; ) {
    const page = ask<WireFundingUpdate[]>(state, 'userFunding', { user, startTime });
    payments.push(...page);
    if (page.length === 0) return payments;
    startTime = page.at(-1)!.time + 1;
  }
}

/** What an entry of the ledger does to a user's dollars, wherever they are. */
export function dollarsOf(user: string, { delta }: WireLedgerUpdate): bigint {
  const usdc = typeof delta.usdc === 'string' ? exact(delta.usdc) : 0n;
  switch (delta.type) {
    case 'deposit':
      return usdc;
    case 'withdraw':
      return -usdc - exact(delta.fee as string);
    case 'internalTransfer':
    case 'subAccountTransfer':
      return delta.user === user ? -usdc : usdc;
    case 'vaultCreate':
    case 'vaultDeposit':
      return delta.vault === user ? usdc : -usdc;
    case 'vaultWithdraw':
      return delta.user === user
        ? exact(delta.netWithdrawnUsd as string)
        : -exact(delta.netWithdrawnUsd as string);
    case 'accountClassTransfer':
    case 'send':
    case 'spotGenesis':
    case 'liquidation':
      return 0n;
    default:
      throw new RangeError(`expected a known kind of ledger entry, found ${delta.type}`);
  }
}

export const isSpot = (coin: string) => coin.startsWith('@') || coin.includes('/');

/** A user of whom a request has something to tell, or the first one. */
export function userWith(state: ExchangeState, type: string): string {
  const found = state.users.find(user => {
    const body = ask<unknown>(state, type, { user });
    return Array.isArray(body) && body.length > 0;
  });
  return found ?? state.users[0]!;
}
