import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql';

/** One field that a request selects, with all places of the document that select it under the same response key. */
export interface SelectedField {
  readonly key: string;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly nodes: readonly FieldNode[];
}

type Document = Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'variableValues'>;

/** The fields that are selected of an object type, through fragments, `@skip` and `@include`. */
export function selectedFields(
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  document: Document,
): SelectedField[] {
  const found = new Map<string, { definition: GraphQLField<unknown, unknown>; nodes: FieldNode[] }>();
  const visit = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      if (selection.directives?.length && !included(selection, document)) continue;
      if (selection.kind === 'Field') {
        const definition = type.getFields()[selection.name.value];
        if (definition === undefined) continue;
        const key = selection.alias?.value ?? selection.name.value;
        const entry = found.get(key);
        if (entry) entry.nodes.push(selection);
        else found.set(key, { definition, nodes: [selection] });
        continue;
      }
      const fragment =
        selection.kind === 'InlineFragment' ? selection : document.fragments[selection.name.value];
      if (fragment === undefined || !applies(fragment.typeCondition?.name.value, type, document)) continue;
      visit(fragment.selectionSet);
    }
  };
  for (const node of nodes) if (node.selectionSet) visit(node.selectionSet);
  return Array.from(found, ([key, field]) => ({ key, ...field }));
}

/** The arguments of a selected field, coerced. */
export function argumentsOf(field: SelectedField, document: Document): Readonly<Record<string, unknown>> {
  if (field.definition.args.length === 0) return {};
  return getArgumentValues(field.definition, field.nodes[0]!, document.variableValues);
}

/** The object types that a field of a composite type may answer with. */
export function objectTypesOf(type: GraphQLCompositeType, document: Document): readonly GraphQLObjectType[] {
  return isAbstractType(type) ? document.schema.getPossibleTypes(type) : [type];
}

/** The composite type behind a field's lists and non-nulls. */
export function compositeTypeOf(field: GraphQLField<unknown, unknown>): GraphQLCompositeType | undefined {
  const type = getNamedType(field.type);
  return isCompositeType(type) ? type : undefined;
}

function included(selection: SelectionSetNode['selections'][number], document: Document): boolean {
  const skip = getDirectiveValues(GraphQLSkipDirective, selection, document.variableValues);
  if (skip?.if === true) return false;
  const include = getDirectiveValues(GraphQLIncludeDirective, selection, document.variableValues);
  return include?.if !== false;
}

function applies(condition: string | undefined, type: GraphQLObjectType, document: Document): boolean {
  if (condition === undefined || condition === type.name) return true;
  const named = document.schema.getType(condition);
  if (named === undefined || isObjectType(named)) return false;
  return isAbstractType(named) && document.schema.isSubType(named, type);
}
