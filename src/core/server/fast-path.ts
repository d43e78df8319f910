import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
import type { GraphqlContext, Permissions } from '../../schema/graphql/index.ts';
import { formatResult, type Mask } from './answer.ts';
import { readBody } from './body.ts';
import { corsHeaders } from './cors.ts';
import type { Gateway } from './gateway.ts';
import type { Limits } from './limits.ts';
import { type PermissionRules, permissionsOf } from './permissions.ts';
import { type GraphqlRequest, readRequest } from './request.ts';

export interface FastPathOptions {
  readonly gateway: Gateway;
  readonly mask: Mask;
  readonly limits: Limits;
  readonly rules: () => PermissionRules;
  readonly origins: readonly string[];
  contextOf(permissions: Permissions): GraphqlContext;
}

/** What of a request its answer depends on. */
interface Asked {
  readonly authorization: string | undefined;
  readonly host: string | undefined;
}

/**
 * Answers `POST` requests with a JSON body without a general server's layers between: those are what most of the time of a small
 * query goes to.
 */
export function createFastPath(options: FastPathOptions) {
  const { gateway, mask, limits, rules, origins, contextOf } = options;

  async function answerTo(
    request: GraphqlRequest,
    asked: Asked,
  ): Promise<{ readonly status: number; readonly body: string }> {
    const { query, operationName, variables } = request;
    const { prepared, errors } = gateway.prepare(query, operationName, variables);
    if (errors) return { status: 400, body: errorBody(errors, mask) };
    if (prepared.operation.operation === 'subscription') {
      return {
        status: 400,
        body: errorBody(
          [
            new GraphQLError(
              'Expected a query or a mutation, found a subscription. Use graphql-ws, or accept text/event-stream.',
              { extensions: { code: 'REQUEST_INVALID' } },
            ),
          ],
          mask,
        ),
      };
    }
    const context = contextOf(permissionsOf(asked, rules()));
    let result = gateway.execute(prepared, variables, context);
    if (result instanceof Promise) result = await withTimeout(result, limits.timeoutMs);
    return { status: 200, body: JSON.stringify(formatResult(result, mask)) };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let status: number;
    let body: string;
    try {
      const read = await readBody(request, limits.bodyBytes);
      const { authorization, host } = request.headers;
      ({ status, body } = await answerTo(readRequest(read), { authorization, host }));
    } catch (error) {
      status = statusOf(error);
      body = errorBody([error], mask);
    }
    if (response.destroyed) return;
    const headers: Record<string, string | number> = {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'x-content-type-options': 'nosniff',
      ...(origins.length === 0 ? undefined : corsHeaders(request.headers.origin, origins)),
    };
    // Note: what is left of a body that is too large is not read.
    if (status === 413) headers.connection = 'close';
    response.writeHead(status, headers);
    response.end(body);
  }

  return { handle, answerTo };
}

function errorBody(errors: readonly unknown[], mask: Mask): string {
  return JSON.stringify({ errors: errors.map(error => mask(error).toJSON()) });
}

function statusOf(error: unknown): number {
  if (!(error instanceof GraphQLError)) return 500;
  if (error.extensions.limit === 'body bytes') return 413;
  if (error.extensions.code === 'BODY_CONSUMED') return 500;
  return error.extensions.code === 'TIMEOUT' ? 504 : 400;
}

async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new GraphQLError(`Expected an answer within ${ms} ms, found none. Ask for less.`, {
            extensions: { code: 'TIMEOUT', expected: ms },
          }),
        ),
      ms,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
