import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveOptions } from '../../src/testing/exchange/options.ts';
import { type Exchange, serveExchange } from '../../src/testing/exchange/serve-exchange.ts';
import { buyer, createHandState, seller, start } from './hand-state.ts';

let exchange: Exchange;

beforeAll(async () => {
  const options = resolveOptions({ start, seed: 3, limits: { evmRequestsPerMinute: 60 } });
  exchange = await serveExchange(options, createHandState());
});
afterAll(() => exchange.stop());

// biome-ignore lint/suspicious/noExplicitAny: each method answers something else.
async function call(method: string, ...params: readonly unknown[]): Promise<any> {
  const response = await fetch(exchange.evmUrl, {
    method: 'POST',
    body: JSON.stringify({ jsonrpc: '2.0', id: 9, method, params }),
  });
  const answer = (await response.json()) as { id: number; result?: unknown; error?: unknown };
  expect(answer.id).toBe(9);
  return answer.error ?? answer.result;
}

const number = (text: string) => Number.parseInt(text, 16);
const hex = (value: number) => `0x${value.toString(16)}`;
const transferTopic = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';

describe('HyperEVM', () => {
  test('has the id 999, a block a second, and no subscriptions', async () => {
    expect(await call('eth_chainId')).toBe('0x3e7');
    expect(await call('eth_syncing')).toBe(false);
    expect(await call('eth_maxPriorityFeePerGas')).toBe('0x0');
    expect(await call('eth_subscribe', 'newHeads')).toMatchObject({ code: -32601 });
    const latest = number(await call('eth_blockNumber'));
    const block = await call('eth_getBlockByNumber', 'latest', false);
    expect(number(block.number)).toBeGreaterThanOrEqual(latest);
    const before = await call('eth_getBlockByNumber', hex(number(block.number) - 1), false);
    expect(block.parentHash).toBe(before.hash);
    expect(number(block.timestamp) - number(before.timestamp)).toBe(1);
    expect(await call('eth_getBlockByNumber', hex(latest + 1_000), false)).toBeNull();
  });

  test('has big blocks once a minute among the others', async () => {
    const latest = number(await call('eth_blockNumber'));
    const limits = [];
    for (let back = 1; back <= 3; back += 1) {
      const block = await call('eth_getBlockByNumber', hex(Math.floor(latest / 60) * 60 - back + 1), false);
      limits.push(number(block.gasLimit));
    }
    expect(limits).toEqual([30_000_000, 3_000_000, 3_000_000]);
  });

  test('finds the same transactions by block, by hash, by receipt and by log', async () => {
    const latest = number(await call('eth_blockNumber'));
    const logs = await call('eth_getLogs', {
      fromBlock: hex(latest - 49),
      toBlock: hex(latest),
      topics: [transferTopic],
    });
    expect(logs.length).toBeGreaterThan(5);
    const [log] = logs;
    const block = await call('eth_getBlockByHash', log.blockHash, true);
    const transaction = block.transactions[number(log.transactionIndex)];
    expect(transaction.hash).toBe(log.transactionHash);
    expect([buyer, seller]).toContain(transaction.from);
    expect(await call('eth_getTransactionByHash', transaction.hash)).toEqual(transaction);
    const receipt = await call('eth_getTransactionReceipt', transaction.hash);
    expect(receipt.logs).toContainEqual(log);
    expect(receipt.status).toBe('0x1');
    expect(await call('eth_getBlockReceipts', block.number)).toContainEqual(receipt);
    expect(await call('eth_getTransactionByHash', `0x${'12'.repeat(32)}`)).toBeNull();
  });

  test('narrows logs by address and by topic', async () => {
    const latest = number(await call('eth_blockNumber'));
    const range = { fromBlock: hex(latest - 49), toBlock: hex(latest) };
    const all = await call('eth_getLogs', range);
    const { address } = all.find((log: { topics: string[] }) => log.topics[0] === transferTopic);
    const narrow = await call('eth_getLogs', { ...range, address, topics: [transferTopic, null, null] });
    expect(narrow).toEqual(
      all.filter(
        (log: { address: string; topics: string[] }) =>
          log.address === address && log.topics[0] === transferTopic,
      ),
    );
  });

  test('refuses logs of more than 50 blocks', async () => {
    const range = { fromBlock: hex(20_000_000 - 60), toBlock: hex(20_000_000 - 10) };
    expect(await call('eth_getLogs', range)).toMatchObject({ message: expect.stringContaining('50') });
    expect(await call('eth_getLogs', { ...range, toBlock: hex(20_000_000 - 11) })).toEqual(expect.any(Array));
  });

  test('answers calls of tokens', async () => {
    const latest = number(await call('eth_blockNumber'));
    const logs = await call('eth_getLogs', { fromBlock: hex(latest - 49), topics: [transferTopic] });
    const decimals = number(await call('eth_call', { to: logs[0].address, data: '0x313ce567' }, 'latest'));
    expect([6, 8, 18]).toContain(decimals);
    const balance = await call('eth_call', {
      to: logs[0].address,
      data: `0x70a08231${'0'.repeat(24)}${buyer.slice(2)}`,
    });
    expect(balance).toMatch(/^0x[0-9a-f]{64}$/);
  });

  test('counts each request of a batch, and refuses what goes beyond the limit', async () => {
    const one = { jsonrpc: '2.0', id: 1, method: 'eth_chainId' };
    const send = (body: unknown) => fetch(exchange.evmUrl, { method: 'POST', body: JSON.stringify(body) });
    const used = exchange.limits().evmRequestsPerMinute.used;
    const batch = await send([one, { ...one, id: 2 }]);
    expect(await batch.json()).toMatchObject([{ id: 1 }, { id: 2 }]);
    expect(exchange.limits().evmRequestsPerMinute.used).toBe(used + 2);
    expect((await send(Array.from({ length: 61 }, () => one))).status).toBe(429);
    expect(exchange.limits().evmRequestsPerMinute.refused).toBe(1);
  });
});
