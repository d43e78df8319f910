import type { ExchangeProcess } from '../../../src/testing/index.ts';
import type { SoakedPlatform } from './platform.ts';

/** A position that is not what the exchange says. */
export interface Difference {
  readonly trader: string;
  readonly coin: string;
  readonly exchange: string;
  readonly platform: string;
}

const query = `query ($trader: String!, $after: String) {
  positions(trader: $trader, first: 200, after: $after) {
    __typename
    ... on PositionConnection { nodes { coin size } pageInfo { hasNextPage endCursor } }
  }
}`;

interface Page {
  readonly positions: {
    readonly __typename: string;
    readonly nodes: readonly { readonly coin: string; readonly size: string }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

/** Compares all positions of some traders in perpetuals with the exchange's own, digit by digit. */
export async function differencesOf(
  platform: SoakedPlatform,
  exchange: ExchangeProcess,
  traders: readonly string[],
): Promise<{ readonly compared: number; readonly differences: readonly Difference[] }> {
  const differences: Difference[] = [];
  let compared = 0;
  for (const trader of traders) {
    const theirs = await exchange.positionsOf(trader);
    const ours = new Map<string, string>();
    for (let after: string | undefined; ; ) {
      const { positions } = await platform.ask<Page>(query, { trader, after });
      if (positions.__typename !== 'PositionConnection') throw new Error(JSON.stringify(positions));
      for (const { coin, size } of positions.nodes) if (!isSpot(coin)) ours.set(coin, size);
      if (!positions.pageInfo.hasNextPage) break;
      after = positions.pageInfo.endCursor;
    }
    for (const coin of new Set([...theirs.keys(), ...ours.keys()])) {
      compared++;
      const [exchange, platform] = [plain(theirs.get(coin)), plain(ours.get(coin))];
      if (exchange !== platform) differences.push({ trader, coin, exchange, platform });
    }
  }
  return { compared, differences };
}

const isSpot = (coin: string): boolean => coin.startsWith('@') || coin.includes('/');

/** A decimal without superfluous zeros. */
function plain(text = '0'): string {
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return short === '-0' ? '0' : short;
}
