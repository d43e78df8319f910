import type { Input, Plugin, Ref } from '../plugin-api/index.ts';
import type { JobStore } from './jobs.ts';
import type { Pipeline } from './pipeline.ts';
import type { Plan } from './plan.ts';
import type { Runtime } from './runtime.ts';

export type PluginState = 'planned' | 'starting' | 'running' | 'degraded' | 'paused' | 'stopped' | 'failed';

/** How a plugin does, for operators. */
export interface PluginStatus {
  readonly id: string;
  readonly kind: Plugin['kind'];
  readonly version: string;
  readonly doc: string;
  readonly state: PluginState;
  readonly reason: string | undefined;
  /** The effective configuration, with secrets hidden. */
  readonly configuration: unknown;
  readonly reads: readonly string[];
  readonly provides: readonly string[];
  readonly faults: number;
  readonly calls: number;
  readonly totalMs: number;
  readonly progress?:
    | { readonly done: number; readonly total: number | undefined; readonly unit: string }
    | undefined;
  /** Input that a collector could not read, and drafts of it that did not fit. */
  readonly rejected?: number;
}

/** The states of all plugins of a plan, in the order in which they run. */
export function pluginStatuses({
  plan,
  pipeline,
  runtime,
}: {
  readonly plan: Plan;
  readonly pipeline: Pipeline;
  readonly runtime: Runtime;
}): PluginStatus[] {
  const health = new Map(pipeline.health().map(item => [item.plugin, item]));
  const timings = new Map(pipeline.timings().map(item => [item.plugin, item]));
  const collectors = new Map(runtime.collectors.map(run => [run.id, run]));
  const { phase } = runtime;
  return plan.plugins.map(({ plugin, config }) => {
    const common = {
      id: plugin.id,
      kind: plugin.kind,
      version: plugin.version,
      doc: plugin.doc,
      configuration: hideSecrets(config),
      reads: readsOf(plugin),
      provides: providesOf(plugin),
      calls: timings.get(plugin.id)?.calls ?? 0,
      totalMs: timings.get(plugin.id)?.totalMs ?? 0,
    };
    if (plugin.kind === 'collector') {
      const status = collectors.get(plugin.id)?.status;
      const refused = runtime.sources.get(plugin.id)?.rejected ?? 0;
      return {
        ...common,
        state: status?.state ?? 'planned',
        reason: status?.reason,
        faults: status?.faults ?? 0,
        progress: status?.progress,
        rejected: (status?.rejected ?? 0) + refused,
      };
    }
    const own = health.get(plugin.id);
    return {
      ...common,
      state: stateOf(phase, own?.state),
      reason:
        own?.state === 'degraded'
          ? 'too many faults in a short time; resume it, or restart'
          : own?.state === 'failed'
            ? 'it could not be loaded; its last fault says why'
            : undefined,
      faults: own?.faults ?? 0,
    };
  });
}

function stateOf(phase: Runtime['phase'], state: PluginState = 'running'): PluginState {
  if (state === 'failed') return 'failed';
  if (phase === 'planned') return 'planned';
  if (phase === 'recovering') return 'starting';
  if (phase === 'stopped' || phase === 'failed') return 'stopped';
  return state;
}

/** Ids of the refs that a plugin reads. */
export function readsOf(plugin: Plugin): string[] {
  const inputs = 'inputs' in plugin ? Object.values((plugin.inputs ?? {}) as Record<string, Input>) : [];
  const refs: Ref[] = inputs.map(input => ('optional' in input ? input.ref : input));
  if (plugin.kind === 'feature') refs.push(...plugin.on);
  if (plugin.kind === 'signal') refs.push(...plugin.trigger);
  return [...new Set(refs.map(({ id }) => id))];
}

/** Ids of the refs that a plugin provides. */
export function providesOf(plugin: Plugin): string[] {
  const refs: readonly Ref[] = plugin.kind === 'collector' ? plugin.emits : [plugin.output];
  return refs.map(({ id }) => id);
}

const secretName = /secret|password|token|api_?key|private/i;

/** A copy of a configuration in which values that are named like a secret, and passwords in URLs, are hidden. */
export function hideSecrets(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/(:\/\/[^:/?#@\s]*):([^@/\s]+)@/g, '$1:(hidden)@');
  if (Array.isArray(value)) return value.map(hideSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      secretName.test(name) && typeof item === 'string' ? '(hidden)' : hideSecrets(item),
    ]),
  );
}

/** Writes the states into the table of plugins; those of plugins that are not planned any more go. */
export async function storePlugins(
  store: JobStore,
  statuses: readonly PluginStatus[],
  { plan, at }: { readonly plan: Plan; readonly at: number },
): Promise<void> {
  const rows = statuses.map(status => ({
    id: status.id,
    kind: status.kind,
    version: status.version,
    api: plan.plugins.find(({ plugin }) => plugin.id === status.id)!.plugin.api,
    doc: status.doc,
    state: status.state,
    reason: status.reason ?? null,
    config: status.configuration ?? {},
    reads: status.reads,
    writes: status.provides,
    faults: status.faults,
    updated_at: at,
  }));
  await store.query(
    `with given as (select * from jsonb_to_recordset($1::text::jsonb) as row(id text, kind text, version text, api text, doc text,
         state text, reason text, config jsonb, reads text[], writes text[], faults integer, updated_at bigint)),
       gone as (delete from plugins where not exists (select from given where given.id = plugins.id))
     insert into plugins (id, kind, version, api, doc, state, reason, config, reads, writes, faults, updated_at)
     select id, kind, version, api, doc, state, reason, config, reads, writes, faults, updated_at from given
     on conflict (id) do update set kind = excluded.kind, version = excluded.version, api = excluded.api, doc = excluded.doc,
       state = excluded.state, reason = excluded.reason, config = excluded.config, reads = excluded.reads,
       writes = excluded.writes, faults = excluded.faults, updated_at = excluded.updated_at`,
    [JSON.stringify(rows)],
  );
}
