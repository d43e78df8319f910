import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { pageLimits } from '../../schema/graphql/sql/connection.ts';

/** What one request may ask for, on every transport. */
export interface Limits {
  /** Levels of fields. Introspection is not counted. */
  readonly depth: number;
  readonly aliases: number;
  readonly rootFields: number;
  readonly tokens: number;
  readonly directives: number;
  /** Rows that the request could bring at most: page sizes multiplied along the way down. */
  readonly cost: number;
  readonly bodyBytes: number;
  readonly timeoutMs: number;
  readonly connections: number;
  readonly subscriptionsPerConnection: number;
  /** What may wait in a connection's buffer before it is closed as too slow. */
  readonly bufferedBytes: number;
}

export const defaultLimits: Limits = {
  depth: 15,
  aliases: 30,
  rootFields: 20,
  tokens: 2_000,
  directives: 30,
  cost: 25_000,
  bodyBytes: 100_000,
  timeoutMs: 30_000,
  connections: 10_000,
  subscriptionsPerConnection: 100,
  bufferedBytes: 1_000_000,
};

/** A request that is larger than allowed. The message says by how much; the code is stable. */
export function limitError(what: string, most: number, found: number, whatToDo: string): GraphQLError {
  return new GraphQLError(`Expected a request with ${what} of at most ${most}, found ${found}. ${whatToDo}`, {
    extensions: { code: 'LIMIT_EXCEEDED', limit: what, expected: most, found, whatToDo },
  });
}

interface Measured {
  depth: number;
  aliases: number;
  directives: number;
  rootFields: number;
  cost: number;
  /** Whether a page size comes from a variable, so that the cost is another for other variables. */
  variable: boolean;
}

/** Checks a valid document against the limits. Answers what is exceeded, and whether the answer depends on variables. */
export function checkLimits(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  { limits, variables }: { limits: Limits; variables: Readonly<Record<string, unknown>> },
): { readonly errors: readonly GraphQLError[]; readonly variable: boolean } {
  const measured = measure(schema, document, operation, variables, limits);
  const errors: GraphQLError[] = [];
  const check = (what: keyof Measured & keyof Limits, name: string, whatToDo: string) => {
    const found = measured[what];
    if (found > limits[what]) errors.push(limitError(name, limits[what], found, whatToDo));
  };
  check('depth', 'depth', 'Ask for what is nested deeper in a request of its own.');
  check('aliases', 'aliases', 'Split the request.');
  check('directives', 'directives', 'Split the request.');
  check('rootFields', 'root fields', 'Split the request.');
  check('cost', 'cost', 'Ask for smaller pages: the cost is the product of page sizes along the way down.');
  return { errors, variable: measured.variable };
}

function measure(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  limits: Limits,
): Measured {
  const fragments = new Map(
    document.definitions.flatMap(definition =>
      definition.kind === 'FragmentDefinition' ? [[definition.name.value, definition] as const] : [],
    ),
  );
  const measured: Measured = { depth: 0, aliases: 0, directives: 0, rootFields: 0, cost: 0, variable: false };
  // Note: fragments can be nested so that a short document means a huge request; what is too large is not walked to its end.
  const enough = () =>
    measured.cost > limits.cost || measured.aliases > limits.aliases || measured.depth > limits.depth;

  function visit(
    set: SelectionSetNode,
    type: GraphQLNamedType | undefined,
    depth: number,
    rows: number,
    connection: FieldNode | undefined,
  ): void {
    for (const selection of set.selections) {
      if (enough()) return;
      measured.directives += selection.directives?.length ?? 0;
      if (selection.kind === 'Field') {
        field(selection, type, depth, rows, connection);
        continue;
      }
      const fragment = selection.kind === 'InlineFragment' ? selection : fragments.get(selection.name.value);
      if (fragment === undefined) continue;
      const condition = fragment.typeCondition?.name.value;
      visit(fragment.selectionSet, condition ? schema.getType(condition) : type, depth, rows, connection);
    }
  }

  function field(
    node: FieldNode,
    type: GraphQLNamedType | undefined,
    depth: number,
    rows: number,
    connection: FieldNode | undefined,
  ): void {
    const name = node.name.value;
    if (name.startsWith('__')) return;
    if (node.alias) measured.aliases += 1;
    if (depth === 0) measured.rootFields += 1;
    measured.depth = Math.max(measured.depth, depth + 1);
    if (!node.selectionSet) return;
    const owner = type && (isObjectType(type) || isInterfaceType(type)) ? type : undefined;
    const definition = owner?.getFields()[name];
    const returned = definition ? getNamedType(definition.type) : undefined;
    const isPage = definition?.args.some(argument => argument.name === 'first') ?? false;
    // Note: the rows of a page are below `edges` and `nodes`; `pageInfo` and `totalCount` are there once.
    const multiplied =
      (name === 'edges' || name === 'nodes') && connection ? rows * pageSize(connection) : rows;
    measured.cost += multiplied;
    const below = isAbstractType(returned) && !isInterfaceType(returned) ? undefined : returned;
    visit(node.selectionSet, below, depth + 1, multiplied, isPage ? node : undefined);
  }

  function pageSize(node: FieldNode): number {
    for (const name of ['first', 'last']) {
      const value = node.arguments?.find(argument => argument.name.value === name)?.value;
      if (value?.kind === 'IntValue') return Math.max(0, Number(value.value));
      if (value?.kind !== 'Variable') continue;
      measured.variable = true;
      const given = variables[value.name.value];
      // Note: a size that is no number, or beyond what a page may hold, is refused later by the field itself.
      if (typeof given === 'number' && given >= 0) return Math.min(given, pageLimits.most);
    }
    return pageLimits.usual;
  }

  const root = schema.getRootType(operation.operation);
  visit(operation.selectionSet, root ?? undefined, 0, 1, undefined);
  return measured;
}
