import type { Phase } from './phases.ts';
import type { SoakResult } from './run.ts';

/** One target, and what was found. */
export interface Verdict {
  readonly what: string;
  readonly target: string;
  readonly found: string;
  readonly isMet: boolean;
  /** Whether it tells right from wrong on any machine; the others tell how fast this one is. */
  readonly isFunctional: boolean;
}

/** Compares what a soak found with what was promised. */
export function verdictsOf(result: SoakResult): Verdict[] {
  const { limits, trades, positions, recoverySeconds } = result;
  const phase = (name: string) => result.phases.find(each => each.name === name) as Phase;
  const steady = phase('steady');
  const exceeded = Object.entries(limits).filter(
    ([, { highWater, limit, refused }]) => highWater > limit || refused > 0,
  );
  const high = Object.entries(limits)
    .filter(([, { highWater }]) => highWater > 0)
    .map(([name, { highWater, limit }]) => `${name} ${Math.round(highWater)}/${limit}`);
  const functional = { isFunctional: true };
  const performance = { isFunctional: false };
  const lost = (counts: typeof trades.all) =>
    `${counts.onTape} of ${counts.made}, ${counts.differing.length} coins differ`;
  const late = (name: string, p50: number | undefined, p99: number): Omit<Verdict, 'what'> => {
    const found = steady.delivered[name];
    return {
      target: `${p50 === undefined ? '' : `p50 < ${p50} ms, `}p99 < ${p99} ms`,
      found:
        found === undefined
          ? 'none'
          : `p50 ${found.p50} ms, p99 ${found.p99} ms, max ${found.max} ms of ${found.count}`,
      isMet: found !== undefined && found.p99 < p99 && (p50 === undefined || found.p50 < p50),
      ...performance,
    };
  };
  const slope = (of: SoakResult['heapSlope']) =>
    of === undefined
      ? 'too few points'
      : `${of.slope.toFixed(2)} ± ${of.margin.toFixed(2)} MB/h (${of.points} points)`;
  return [
    {
      what: 'requests refused by the exchange',
      target: '0',
      found: String(result.refusedForWeight),
      isMet: result.refusedForWeight === 0,
      ...functional,
    },
    {
      what: 'limits exceeded',
      target: 'none',
      found: exceeded.length === 0 ? `none (${high.join(', ')})` : JSON.stringify(exceeded),
      isMet: exceeded.length === 0,
      ...functional,
    },
    {
      what: 'trades on the tape',
      target: 'all',
      found: lost(trades.all),
      isMet: trades.all.made > 0 && trades.all.differing.length === 0,
      ...functional,
    },
    {
      what: 'trades of the burst on the tape',
      target: 'all',
      found: `${lost(trades.burst)}, at ${Math.round(phase('burst').tradesPerSecond)}/s`,
      isMet: trades.burst.made > 0 && trades.burst.differing.length === 0,
      ...functional,
    },
    {
      what: "tracked traders' positions",
      target: 'all equal',
      found:
        `${positions.differences.length} of ${positions.compared} differ, ${positions.atFirst} when trading ended, ` +
        `after ${positions.seconds.toFixed(0)} s`,
      isMet: positions.compared > 0 && positions.differences.length === 0,
      ...functional,
    },
    {
      what: 'ends of the process, faults, failed subscriptions',
      target: '0, 0, 0',
      found: `${result.restarts}, ${result.faults}, ${result.failures.length}`,
      isMet: result.restarts === 0 && result.faults === 0 && result.failures.length === 0,
      ...functional,
    },
    {
      what: 'lag of the event loop',
      target: 'p99 < 50 ms',
      found: `p50 ${steady.lagMs.p50.toFixed(0)} ms, p99 ${steady.lagMs.p99.toFixed(0)} ms, max ${steady.lagMs.max.toFixed(0)} ms`,
      isMet: steady.lagMs.p99 < 50,
      ...performance,
    },
    {
      what: 'normal after the burst',
      target: '< 30 s',
      found: `${recoverySeconds?.toFixed(1) ?? 'never'} s; ${result.longestLagMs.toFixed(0)} ms late at most`,
      isMet: recoverySeconds !== undefined && recoverySeconds < 30,
      ...performance,
    },
    { what: 'changes of positions delivered', ...late('positions', 100, 500) },
    { what: 'critical alerts delivered', ...late('criticalAlerts', undefined, 1_000) },
    {
      what: 'growth of the heap',
      target: '< 1 MB/h',
      found: slope(result.heapSlope),
      isMet: result.heapSlope !== undefined && result.heapSlope.slope < 1,
      ...performance,
    },
    {
      what: 'growth of the process',
      target: '< 1 MB/h',
      found: slope(result.rssSlope),
      isMet: result.rssSlope !== undefined && result.rssSlope.slope < 1,
      ...performance,
    },
  ];
}

export function textOf(verdicts: readonly Verdict[]): string {
  return verdicts
    .map(
      ({ what, target, found, isMet }) =>
        `${isMet ? 'met ' : 'MISSED'}  ${what}: ${found} (target: ${target})`,
    )
    .join('\n');
}
