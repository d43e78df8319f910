import { afterEach, describe, expect, test } from 'vitest';
import { testCollectorContext } from '../../../testing/collector-context.ts';
import { type InfoAnswer, type InfoServer, startInfoServer } from './fixtures/info-server.ts';
import { createInfoClient } from './info-client.ts';

const user = `0x${'a'.repeat(40)}`;
const now = 1_790_000_000_000;

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

async function serve(answer: InfoAnswer): Promise<InfoServer> {
  const server = await startInfoServer(answer);
  ending.push(server.close);
  return server;
}

/** A client with a node, and an exchange that answers everything. `node` answers what is no question about its time. */
async function withNode({ behindMs = 100, node }: { behindMs?: number; node: InfoAnswer }) {
  const weights: number[] = [];
  const notes: string[] = [];
  const exchange = await serve(({ type }) => (type === 'userRole' ? { role: 'vault' } : { balances: [] }));
  const served = await serve((body, response, request) =>
    body.type === 'exchangeStatus'
      ? { time: now - behindMs, specialStatuses: null }
      : node(body, response, request),
  );
  const ctx = testCollectorContext(
    {},
    {
      now,
      budget: () => ({
        take: async ({ weight }) => void weights.push(weight),
        charge() {},
        refused() {},
        accepted() {},
      }),
      log: { debug() {}, info: note => notes.push(note), warn: note => notes.push(note), error() {} },
    },
  );
  const client = createInfoClient(ctx, { ...exchange, nodeUrl: served.infoUrl });
  const typesAsked = (server: InfoServer) => server.asked.map(({ type }) => type);
  return {
    client,
    weights,
    notes,
    asked: () => ({ exchange: typesAsked(exchange), node: typesAsked(served) }),
  };
}

describe('an own node', () => {
  test('is asked for the states of accounts, which cost no weight then', async () => {
    const { client, weights, asked } = await withNode({ node: () => ({ role: 'user' }) });
    expect(await client.request({ type: 'userRole', user }, { priority: 'high' })).toEqual({ role: 'user' });
    expect(await client.request({ type: 'userRole', user }, { priority: 'high' })).toEqual({ role: 'user' });
    expect(weights).toEqual([]);
    // How far it is is asked once in five seconds.
    expect(asked()).toEqual({ exchange: [], node: ['exchangeStatus', 'userRole', 'userRole'] });
  });

  test('is not asked for what it does not answer', async () => {
    const { client, weights, asked } = await withNode({ node: () => ({ role: 'user' }) });
    await client.request({ type: 'vaultDetails', vaultAddress: user }, { priority: 'low' }).catch(() => {});
    expect(asked()).toEqual({ exchange: ['vaultDetails'], node: [] });
    expect(weights).toEqual([20]);
  });

  test('is not believed while it is more than ten seconds behind', async () => {
    const { client, weights, notes, asked } = await withNode({
      behindMs: 10_001,
      node: () => ({ role: 'user' }),
    });
    const role = await client.request({ type: 'userRole', user }, { priority: 'high' });
    expect(role).toEqual({ role: 'vault' });
    expect(weights).toEqual([60]);
    expect(asked().node).toEqual(['exchangeStatus']);
    expect(notes).toEqual(['the own node cannot be used at present; the exchange is asked']);
  });

  test.each([
    ['refuses', 422, 'Failed to deserialize the JSON body into the target type'],
    ['breaks down', 500, 'null'],
    ['cuts off', 200, '{"role":'],
  ])('that %s a request leaves it to the exchange', async (_, status, text) => {
    const { client, asked } = await withNode({
      node(_body, response) {
        response.writeHead(status);
        response.end(text);
      },
    });
    const role = await client.request({ type: 'userRole', user }, { priority: 'high' });
    expect(role).toEqual({ role: 'vault' });
    expect(asked()).toEqual({ exchange: ['userRole'], node: ['exchangeStatus', 'userRole'] });
  });

  test('that cannot be reached leaves everything to the exchange', async () => {
    const exchange = await serve(() => ({ role: 'user' }));
    const gone = await startInfoServer(() => null);
    await gone.close();
    const client = createInfoClient(testCollectorContext({}), { ...exchange, nodeUrl: gone.infoUrl });
    expect(await client.request({ type: 'userRole', user }, { priority: 'high' })).toEqual({ role: 'user' });
  });
});
