import { momentOf, presentSize, sizeAt } from './holding.ts';
import type { DexState } from './trader-state.ts';

/** The size of one coin in an answer. */
export interface StatedSize {
  readonly coin: string;
  /** Whole numbers of 1e-12. */
  readonly size: bigint;
}

/** What an answer says of one coin, held against what was expected. */
export type Verdict =
  /** It is what was expected at `moment`, or there was no expectation. */
  | {
      readonly coin: string;
      readonly size: bigint;
      readonly fits: true;
      readonly isFirst: boolean;
      readonly moment: number;
    }
  /** It differs by `drift` from what was expected. */
  | { readonly coin: string; readonly size: bigint; readonly fits: false; readonly drift: bigint };

/**
 * Holds the sizes of an answer against what was expected: of each coin in it, and of each other coin that was thought to be
 * held, which the answer says is flat. `undefined` for an answer that is older than the last one.
 */
export function judgeSizes(
  state: DexState,
  stated: readonly StatedSize[],
  at: { readonly time: number; readonly toleranceMs: number },
): Verdict[] | undefined {
  if (at.time < state.readAt) return undefined;
  const isFirst = state.readAt === Number.NEGATIVE_INFINITY;
  const verdicts: Verdict[] = [];
  const named = new Set<string>();
  for (const { coin, size } of stated) {
    named.add(coin);
    verdicts.push(judge(state, { coin, size }, { ...at, isFirst }));
  }
  for (const [coin, holding] of state.holdings) {
    if (named.has(coin)) continue;
    // Note: a trade that came after the answer that has it in it moved the ledger, which was told of no answer: it must be now.
    const isTold = holding.tradedAt <= holding.toldAt;
    const isForgotten = !isFirst && holding.stated === 0n && holding.deltas.length === 0 && isTold;
    if (!isForgotten) verdicts.push(judge(state, { coin, size: 0n }, { ...at, isFirst }));
  }
  return verdicts;
}

function judge(
  state: DexState,
  { coin, size }: StatedSize,
  at: { readonly time: number; readonly toleranceMs: number; readonly isFirst: boolean },
): Verdict {
  const holding = state.holdings.get(coin);
  if (at.isFirst) return { coin, size, fits: true, isFirst: true, moment: at.time };
  if (holding === undefined) {
    return size === 0n
      ? { coin, size, fits: true, isFirst: false, moment: at.time }
      : { coin, size, fits: false, drift: size };
  }
  const moment = momentOf(holding, size, at);
  if (moment !== undefined) return { coin, size, fits: true, isFirst: false, moment };
  return { coin, size, fits: false, drift: size - (sizeAt(holding, at.time) ?? presentSize(holding)) };
}
