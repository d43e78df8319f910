import type { CollectorContext, Context, Drafts, TimeRange } from './context.ts';
import type { Address, Time } from './fields.ts';
import type {
  CategoryRef,
  Entity,
  EntityOf,
  EventRef,
  FeatureRef,
  InputReaders,
  InputRows,
  Inputs,
  KeyOf,
  Ref,
  RowOf,
  ScoreRef,
  SignalRef,
} from './refs.ts';
import type { ConfigOf, StandardSchema } from './standard-schema.ts';

/** What every plugin says of itself. */
export interface Header<Schema extends StandardSchema | undefined = StandardSchema | undefined> {
  /** Kebab-case and unique, such as `wallet-ledger`. */
  readonly id: string;
  /** The plugin's own semantic version. */
  readonly version: string;
  /** The range of plugin API versions that it works with, such as `^1.0.0`. */
  readonly api: string;
  /** One indicative sentence. */
  readonly doc: string;
  /** Checks the operator's configuration, refuses unknown keys and holds every default. */
  readonly config?: Schema;
}

/** An event as handlers see it. */
export interface Event<R extends EventRef = EventRef> {
  /** The ref's id, which tells the members of a union apart. */
  readonly type: R['id'];
  /** What the event is about: a coin's name or a wallet's address. */
  readonly key: string;
  /** When it happened, by the exchange's clock. */
  readonly tsEvent: Time;
  /** When it could first be known here. */
  readonly tsIngest: Time;
  /** Its place on the tape. */
  readonly seq: number;
  readonly payload: RowOf<R>;
}

/** An event on its way to the tape. */
export type Draft<R extends EventRef = EventRef> = R extends EventRef
  ? {
      readonly ref: R;
      readonly key: string;
      readonly tsEvent: Time;
      /** The same text for the same happening, whoever reports it; unique within the ref. */
      readonly dedupe: string;
      readonly payload: RowOf<R>;
      /** Where to go on after this draft; opaque to the core. */
      readonly cursor?: string;
      /** When it could first be known; required of history that has no arrival time, ignored of live streams. */
      readonly tsIngest?: Time;
    }
  : never;

/** Makes a draft; the payload's fields are checked against the ref as it is written. */
export function draft<const R extends EventRef>(
  ref: R,
  parts: {
    readonly key: string;
    readonly tsEvent: Time;
    readonly dedupe: string;
    readonly payload: RowOf<R>;
    readonly cursor?: string;
    readonly tsIngest?: Time;
  },
): Draft<R> {
  return { ref, ...parts } as unknown as Draft<R>;
}

type EventOf<Refs extends readonly EventRef[]> = Refs[number] extends infer R
  ? R extends EventRef
    ? Event<R>
    : never
  : never;
type Config<Schema> = ConfigOf<Schema>;
type Schemas = StandardSchema | undefined;

/**
 * A handler that answers rows of `Out`.
 *
 * Note: the condition always holds, and has TypeScript work the type out before it looks at the handler's body, so that a
 * literal such as `'busy'` that is answered for a `oneOf` field keeps its type; else it would become `string`, and authors
 * would have to write `as const`. The handler is taken out of an object, as a method, so that erased forms accept it.
 */
type Answers<Out extends Ref, Handlers> = Out extends Ref ? Handlers : never;

// ---------------------------------------------------------------------------------------------------------- collectors

export interface CollectorDefinition<Emits extends readonly EventRef[], Schema extends Schemas>
  extends Header<Schema> {
  readonly emits: Emits;
  /** Yields drafts, one by one or in arrays, in the order of `tsIngest`, until it is done or its signal aborts. */
  collect(ctx: CollectorContext<Config<Schema>>): Drafts<Emits>;
  /** Yields what was missed in an interval. */
  backfill?(ctx: CollectorContext<Config<Schema>>, range: TimeRange): Drafts<Emits>;
  /**
   * `live`: events are stamped as they arrive. `declared`: drafts carry the `tsIngest` at which they could first have been
   * known, and the collector's source is history. Default `live`.
   */
  readonly availability?: 'live' | 'declared';
  /** How long a live collector may bring nothing before its data counts as stale. Default 2 min; the operator may say otherwise. */
  readonly staleAfter?: Duration;
}

