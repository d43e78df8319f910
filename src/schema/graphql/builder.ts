import SchemaBuilder from '@pothos/core';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import type { GraphqlContext } from './context.ts';
import { type Failure, InputError, NotFoundError, RefusedError } from './failure.ts';
import { addScalars, type Scalars } from './scalars.ts';
import type { FieldPlan } from './sql/plan.ts';

/** What the schema's types are made of. */
export interface SchemaTypes {
  Context: GraphqlContext;
  Scalars: Scalars;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  Connection: { totalCount: number | null };
}

export type Builder = ReturnType<typeof createBuilder>;

/** A Pothos builder with the scalars, the failures and the relay types. One builder makes one schema. */
export function createBuilder() {
  const builder = new SchemaBuilder<SchemaTypes>({
    plugins: [ErrorsPlugin, RelayPlugin],
    defaultFieldNullability: false,
    errors: {
      directResult: true,
      defaultTypes: [InputError, NotFoundError],
      defaultUnionOptions: {
        name: ({ fieldName }) => `${fieldName.charAt(0).toUpperCase()}${fieldName.slice(1)}Result`,
      },
    },
    relay: {
      edgesFieldOptions: { nullable: false },
      nodeFieldOptions: { nullable: false },
      nodesOnConnection: true,
      cursorType: 'String',
      nodeQueryOptions: false,
      nodesQueryOptions: false,
    },
  });
  addScalars(builder);
  addFailures(builder);
  builder.queryType({ description: 'Everything that can be asked.' });
  builder.mutationType({ description: 'What an operator may do. Refused without the permission to.' });
  builder.subscriptionType({
    description:
      'What can be followed. Every item has a cursor; `after` goes on behind it without loss and without duplicates.',
  });
  return builder;
}

function addFailures(
  builder: PothosSchemaTypes.SchemaBuilder<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>>,
) {
  const failure = builder.interfaceRef<Failure>('Failure').implement({
    description: 'Why a field could not answer: what was expected, what was found, what to do.',
    fields: t => ({
      message: t.exposeString('message', { description: 'The whole sentence.' }),
      code: t.exposeString('code', { description: 'Stable, documented in docs/errors.md.' }),
      argument: t.string({
        nullable: true,
        description: 'The argument at fault, by its path below the field, such as `positions.first`.',
        resolve: error => error.argument ?? null,
      }),
      expected: t.exposeString('expected', { description: 'What would have been right.' }),
      found: t.exposeString('found', { description: 'What was there instead.' }),
      whatToDo: t.exposeString('whatToDo', { description: 'How to go on.' }),
    }),
  });
  builder.objectType(InputError, {
    name: 'InputError',
    description: 'An argument that cannot be what was meant.',
    interfaces: [failure],
  });
  builder.objectType(NotFoundError, {
    name: 'NotFoundError',
    description: 'A thing that was asked for by its name and is not there.',
    interfaces: [failure],
  });
  builder.objectType(RefusedError, {
    name: 'RefusedError',
    description: 'An act that this request may not do, or that failed for a known reason.',
    interfaces: [failure],
  });
}

/** The extensions of a field that takes part in its parent's statement. */
export function planned(plan: FieldPlan): { readonly extensions: { readonly plan: FieldPlan } } {
  return { extensions: { plan } };
}
