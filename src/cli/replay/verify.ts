import { createHash } from 'node:crypto';
import { builtInPlugins } from '../../core/app.ts';
import { InvariantError } from '../../core/errors.ts';
import type { LoadedConfig } from '../../core/load-config.ts';
import { type Fingerprint, fingerprint } from '../../core/store/fingerprint.ts';
import type { Tape } from '../../core/tape/tape.ts';
import { CommandEnd, exitCodes } from '../failure.ts';
import { duration, grouped } from '../numbers.ts';
import { createProgressLine } from '../progress-line.ts';
import { withApp } from '../running-app.ts';
import type { Terminal } from '../terminal.ts';
import type { ReplaySource } from './find-sources.ts';

interface Outcome {
  readonly events: number;
  /** SHA-256 over all events of the tape. */
  readonly tape: string;
  readonly results: Fingerprint;
}

/**
 * Replays the sources twice into empty databases in memory, the second time with all plugins registered in reverse, and compares
 * every event and every row.
 *
 * @throws InvariantError `REPLAY_DIVERGED` that names the tables that differ.
 */
export async function verifyReplay(options: {
  readonly config: LoadedConfig;
  readonly sources: readonly ReplaySource[];
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { terminal } = options;
  const first = await replayOnce({ ...options, label: 'first run', reversed: false });
  const second = await replayOnce({ ...options, label: 'second run, plugins in reverse', reversed: true });
  terminal.out(
    `first run:  ${grouped(first.events)} events, tape ${first.tape}, results ${first.results.hash}`,
  );
  terminal.out(
    `second run: ${grouped(second.events)} events, tape ${second.tape}, results ${second.results.hash}`,
  );
  const differing = Object.keys(first.results.tables).filter(
    table => first.results.tables[table]?.hash !== second.results.tables[table]?.hash,
  );
  if (first.tape === second.tape && first.results.hash === second.results.hash) {
    terminal.out('Both are equal, byte for byte.');
    return;
  }
  const rowsOf = (outcome: Outcome, table: string) => grouped(outcome.results.tables[table]?.rows ?? 0);
  throw new InvariantError(
    'REPLAY_DIVERGED',
    `Expected two replays of the same source to be equal, found that they differ in ${[
      ...(first.tape === second.tape
        ? []
        : [`the tape (${grouped(first.events)} and ${grouped(second.events)} events)`]),
      ...differing.map(table => `${table} (${rowsOf(first, table)} and ${rowsOf(second, table)} rows)`),
    ].join(
      ', ',
    )}. A plugin depends on something besides its inputs: run \`hypersonar check\` on those that provide them.`,
  );
}

async function replayOnce({
  config,
  terminal,
  signal,
  label,
  reversed,
}: {
  readonly config: LoadedConfig;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly label: string;
  readonly reversed: boolean;
}): Promise<Outcome> {
  const progress = createProgressLine(terminal);
  const started = performance.now();
  const planned = builtInPlugins.filter(
    ({ id, kind }) => kind !== 'collector' || config.config.plugins[id]?.config !== undefined,
  );
  const hundredYears = 876_000;
  const whole: LoadedConfig = {
    ...config,
    config: {
      ...config.config,
      database: { url: 'pglite-memory://' },
      tape: { ...config.config.tape, folder: null, hours: hundredYears },
    },
  };
  const registered = reversed ? planned.toReversed() : planned;
  return withApp(
    { config: whole, mode: 'replay', builtIn: false, plugins: registered, signal },
    async app => {
      const stopped = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => stopped.resolve(), { once: true });
      const showing = setInterval(() => progress.show({ label, rows: app.committedSeq }), 200);
      try {
        await Promise.race([app.done, stopped.promise]);
      } finally {
        clearInterval(showing);
        progress.clear();
      }
      if (signal.aborted) throw new CommandEnd(exitCodes.interrupted);
      const outcome = {
        events: app.tape.lastSeq,
        tape: await tapeHash(app.tape),
        results: await fingerprint(app.store),
      };
      terminal.note(
        `${label}: ${grouped(outcome.events)} events in ${duration(performance.now() - started)}`,
      );
      return outcome;
    },
  );
}

async function tapeHash(tape: Tape): Promise<string> {
  const hash = createHash('sha256');
  for await (const events of tape.read(1)) {
    for (const { seq, type, key, tsEvent, tsIngest, source, dedupe, payload } of events) {
      hash.update(JSON.stringify([seq, type, key, tsEvent, tsIngest, source, dedupe, payload]));
      hash.update('\n');
    }
  }
  return hash.digest('hex');
}