// ------------------------------------------------------------------------------------------------------------ features

export interface FeatureContext<Config, E extends Entity, In extends Inputs> extends Context<Config> {
  /** The key whose state is handled. */
  readonly key: KeyOf<E>;
  /** Other features' rows, for any key, as they stand at this event. */
  readonly inputs: InputReaders<In>;
  /** Asks for `wake` with this key when the tape reaches `time`; a wish for the past is granted before the next event. */
  wakeAt(time: Time): void;
}

/** What `key` may answer: no key, one, or several. */
export type Keys<E extends Entity> = KeyOf<E> | readonly KeyOf<E>[] | undefined;

export interface FeatureDefinition<
  On extends readonly EventRef[],
  Out extends FeatureRef,
  State,
  In extends Inputs<FeatureRef>,
  Schema extends Schemas,
> extends Header<Schema> {
  readonly on: On;
  readonly output: Out;
  readonly inputs?: In;
  /** Which keys an event concerns. */
  key(event: EventOf<On>): Keys<EntityOf<Out>>;
  /** The state of a key never seen before: plain data that survives structured cloning. */
  initial(): State;
  /** Takes one event into the state, in place, in constant time. */
  update(state: State, event: EventOf<On>, ctx: FeatureContext<Config<Schema>, EntityOf<Out>, In>): void;
  /** Called when the tape reaches a time that was asked for with `wakeAt`. */
  wake?(state: State, ctx: FeatureContext<Config<Schema>, EntityOf<Out>, In>): void;
  /**
   * The row of a key, or `undefined` while there is nothing to say: a row that was there is withdrawn. Does not change the state.
   */
  readonly value: Answers<
    Out,
    { value(state: State, ctx: FeatureContext<Config<Schema>, EntityOf<Out>, In>): RowOf<Out> | undefined }
  >['value'];
  /** How much tape time a cold start needs before rows equal those of a full history (`0`: none; `all`: never). Default `all`. */
  readonly warmup?: Duration | 'all' | 0;
}

// -------------------------------------------------------------------------------------------------------------- models

export interface ModelContext<Config, Loaded> extends Context<Config> {
  /** What `load` returned. */
  readonly model: Loaded;
}

export type ModelRow<E extends Entity, In extends Inputs> = InputRows<In> & { readonly key: KeyOf<E> };

/** Rows to learn from: inputs at a time, and what came of them later. */
export interface Dataset<In extends Inputs> {
  readonly rows: readonly (InputRows<In> & { readonly key: string; readonly at: Time })[];
  /** One row of target values for each input row; `undefined` where an outcome is not known. */
  readonly targets: readonly (Readonly<Record<string, number>> | undefined)[];
}

export interface ModelDefinition<
  In extends Inputs<FeatureRef | ScoreRef>,
  Out extends ScoreRef,
  Loaded,
  Schema extends Schemas,
> extends Header<Schema> {
  readonly inputs: In;
  readonly output: Out;
  /** The file that holds the trained model; read and hashed by the core, its hash is part of the run's manifest. */
  readonly artifact?: URL;
  /** Makes the artifact ready for use. */
  load?(artifact: Uint8Array | undefined, ctx: Context<Config<Schema>>): Loaded | Promise<Loaded>;
  /**
   * One score for each row, in order; `undefined` for a row that cannot be scored: a score that was there is withdrawn, as it is
   * when a needed input is. A row's score depends on that row alone, never on its neighbours in the batch.
   */
  score(
    rows: readonly ModelRow<EntityOf<Out>, In>[],
    ctx: ModelContext<Config<Schema>, Loaded>,
  ): readonly (RowOf<Out> | undefined)[] | Promise<readonly (RowOf<Out> | undefined)[]>;
  /** Learns from a dataset and returns a new artifact. */
  fit?(dataset: Dataset<In>, ctx: Context<Config<Schema>>): Uint8Array | Promise<Uint8Array>;
}

// --------------------------------------------------------------------------------------------------------- classifiers

