import { afterEach, describe, expect, test } from 'vitest';
import type { RequestBudget } from '../../../plugin-api/index.ts';
import { testCollectorContext } from '../../../testing/collector-context.ts';
import type { ConnectionContext } from './connection-context.ts';
import { type InfoAnswer, type InfoServer, startInfoServer } from './fixtures/info-server.ts';
import { createInfoClient, type InfoClientOptions } from './info-client.ts';
import type { InfoClient } from './info-types.ts';

const ending: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

interface Asking {
  readonly client: InfoClient;
  readonly server: InfoServer;
  /** What the budget was told, in order. */
  readonly budget: string[];
  readonly said: string[];
  readonly rejected: string[];
}

async function ask(
  answer: InfoAnswer,
  given: Partial<InfoClientOptions> = {},
  context: Partial<ConnectionContext> = {},
): Promise<Asking> {
  const server = await startInfoServer(answer);
  ending.push(() => server.close());
  const budget: string[] = [];
  const said: string[] = [];
  const rejected: string[] = [];
  const writesDown: RequestBudget = {
    take: async ({ weight, priority }) => void budget.push(`take ${weight} ${priority}`),
    charge: weight => void budget.push(`charge ${weight}`),
    refused: ms => void budget.push(`refused ${ms}`),
    accepted: () => void budget.push('accepted'),
  };
  const ctx = testCollectorContext(
    {},
    {
      budget: () => writesDown,
      log: {
        debug() {},
        info: (message, values) => said.push(`${message} ${values?.key}`),
        warn() {},
        error() {},
      },
      reject: ({ reason }) => rejected.push(reason),
      ...context,
    },
  );
  const client = createInfoClient(ctx, { ...server, retry: { firstMs: 5, longestMs: 20 }, ...given });
  return { client, server, budget, said, rejected };
}

const fundingRow = (time: number) => ({ coin: 'BTC', fundingRate: '0.0000125', premium: '-0.0001', time });
const user = `0x${'a'.repeat(40)}`;

describe('the weight of a request', () => {
  test.each([
    // Of the exchange's documentation: 2, 20 or 60, and 1 more for each 20 (or 60) rows begun.
    ['allMids', {}, { BTC: '100000.0' }, ['take 2 high', 'accepted']],
    ['exchangeStatus', {}, { time: 1, specialStatuses: null }, ['take 2 high', 'accepted']],
    ['userRole', { user }, { role: 'user' }, ['take 60 high', 'accepted']],
    ['userAbstraction', { user }, 'default', ['take 20 high', 'accepted']],
    ['fundingHistory', { coin: 'BTC', startTime: 0 }, [], ['take 20 high', 'accepted']],
    [
      'fundingHistory',
      { coin: 'BTC', startTime: 0 },
      Array.from({ length: 20 }, (_, n) => fundingRow(n)),
      ['take 20 high', 'accepted', 'charge 1'],
    ],
    [
      'fundingHistory',
      { coin: 'BTC', startTime: 0 },
      Array.from({ length: 21 }, (_, n) => fundingRow(n)),
      ['take 20 high', 'accepted', 'charge 2'],
    ],
    [
      'candleSnapshot',
      { req: {} },
      Array.from({ length: 5_000 }, (_, t) => ({
        t,
        T: t,
        s: 'BTC',
        i: '1m',
        o: '1',
        c: '1',
        h: '1',
        l: '1',
        v: '0.0',
        n: 0,
      })),
      ['take 20 high', 'accepted', 'charge 84'],
    ],
    [
      'openOrders',
      { user },
      Array.from({ length: 100 }, (_, oid) => ({
        coin: 'BTC',
        side: 'B',
        limitPx: '1',
        sz: '1',
        oid,
        timestamp: 1,
      })),
      ['take 20 high', 'accepted'],
    ],
  ] as const)('%s is charged, with its rows', async (type, fields, answer, expected) => {
    const { client, budget } = await ask(() => answer);
    await client.request({ type, ...fields } as never, { priority: 'high' });
    expect(budget).toEqual(expected);
  });
});

