import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EvmRpc } from '../evm/rpc.ts';
import type { Fault } from '../faults/fault.ts';
import type { LiveExchange } from '../live-exchange.ts';
import type { Admin } from './admin.ts';
import { answerInfo, type HttpAnswer, json, plainText, tooMany, undeserialisable } from './info.ts';
import { parseJson, readBody } from './request-body.ts';
import type { StatsHost } from './stats-host.ts';

interface RouterOptions {
  readonly exchange: LiveExchange;
  readonly stats: StatsHost;
  readonly evm: EvmRpc;
  readonly admin: Admin;
}

const explorerWeight = 40;
const forbidden: HttpAnswer = {
  status: 403,
  body: 'The admin answers programs of this machine only, and no web page.',
  contentType: plainText,
};
const notFound: HttpAnswer = { status: 404, body: 'Not Found', contentType: plainText };

/** Answers all HTTP requests. */
export function createRouter({ exchange, stats, evm, admin }: RouterOptions) {
  const { faults, counts } = exchange;

  async function answer(request: IncomingMessage, path: string): Promise<HttpAnswer> {
    const address = request.socket.remoteAddress ?? 'unknown';
    const meters = exchange.limits.of(address);
    const compressed = /\bgzip\b/.test(`${request.headers['accept-encoding'] ?? ''}`);
    switch (`${request.method} ${path}`) {
      case 'POST /info':
        return answerInfo(exchange, meters, parseJson(await readBody(request)));
      case 'POST /explorer': {
        if (!meters.weightPerMinute.take(explorerWeight)) return tooMany;
        const { status, body } = exchange.explorer.answer(parseJson(await readBody(request)));
        return status === 200
          ? { status, body: JSON.stringify(body), contentType: json }
          : { status, body: undeserialisable, contentType: plainText };
      }
      case 'POST /evm': {
        const body = await evm.answer(await readBody(request), amount =>
          meters.evmRequestsPerMinute.take(amount),
        );
        return body === undefined ? tooMany : { status: 200, body, contentType: json };
      }
      case 'GET /Mainnet/leaderboard':
        return file(await stats.leaderboard(compressed), compressed);
      case 'GET /Mainnet/vaults':
        return file(await stats.vaults(compressed), compressed);
      default:
        return notFound;
    }
  }

  /** Spoils an answer as the faults of the moment say. */
  async function spoilt(path: string, make: () => Promise<HttpAnswer>): Promise<HttpAnswer | 'cut off'> {
    if (faults.of('ban') !== undefined) return { status: 403, body: 'Forbidden', contentType: plainText };
    await exchange.slowness();
    const broken = faults.strikes('http-status');
    if (broken !== undefined) {
      counts.spoiltAnswers += 1;
      return brokenAnswer(broken);
    }
    const whole = await make();
    if (whole.status !== 200 || faults.strikes('truncated-answers') === undefined) return whole;
    counts.spoiltAnswers += 1;
    const bytes = Buffer.from(whole.body);
    const kept = bytes.subarray(0, Math.floor(bytes.length * faults.random.between(0.05, 0.95)));
    // Note: both ways occur: an answer that says it is whole, and a connection that breaks off in its middle.
    return path === '/info' && faults.random.chance(0.5) ? 'cut off' : { ...whole, body: kept };
  }

  function brokenAnswer({ status = 502 }: Fault): HttpAnswer {
    const texts: Readonly<Record<number, string>> = {
      429: 'Too Many Requests',
      500: 'Internal Server Error',
      502: '<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>',
    };
    const retryAfter = status === 429 && faults.random.chance(0.5);
    return {
      status,
      body: texts[status] ?? 'Service Unavailable',
      contentType: status === 502 ? 'text/html' : plainText,
      ...(retryAfter ? { headers: { 'retry-after': '1' } } : {}),
    };
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const isAdmin = pathname === '/admin' || pathname.startsWith('/admin/');
    if (!isAdmin) response.setHeader('access-control-allow-origin', '*');
    try {
      if (isAdmin && !isFromHere(request)) return send(response, forbidden);
      if (request.method === 'OPTIONS') return void preflight(response);
      const made = isAdmin
        ? await admin.answer(request, pathname)
        : await spoilt(pathname, () => answer(request, pathname));
      if (made === 'cut off') response.socket?.destroy();
      else send(response, made);
    } catch (error) {
      // A client that has gone needs no answer.
      if (response.destroyed || request.destroyed) return;
      const message = error instanceof Error ? error.message : String(error);
      send(response, { status: 500, body: `The local exchange failed: ${message}`, contentType: plainText });
    }
  };
}

const loopback = /^(::ffff:)?127\.|^::1$/;
const loopbackHost = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/;

/**
 * Whether a program of this machine asks. What the admin does needs no password, so that it must not be within reach of the network
 * where the exchange is, nor of a page in a browser, which can send requests to any address.
 */
export function isFromHere({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): boolean {
  return (
    loopback.test(socket.remoteAddress ?? '') &&
    loopbackHost.test(headers.host ?? '') &&
    headers.origin === undefined
  );
}

function file(body: Buffer, compressed: boolean): HttpAnswer {
  const headers = compressed ? { 'content-encoding': 'gzip' } : {};
  return { status: 200, body, contentType: json, headers };
}

function preflight(response: ServerResponse): void {
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'access-control-allow-headers': 'content-type',
  });
  response.end();
}

function send(response: ServerResponse, { status, body, contentType, headers }: HttpAnswer): void {
  response.writeHead(status, { 'content-type': contentType, ...headers });
  response.end(body);
}