export interface ClassifierDefinition<
  In extends Inputs<FeatureRef | ScoreRef | CategoryRef>,
  Out extends CategoryRef,
  Schema extends Schemas,
> extends Header<Schema> {
  readonly inputs: In;
  readonly output: Out;
  /**
   * The category of one key, or `undefined` for none: one that was there is withdrawn, as it is when a needed input is. `previous`
   * is what it was, for hysteresis.
   */
  readonly classify: Answers<
    Out,
    {
      classify(
        inputs: InputRows<In>,
        previous: RowOf<Out> | undefined,
        ctx: Context<Config<Schema>> & { readonly key: KeyOf<EntityOf<Out>> },
      ): RowOf<Out> | undefined;
    }
  >['classify'];
}

// ------------------------------------------------------------------------------------------------------------- signals

/** A row that changed, as a signal that is triggered by it sees it. */
export interface Update<R extends Ref = Ref> {
  readonly type: R['id'];
  readonly key: KeyOf<EntityOf<R>>;
  readonly tsEvent: Time;
  readonly tsIngest: Time;
  readonly seq: number;
  readonly payload: RowOf<R>;
}

/** The passing of a signal's `every`. */
export interface Tick {
  readonly type: 'tick';
  readonly tsEvent: Time;
  readonly tsIngest: Time;
  readonly seq: number;
}

export type Trigger<R> = R extends EventRef ? Event<R> : R extends Ref ? Update<R> : never;

export interface SignalContext<Config, E extends Entity, In extends Inputs> extends Context<Config> {
  readonly key: KeyOf<E>;
  /** Rows of the inputs for any key. What is read here is kept in the decision trace. */
  readonly inputs: InputReaders<In>;
  /**
   * Asks for an evaluation of this key, with a tick, when the tape reaches `time`; a wish for the past is granted before the next
   * event.
   */
  wakeAt(time: Time): void;
}

/** What an evaluation came to, and why. Make one with {@link emit} or {@link hold}. */
export type Decision<R> =
  | { readonly emit: R; readonly because: string }
  | { readonly emit?: undefined; readonly because: string };

/** Emits a signal. */
export function emit<const R>(row: R, because: string): { readonly emit: R; readonly because: string } {
  return { emit: row, because };
}

/** Emits nothing. */
export function hold(because: string): { readonly because: string } {
  return { because };
}

export type Severity = 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW';

/** What the core raises when a signal is worth somebody's attention at once. */
export interface AlertDraft {
  readonly severity: Severity;
  readonly title: string;
  readonly trader?: Address;
  readonly coin?: string;
  /** How long it stays worth reading. */
  readonly expiresAfterMs: number;
  /** Another alert with the same `cooldownKey` within this time is not raised. */
  readonly cooldownMs: number;
  readonly cooldownKey: string;
}

export interface SignalDefinition<
  Triggers extends readonly Ref[],
  In extends Inputs,
  Out extends SignalRef,
  State,
  Schema extends Schemas,
> extends Header<Schema> {
  readonly trigger: Triggers;
  readonly inputs?: In;
  readonly output: Out;
  /** Which keys a trigger concerns. */
  key(event: Trigger<Triggers[number]>): Keys<EntityOf<Out>>;
  initial?(): State;
  /** Takes a trigger into the state of a key, in place. */
  reduce?(
    state: State,
    event: Trigger<Triggers[number]>,
    ctx: SignalContext<Config<Schema>, EntityOf<Out>, In>,
  ): void;
  /** Decides, after `reduce`, and once each `every` for all keys. */
  evaluate(
    state: State,
    event: Trigger<Triggers[number]> | Tick,
    ctx: SignalContext<Config<Schema>, EntityOf<Out>, In>,
  ): Decision<RowOf<Out>>;
  /** Evaluates all keys at each multiple of this tape time. */
  readonly every?: Duration;
  /** Makes an alert of an emitted signal. */
  alert?(row: RowOf<Out>, ctx: SignalContext<Config<Schema>, EntityOf<Out>, In>): AlertDraft | undefined;
}

