import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import type { GraphqlContext } from '../../schema/graphql/index.ts';
import { checkLimits, type Limits } from './limits.ts';

type Variables = Readonly<Record<string, unknown>>;

/** A request's document, parsed, checked and, when it is asked for repeatedly, compiled. */
export interface Prepared {
  /** The same for the same text and operation. */
  readonly key: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | undefined;
}

interface Entry extends Prepared {
  /** Whether the limits depend on the variables. */
  readonly variable: boolean;
  uses: number;
  compiled: CompiledQuery | 'not possible' | undefined;
}

export type Preparation =
  | { readonly prepared: Prepared; readonly errors?: undefined }
  | { readonly prepared?: undefined; readonly errors: readonly GraphQLError[] };

/**
 * The one way that every transport takes: the same parser, the same rules, the same limits, the same executor.
 */
export interface Gateway {
  readonly schema: GraphQLSchema;
  prepare(query: string, operationName: string | undefined, variables: Variables): Preparation;
  /** Runs a query or mutation. */
  execute(
    prepared: Prepared,
    variables: Variables,
    context: GraphqlContext,
  ): ExecutionResult | Promise<ExecutionResult>;
}

const rememberedDocuments = 500;
/** Compiling costs about as much as a hundred executions by the interpreter. */
const compileAfter = 3;

export function createGateway(schema: GraphQLSchema, limits: Limits): Gateway {
  const remembered = new Map<string, Entry | { readonly errors: readonly GraphQLError[] }>();

  function remember<T extends Entry | { readonly errors: readonly GraphQLError[] }>(
    key: string,
    value: T,
  ): T {
    if (remembered.size >= rememberedDocuments) remembered.delete(remembered.keys().next().value!);
    remembered.set(key, value);
    return value;
  }

  function read(key: string, query: string, operationName: string | undefined, variables: Variables) {
    let document: DocumentNode;
    try {
      document = parse(query, { maxTokens: limits.tokens });
    } catch (error) {
      return remember(key, { errors: [parseError(error, limits)] });
    }
    const invalid = validate(schema, document, undefined, { maxErrors: 20 });
    if (invalid.length > 0) return remember(key, { errors: invalid });
    const operation = getOperationAST(document, operationName);
    if (operation == null) return remember(key, { errors: [operationError(document, operationName)] });
    const { errors, variable } = checkLimits(schema, document, operation, { limits, variables });
    if (errors.length > 0) return variable ? { errors } : remember(key, { errors });
    return remember<Entry>(key, {
      key,
      document,
      operation,
      operationName,
      variable,
      uses: 0,
      compiled: undefined,
    });
  }

  return {
    schema,
    prepare(query, operationName, variables) {
      const key = operationName === undefined ? query : `${operationName}\n${query}`;
      let entry = remembered.get(key);
      if (entry === undefined) entry = read(key, query, operationName, variables);
      else if ('variable' in entry && entry.variable) {
        const { errors } = checkLimits(schema, entry.document, entry.operation, { limits, variables });
        if (errors.length > 0) return { errors };
      }
      return 'errors' in entry ? { errors: entry.errors } : { prepared: entry };
    },
    execute(prepared, variables, context) {
      const entry = prepared as Entry;
      if (entry.operation.operation === 'query') {
        entry.uses += 1;
        if (entry.compiled === undefined && entry.uses >= compileAfter)
          entry.compiled = compile(schema, entry);
        if (typeof entry.compiled === 'object') {
          return entry.compiled.query(undefined, context, variables as Record<string, unknown>);
        }
      }
      return execute({
        schema,
        document: entry.document,
        operationName: entry.operationName,
        variableValues: variables,
        contextValue: context,
      });
    },
  };
}

function compile(
  schema: GraphQLSchema,
  { document, operationName }: Prepared,
): CompiledQuery | 'not possible' {
  const compiled = compileQuery(schema, document, operationName ?? '', { customJSONSerializer: false });
  return isCompiledQuery(compiled) && 'stringify' in compiled ? compiled : 'not possible';
}

function parseError(error: unknown, limits: Limits): GraphQLError {
  if (!(error instanceof GraphQLError)) throw error;
  if (!error.message.includes(`${limits.tokens} tokens`)) return error;
  return new GraphQLError(
    `Expected a request of at most ${limits.tokens} tokens, found more. Split the request.`,
    { extensions: { code: 'LIMIT_EXCEEDED', limit: 'tokens', expected: limits.tokens } },
  );
}

function operationError(document: DocumentNode, operationName: string | undefined): GraphQLError {
  const names = document.definitions.flatMap(definition =>
    definition.kind === 'OperationDefinition' ? [definition.name?.value ?? '(no name)'] : [],
  );
  const found = operationName === undefined ? 'no operationName' : `"${operationName}"`;
  return new GraphQLError(
    `Expected the name of one of the request's operations (${names.join(', ') || 'none'}), found ${found}. ` +
      'Set operationName.',
  );
}
