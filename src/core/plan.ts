import { createHash } from 'node:crypto';
import type {
  ClassifierPlugin,
  CollectorPlugin,
  FeaturePlugin,
  ModelPlugin,
  Plugin,
  Plugins,
  Ref,
  SignalPlugin,
} from '../plugin-api/index.ts';
import { resolveRefs } from './plan/graph.ts';
import { checkHeader, checkKind, idOf } from './plan/header.ts';
import { runOrder } from './plan/order.ts';
import { planConfig } from './plan/plugin-config.ts';
import { collectProblems, type Problems } from './plan/problems.ts';

export { PlanError, type PlanProblem } from './errors.ts';
export { graphqlFieldName, graphqlTypeName } from './plan/names.ts';

export interface PlanInput {
  readonly plugins: Plugins;
  /** Each plugin's configuration, by its id; `{}` for those not named. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly overrides?: {
    /** The range of plugin API versions to assume for a plugin, by its id, in place of its own. */
    readonly apiRange?: Readonly<Record<string, string>>;
  };
  /** Ids of plugins to leave out. */
  readonly disabled?: readonly string[];
}

export interface PlannedPlugin<P extends Plugin = Plugin> {
  readonly plugin: P;
  /** Complete with defaults, and frozen. */
  readonly config: unknown;
  /** Its place in the order in which plugins run, from 0. */
  readonly order: number;
}

/** Plugins that fit together, in the order in which they run. It does not depend on the order of registration. */
export interface Plan {
  readonly plugins: readonly PlannedPlugin[];
  readonly collectors: readonly PlannedPlugin<CollectorPlugin>[];
  readonly features: readonly PlannedPlugin<FeaturePlugin>[];
  readonly models: readonly PlannedPlugin<ModelPlugin>[];
  readonly classifiers: readonly PlannedPlugin<ClassifierPlugin>[];
  readonly signals: readonly PlannedPlugin<SignalPlugin>[];
  /** Every ref that is provided or read, by id. */
  readonly refs: ReadonlyMap<string, Ref>;
  /** The ids of the plugins that provide each ref; several only for events. */
  readonly providers: ReadonlyMap<string, readonly string[]>;
  /** SHA-256 over ids, versions and configurations of all plugins, in hexadecimal digits. */
  readonly configHash: string;
}

/**
 * Checks that plugins fit together and orders them.
 *
 * @throws PlanError with all problems at once.
 */
export function makePlan(input: PlanInput): Plan {
  const problems = collectProblems();
  const all = flatten(input.plugins).filter(plugin => checkKind(plugin, problems));
  const disabled = new Set(input.disabled ?? []);
  const plugins = all.filter(plugin => !disabled.has(plugin.id));

  checkDuplicates(plugins, problems);
  checkConfigNames(all, input, problems);
  for (const plugin of plugins) checkHeader(plugin, input.overrides?.apiRange?.[plugin.id], problems);
  const configs = new Map(
    plugins.map(plugin => [plugin, planConfig(plugin, input.config?.[plugin.id], problems)]),
  );
  const graph = resolveRefs(plugins, problems);
  const ordered = runOrder(plugins, graph, problems);
  problems.throwIfAny();

  const planned = ordered.map(
    (plugin, order): PlannedPlugin => ({ plugin, config: configs.get(plugin), order }),
  );
  const ofKind = <P extends Plugin>(kind: P['kind']) =>
    planned.filter((item): item is PlannedPlugin<P> => item.plugin.kind === kind);
  return {
    plugins: planned,
    collectors: ofKind<CollectorPlugin>('collector'),
    features: ofKind<FeaturePlugin>('feature'),
    models: ofKind<ModelPlugin>('model'),
    classifiers: ofKind<ClassifierPlugin>('classifier'),
    signals: ofKind<SignalPlugin>('signal'),
    refs: sortedMap(graph.refs, ref => ref),
    providers: sortedMap(graph.providers, providers => providers.map(plugin => plugin.id).sort()),
    configHash: hash(planned),
  };
}

function flatten(plugins: Plugins): readonly Plugin[] {
  return Array.isArray(plugins) ? plugins.flatMap(flatten) : [plugins as Plugin];
}

function checkDuplicates(plugins: readonly Plugin[], problems: Problems): void {
  for (const [id, same] of Map.groupBy(plugins, idOf)) {
    if (same.length < 2) continue;
    problems.add(
      'PLAN_ID_DUPLICATE',
      [id],
      `${id}: ${same.length} plugins have this id (versions ${same.map(plugin => plugin.version).join(', ')}). ` +
        'Register each plugin once, or rename all but one.',
    );
  }
}

function checkConfigNames(plugins: readonly Plugin[], input: PlanInput, problems: Problems): void {
  const known = new Set(plugins.map(plugin => plugin.id));
  const named: [string, readonly string[]][] = [
    ['configuration', Object.keys(input.config ?? {})],
    ['overrides.apiRange', Object.keys(input.overrides?.apiRange ?? {})],
    ['disabled', input.disabled ?? []],
  ];
  for (const [place, ids] of named) {
    for (const id of ids) {
      if (known.has(id)) continue;
      problems.add(
        'PLAN_CONFIG_UNKNOWN_PLUGIN',
        [id],
        `${place} names the plugin ${id}, which is not registered. Known are ${[...known].sort().join(', ') || 'none'}.`,
      );
    }
  }
}

function sortedMap<From, To>(map: ReadonlyMap<string, From>, to: (value: From) => To): Map<string, To> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, to(value)]));
}

function hash(planned: readonly PlannedPlugin[]): string {
  const sum = createHash('sha256');
  for (const { plugin, config } of planned) {
    sum.update(`${JSON.stringify([plugin.id, plugin.version, canonical(config)])}\n`);
  }
  return sum.digest('hex');
}

/** Plain data with the keys of objects sorted. */
function canonical(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(canonical);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, canonical(item)]),
  );
}
