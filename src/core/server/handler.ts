import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Mask } from './answer.ts';
import { consumedError, isConsumed, parsedBody } from './body.ts';
import { preflightHeaders } from './cors.ts';
import type { createFastPath } from './fast-path.ts';
import { type Limits, limitError } from './limits.ts';
import type { createPages } from './pages.ts';
import { isJson, readRequest } from './request.ts';
import { type Answer, json } from './response.ts';
import type { createYogaServer } from './yoga.ts';

/**
 * Everything over HTTP as one function. Given Node's request and response (plain node, Express, Fastify's raw pair, Next's pages) it
 * writes the response; given a Fetch request (Next's route handlers, Deno, Bun, workers) it answers one.
 */
export interface Handler {
  (request: IncomingMessage, response: ServerResponse): Promise<void>;
  (request: Request): Promise<Response>;
}

export interface HandlerOptions {
  readonly fastPath: ReturnType<typeof createFastPath>;
  readonly yoga: ReturnType<typeof createYogaServer>;
  readonly pages: ReturnType<typeof createPages>;
  readonly origins: readonly string[];
  readonly limits: Limits;
  readonly mask: Mask;
}

type Route = 'preflight' | 'not json' | 'fast' | 'yoga' | 'page';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly search: string;
  readonly accept: string;
  readonly contentType: string | undefined;
}

function routeOf({ method, path, search, accept, contentType }: Asked): Route {
  if (path !== '/graphql') return 'page';
  const stream = accept.includes('text/event-stream');
  if (method === 'OPTIONS') return 'preflight';
  if (method === 'POST') {
    // Note: other types can be sent by a form of any page, without the browser asking first.
    if (!isJson(contentType)) return 'not json';
    return stream ? 'yoga' : 'fast';
  }
  const query = /[?&]query=/.test(search);
  return method === 'GET' && !stream && !query && accept.includes('text/html') ? 'page' : 'yoga';
}

const notJson = json(415, {
  errors: [
    {
      message: 'Expected a POST with the content type application/json, found another one. Send JSON.',
      extensions: { code: 'CONTENT_TYPE_INVALID' },
    },
  ],
});

function notFound(method: string, path: string): Answer {
  return json(404, {
    error: `Expected one of /, /graphql, /health, /ready, /metrics, found ${method} ${path.slice(0, 200)}.`,
  });
}

export function createHandler({ fastPath, yoga, pages, origins, limits, mask }: HandlerOptions): Handler {
  async function onNode(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const route = routeOf({
      method,
      path,
      search: mark < 0 ? '' : url.slice(mark),
      accept: headers.accept ?? '',
      contentType: headers['content-type'],
    });
    if (route === 'fast') return fastPath.handle(request, response);
    if (route === 'yoga') {
      if (Number(headers['content-length'] ?? 0) > limits.bodyBytes)
        return send(response, tooLarge(limits, mask));
      if (method === 'POST' && parsedBody(request) === undefined && isConsumed(request)) {
        return send(response, json(500, { errors: [mask(consumedError()).toJSON()] }));
      }
      await yoga(request, response);
      return;
    }
    if (route === 'preflight') {
      return send(response, { status: 204, headers: preflightHeaders(headers.origin, origins), body: '' });
    }
    if (route === 'not json') return send(response, notJson);
    send(response, (await pages(method, path)) ?? notFound(method, path), method === 'HEAD');
  }

  async function onFetch(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const { method, headers } = request;
    const route = routeOf({
      method,
      path: pathname.endsWith('/graphql') ? '/graphql' : pathname,
      search,
      accept: headers.get('accept') ?? '',
      contentType: headers.get('content-type') ?? undefined,
    });
    if (route === 'yoga') return yoga.fetch(atEndpoint(request));
    if (route === 'preflight') {
      const origin = headers.get('origin') ?? undefined;
      return new Response(null, { status: 204, headers: preflightHeaders(origin, origins) });
    }
    if (route === 'not json') return toResponse(notJson);
    if (route === 'page') return toResponse((await pages(method, pathname)) ?? notFound(method, pathname));
    try {
      const body = await request.text();
      if (body.length > limits.bodyBytes) return toResponse(tooLarge(limits, mask));
      const asked = {
        authorization: headers.get('authorization') ?? undefined,
        host: headers.get('host') ?? new URL(request.url).host,
      };
      const { status, body: answer } = await fastPath.answerTo(readRequest(body), asked);
      return new Response(answer, { status, headers: { 'content-type': 'application/json; charset=utf-8' } });
    } catch (error) {
      return toResponse(json(400, { errors: [mask(error).toJSON()] }));
    }
  }

  const handler = (request: IncomingMessage | Request, response?: ServerResponse) => {
    if (response === undefined || !('headers' in request) || request.headers instanceof Headers) {
      return onFetch(request as Request);
    }
    return onNode(request as IncomingMessage, response).catch(error => {
      if (response.headersSent) return response.destroy();
      send(response, json(500, { errors: [mask(error).toJSON()] }));
    });
  };
  return handler as Handler;
}

// Note: a framework may serve this under a path of its own; yoga knows only the one it was made with.
function atEndpoint(request: Request): Request {
  const url = new URL(request.url);
  if (url.pathname === '/graphql') return request;
  url.pathname = '/graphql';
  return new Request(url, request);
}

function tooLarge(limits: Limits, mask: Mask): Answer {
  const error = limitError('body bytes', limits.bodyBytes, limits.bodyBytes + 1, 'Send several requests.');
  return json(413, { errors: [mask(error).toJSON()] });
}

function send(response: ServerResponse, { status, headers, body }: Answer, headersOnly = false): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(headersOnly ? undefined : body);
}

function toResponse({ status, headers, body }: Answer): Response {
  return new Response(typeof body === 'string' ? body : new Uint8Array(body), {
    status,
    headers: { ...headers },
  });
}
