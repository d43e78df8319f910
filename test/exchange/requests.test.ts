import { request } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { isFromHere } from '../../src/testing/exchange/http/router.ts';
import { type ExchangeOptions, resolveOptions } from '../../src/testing/exchange/options.ts';
import { type Exchange, serveExchange } from '../../src/testing/exchange/serve-exchange.ts';
import { buyer, createHandState, type HandState, start } from './hand-state.ts';

let exchange: Exchange | undefined;

async function serve(options: ExchangeOptions = {}): Promise<HandState> {
  const state = createHandState();
  exchange = await serveExchange(resolveOptions({ start, ...options }), state);
  return state;
}

const ask = (body: unknown) =>
  fetch(exchange?.infoUrl ?? '', {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const weight = () => exchange?.limits().weightPerMinute;

afterEach(async () => {
  await exchange?.stop();
  exchange = undefined;
});

describe('a request', () => {
  test.each([
    ['is no JSON', 'hello'],
    ['is of no known type', { type: 'everything' }],
    ['lacks a field', { type: 'clearinghouseState' }],
    ['names a malformed address', { type: 'clearinghouseState', user: '0x12' }],
    [
      'names an interval that there is not',
      { type: 'candleSnapshot', req: { coin: 'BTC', interval: '7m', startTime: 0 } },
    ],
  ])('that %s is answered with a text that is no JSON', async (_, body) => {
    await serve();
    const response = await ask(body);
    expect(response.status).toBe(422);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await response.text()).toBe('Failed to deserialize the JSON body into the target type');
  });

  test('reaches the state with known fields only, in lower case', async () => {
    const state = await serve();
    await ask({ type: 'openOrders', user: buyer.replace('a1', 'A1'), dex: 'xyz', other: 1 });
    expect(state.asked.at(-1)).toEqual({ type: 'openOrders', user: buyer, dex: 'xyz' });
  });

  test('for a book with a mantissa of one breaks', async () => {
    await serve();
    const response = await ask({ type: 'l2Book', coin: 'BTC', nSigFigs: 5, mantissa: 1 });
    expect([response.status, await response.text()]).toEqual([500, 'null']);
  });

  test('may come from any page', async () => {
    await serve();
    expect((await ask({ type: 'exchangeStatus' })).headers.get('access-control-allow-origin')).toBe('*');
    const preflight = await fetch(exchange?.infoUrl ?? '', { method: 'OPTIONS' });
    expect(preflight.status).toBe(204);
  });
});

describe('weight', () => {
  test.each([
    ['l2Book', { coin: 'BTC' }, 0, 2],
    ['clearinghouseState', { user: buyer }, 0, 2],
    ['spotClearinghouseState', { user: buyer }, 0, 2],
    ['exchangeStatus', {}, 0, 2],
    ['allMids', {}, 0, 2],
    ['orderStatus', { user: buyer, oid: 1 }, 0, 2],
    ['meta', {}, 0, 20],
    ['userRole', { user: buyer }, 0, 60],
    // One more for each 20 rows that have begun, or each 60 candles.
    ['userFills', { user: buyer }, 2_000, 120],
    ['userFillsByTime', { user: buyer, startTime: 0 }, 20, 21],
    ['recentTrades', { coin: 'BTC' }, 10, 21],
    ['candleSnapshot', { req: { coin: 'BTC', interval: '1m', startTime: 0 } }, 5_000, 104],
    ['candleSnapshot', { req: { coin: 'BTC', interval: '1m', startTime: 0 } }, 80, 22],
    // No charge for rows.
    ['openOrders', { user: buyer }, 500, 20],
  ])('of %s %j with %i rows is %i', async (type, fields, rows, expected) => {
    const state = await serve();
    state.answers[type] = { status: 200, body: Array.from({ length: rows }, () => 0), rows };
    await ask({ type, ...fields });
    expect(weight()?.used).toBe(expected);
  });

  test('beyond the limit is refused before the answer, and rows are charged after it', async () => {
    const state = await serve({ limits: { weightPerMinute: 100 } });
    state.answers.userFills = { status: 200, body: Array.from({ length: 1_700 }, () => 0) };
    for (let time = 0; time < 2; time += 1) {
      expect((await ask({ type: 'exchangeStatus' })).status).toBe(200);
    }
    // 4 and 20 are within 100; the 85 for rows go beyond it, but the answer has been given.
    expect((await ask({ type: 'userFills', user: buyer })).status).toBe(200);
    expect(weight()).toMatchObject({ used: 109, highWater: 109, refused: 0 });
    const refused = await ask({ type: 'exchangeStatus' });
    expect(refused.status).toBe(429);
    expect(weight()).toMatchObject({ used: 109, refused: 1 });
  });
});

describe('the stats host', () => {
  test('serves files whole or compressed', async () => {
    await serve();
    const plain = await fetch(`${exchange?.statsUrl}/leaderboard`, {
      headers: { 'accept-encoding': 'identity' },
    });
    expect(plain.headers.get('content-encoding')).toBeNull();
    const { leaderboardRows } = (await plain.json()) as { leaderboardRows: { row: number }[] };
    expect(leaderboardRows).toHaveLength(1_201);
    expect(leaderboardRows.every(({ row }, place) => row === place)).toBe(true);
    const zipped = await fetch(`${exchange?.statsUrl}/leaderboard`, {
      headers: { 'accept-encoding': 'gzip' },
    });
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    expect(await zipped.json()).toEqual({ leaderboardRows });
    expect(await (await fetch(`${exchange?.statsUrl}/vaults`)).json()).toEqual([
      { summary: { name: 'one' } },
    ]);
  });

  test('charges no weight', async () => {
    await serve();
    await fetch(`${exchange?.statsUrl}/leaderboard`);
    expect(weight()?.used).toBe(0);
  });
});

describe('the admin', () => {
  const admin = (path: string, body?: unknown) =>
    fetch(
      `${exchange?.adminUrl}/${path}`,
      body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) },
    );

  test('tells state, limits and positions', async () => {
    await serve();
    await ask({ type: 'meta' });
    expect(await (await admin('state')).json()).toMatchObject({
      users: 2,
      coins: 4,
      counts: { requests: 1 },
    });
    expect(await (await admin('limits')).json()).toMatchObject({
      limits: { weightPerMinute: { limit: 1_200, used: 20 }, connections: { limit: 10, refused: 0 } },
    });
    expect(await (await admin(`positions/${buyer}`)).json()).toEqual({ BTC: '-40.0' });
  });

  test('says what is wrong with a fault', async () => {
    await serve();
    const wrong = await admin('faults', { kind: 'earthquake' });
    expect(wrong.status).toBe(400);
    expect((await wrong.json()) as object).toMatchObject({ error: expect.stringContaining('half-open') });
    expect((await admin('nothing')).status).toBe(404);
  });

  test('takes a fault, and a plan of them', async () => {
    await serve();
    expect(await (await admin('http-status', { status: 429, durationMs: 60_000 })).json()).toMatchObject({
      fault: { kind: 'http-status', status: 429, share: 1 },
    });
    expect((await ask({ type: 'meta' })).status).toBe(429);
    await admin('clear', {});
    expect((await ask({ type: 'meta' })).status).toBe(200);
    await admin('faults', [{ atMs: 20, fault: { kind: 'ban', durationMs: 60_000 } }]);
    await expect.poll(async () => (await ask({ type: 'meta' })).status).toBe(403);
  });

  test('answers no web page, and nobody who calls this machine by another name', async () => {
    await serve();
    const statusOf = (headers: Record<string, string>) =>
      new Promise<number | undefined>((resolve, reject) => {
        const options = { method: 'POST', headers };
        request(`${exchange?.adminUrl}/clear`, options, ({ statusCode, headers: answered }) => {
          expect(answered).not.toHaveProperty('access-control-allow-origin');
          resolve(statusCode);
        })
          .on('error', reject)
          .end('{}');
      });
    expect(await statusOf({})).toBe(200);
    expect(await statusOf({ origin: 'https://elsewhere.example' })).toBe(403);
    expect(await statusOf({ origin: 'null' })).toBe(403);
    expect(await statusOf({ host: `elsewhere.example:${exchange?.port}` })).toBe(403);
  });

  test.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['192.168.1.7', false],
    ['::ffff:10.0.0.1', false],
    ['2001:db8::127', false],
  ])('answers to %s: %s', (remoteAddress, isAnswered) => {
    const from = { socket: { remoteAddress } as Socket, headers: { host: '127.0.0.1:4100' } };
    expect(isFromHere(from)).toBe(isAnswered);
  });
});
