import { GraphQLError } from 'graphql';

/** What a GraphQL request over HTTP says. */
export interface GraphqlRequest {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

function invalid(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'REQUEST_INVALID' } });
}

/**
 * Reads a request's JSON body.
 *
 * @throws GraphQLError that says what is wrong with it.
 */
export function readRequest(body: unknown): GraphqlRequest {
  let value = body;
  if (typeof body === 'string') {
    try {
      value = JSON.parse(body);
    } catch {
      throw invalid('Expected a body of JSON, found something else. Send {"query": "..."}.');
    }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(
      'Expected a JSON object as body, found something else. Send one request as {"query": "..."}.',
    );
  }
  const { query, operationName, variables } = value as Record<string, unknown>;
  if (typeof query !== 'string') throw invalid('Expected "query" to be text. Send {"query": "..."}.');
  if (operationName != null && typeof operationName !== 'string') {
    throw invalid('Expected "operationName" to be text or to be left out.');
  }
  if (variables != null && (typeof variables !== 'object' || Array.isArray(variables))) {
    throw invalid('Expected "variables" to be a JSON object or to be left out.');
  }
  return {
    query,
    operationName: operationName ?? undefined,
    variables: (variables as Record<string, unknown> | null | undefined) ?? {},
  };
}

/** Whether a POST's content type is one that a page of another origin cannot send without being asked first. */
export function isJson(contentType: string | undefined): boolean {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  return type === 'application/json' || type === 'application/graphql-response+json';
}
