import type { Time } from './fields.ts';
import type { Draft } from './plugins.ts';
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
  }): void;
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