/** Such as `500ms`, `30s`, `5m`, `1h`, `7d`. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

// ------------------------------------------------------------------------------------------------------------- plugins

// Note: a collection of plugins forgets their type parameters. The core calls handlers only with what the planner has
// proved to fit, so the erased forms take `any`; nothing else in the contract does.
// biome-ignore lint/suspicious/noExplicitAny: the erased forms of the contract, see the note above
type Any = any;
export type CollectorPlugin = CollectorDefinition<Any, Any> & { readonly kind: 'collector' };
export type FeaturePlugin = FeatureDefinition<Any, Any, Any, Any, Any> & { readonly kind: 'feature' };
export type ModelPlugin = ModelDefinition<Any, Any, Any, Any> & { readonly kind: 'model' };
export type ClassifierPlugin = ClassifierDefinition<Any, Any, Any> & { readonly kind: 'classifier' };
export type SignalPlugin = SignalDefinition<Any, Any, Any, Any, Any> & { readonly kind: 'signal' };
export type Plugin = CollectorPlugin | FeaturePlugin | ModelPlugin | ClassifierPlugin | SignalPlugin;
/** What a package exports: a plugin or a nested array of plugins. */
export type Plugins = Plugin | readonly Plugins[];

/** Brings events in from outside. */
export function defineCollector<const Emits extends readonly EventRef[], Schema extends Schemas = undefined>(
  definition: CollectorDefinition<Emits, Schema>,
): CollectorPlugin & { readonly emits: Emits } {
  return Object.freeze({ kind: 'collector', ...definition });
}

/** Turns events into rows, one state per key. */
export function defineFeature<
  const On extends readonly EventRef[],
  const Out extends FeatureRef,
  State,
  const In extends Inputs<FeatureRef> = Record<never, never>,
  Schema extends Schemas = undefined,
>(definition: FeatureDefinition<On, Out, State, In, Schema>): FeaturePlugin & { readonly output: Out } {
  return Object.freeze({ kind: 'feature', ...definition });
}

/**
 * A model that loads nothing. Its `score` is typed before its body is looked at, as {@link Answers} tells; what `load` returns
 * could not be told then.
 */
type Unloaded<In extends Inputs<FeatureRef | ScoreRef>, Out extends ScoreRef, Schema extends Schemas> = Omit<
  ModelDefinition<In, Out, undefined, Schema>,
  'load' | 'score'
> & {
  readonly load?: undefined;
  readonly score: Answers<Out, Pick<ModelDefinition<In, Out, undefined, Schema>, 'score'>>['score'];
};

/** Scores rows, in batches. */
export function defineModel<
  const In extends Inputs<FeatureRef | ScoreRef>,
  const Out extends ScoreRef,
  Schema extends Schemas = undefined,
>(definition: Unloaded<In, Out, Schema>): ModelPlugin & { readonly output: Out };
export function defineModel<
  const In extends Inputs<FeatureRef | ScoreRef>,
  const Out extends ScoreRef,
  Loaded = undefined,
  Schema extends Schemas = undefined,
>(definition: ModelDefinition<In, Out, Loaded, Schema>): ModelPlugin & { readonly output: Out };
export function defineModel(definition: Any): ModelPlugin & { readonly output: Any } {
  return Object.freeze({ kind: 'model', ...definition });
}

/** Names what a key is. */
export function defineClassifier<
  const In extends Inputs<FeatureRef | ScoreRef | CategoryRef>,
  const Out extends CategoryRef,
  Schema extends Schemas = undefined,
>(definition: ClassifierDefinition<In, Out, Schema>): ClassifierPlugin & { readonly output: Out } {
  return Object.freeze({ kind: 'classifier', ...definition });
}

/** Says that something is worth acting on. */
export function defineSignal<
  const Triggers extends readonly Ref[],
  const Out extends SignalRef,
  const In extends Inputs = Record<never, never>,
  State = undefined,
  Schema extends Schemas = undefined,
>(definition: SignalDefinition<Triggers, In, Out, State, Schema>): SignalPlugin & { readonly output: Out } {
  return Object.freeze({ kind: 'signal', ...definition });
}
