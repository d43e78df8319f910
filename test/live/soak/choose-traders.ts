import type { ExchangeProcess } from '../../../src/testing/index.ts';

/** Accounts of the exchange, spread over all there are. */
export async function chooseSpread(exchange: ExchangeProcess, count: number): Promise<string[]> {
  const users = await exchange.users();
  const step = Math.max(1, Math.floor(users.length / count));
  return users.filter((_, place) => place % step === 0).slice(0, count);
}

interface Leaderboard {
  readonly leaderboardRows: readonly { readonly ethAddress: string; readonly accountValue: string }[];
}

/** The largest accounts of those that have traded; where those are too few, others besides. */
export async function chooseLargest(exchange: ExchangeProcess, count: number): Promise<string[]> {
  const users = new Set(await exchange.users());
  const { leaderboardRows } = (await (await fetch(`${exchange.statsUrl}/leaderboard`)).json()) as Leaderboard;
  const largest = leaderboardRows
    .filter(({ ethAddress }) => users.has(ethAddress))
    .toSorted((one, other) => Number(other.accountValue) - Number(one.accountValue))
    .map(({ ethAddress }) => ethAddress);
  return [...new Set([...largest, ...(await chooseSpread(exchange, count))])].slice(0, count);
}
