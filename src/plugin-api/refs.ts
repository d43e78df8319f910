import type { Address, Fields, Row } from './fields.ts';

/** What a row is about: a wallet, a coin, the whole market, or one wallet's dealings in one coin. */
export type Entity = 'trader' | 'coin' | 'market' | 'trader:coin';

/** The key of an entity: an address, a coin's name, the word `market`, or the pair of address and coin. */
export type KeyOf<E extends Entity> = E extends 'trader:coin'
  ? readonly [trader: Address, coin: string]
  : E extends 'market'
    ? 'market'
    : string;

export type RefKind = 'event' | 'feature' | 'score' | 'category' | 'signal';

/** A typed, versioned name for the rows that plugins exchange. */
export interface Ref<
  K extends RefKind = RefKind,
  Id extends string = string,
  E extends Entity = Entity,
  F extends Fields = Fields,
> {
  readonly kind: K;
  /** Dotted lower-case words, such as `wallet.features`. */
  readonly id: Id;
  readonly entity: E;
  /** Raised when a field changes its meaning: only this ref and its readers are computed anew. */
  readonly version: number;
  readonly doc: string;
  readonly fields: F;
  /**
   * When a feature's row is made: at the end of a beat (one second of tape time), or after every event that touches its key.
   * Only the latter keep one history row per change.
   */
  readonly emitted?: 'beat' | 'event';
}

export type EventRef<Id extends string = string, E extends Entity = Entity, F extends Fields = Fields> = Ref<
  'event',
  Id,
  E,
  F
>;
export type FeatureRef<
  Id extends string = string,
  E extends Entity = Entity,
  F extends Fields = Fields,
> = Ref<'feature', Id, E, F>;
export type ScoreRef<Id extends string = string, E extends Entity = Entity, F extends Fields = Fields> = Ref<
  'score',
  Id,
  E,
  F
>;
export type CategoryRef<
  Id extends string = string,
  E extends Entity = Entity,
  F extends Fields = Fields,
> = Ref<'category', Id, E, F>;
export type SignalRef<Id extends string = string, E extends Entity = Entity, F extends Fields = Fields> = Ref<
  'signal',
  Id,
  E,
  F
>;

export type RowOf<R> = R extends Ref<RefKind, string, Entity, infer F> ? Row<F> : never;
export type EntityOf<R> = R extends Ref<RefKind, string, infer E, Fields> ? E : never;

interface RefOptions<Id extends string, E extends Entity, F extends Fields> {
  readonly id: Id;
  readonly entity: E;
  readonly version: number;
  readonly doc: string;
  readonly fields: F;
}

/** A kind of event that collectors emit and features and signals read. */
export function event<const Id extends string, const E extends Entity, const F extends Fields>(
  options: RefOptions<Id, E, F>,
): EventRef<Id, E, F> {
  return Object.freeze({ kind: 'event', ...options });
}

/** What a feature plugin computes for each key. */
export function feature<const Id extends string, const E extends Entity, const F extends Fields>(
  options: RefOptions<Id, E, F> & { readonly emitted?: 'beat' | 'event' },
): FeatureRef<Id, E, F> {
  return Object.freeze({ kind: 'feature', ...options });
}

/** What a model plugin computes for each key. */
export function score<const Id extends string, const E extends Entity, const F extends Fields>(
  options: RefOptions<Id, E, F>,
): ScoreRef<Id, E, F> {
  return Object.freeze({ kind: 'score', ...options });
}

/** What a classifier plugin says of each key. */
export function category<const Id extends string, const E extends Entity, const F extends Fields>(
  options: RefOptions<Id, E, F>,
): CategoryRef<Id, E, F> {
  return Object.freeze({ kind: 'category', ...options });
}

/** What a signal plugin emits. */
export function signal<const Id extends string, const E extends Entity, const F extends Fields>(
  options: RefOptions<Id, E, F>,
): SignalRef<Id, E, F> {
  return Object.freeze({ kind: 'signal', ...options });
}

/** An input that may have no provider or no row yet; its reader sees `undefined` then. */
export interface OptionalRef<R extends Ref = Ref> {
  readonly optional: true;
  readonly ref: R;
}

/** Marks an input as one that the plugin can do without. */
export function optional<R extends Ref>(ref: R): OptionalRef<R> {
  return Object.freeze({ optional: true, ref });
}

export type Input<R extends Ref = Ref> = R | OptionalRef<R>;
export type Inputs<R extends Ref = Ref> = Readonly<Record<string, Input<R>>>;
export type RefOfInput<I> = I extends OptionalRef<infer R> ? R : I;

/** The rows of all inputs for one key; only optional ones may be missing. */
export type InputRows<In extends Inputs> = {
  readonly [Name in keyof In]: In[Name] extends OptionalRef<infer R> ? RowOf<R> | undefined : RowOf<In[Name]>;
};

/** Reads an input's row for any key, as it stood before the present beat, or, for features, at the present event. */
export type InputReaders<In extends Inputs> = {
  readonly [Name in keyof In]: (
    key: KeyOf<EntityOf<RefOfInput<In[Name]>>>,
  ) => RowOf<RefOfInput<In[Name]>> | undefined;
};
