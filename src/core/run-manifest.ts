import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { apiVersion } from '../plugin-api/index.ts';
import type { JobStore } from './jobs.ts';
import type { Plan } from './plan.ts';

/** The version of this package. */
export const packageVersion: string = createRequire(import.meta.url)('../../package.json').version;

/** Everything besides the tape that decides a result. */
export interface RunManifest {
  readonly hypersonar: string;
  readonly pluginApi: string;
  readonly node: string;
  readonly seed: number;
  /** Of the plugins that compute, without collectors: where events came from is on the tape. */
  readonly analysisHash: string;
  /** Plugin versions by id. */
  readonly plugins: Readonly<Record<string, string>>;
  /** SHA-256 of trained models by plugin id. */
  readonly artifacts: Readonly<Record<string, string>>;
}

/** A manifest and the id that follows from it: the same build, configuration and seed are the same run. */
export interface Run {
  readonly id: string;
  readonly manifest: RunManifest;
}

/** Describes what a plan computes. Reads the artifacts of its models. */
export async function describeRun(plan: Plan, seed: number): Promise<Run> {
  const artifacts: Record<string, string> = {};
  for (const { plugin } of plan.models) {
    if (plugin.artifact === undefined) continue;
    // Note: one that cannot be read makes its model fail at its start, where it is reported.
    const content = await readFile(plugin.artifact).catch(() => undefined);
    artifacts[plugin.id] = content === undefined ? 'unreadable' : sha256(content);
  }
  const computing = plan.plugins.filter(({ plugin }) => plugin.kind !== 'collector');
  const plugins = Object.fromEntries(
    computing
      .map(({ plugin }): [string, string] => [plugin.id, plugin.version])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const configs = computing
    .map(({ plugin, config }) => [
      plugin.id,
      plugin.version,
      'output' in plugin ? plugin.output.version : 0,
      config,
    ])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  const manifest: RunManifest = {
    hypersonar: packageVersion,
    pluginApi: apiVersion,
    node: process.version,
    seed,
    analysisHash: sha256(JSON.stringify([configs, artifacts, seed])),
    plugins,
    artifacts,
  };
  return { id: sha256(JSON.stringify(manifest)).slice(0, 16), manifest };
}

/** Keeps the manifest in the table of runs. */
export async function storeRun(
  store: JobStore,
  run: Run,
  { mode, startedAt }: { readonly mode: string; readonly startedAt: number },
): Promise<void> {
  await store.query(
    `insert into runs (id, started_at, mode, manifest) values ($1, $2, $3, $4::text::jsonb)
     on conflict (id) do update set started_at = excluded.started_at, ended_at = null, mode = excluded.mode`,
    [run.id, startedAt, mode, JSON.stringify(run.manifest)],
  );
}

export async function endRun(store: JobStore, id: string, endedAt: number): Promise<void> {
  await store.query('update runs set ended_at = $2 where id = $1', [id, endedAt]);
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
