import type { DecisionCount, DecisionRow } from '../event.ts';

/** How often each reason was given, emitted and held. */
export interface ReasonCounts {
  readonly emitted: Map<string, number>;
  readonly held: Map<string, number>;
}

export function countReason({ emitted, held }: ReasonCounts, because: string, isEmitted: boolean): void {
  const counts = isEmitted ? emitted : held;
  counts.set(because, (counts.get(because) ?? 0) + 1);
}

const longestReason = 200;

/** A reason without its numbers, so that it stays one reason whatever they are. */
function withoutNumbers(because: string): string {
  return because.replace(/0x[0-9a-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?/g, '#').slice(0, longestReason);
}

/** The counts of one plugin, reasons that differ in numbers taken together. */
export function summariseReasons(plugin: string, counts: ReasonCounts): DecisionCount[] {
  return [true, false].flatMap(emitted => {
    const sums = new Map<string, number>();
    for (const [because, count] of emitted ? counts.emitted : counts.held) {
      const reason = withoutNumbers(because);
      sums.set(reason, (sums.get(reason) ?? 0) + count);
    }
    return Array.from(sums, ([because, count]) => ({ plugin, emitted, because, count }));
  });
}

/** Counts what is known of decisions whose evaluations were not counted: the last ones of each key. */
export function countDecisions(decisions: readonly DecisionRow[]): DecisionCount[] {
  const plugins = new Map<string, ReasonCounts>();
  for (const { plugin, emitted, trace } of decisions) {
    let counts = plugins.get(plugin);
    if (counts === undefined) {
      counts = { emitted: new Map(), held: new Map() };
      plugins.set(plugin, counts);
    }
    countReason(counts, trace.because, emitted);
  }
  return [...plugins].flatMap(([plugin, counts]) => summariseReasons(plugin, counts));
}
