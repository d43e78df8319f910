import { type FaultKind, faultPlan, type PlannedFault } from '../../src/testing/exchange/index.ts';
import type { Provocation } from '../../src/testing/exchange/state/exchange-state.ts';
import { seededRandom } from '../replay/seeded-random.ts';

/** All that goes wrong in one storm, and when, in ms from its beginning. */
export interface StormPlan {
  readonly durationMs: number;
  readonly faults: readonly PlannedFault[];
  /** When the platform is killed, and how long nobody starts it again. */
  readonly kills: readonly { readonly atMs: number; readonly downMs: number }[];
  readonly provocations: readonly {
    readonly atMs: number;
    readonly of: ProvocationKind;
    readonly who: number;
  }[];
}

export type ProvocationKind = Exclude<Provocation['kind'], 'halt' | 'nan-premium' | 'tid-collision'>;

const durationMs = 15_000;

/** Everything that can go wrong but a ban, which is longer than a storm. */
const kinds: readonly FaultKind[] = [
  ...(['drop', 'half-open', 'rotate', 'reject-upgrade', 'restart'] as const),
  ...(['duplicate-frames', 'drop-frames', 'reorder-frames', 'late-frames', 'late-ack'] as const),
  ...(['unknown-keys', 'late-candles', 'partial-candles', 'tid-collision', 'nan-premium'] as const),
  ...(['clock-leap', 'http-status', 'slow-answers', 'truncated-answers'] as const),
];

const provoked: readonly ProvocationKind[] = [
  ...(['twap', 'burst', 'liquidation', 'adl', 'settlement', 'vault-transfer', 'trade', 'deposit'] as const),
];

/** The same seed makes the same plan. */
export function stormPlan(seed: number): StormPlan {
  const random = seededRandom(seed);
  const between = (from: number, to: number) => Math.round(from + random() * (to - from));
  // Note: two storms of three have a kill, and one of ten another: a third start within a minute waits for weight.
  const killCount = Math.min(1, seed % 3) + (seed % 10 === 0 ? 1 : 0);
  return {
    durationMs,
    faults: faultPlan({
      ...{ seed, durationMs, everyMs: 650, longestMs: 3_000 },
      // Note: what is lost in silence is found by counting whole minutes, and a process that is killed has not counted its last.
      kinds: killCount === 0 ? kinds : kinds.filter(kind => kind !== 'drop-frames'),
    }),
    kills: Array.from({ length: killCount }, () => ({
      atMs: between(1_000, durationMs),
      downMs: between(0, 1_500),
    })).sort((a, b) => a.atMs - b.atMs),
    provocations: provoked
      .map(of => ({ atMs: between(500, durationMs), of, who: random() }))
      .sort((a, b) => a.atMs - b.atMs),
  };
}
