import {
  type FieldNode,
  GraphQLError,
  type GraphQLField,
  getArgumentValues,
  getVariableValues,
  Kind,
  visit,
} from 'graphql';
import type { Gateway, Prepared } from './gateway.ts';

/** The subscription's field and arguments, and the variables that tell one execution from another. */
export function askedOf(
  { schema }: Gateway,
  { operation, document }: Prepared,
  variables: Readonly<Record<string, unknown>>,
):
  | {
      readonly field: GraphQLField<unknown, unknown>;
      readonly args: Readonly<Record<string, unknown>>;
      readonly shared: Readonly<Record<string, unknown>>;
    }
  | { readonly errors: readonly GraphQLError[] } {
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables, {
    maxErrors: 10,
  });
  if (coerced.errors) return { errors: coerced.errors };
  const node = operation.selectionSet.selections.find(
    (selection): selection is FieldNode => selection.kind === Kind.FIELD,
  );
  const field = node && schema.getSubscriptionType()?.getFields()[node.name.value];
  if (node === undefined || field === undefined) {
    return {
      errors: [
        new GraphQLError(
          'Expected a subscription whose field is written in the operation itself, found it in a fragment. Write it there.',
        ),
      ],
    };
  }
  const args = getArgumentValues(field, node, coerced.coerced);
  const after = node.arguments?.find(argument => argument.name.value === 'after')?.value;
  const shared = { ...coerced.coerced };
  if (after?.kind === Kind.VARIABLE && usesOf(after.name.value, document) === 1)
    delete shared[after.name.value];
  return { field, args, shared };
}

/** How often a variable is read, its definition left out. */
function usesOf(name: string, document: Prepared['document']): number {
  let uses = 0;
  visit(document, {
    VariableDefinition: () => false,
    Variable: node => {
      if (node.name.value === name) uses += 1;
    },
  });
  return uses;
}
