import type { TimeRange } from '../../../plugin-api/index.ts';
import type { SteadyClock } from './steady-clock.ts';
import type { TraderState } from './trader-state.ts';

/** A trade by which a trader took liquidity to give up most of a position: its own decision, or a liquidation. */
export interface Surrender {
  readonly time: number;
  readonly notionalUsd: number;
}

export interface LiquidationChecksOptions {
  readonly clock: SteadyClock;
  readonly sleep: (ms: number) => Promise<void>;
  readonly signal: AbortSignal;
  /** Asks for the fills of a trader, which say what it was. */
  readonly ask: (user: string, range: TimeRange) => void;
  /** Whether a trader's fills are told anyway. */
  readonly isTold: (trader: TraderState) => boolean;
}

/** Finds out which positions were given up by force: the tape does not say, the trader's fills do. */
export interface LiquidationChecks {
  note(trader: TraderState, surrender: Surrender): void;
  run(): Promise<void>;
}

/** One trader's fills are asked for in so long a time, the largest first: at most 40 of weight each, 160 a minute. */
const everyMs = 15_000;
const mostWaiting = 100;

export function createLiquidationChecks(options: LiquidationChecksOptions): LiquidationChecks {
  const waiting = new Map<TraderState, { from: number; to: number; notionalUsd: number }>();

  return {
    note(trader, { time, notionalUsd }) {
      if (options.isTold(trader)) return;
      const known = waiting.get(trader);
      if (known !== undefined) {
        known.from = Math.min(known.from, time);
        known.to = Math.max(known.to, time + 1);
        known.notionalUsd += notionalUsd;
        return;
      }
      waiting.set(trader, { from: time, to: time + 1, notionalUsd });
      if (waiting.size <= mostWaiting) return;
      const [least] = [...waiting].reduce((a, b) => (b[1].notionalUsd < a[1].notionalUsd ? b : a));
      waiting.delete(least);
    },
    async run() {
      let askedAt = Number.NEGATIVE_INFINITY;
      while (!options.signal.aborted) {
        await options.sleep(1_000);
        if (waiting.size === 0 || options.clock.now - askedAt < everyMs) continue;
        const [trader, { from, to }] = [...waiting].reduce((a, b) =>
          b[1].notionalUsd > a[1].notionalUsd ? b : a,
        );
        waiting.delete(trader);
        if (options.isTold(trader)) continue;
        askedAt = options.clock.now;
        options.ask(trader.address, { from, to });
      }
    },
  };
}
