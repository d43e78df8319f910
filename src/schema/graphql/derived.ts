import type { Field, Fields, Ref } from '../../plugin-api/index.ts';
import type { Builder } from './builder.ts';
import { enumValueName, fieldName, typeName } from './names.ts';

/** A stored row of a ref as resolvers see it. */
export interface StoredRow {
  readonly ref: string;
  readonly version: number;
  readonly key: string;
  readonly seq: number;
  readonly tsEvent: number;
  readonly tsIngest: number;
  readonly stale?: boolean;
  readonly plugin?: string;
  readonly run?: string;
  readonly row: Readonly<Record<string, unknown>>;
}

/** The GraphQL object type of a ref's rows. */
export interface DerivedType {
  readonly ref: Ref;
  readonly name: string;
  /** The field on the entity's type. */
  readonly fieldName: string;
  readonly object: ReturnType<typeof objectRefOf>;
}

const objectRefOf = (builder: Builder, name: string) => builder.objectRef<StoredRow>(name);

/**
 * Makes a GraphQL type of every ref, from its fields: so a stranger's output is in the schema without code of its own.
 * A ref in several versions has the plain name in its newest and `V<version>` behind it in the others.
 */
export function deriveTypes(
  builder: Builder,
  refs: readonly Ref[],
  taken: ReadonlySet<string>,
): DerivedType[] {
  const newest = new Map<string, number>();
  for (const ref of refs) newest.set(ref.id, Math.max(newest.get(ref.id) ?? 0, ref.version));
  const names = new Map<string, string>();
  return refs.map(ref => {
    const suffix = newest.get(ref.id) === ref.version ? '' : `V${ref.version}`;
    const name = typeName(ref.id) + suffix;
    const owner = names.get(name) ?? (taken.has(name) ? 'the platform' : undefined);
    if (owner !== undefined) {
      throw new Error(
        `Expected a GraphQL type name of its own for the ref "${ref.id}", found that "${name}" is taken by ` +
          `${owner}. Rename the ref.`,
      );
    }
    names.set(name, `the ref "${ref.id}"`);
    const object = objectRefOf(builder, name);
    implement(builder, object, ref, name);
    return { ref, name, fieldName: fieldName(ref.id) + suffix, object };
  });
}

interface NullReason {
  readonly field: string;
  readonly reason: string;
}

const nullReasonRefs = new WeakMap<Builder, ReturnType<typeof nullReasonOf>>();

/** The type that says why a field of the present row has no value. */
export function nullReasonType(builder: Builder): ReturnType<typeof nullReasonOf> {
  return once(nullReasonRefs, builder, nullReasonOf);
}

/** Each nullable field that a row has no value of, with the reason that its definition gives. */
export function nullReasons(fields: Fields, row: Readonly<Record<string, unknown>>): NullReason[] {
  return Object.entries(fields).flatMap(([field, { nullable: reason }]) =>
    reason !== undefined && row[field] == null ? [{ field, reason }] : [],
  );
}

function nullReasonOf(builder: Builder) {
  return builder.objectRef<NullReason>('NullReason').implement({
    description: 'Why a field has no value.',
    fields: t => ({
      field: t.exposeString('field', { description: "The field's name." }),
      reason: t.exposeString('reason', { description: 'Why its value is null.' }),
    }),
  });
}

const rowInfoRefs = new WeakMap<Builder, ReturnType<typeof rowInfoOf>>();

function rowInfoOf(builder: Builder) {
  return builder.objectRef<StoredRow>('RowInfo').implement({
    description: 'Where a row comes from and how fresh it is.',
    fields: t => ({
      ref: t.exposeString('ref', { description: "The ref's id." }),
      version: t.exposeInt('version', { description: "The ref's version." }),
      key: t.exposeString('key', { description: 'What it is about.' }),
      seq: t.field({
        type: 'SafeInteger',
        description: 'The event on the tape that it was made at.',
        resolve: row => row.seq,
      }),
      eventTime: t.field({
        type: 'Timestamp',
        description: "That event's time, by the exchange.",
        resolve: row => row.tsEvent,
      }),
      ingestTime: t.field({
        type: 'Timestamp',
        description: 'When it could first be known here.',
        resolve: row => row.tsIngest,
      }),
      stale: t.boolean({
        description:
          'True when what it is computed from has failed since, or events are missing (`gaps`) that it is computed from.',
        resolve: (row, _args, context) => (row.stale ?? false) || context.isBehindGap(inQuestion(row)),
      }),
      plugin: t.string({ nullable: true, description: 'Who made it.', resolve: row => row.plugin ?? null }),
      run: t.string({
        nullable: true,
        description: 'The run it was made in.',
        resolve: row => row.run ?? null,
      }),
    }),
  });
}

