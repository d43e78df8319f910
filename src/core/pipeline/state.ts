import type {
  CategoryRef,
  ClassifierPlugin,
  Entity,
  FeaturePlugin,
  Fields,
  KeyOf,
  Logger,
  ModelPlugin,
  Plugin,
  Ref,
  SignalPlugin,
} from '../../plugin-api/index.ts';
import type {
  AlertRow,
  AnyRow,
  DecisionRow,
  FaultRow,
  HistoryRow,
  LatestRow,
  SignalRow,
  TapeEvent,
} from '../event.ts';
import type { Plan } from '../plan.ts';
import type { Fit } from '../row-compile.ts';
import type { ReasonCounts } from './decision-counts.ts';
import type { Keyspace, Keyspaces } from './keyspace.ts';
import type { PackedStates } from './packed-store.ts';
import type { Digest } from './row-digest.ts';
import type { RowStore } from './row-store.ts';
import type { TouchAhead } from './touch-ahead.ts';
import type { WakeQueue } from './wake-queue.ts';

/** Length of a beat, ms of tape time. */
export const beatMs = 1000;

/** Everything a run of the pipeline knows. Only the files of this folder touch it. */
export interface Run {
  readonly plan: Plan;
  readonly seed: number;
  /** Freeze whatever is handed to a handler. */
  readonly strict: boolean;
  readonly log: Logger | undefined;
  readonly stopwatch: (() => number) | undefined;

  readonly spaces: Keyspaces;
  readonly nodes: ReadonlyMap<string, Node>;
  readonly features: readonly FeatureRunner[];
  readonly featuresOn: ReadonlyMap<string, readonly FeatureRunner[]>;
  readonly models: readonly ModelRunner[];
  readonly classifiers: readonly ClassifierRunner[];
  readonly signals: readonly SignalRunner[];
  readonly health: ReadonlyMap<string, Health>;
  readonly wakes: WakeQueue;
  /** Until when an alert is not raised again, by plugin and cooldown key. */
  readonly cooldowns: Map<string, number>;

  /** Tape time. */
  now: number;
  /** The last event. */
  seq: number;
  tsEvent: number;
  /** The index of the next output of `seq`. */
  index: number;
  /** When the present beat ends; `Infinity` while nothing has changed in it. */
  beatEnd: number;
  /** When the first signal's `every` is due. */
  nextTick: number;
  /** While a wake handler runs. */
  waking: boolean;
  /** That of the row that was computed last, of a feature whose rows are made from states; else 0. */
  digest: number;
  /** Set by readers when the row that they return is stale. */
  sawStale: boolean;

  readonly touch: TouchAhead;
  /** What is to be recorded with the next event. */
  readonly atStart: (() => void)[];
  readonly out: Outputs;
}

/** Outputs of the present batch. */
export interface Outputs {
  history: HistoryRow[];
  signals: SignalRow[];
  alerts: AlertRow[];
  decisions: Map<SignalRunner, Map<number, DecisionRow>>;
  faults: FaultRow[];
}

/** The rows of one ref. */
export interface Node {
  readonly ref: Ref;
  readonly fields: Fields;
  readonly plugin: string;
  readonly space: Keyspace;
  readonly fits: (row: unknown) => Fit;
  readonly digest: Digest;
  /** Keeps history rows; those of categories tell the row before, too. */
  readonly keepsHistory: boolean;
  readonly keepsPrevious: boolean;
  /** What was said last; empty when rows are made from states. */
  readonly store: RowStore;
  /**
   * The feature, when its \`value\` takes the state alone. Its rows are not kept, since they can be made again; this is what
   * keeps a million wallets small.
   */
  ofState: FeatureRunner | undefined;
  /** Only when \`ofState\`: the hash of the row that was told last, by slot; 0 where none stands. */
  told: Int32Array;
  readonly stale: Set<number>;
  /** The models and classifiers that are to run for a key when its row here changes. */
  readonly dependants: Dependant[];
  readonly subscribers: SignalRunner[];
  /** The feature, when other plugins read its rows as they stand at the present event. */
  live: FeatureRunner | undefined;

