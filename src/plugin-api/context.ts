import type { Address, Decimal, Time } from './fields.ts';
import type { Draft, Event } from './plugins.ts';
import type { EventRef } from './refs.ts';

/** Structured logging; the plugin's id and the tape's position are added by the core. */
export interface Logger {
  debug(message: string, values?: Readonly<Record<string, unknown>>): void;
  info(message: string, values?: Readonly<Record<string, unknown>>): void;
  warn(message: string, values?: Readonly<Record<string, unknown>>): void;
  error(message: string, values?: Readonly<Record<string, unknown>>): void;
}

/** What every handler is given. Nothing else of the outside world may be used by features, models, classifiers and signals. */
export interface Context<Config> {
  /** When the present event could first be known (its `tsIngest`), or the end of the present beat. */
  readonly now: Time;
  readonly config: Config;
  readonly log: Logger;
  /** A uniform number in [0, 1), the same for the same run, plugin and event. */
  random(): number;
}

/** What a collector is given besides. */
export interface CollectorContext<Config> extends Context<Config> {
  /** Aborted when the collector must stop; it has one second. */
  readonly signal: AbortSignal;
  /** The cursor of the last draft of this collector that was stored, or `undefined` at its first start. */
  readonly cursor: string | undefined;
  /** `fetch` with a deadline and the request budget of the plugin. */
  readonly http: typeof fetch;
  /** A secret by name, from the operator's environment; never logged. */
  secret(name: string): string | undefined;
  /** Waits; ends early, without error, when `signal` aborts. */
  sleep(ms: number): Promise<void>;
  /**
   * Does something again and again until the collector stops, as a job `<plugin>/<id>` of the platform: it is shown with its last
   * and next run, what it took and came to, can be run at once by hand, and never overlaps itself. A run that throws has failed; the
   * next one comes all the same.
   */
  every(work: RepeatedWork, run: () => Promise<void>): void;
  /** Says how far a bounded source has been read, for progress display. */
  progress(progress: Progress): void;
  /** Reports input that could not be read and was skipped. It is counted, shown and stored; it never stops the collector. */
  reject(rejection: Rejection): void;
  /**
   * Reports an interval in which events of a stream may be missing; it becomes a `core.gap` event.
   */
  gap(gap: {
    readonly stream: string;
    readonly key?: string;
    readonly from: Time;
    readonly to: Time;
    readonly reason: string;
    /** True once the missing events of an interval reported before have been fetched after all. Default false. */
    readonly healed?: boolean;
  }): void;
  /**
   * A weighted request budget. All collectors that name it share it, and so do all processes of this installation. The first to
   * name it sets its size.
   */
  budget(name: string, size: BudgetSize): RequestBudget;
  /** The traders that are tracked, as they stand now. */
  readonly tracked: TrackedTraders;
  /**
   * Has a listener told of each event of `ref` that the tape has taken in and committed, whoever emitted it, until the collector
   * stops. It is called in the order of the tape and must return at once.
   */
  follow<R extends EventRef>(ref: R, listener: (event: Event<R>) => void): void;
  /**
   * The open positions of a wallet as the platform has committed them: what a source that only tells what there is must be held
   * against, to find what is there no more.
   */
  positionsOf(address: Address): Promise<readonly HeldPosition[]>;
}

export interface RepeatedWork {
  /** In kebab-case, unique within the plugin. */
  readonly id: string;
  /** One indicative sentence. */
  readonly doc: string;
  /** From the begin of one run to the begin of the next, in ms. A run that takes longer is followed by the next at once. */
  readonly everyMs: number;
  /** From the end of a failed run to the next try, in ms; at most `everyMs`, which is the default. */
  readonly retryMs?: number;
  /** When it is due next after a time, where that is no even interval; the first run then waits for it, too. */
  readonly next?: (after: Time) => Time;
}

/** A position that is not flat. */
export interface HeldPosition {
  readonly coin: string;
  /** Signed, in coins. */
  readonly size: Decimal;
}

export interface BudgetSize {
  /** Weight that may be spent within any minute. */
  readonly perMinute: number;
}

/** How urgent a request is; the lower ranks age, so that none waits for ever. */
export type RequestPriority = 'urgent' | 'high' | 'normal' | 'low';

/** Weight to spend on requests to one server. */
export interface RequestBudget {
  /**
   * Waits for its turn and takes weight.
   *
   * @throws the signal's reason when the collector stops, or `signal` aborts, before its turn
   */
  take(request: {
    readonly weight: number;
    readonly priority: RequestPriority;
    readonly signal?: AbortSignal;
  }): Promise<void>;
  /** Charges weight that only the answer told, such as for its rows. May overdraw: later requests wait for it. */
  charge(weight: number): void;
  /** Says that the server refused for too many requests: nothing is granted until `retryAfterMs` (or a growing, jittered wait) has passed. */
  refused(retryAfterMs?: number): void;
  /** Says that the server accepted a request again. */
  accepted(): void;
}

export type TrackedTier = 'alert' | 'core' | 'extended';

/** A trader that the platform keeps exactly up to date. */
export interface TrackedTrader {
  readonly address: Address;
  /** Who decided it. */
  readonly by: 'hand' | 'selection';
  /** Its rank in the selection; `undefined` for one added by hand. */
  readonly tier: TrackedTier | undefined;
}

export interface TrackedTraders {
  /** In the order of their addresses. */
  list(): readonly TrackedTrader[];
  has(address: Address): boolean;
  /** Has a listener told of each change, until the collector stops. */
  onChange(listener: (added: readonly TrackedTrader[], removed: readonly Address[]) => void): void;
}

export interface Progress {
  readonly source: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly unit: 'bytes' | 'rows';
}

export interface Rejection {
  /** A file's path or a stream's name. */
  readonly source: string;
  /** Line number, from 1, where the source has lines. */
  readonly line?: number;
  readonly reason: string;
}

/** A half-open interval of event time. */
export interface TimeRange {
  readonly from: Time;
  readonly to: Time;
}

export type Drafts<Refs extends readonly EventRef[]> = AsyncIterable<
  Draft<Refs[number]> | readonly Draft<Refs[number]>[]
>;
