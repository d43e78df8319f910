import type { TapeEvent } from '../../core/event.ts';
import {
  type CategoryRef,
  defineClassifier,
  defineFeature,
  defineModel,
  type EventRef,
  type FeatureRef,
  type Input,
  type Plugin,
  type Plugins,
  type Ref,
  type ScoreRef,
  trade,
  tradersOf,
} from '../../plugin-api/index.ts';
import { sampleRow, seededDraw } from '../sample-rows.ts';
import { sampleTape } from '../sample-tape.ts';

/** What the kit is told about a plugin under test. */
export interface ConformanceOptions {
  /** The plugin's configuration; default `{}`. */
  readonly config?: unknown;
  /**
   * Plugins that provide what the plugin reads. A ref without a provider here is provided by a stand-in of the kit, whose rows
   * are drawn at random from the ref's fields.
   */
  readonly with?: Plugins;
  /** The tape to run on; default a small market with every standard event. */
  readonly tape?: readonly TapeEvent[];
  /** Of the default tape and of the stand-ins. */
  readonly seed?: number;
  /** How many drafts of a collector are compared; a live one never ends. Default 2,000. */
  readonly drafts?: number;
}

/** A plugin, or one that is made from the tape it will run on, as strategies that precompute things are. */
export type PluginUnderTest = Plugin | ((tape: readonly TapeEvent[]) => Plugin);

/** A plugin with everything that it needs to run. */
export interface Subject {
  readonly plugin: Plugin;
  readonly providers: readonly Plugin[];
  readonly config: unknown;
  readonly tape: readonly TapeEvent[];
}

/** Brings a plugin together with a tape and with providers of what it reads. */
export function subjectOf(under: PluginUnderTest, options: ConformanceOptions = {}): Subject {
  const tape = options.tape ?? sampleTape({ seed: options.seed ?? 1, others: eventsReadBy(under, options) });
  const plugin = typeof under === 'function' ? under(tape) : under;
  const providers = [...flatten(options.with ?? [])];
  const missing = inputsOf(plugin, ...providers).filter(
    ref => !providers.some(other => outputOf(other) === ref.id),
  );
  for (const ref of missing) providers.push(...standIn(ref, options.seed ?? 1));
  return { plugin, providers: unique(providers), config: options.config ?? {}, tape };
}

export function flatten(plugins: Plugins): readonly Plugin[] {
  return Array.isArray(plugins) ? plugins.flatMap(each => flatten(each as Plugins)) : [plugins as Plugin];
}

function eventsReadBy(under: PluginUnderTest, options: ConformanceOptions): readonly EventRef[] {
  const plugins = flatten(options.with ?? []);
  const all = typeof under === 'function' ? [under([]), ...plugins] : [under, ...plugins];
  return all.flatMap(plugin => readsOf(plugin)).filter((ref): ref is EventRef => ref.kind === 'event');
}

/** Every ref that a plugin reads, optional or not. */
export function readsOf(plugin: Plugin): readonly Ref[] {
  const inputs =
    'inputs' in plugin && plugin.inputs ? Object.values(plugin.inputs as Record<string, Input>) : [];
  const refs = inputs.map(input => ('optional' in input ? input.ref : input));
  if (plugin.kind === 'feature') return [...plugin.on, ...refs];
  if (plugin.kind === 'signal') return [...plugin.trigger, ...refs];
  return refs;
}

/** The names of a plugin's optional inputs. */
export function optionalInputs(plugin: Plugin): readonly string[] {
  const inputs =
    'inputs' in plugin && plugin.inputs ? Object.entries(plugin.inputs as Record<string, Input>) : [];
  return inputs.filter(([, input]) => 'optional' in input).map(([name]) => name);
}

function inputsOf(...plugins: readonly Plugin[]): readonly Ref[] {
  const refs = plugins.flatMap(plugin => readsOf(plugin)).filter(ref => ref.kind !== 'event');
  return [...new Map(refs.map(ref => [ref.id, ref])).values()];
}

function outputOf(plugin: Plugin): string | undefined {
  return plugin.kind === 'collector' ? undefined : (plugin.output as Ref).id;
}

function unique(plugins: readonly Plugin[]): readonly Plugin[] {
  return [...new Map(plugins.map(plugin => [plugin.id, plugin])).values()];
}

/** Plugins that provide a ref with rows drawn at random, the same for the same key and count of events. */
function standIn(ref: Ref, seed: number): readonly Plugin[] {
  const name = ref.id.replaceAll('.', '-');
  const header = { version: '1.0.0', api: '^1.0.0', doc: `Stands in for the provider of ${ref.id}.` };
  const rowFor = (key: unknown, count: number, now: number) =>
    sampleRow(ref.fields, seededDraw(seed * 7_919 + textHash(`${ref.id}:${String(key)}:${count}`)), now);
  const source = {
    ...ref,
    kind: 'feature',
    id: ref.kind === 'feature' ? ref.id : `stand-in.${ref.id}`,
  } as FeatureRef;
  const feature = defineFeature({
    ...header,
    id: `stand-in-${name}`,
    on: [trade],
    output: source,
    key: ({ payload }): never => {
      const traders = tradersOf(payload);
      const keys = {
        trader: traders,
        coin: [payload.coin],
        market: ['market'],
        'trader:coin': traders.map(trader => [trader, payload.coin]),
      };
      return keys[ref.entity] as never;
    },
    initial: () => ({ count: 0 }),
    update(state) {
      state.count++;
    },
    value: (state, ctx) => rowFor(ctx.key, state.count, ctx.now - (ctx.now % 1_000)) as never,
  });
  if (ref.kind === 'feature') return [feature];
  if (ref.kind === 'score') {
    const model = defineModel({
      ...header,
      id: `stand-in-${name}-model`,
      inputs: { source },
      output: ref as ScoreRef,
      score: rows => rows.map(row => row.source as never),
    });
    return [feature, model];
  }
  if (ref.kind === 'category') {
    const classifier = defineClassifier({
      ...header,
      id: `stand-in-${name}-classifier`,
      inputs: { source },
      output: ref as CategoryRef,
      classify: inputs => inputs.source as never,
    });
    return [feature, classifier];
  }
  return [];
}

function textHash(text: string): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619);
  return hash >>> 0;
}