/** What of a row decides whether a gap concerns it. */
export function inQuestion({ ref, key, row }: Pick<StoredRow, 'ref' | 'key' | 'row'>) {
  const { confirmedAt } = row as { readonly confirmedAt?: number | null };
  return { ref, key, confirmedAt: confirmedAt ?? null };
}

function once<T>(map: WeakMap<Builder, T>, builder: Builder, make: (builder: Builder) => T): T {
  let value = map.get(builder);
  if (value === undefined) {
    value = make(builder);
    map.set(builder, value);
  }
  return value;
}

function implement(builder: Builder, object: DerivedType['object'], ref: Ref, name: string): void {
  const rowInfo = once(rowInfoRefs, builder, rowInfoOf);
  builder.objectType(object, {
    description: `${ref.doc}\n\nOne row for each ${ref.entity}. The ${ref.kind} \`${ref.id}\`, version ${ref.version}.`,
    fields: t => ({
      ...fieldsOf(builder, t as unknown as FieldBuilder, ref.fields, {
        type: name,
        path: ref.id,
        read: parent => (parent as StoredRow).row,
      }),
      nullReasons: t.field({
        type: [nullReasonType(builder)],
        description: 'Each field that has no value now, and why.',
        resolve: parent => nullReasons(ref.fields, parent.row),
      }),
      rowInfo: t.field({
        type: rowInfo,
        description: 'Where the row comes from.',
        resolve: parent => parent,
      }),
    }),
  });
}

// Note: which fields there are is known at run time only, so Pothos cannot type them one by one.
interface FieldBuilder {
  field(options: Record<string, unknown>): never;
}

interface Owner {
  /** The GraphQL type that the fields are on. */
  readonly type: string;
  /** The ref's id and, inside of lists, the fields that lead there. */
  readonly path: string;
  readonly read: (parent: unknown) => Readonly<Record<string, unknown>>;
}

function fieldsOf(builder: Builder, t: FieldBuilder, fields: Fields, owner: Owner): Record<string, never> {
  const made: Record<string, never> = {};
  for (const [name, field] of Object.entries(fields)) {
    if (name === 'nullReasons' || name === 'rowInfo') {
      throw new Error(
        `Expected a field name that is free in GraphQL, found "${name}" in "${owner.path}". Rename the field.`,
      );
    }
    made[name] = t.field({
      type: typeOf(builder, field, name, owner),
      nullable: field.nullable !== undefined,
      description: describe(field),
      resolve: (parent: unknown) => owner.read(parent)[name] ?? null,
    });
  }
  return made;
}

const scalars = {
  number: 'Float',
  integer: 'SafeInteger',
  decimal: 'Decimal',
  string: 'String',
  boolean: 'Boolean',
  address: 'Address',
  time: 'Timestamp',
} as const;

function typeOf(builder: Builder, field: Field, name: string, owner: Owner): unknown {
  if (field.kind === 'vector') return ['Float'];
  if (field.kind === 'oneOf') {
    return builder.enumType(owner.type + capital(name), {
      description: field.doc,
      values: Object.fromEntries((field.values ?? []).map(value => [enumValueName(value), { value }])),
    });
  }
  if (field.kind === 'list') {
    const type = owner.type + capital(name);
    const item = builder.objectRef<Readonly<Record<string, unknown>>>(type);
    const fields = field.of ?? {};
    const nullable = Object.values(fields).some(one => one.nullable !== undefined);
    builder.objectType(item, {
      description: `An item of \`${owner.path}.${name}\`.`,
      fields: t => ({
        ...fieldsOf(builder, t as unknown as FieldBuilder, fields, {
          type,
          path: `${owner.path}.${name}`,
          read: parent => parent as Readonly<Record<string, unknown>>,
        }),
        ...(nullable && {
          nullReasons: t.field({
            type: [nullReasonType(builder)],
            description: 'Each field that has no value now, and why.',
            resolve: parent => nullReasons(fields, parent),
          }),
        }),
      }),
    });
    return [item];
  }
  return scalars[field.kind];
}

/** A field's documentation: its sentence, its unit and range, and why it may have no value. */
export function describe(field: Field): string {
  const parts = [field.doc];
  if (field.unit !== undefined) parts.push(`Unit: ${field.unit}.`);
  if (field.min !== undefined && field.max !== undefined) parts.push(`From ${field.min} to ${field.max}.`);
  else if (field.min !== undefined) parts.push(`At least ${field.min}.`);
  else if (field.max !== undefined) parts.push(`At most ${field.max}.`);
  if (field.nullable !== undefined) parts.push(`Null when: ${field.nullable}.`);
  return parts.join(' ');
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