describe('a request that fails', () => {
  test('for too many requests waits for as long as the server says, and is not an attempt', async () => {
    let asked = 0;
    const { client, budget, server } = await ask((_, response) => {
      asked += 1;
      if (asked === 1) return response.writeHead(429, { 'retry-after': '7' }).end('slow down');
      if (asked === 2) return response.writeHead(429).end();
      return { BTC: '1.0' };
    });
    await client.request({ type: 'allMids' }, { priority: 'low', attempts: 1 });
    expect(budget).toEqual([
      'take 2 low',
      'refused 7000',
      'take 2 low',
      'refused undefined',
      'take 2 low',
      'accepted',
    ]);
    expect(server.asked).toHaveLength(3);
    expect(client.status()).toMatchObject({ requests: 3, weight: 6, refusedForRate: 2, retries: 0 });
  });

  test('in a burst of 502 is made again, and each time within the budget', async () => {
    let asked = 0;
    const { client, budget } = await ask((_, response) =>
      ++asked < 4 ? response.writeHead(502).end('<html>bad gateway</html>') : { BTC: '1.0' },
    );
    await expect(client.request({ type: 'allMids' }, { priority: 'low' })).resolves.toEqual({ BTC: '1.0' });
    expect(budget).toEqual(['take 2 low', 'take 2 low', 'take 2 low', 'take 2 low', 'accepted']);
    expect(client.status()).toMatchObject({ retries: 3, lastError: undefined });
  });

  test('too often is given up as unavailable, and may be tried later', async () => {
    const { client, server } = await ask((_, response) => response.writeHead(503).end());
    await expect(client.request({ type: 'allMids' }, { priority: 'low', attempts: 3 })).rejects.toMatchObject(
      {
        code: 'EXCHANGE_UNAVAILABLE',
        kind: 'unavailable',
        retryable: true,
        message: expect.stringContaining('status 503'),
      },
    );
    expect(server.asked).toHaveLength(3);
    expect(client.status().lastError).toBe('status 503');
  });

  test('with an answer that is cut off is made again', async () => {
    let asked = 0;
    const { client } = await ask((_, response) => {
      asked += 1;
      if (asked === 1) return response.end('{"BTC":"1.');
      if (asked === 2) {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"BTC"');
        return setTimeout(() => response.destroy(), 5);
      }
      return { BTC: '1.0' };
    });
    await expect(client.request({ type: 'allMids' }, { priority: 'low' })).resolves.toEqual({ BTC: '1.0' });
    expect(asked).toBe(3);
  });

  test('to be answered in time is made again', async () => {
    let asked = 0;
    const { client } = await ask(() => (++asked === 1 ? undefined : { BTC: '1.0' }), { timeoutMs: 50 });
    await expect(client.request({ type: 'allMids' }, { priority: 'low' })).resolves.toEqual({ BTC: '1.0' });
    expect(asked).toBe(2);
  });

  test('to reach the server says why', async () => {
    const { client, server } = await ask(() => ({}));
    await server.close();
    await expect(client.request({ type: 'allMids' }, { priority: 'low', attempts: 2 })).rejects.toMatchObject(
      {
        kind: 'unavailable',
        message: expect.stringContaining('ECONNREFUSED'),
      },
    );
  });

  test('because it is no request of the exchange is not made again', async () => {
    const { client, server } = await ask((_, response) =>
      response.writeHead(422).end('Failed to deserialize the JSON body into the target type'),
    );
    await expect(client.request({ type: 'nothing' }, { priority: 'low' })).rejects.toMatchObject({
      code: 'EXCHANGE_REFUSED',
      kind: 'refused',
      retryable: false,
    });
    expect(server.asked).toHaveLength(1);
  });

  test('ends with the collector, whatever it is waiting for', async () => {
    const stopping = new AbortController();
    const { client } = await ask(() => undefined, {}, { signal: stopping.signal });
    const asked = client.request({ type: 'allMids' }, { priority: 'low' });
    setTimeout(() => stopping.abort(new Error('stopping')), 30);
    await expect(asked).rejects.toThrow('stopping');
  });

  test('ends with its own signal while it rests', async () => {
    const { client } = await ask((_, response) => response.writeHead(502).end(), {
      retry: { firstMs: 60_000, longestMs: 60_000 },
    });
    const stop = new AbortController();
    const asked = client.request({ type: 'allMids' }, { priority: 'low', signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 30);
    await expect(asked).rejects.toThrow('enough');
  });
});

describe('an answer', () => {
  test('of null tells that the exchange knows nothing', async () => {
    const { client } = await ask(() => null);
    await expect(client.request({ type: 'l2Book', coin: 'NONE' }, { priority: 'low' })).resolves.toBe(null);
  });

  test('of 500 and null tells so too, once it has been asked again', async () => {
    const { client, server } = await ask((_, response) => response.writeHead(500).end('null'));
    const body = { type: 'candleSnapshot', req: { coin: 'NONE', interval: '1m', startTime: 0 } } as const;
    await expect(client.request(body, { priority: 'low' })).resolves.toBe(null);
    expect(server.asked).toHaveLength(2);
    await expect(client.request({ type: 'meta' }, { priority: 'low', attempts: 1 })).rejects.toMatchObject({
      kind: 'unavailable',
    });
  });

  test('that is too long is not read', async () => {
    const { client } = await ask(() => ({ BTC: '1'.repeat(10_000) }), { longestAnswerBytes: 1_000 });
    await expect(client.request({ type: 'allMids' }, { priority: 'low' })).rejects.toMatchObject({
      code: 'EXCHANGE_MALFORMED',
      message: expect.stringContaining('at most 1000 bytes'),
    });
  });

  test('of a wrong shape is refused, counted, and never shown', async () => {
    const secret = 'not-to-be-logged';
    const { client, rejected } = await ask(() => ({ BTC: secret }));
    await expect(client.request({ type: 'allMids' }, { priority: 'low' })).rejects.toMatchObject({
      kind: 'malformed',
      message: expect.not.stringContaining(secret),
    });
    expect(rejected).toEqual(['`BTC`: must be a decimal as text']);
    expect(client.status().malformed).toBe(1);
  });

  test('loses only the rows that are wrong', async () => {
    const rows = [
      fundingRow(1),
      { ...fundingRow(2), time: 'two' },
      fundingRow(3),
      { ...fundingRow(4), premium: 'NaN' },
    ];
    const { client, rejected } = await ask(() => rows);
    const answer = await client.request(
      { type: 'fundingHistory', coin: 'BTC', startTime: 0 },
      { priority: 'low' },
    );
    expect(answer?.map(({ time }) => time)).toEqual([1, 3, 4]);
    expect(rejected).toEqual([expect.stringMatching(/^row 1: `time`/)]);
  });

  test('may say more than is known, which is told once for each key', async () => {
    const answer = [
      { ...fundingRow(1), venue: 'x' },
      { ...fundingRow(2), venue: 'y', extra: { deep: 1 } },
    ];
    const { client, said, rejected } = await ask(() => answer);
    for (let n = 0; n < 3; n++) {
      const got = await client.request(
        { type: 'fundingHistory', coin: 'BTC', startTime: 0 },
        { priority: 'low' },
      );
      expect(got).toEqual(answer);
    }
    expect(said).toEqual([
      'the exchange says something that is not known venue',
      'the exchange says something that is not known extra',
    ]);
    expect(rejected).toEqual([]);
  });

  test('of a type that is not known is handed on as it is', async () => {
    const { client } = await ask(() => ({ whatever: [1] }));
    await expect(client.request({ type: 'validatorSummaries' }, { priority: 'low' })).resolves.toEqual({
      whatever: [1],
    });
  });
});
