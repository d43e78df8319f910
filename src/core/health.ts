import type { CollectorPlugin } from '../plugin-api/index.ts';
import type { Clock } from './clock.ts';
import type { PluginStatus } from './plugin-status.ts';
import type { Runtime } from './runtime.ts';

/** Whether the application works, and what does not. */
export interface Health {
  /** `failed`: the writer has halted. `degraded`: something works less than it should. */
  readonly status: 'ok' | 'degraded' | 'failed';
  readonly phase: Runtime['phase'];
  /** What is wrong, as sentences. */
  readonly problems: readonly string[];
  readonly store: { readonly available: boolean; readonly reason: string | undefined };
  readonly tape: { readonly seq: number; readonly time: number | undefined };
  readonly committedSeq: number;
  readonly plugins: Readonly<Record<string, string>>;
}

/** Whether answers are worth having now: they are complete and not stale. */
export interface Readiness {
  readonly ready: boolean;
  /** Why not, as sentences. */
  readonly reasons: readonly string[];
  readonly sources: readonly SourceReadiness[];
}

export interface SourceReadiness {
  readonly id: string;
  readonly state: string;
  /** When its last event arrived, in ms; undefined before the first. */
  readonly lastAt: number | undefined;
  readonly ageMs: number | undefined;
  /** Its data counts as stale after this; undefined for a history, which ends. */
  readonly expectedWithinMs: number | undefined;
  readonly stale: boolean;
}

export function healthOf(runtime: Runtime, plugins: readonly PluginStatus[]): Health {
  const problems: string[] = [];
  if (runtime.failure !== undefined) {
    problems.push(runtime.failure instanceof Error ? runtime.failure.message : String(runtime.failure));
  }
  const store = runtime.storeHealth;
  if (!store.available) problems.push(`The database does not answer: ${store.reason}`);
  for (const { id, state, reason } of plugins) {
    if (state === 'degraded' || state === 'failed')
      problems.push(`${id} is ${state}: ${reason ?? 'no reason given'}`);
  }
  return {
    status: runtime.phase === 'failed' ? 'failed' : problems.length > 0 ? 'degraded' : 'ok',
    phase: runtime.phase,
    problems,
    store,
    tape: { seq: runtime.lastSeq, time: runtime.tapeTime },
    committedSeq: runtime.committedSeq,
    plugins: Object.fromEntries(plugins.map(({ id, state }) => [id, state])),
  };
}

export function readinessOf(
  runtime: Runtime,
  {
    clock,
    staleAfterMs,
  }: { readonly clock: Clock; readonly staleAfterMs: (plugin: CollectorPlugin) => number },
): Readiness {
  const now = clock.now();
  const reasons: string[] = [];
  if (runtime.phase !== 'live' && runtime.phase !== 'idle') {
    reasons.push(
      runtime.phase === 'history'
        ? 'History is still being read.'
        : `The application is ${runtime.phase}, not running.`,
    );
  }
  if (!runtime.storeHealth.available) reasons.push('The database does not answer.');
  const sources = runtime.collectors.map((run): SourceReadiness => {
    const lastAt = runtime.sources.get(run.id)?.lastAt;
    const live = run.availability === 'live';
    const expectedWithinMs = live ? staleAfterMs(run.plugin) : undefined;
    const ageMs = live && lastAt !== undefined ? Math.max(0, now - lastAt) : undefined;
    const stale =
      expectedWithinMs !== undefined &&
      runtime.phase === 'live' &&
      (ageMs === undefined || ageMs > expectedWithinMs);
    if (stale) {
      reasons.push(
        ageMs === undefined
          ? `${run.id} has brought nothing yet.`
          : `${run.id} is stale: its last event is ${Math.round(ageMs / 1_000)} s old, expected is at most ${expectedWithinMs! / 1_000} s.`,
      );
    }
    return { id: run.id, state: run.status.state, lastAt, ageMs, expectedWithinMs, stale };
  });
  return { ready: reasons.length === 0, reasons, sources };
}
