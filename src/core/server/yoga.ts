import { execute, type GraphQLError } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { GraphqlContext, Permissions } from '../../schema/graphql/index.ts';
import type { Mask } from './answer.ts';
import { corsHeaders } from './cors.ts';
import type { Gateway, Prepared } from './gateway.ts';
import { type PermissionRules, permissionsOf } from './permissions.ts';

export interface YogaOptions {
  readonly gateway: Gateway;
  readonly mask: Mask;
  readonly rules: () => PermissionRules;
  readonly origins: readonly string[];
  contextOf(permissions: Permissions): GraphqlContext;
}

/**
 * Yoga, for what the fast path does not take: queries by `GET`, and subscriptions as server-sent events. It runs on the gateway's
 * parser, rules, limits and executor.
 */
export function createYogaServer({ gateway, mask, rules, origins, contextOf }: YogaOptions) {
  return createYoga<object, GraphqlContext>({
    schema: gateway.schema,
    graphqlEndpoint: '/graphql',
    context: ({ request }) =>
      contextOf(
        permissionsOf(
          {
            authorization: request.headers.get('authorization') ?? undefined,
            host: request.headers.get('host') ?? new URL(request.url).host,
          },
          rules(),
        ),
      ),
    maskedErrors: { maskError: error => mask(error) },
    graphiql: false,
    landingPage: false,
    batching: false,
    multipart: false,
    logging: false,
    cors: false,
    plugins: [useGateway(gateway, mask), useCors(origins)],
  });
}

function useGateway(gateway: Gateway, mask: Mask): Plugin {
  const prepared = new WeakMap<object, Prepared>();
  const documents = new WeakMap<object, Prepared>();
  return {
    onParams({ params, request, setResult }) {
      const { query, operationName, variables } = params;
      if (typeof query !== 'string') return;
      const found = gateway.prepare(query, operationName ?? undefined, variables ?? {});
      if (found.errors) setResult({ errors: found.errors.map(error => mask(error)) as GraphQLError[] });
      else {
        prepared.set(request, found.prepared);
        documents.set(found.prepared.document, found.prepared);
      }
    },
    onParse({ context, setParsedDocument }) {
      const found = prepared.get((context as unknown as { request: object }).request);
      if (found) setParsedDocument(found.document);
    },
    onValidate({ setResult }) {
      setResult([]);
    },
    onExecute({ args, setExecuteFn }) {
      const found = documents.get(args.document);
      if (found === undefined) return;
      setExecuteFn(given =>
        found.operation.operation === 'query'
          ? gateway.execute(found, given.variableValues ?? {}, given.contextValue)
          : execute(given),
      );
    },
  };
}

function useCors(origins: readonly string[]): Plugin {
  return {
    onResponse({ request, response }) {
      for (const [name, value] of Object.entries(
        corsHeaders(request.headers.get('origin') ?? undefined, origins),
      )) {
        response.headers.set(name, value);
      }
    },
  };
}
