import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import type { Phase } from './soak/phases.ts';
import type { SoakResult } from './soak/run.ts';
import { verdictsOf } from './soak/verdicts.ts';

/*
 * Writes what a soak has found as the tables of docs/soak.md: node test/live/soak-report.ts result.json
 */

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('Usage: node test/live/soak-report.ts <file that soak.ts --out has written>');
  process.exit(2);
}
const result = JSON.parse(readFileSync(file, 'utf8')) as SoakResult;
const { options } = result;
const fixed = (value: number, digits = 0) => value.toFixed(digits);
const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const table = (titles: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(titles), row(titles.map(() => '---')), ...rows.map(row)].join('\n');
const late = (phase: Phase, what: string) => {
  const found = phase.delivered[what];
  return found === undefined ? '' : `${fixed(found.p50)} / ${fixed(found.p99)} / ${fixed(found.max)}`;
};

console.log(
  [
    `Begun ${result.startedAt}, ${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.versions.node}: ` +
      `${options.minutes} minutes at ${options.rate} trades/s over 788 markets, a burst of ${options.burstRate} trades/s for ` +
      `${options.burstSeconds} s, ${options.tracked} tracked traders, ${options.wallets} wallets, a leaderboard of ` +
      `${options.leaderboardRows} rows, ${result.subscriptions} GraphQL subscriptions. All markets were subscribed after ` +
      `${fixed(result.readySeconds, 1)} s, all traders tracked after ${fixed(result.trackedSeconds, 1)} s.`,
    table(
      ['target', 'asked for', 'found', ''],
      verdictsOf(result).map(({ what, target, found, isMet }) => [
        what,
        target,
        found,
        isMet ? 'met' : '**missed**',
      ]),
    ),
    table(
      [
        ...[
          'phase',
          'seconds',
          'trades/s',
          'events/s',
          'cores',
          'of them main thread, database',
          'main thread busy',
        ],
        ...[
          'event loop lag p50 / p99 / max ms',
          'positions delivered p50 / p99 / max ms',
          'alerts',
          'RSS MB',
          'heap MB',
        ],
      ],
      result.phases.map(phase => [
        ...[phase.name, fixed(phase.seconds), fixed(phase.tradesPerSecond), fixed(phase.eventsPerSecond)],
        fixed(phase.cores, 2),
        `${fixed(phase.coresByThread.main ?? 0, 2)}, ${fixed(phase.coresByThread.pglite ?? 0, 2)}`,
        `${fixed(phase.busy * 100)} %`,
        `${fixed(phase.lagMs.p50)} / ${fixed(phase.lagMs.p99)} / ${fixed(phase.lagMs.max)}`,
        ...[late(phase, 'positions'), late(phase, 'alerts'), fixed(phase.rssMb), fixed(phase.heapMb)],
      ]),
    ),
    table(
      ['limit of an address', 'allowed', 'most used', 'refused'],
      Object.entries(result.limits).map(([name, { limit, highWater, refused }]) => [
        ...[name, String(limit), fixed(highWater), String(refused)],
      ]),
    ),
  ].join('\n\n'),
);
