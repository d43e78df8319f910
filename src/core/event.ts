import type { AlertDraft, Entity, EventRef, KeyOf, Ref } from '../plugin-api/index.ts';

/** A row of any ref, before its type is known. */
export type AnyRow = Readonly<Record<string, unknown>>;

/** An event on the tape. Handlers see the same object as `Event`. */
export interface TapeEvent {
  readonly seq: number;
  readonly ref: EventRef;
  /** The ref's id. */
  readonly type: string;
  readonly key: string;
  readonly tsEvent: number;
  readonly tsIngest: number;
  /** The collector that brought it, or `core`. */
  readonly source: string;
  readonly dedupe: string;
  /** Where the collector goes on after this event. */
  readonly cursor?: string;
  /** Where collectors go on of which drafts before this event were dropped, by source. */
  readonly cursors?: Readonly<Record<string, string>>;
  readonly payload: AnyRow;
}

/** Where an output stands among all others: the event that caused it, and its place among that event's outputs. */
export interface Position {
  readonly seq: number;
  /** From 0, counted over all stages, independent of the physical batch. */
  readonly index: number;
}

interface Output extends Position {
  readonly plugin: string;
  readonly ref: Ref;
  /** As {@link keyText} writes it. */
  readonly key: string;
  readonly tsEvent: number;
  readonly tsIngest: number;
}

/** The latest row of a ref and key; one per ref and key and batch. */
export interface LatestRow extends Output {
  /** `undefined` when the row was withdrawn or, where `stale` is true, when the one that was told last stands. */
  readonly row: AnyRow | undefined;
  /** True when a provider upstream has failed since the row was made. */
  readonly stale: boolean;
}

/** A row that is kept for ever: each change of a feature emitted per event, and each change of a category. */
export interface HistoryRow extends Output {
  /** `undefined` when a category was withdrawn. */
  readonly row: AnyRow | undefined;
  readonly previous: AnyRow | undefined;
}

/** What a signal's evaluation read and decided. */
export interface Trace {
  readonly because: string;
  readonly trigger: string;
  readonly inputs: readonly { readonly ref: string; readonly key: string; readonly row: AnyRow | null }[];
}

export interface SignalRow extends Output {
  readonly row: AnyRow;
  readonly trace: Trace;
}

export interface AlertRow extends Output, AlertDraft {
  /** The signal that it was raised for. */
  readonly signal: Position;
  readonly row: AnyRow;
}

/** The last evaluation of a signal and key, emitted or not. */
export interface DecisionRow extends Output {
  readonly emitted: boolean;
  readonly trace: Trace;
}

/** How often evaluations of a signal ended for one reason; `#` stands for any number in it. */
export interface DecisionCount {
  readonly plugin: string;
  readonly emitted: boolean;
  readonly because: string;
  readonly count: number;
}

/** A handler that threw or answered what its ref does not allow. */
export interface FaultRow extends Position {
  readonly plugin: string;
  readonly handler: string;
  readonly code: string;
  readonly message: string;
  readonly key: string | undefined;
  readonly tsIngest: number;
}

/** Everything that a batch of events came to. It is stored in one transaction. */
export interface OutputBatch {
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly now: number;
  readonly events: readonly TapeEvent[];
  readonly latest: readonly LatestRow[];
  readonly history: readonly HistoryRow[];
  readonly signals: readonly SignalRow[];
  readonly alerts: readonly AlertRow[];
  readonly decisions: readonly DecisionRow[];
  /** All evaluations of the batch, of which `decisions` has the last of each key. */
  readonly decisionCounts: readonly DecisionCount[];
  readonly faults: readonly FaultRow[];
}

/** A key as text: the address, the coin, `market`, or address and coin joined by a colon. */
export function keyText(key: KeyOf<Entity>): string {
  return typeof key === 'string' ? key : `${key[0]}:${key[1]}`;
}