  /** Rows that changed in the present batch: place + 1 in `changes`, by slot. */
  changedAt: Int32Array;
  changedSlots: number[];
  changes: LatestRow[];
}

/** Keys that are to be computed at the end of the beat. */
export interface Dirty {
  slots: number[];
  /** 1 when the slot is in `slots`. */
  marks: Uint8Array;
}

/** What a plugin's handlers are given; one object for each plugin, used again for every call. */
export interface HandlerContext {
  now: number;
  key: KeyOf<Entity>;
  readonly config: unknown;
  readonly log: Logger;
  readonly inputs: Readonly<Record<string, (key: KeyOf<Entity>) => AnyRow | undefined>>;
  model: unknown;
  random(): number;
  wakeAt(time: number): void;
}

/** How a plugin does. */
export interface Health {
  readonly plugin: string;
  paused: boolean;
  degraded: boolean;
  failed: boolean;
  /** Any of the above: its handlers are not called. */
  halted: boolean;
  /** Tape times of its last faults. */
  readonly recent: number[];
  faults: number;
  calls: number;
  timedCalls: number;
  timedMs: number;
}

interface Runner<P extends Plugin> {
  readonly plugin: P;
  readonly order: number;
  readonly node: Node;
  readonly ctx: HandlerContext;
  /** Which call of `random` comes next in the present call of a handler. */
  readonly draws: { count: number; slot: number; wakeable: boolean };
  readonly health: Health;
}

export interface FeatureRunner extends Runner<FeaturePlugin> {
  /** Its place among the features, from 0. */
  readonly place: number;
  readonly emitsAtOnce: boolean;
  readonly hasInputs: boolean;
  /** By slot; empty when they are packed. */
  readonly states: unknown[];
  readonly packed: PackedStates | undefined;
  readonly dirty: Dirty;
  /** Keys whose last update failed or read a stale row. */
  readonly failed: Set<number>;
  readonly tainted: Set<number>;
  /** Keys whose wakes were due while the feature was halted, in the order of their times. */
  readonly heldWakes: number[];
  /** Only when `node.live`: when a key was touched last, the row since, and the event that it holds for. */
  readonly touchedAt: number[];
  readonly liveRows: (AnyRow | undefined)[];
  readonly liveSeq: number[];
}

export interface JoinedInput {
  readonly name: string;
  readonly optional: boolean;
  readonly node: Node | undefined;
}

export interface Dependant {
  readonly dirty: Dirty;
}

export interface ModelRunner extends Runner<ModelPlugin>, Dependant {
  readonly inputs: readonly JoinedInput[];
}

export interface ClassifierRunner extends Runner<ClassifierPlugin & { output: CategoryRef }>, Dependant {
  readonly inputs: readonly JoinedInput[];
}

export interface SignalRunner extends Runner<SignalPlugin> {
  readonly eventTriggers: ReadonlySet<string>;
  readonly states: unknown[];
  /** 1 when the slot has been triggered. */
  readonly known: number[];
  /** All known slots by key, made anew when one was added. */
  sorted: number[] | undefined;
  readonly everyMs: number | undefined;
  nextTick: number;
  queue: TriggerUpdate[];
  /** Evaluations of the present batch. */
  reasons: ReasonCounts;
  /** What the present evaluation has read. */
  read: { ref: string; key: string; row: AnyRow | null }[];
  recording: boolean;
}

/** A changed row on its way to a signal; handlers see it as `Update`. */
export interface TriggerUpdate {
  readonly type: string;
  readonly key: KeyOf<Entity>;
  readonly tsEvent: number;
  readonly tsIngest: number;
  readonly seq: number;
  readonly payload: AnyRow;
}

export type AnyEvent =
  | TapeEvent
  | TriggerUpdate
  | { readonly type: 'tick'; tsEvent: number; tsIngest: number; seq: number };
