import { openTape } from '../../../src/core/tape/open.ts';
import type { ExchangeProcess } from '../../../src/testing/index.ts';

export type TradesOfExchange = Awaited<ReturnType<ExchangeProcess['trades']>>;

/** How many trades of a coin the tape has, and how many the exchange made. */
export interface TradeCounts {
  readonly made: number;
  readonly onTape: number;
  /** Coins whose numbers differ. */
  readonly differing: readonly { readonly coin: string; readonly made: number; readonly onTape: number }[];
}

/** Compares what the exchange traded between two of its blocks with a stopped platform's tape, coin by coin. */
export async function compareTrades(
  folder: string,
  spans: readonly (readonly [from: TradesOfExchange, to: TradesOfExchange])[],
): Promise<TradeCounts[]> {
  const found = spans.map(() => new Map<string, number>());
  const tape = await openTape({ folder });
  try {
    for await (const events of tape.read(tape.firstSeq)) {
      for (const { type, payload, tsEvent } of events) {
        if (type !== 'trade') continue;
        const coin = payload.coin as string;
        for (const [place, [from, to]] of spans.entries()) {
          if (tsEvent <= from.now || tsEvent > to.now) continue;
          found[place]!.set(coin, (found[place]!.get(coin) ?? 0) + 1);
        }
      }
    }
  } finally {
    await tape.close();
  }
  return spans.map(([from, to], place) => {
    const onTape = found[place]!;
    const coins = new Set([...Object.keys(to.byCoin), ...onTape.keys()]);
    const counts = [...coins].map(coin => ({
      coin,
      made: (to.byCoin[coin] ?? 0) - (from.byCoin[coin] ?? 0),
      onTape: onTape.get(coin) ?? 0,
    }));
    const sum = (value: (of: (typeof counts)[number]) => number) =>
      counts.reduce((total, each) => total + value(each), 0);
    return {
      made: sum(({ made }) => made),
      onTape: sum(({ onTape }) => onTape),
      differing: counts.filter(({ made, onTape }) => made !== onTape),
    };
  });
}
