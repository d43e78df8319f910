import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type block,
  type CollectorContext,
  type Event,
  mark,
  type RowOf,
  trade,
  type transfer,
} from '../../../plugin-api/index.ts';
import { testCollectorContext } from '../../../testing/collector-context.ts';
import { transferTopic } from './chain.ts';
import { hyperEvmConfig } from './config.ts';
import { hyperEvm } from './index.ts';
import { noContract } from './transfers.ts';

const ann = `0x${'a1'.repeat(20)}`;
const ben = `0x${'b2'.repeat(20)}`;
const cleo = `0x${'c3'.repeat(20)}`;
const router = `0x${'99'.repeat(20)}`;
const usdt0 = '0xb8ce59fc3717ada4c02eadf9682a9e934f625ebb';
const whype = `0x${'55'.repeat(20)}`;
const odd = `0x${'77'.repeat(20)}`;

const word = (value: string | bigint) =>
  (typeof value === 'string' ? value.slice(2) : value.toString(16)).padStart(64, '0');
const hex = (value: number | bigint) => `0x${value.toString(16)}`;
const hashOf = (text: string) => `0x${Buffer.from(text).toString('hex').padEnd(64, '0')}`;

interface Tx {
  readonly name: string;
  readonly from: string;
  readonly to: string | null;
  readonly input?: string;
  readonly value?: bigint;
  readonly moves?: readonly (readonly [token: string, from: string, to: string, amount: bigint])[];
}

/** A chain of ten blocks a minute, as a test writes it. */
interface Chain {
  head: number;
  /** Blocks from this one on are other ones than before. */
  branch: { from: number; name: string } | undefined;
  readonly content: Map<number, readonly Tx[]>;
  readonly decimals: Map<string, number>;
  /** Answers that are told instead, first to last. */
  readonly failures: { status: number; body: string; headers?: Record<string, string> }[];
  readonly asked: { method: string; params: readonly never[] }[];
  url: string;
}

const genesis = Date.UTC(2026, 0, 1, 12) / 1_000;
let chain: Chain;
let server: Server;

const blockHash = (number: number) =>
  hashOf(
    chain.branch !== undefined && number >= chain.branch.from
      ? `${chain.branch.name}${number}`
      : `b${number}`,
  );

const methods: Record<string, (...params: never[]) => unknown> = {
  eth_blockNumber: () => hex(chain.head),
  eth_getBlockByNumber: (tag: string, whole: boolean) => {
    const number = Number(tag);
    if (number > chain.head) return null;
    const transactions = (chain.content.get(number) ?? []).map(
      ({ name, from, to, input = '0x', value = 0n }) =>
        whole ? { hash: hashOf(name), from, to, input, value: hex(value) } : hashOf(name),
    );
    return {
      ...{ number: tag, hash: blockHash(number), parentHash: blockHash(number - 1) },
      ...{ timestamp: hex(genesis + number), transactions, miner: noContract },
    };
  },
  eth_getLogs: ({ fromBlock, toBlock, topics }: { fromBlock: string; toBlock: string; topics: string[] }) => {
    expect(Number(toBlock) - Number(fromBlock)).toBeLessThan(50);
    expect(topics.length).toBeLessThanOrEqual(4);
    return [...chain.content].flatMap(([number, list]) =>
      number < Number(fromBlock) || number > Number(toBlock)
        ? []
        : list.flatMap(({ name, moves = [] }) =>
            moves.map(([address, from, to, amount], index) => ({
              ...{
                address,
                topics: [transferTopic, `0x${word(from)}`, `0x${word(to)}`],
                data: `0x${word(amount)}`,
              },
              ...{ blockNumber: hex(number), blockHash: blockHash(number), transactionHash: hashOf(name) },
              ...{ logIndex: hex(index), removed: false },
            })),
          ),
    );
  },
  eth_call: ({ to }: { to: string }) =>
    `0x${chain.decimals.has(to) ? word(BigInt(chain.decimals.get(to)!)) : ''}`,
};

beforeEach(async () => {
  chain = {
    ...{
      head: 100,
      branch: undefined,
      content: new Map(),
      decimals: new Map(),
      failures: [],
      asked: [],
      url: '',
    },
  };
  server = createServer((request, response) => {
    let body = '';
    request.on('data', chunk => {
      body += chunk;
    });
    request.on('end', () => {
      const { id, method, params } = JSON.parse(body) as { id: number; method: string; params: never[] };
      chain.asked.push({ method, params });
      const failure = chain.failures.shift();
      if (failure !== undefined) {
        response.writeHead(failure.status, failure.headers).end(failure.body);
        return;
      }
      const answer = methods[method];
      const error = { code: -32_601, message: 'the method does not exist' };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          jsonrpc: '2.0',
          id,
          ...(answer === undefined ? { error } : { result: answer(...params) }),
        }),
      );
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  chain.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise<void>(resolve => server.close(() => resolve())));

interface Told {
  readonly ref: { readonly id: string };
  readonly key: string;
  readonly tsEvent: number;
  readonly dedupe: string;
  readonly cursor?: string;
  readonly payload: RowOf<typeof transfer> & RowOf<typeof block>;
}

/** Runs the collector through so many looks at the chain; `between` is done before each but the first. */
async function run(options: {
  readonly looks: number;
  readonly config?: object;
  readonly cursor?: string | undefined;
  readonly between?: (look: number, context: ReturnType<typeof testCollectorContext>) => void;
  readonly context?: Partial<CollectorContext<unknown>>;
}) {
  const ended = new AbortController();
  const gaps: { from: number; to: number; reason: string }[] = [];
  const weights: number[] = [];
  const refusals: (number | undefined)[] = [];
  let look = 1;
  const config = hyperEvmConfig.parse({ rpcUrl: chain.url, addresses: [ann, ben], ...options.config });
  const context = testCollectorContext(config, {
    signal: ended.signal,
    cursor: options.cursor,
    gap: gap => gaps.push(gap),
    budget: (name, { perMinute }) => ({
      async take({ weight }) {
        expect([name, perMinute]).toEqual(['hyper-evm', 90]);
        weights.push(weight);
      },
      charge() {},
      refused: ms => refusals.push(ms),
      accepted() {},
    }),
    async sleep(ms) {
      if (ms !== 5_000) return;
      look++;
      if (look > options.looks) ended.abort();
      else options.between?.(look, context as never);
    },
    ...(options.context as object),
  });
  const told: Told[] = [];
  for await (const drafts of hyperEvm.collect(context)) told.push(...(drafts as unknown as Told[]));
  return {
    told,
    transfers: told.filter(({ ref }) => ref.id === 'transfer').map(({ payload }) => payload),
    blocks: told.filter(({ ref }) => ref.id === 'block').map(({ payload }) => payload.number),
    cursor: told.findLast(one => one.cursor !== undefined)?.cursor,
    gaps,
    weights,
    refusals,
  };
}

const call = { token: null, amount: null, valueUsd: null } as const;

describe('what known wallets do on HyperEVM', () => {
  it('is told as calls and transfers, each of the wallet that it concerns', async () => {
    chain.decimals.set(odd, 3);
    const { transfers, told } = await run({
      looks: 2,
      between(_, context) {
        context.emit({
          ...{ type: mark.id, key: 'HYPE', tsEvent: 0, tsIngest: 0, seq: 1 },
          payload: {
            coin: 'HYPE',
            mid: '40.5',
            mark: null,
            oracle: null,
            openInterest: null,
            dayVolumeUsd: null,
          },
        } as Event<typeof mark>);
        chain.content.set(101, [
          {
            ...{ name: 'swap', from: ann, to: router, input: '0x38ed1739' },
            moves: [
              [usdt0, ann, router, 1_500_000n],
              [whype, router, ann, 2n * 10n ** 18n],
            ],
          },
          { name: 'gift', from: cleo, to: odd, input: '0xa9059cbb', moves: [[odd, cleo, ben, 1_234_500n]] },
        ]);
        chain.content.set(102, [
          { name: 'pay', from: ben, to: usdt0, input: '0xa9059cbb', moves: [[usdt0, ben, ann, 7n]] },
          { name: 'coins', from: ann, to: cleo, value: 10n ** 18n },
          { name: 'make', from: ben, to: null, input: '0x6080' },
          { name: 'others', from: cleo, to: router, input: '0x01', moves: [[usdt0, cleo, router, 5n]] },
        ]);
        chain.head = 104;
      },
    });

    expect(transfers).toEqual([
      { user: ann, counterparty: router, contract: router, ...call, hash: hashOf('swap') },
      {
        ...{
          user: ann,
          counterparty: router,
          contract: noContract,
          token: 'USDT0',
          amount: '-1.5',
          valueUsd: 1.5,
        },
        hash: hashOf('swap'),
      },
      {
        ...{
          user: ann,
          counterparty: router,
          contract: noContract,
          token: 'WHYPE',
          amount: '2',
          valueUsd: 81,
        },
        hash: hashOf('swap'),
      },
      {
        ...{
          user: ben,
          counterparty: cleo,
          contract: noContract,
          token: odd,
          amount: '1234.5',
          valueUsd: null,
        },
        hash: hashOf('gift'),
      },
      { user: ben, counterparty: usdt0, contract: usdt0, ...call, hash: hashOf('pay') },
      {
        ...{
          user: ben,
          counterparty: ann,
          contract: usdt0,
          token: 'USDT0',
          amount: '-0.000007',
          valueUsd: 0.000007,
        },
        hash: hashOf('pay'),
      },
      {
        ...{
          user: ann,
          counterparty: ben,
          contract: noContract,
          token: 'USDT0',
          amount: '0.000007',
          valueUsd: 0.000007,
        },
        hash: hashOf('pay'),
      },
      { user: ann, counterparty: cleo, contract: noContract, ...call, hash: hashOf('coins') },
      { user: ben, counterparty: noContract, contract: noContract, ...call, hash: hashOf('make') },
    ]);
    expect(told.find(({ ref }) => ref.id === 'transfer')?.tsEvent).toBe((genesis + 101) * 1_000);
    expect(new Set(told.map(({ dedupe }) => dedupe)).size).toBe(told.length);
  });

  it('is told of wallets whose trades are on the tape, and of those that are tracked', async () => {
    const { transfers } = await run({
      looks: 2,
      config: { addresses: [] },
      between(_, context) {
        context.emit({
          ...{ type: trade.id, key: 'BTC', tsEvent: 0, tsIngest: 0, seq: 1 },
          payload: {
            coin: 'BTC',
            price: '1',
            size: '1',
            takerSide: 'buy',
            buyer: ann,
            seller: ann,
            tradeId: 1,
            hash: '',
          },
        } as Event<typeof trade>);
        context.track([{ address: ben, by: 'hand', tier: undefined }]);
        chain.content.set(
          101,
          [ann, ben, cleo].map(from => ({ name: from.slice(2, 6), from, to: router, input: '0x01' })),
        );
        chain.head = 103;
      },
    });

    expect(transfers.map(({ user }) => user)).toEqual([ann, ben]);
  });

  it('waits until blocks follow, and goes on behind the last one after a restart', async () => {
    for (const number of [99, 101, 102, 103, 104]) {
      chain.content.set(number, [{ name: `t${number}`, from: ann, to: router, input: '0x01' }]);
    }
    const first = await run({
      looks: 2,
      between() {
        chain.head = 103;
      },
    });
    chain.head = 106;
    const second = await run({ looks: 1, cursor: first.cursor });

    // Note: it begins where the chain stands, two blocks behind its head of 100.
    expect(first.transfers.map(({ hash }) => hash)).toEqual([hashOf('t99'), hashOf('t101')]);
    expect(first.blocks).toEqual([98, 101]);
    expect(second.transfers.map(({ hash }) => hash)).toEqual(
      [102, 103, 104].map(number => hashOf(`t${number}`)),
    );
  });

  it('reads 50 blocks of logs at a time, one request for each block, and only transfers when it is far behind', async () => {
    const { cursor } = await run({ looks: 1 });
    chain.asked.length = 0;
    chain.content.set(130, [
      { name: 'late', from: ann, to: router, input: '0x01', moves: [[usdt0, ann, ben, 10n ** 6n]] },
    ]);
    chain.head = 98 + 700 + 2;
    const { transfers, gaps, weights, blocks } = await run({ looks: 1, cursor });

    expect(transfers).toMatchObject([
      { user: ann, token: 'USDT0', amount: '-1', contract: usdt0 },
      { user: ben, token: 'USDT0', amount: '1', contract: noContract },
    ]);
    expect(blocks).toEqual([148, 198, 248, 298, 348, 398, 448, 498, 548, 598, 648, 698, 748, 798]);
    expect(chain.asked.filter(({ method }) => method === 'eth_getLogs')).toHaveLength(14);
    // Note: two ranges are more than 600 behind: the first and last block of each, and the one with a transfer; the rest is whole.
    expect(chain.asked.filter(({ method }) => method === 'eth_getBlockByNumber')).toHaveLength(
      2 + 3 - 0 + 600,
    );
    expect(weights).toHaveLength(chain.asked.length);
    expect(gaps.map(({ reason }) => reason)).toEqual([
      'of blocks 99 to 148 only transfers were read: more than 600 behind',
      'of blocks 149 to 198 only transfers were read: more than 600 behind',
    ]);
  });

  it('skips what it is too far behind to read, and says so', async () => {
    const { cursor } = await run({ looks: 1 });
    chain.head = 98 + 1_000 + 2;
    const { gaps, blocks } = await run({ looks: 1, cursor, config: { catchUpBlocks: 60 } });

    expect(blocks).toEqual([1_088, 1_098]);
    expect(gaps).toMatchObject([
      {
        from: (genesis + 98) * 1_000,
        to: (genesis + 1_038) * 1_000,
        reason: 'blocks 99 to 1038 were skipped: more than 60 behind',
      },
    ]);
  });

  it('goes back when the chain has changed, tells what is there now, and marks what was told', async () => {
    for (const number of [99, 101, 103]) {
      chain.content.set(number, [{ name: `t${number}`, from: ann, to: router, input: '0x01' }]);
    }
    chain.head = 104;
    const first = await run({
      looks: 2,
      between() {
        chain.head = 105;
      },
    });
    chain.branch = { from: 101, name: 'x' };
    chain.content.set(101, [{ name: 'other', from: ann, to: router, input: '0x01' }]);
    chain.head = 106;
    const second = await run({ looks: 2, cursor: first.cursor, config: { reorganisationBlocks: 10 } });

    expect(second.gaps.map(({ reason }) => reason)).toEqual([
      'the chain changed: what was told of blocks 94 to 103 may not have happened',
    ]);
    expect(second.transfers.map(({ hash }) => hash)).toEqual([
      hashOf('t99'),
      hashOf('other'),
      hashOf('t103'),
    ]);
    const known = new Set(first.told.map(({ dedupe }) => dedupe));
    const isNew = second.told.filter(({ ref, dedupe }) => ref.id === 'transfer' && !known.has(dedupe));
    expect(isNew.map(({ payload }) => payload.hash)).toContain(hashOf('other'));
  });

  it('tries again when the server is busy, in whatever words it says so', async () => {
    chain.failures.push(
      { status: 429, body: 'slow down', headers: { 'retry-after': '7' } },
      { status: 502, body: 'Bad Gateway' },
      { status: 200, body: '{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"rate limited"}}' },
      { status: 200, body: '{"jsonrpc":"2.0","id":1,"resu' },
    );
    const { blocks, refusals } = await run({ looks: 1 });

    expect(blocks).toEqual([98]);
    expect(refusals).toEqual([7_000, undefined]);
  });

  it('does not read an answer without end', async () => {
    const answer = '{"jsonrpc":"2.0","id":1,"result":"0x3"}';
    chain.failures.push({ status: 200, body: answer.padEnd(64 * 1024 * 1024 + 1) });
    const { blocks } = await run({ looks: 1 });

    expect(blocks).toEqual([98]);
  });

  it('ends with what the server says when that is final', async () => {
    chain.failures.push({
      status: 200,
      body: '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"not available"}}',
    });
    await expect(run({ looks: 1 })).rejects.toThrow(/eth_blockNumber, found the error -32601: not available/);
    expect(chain.asked).toHaveLength(1);
  });

  it('is left alone without the address of a server', async () => {
    const said: string[] = [];
    const { told } = await run({
      looks: 1,
      config: { rpcUrl: undefined },
      context: { log: { ...testCollectorContext({}).log, info: message => said.push(message) } },
    });

    expect(told).toEqual([]);
    expect(said).toEqual([expect.stringMatching(/^off: no server of HyperEVM is configured \(rpcUrl\)/)]);
    expect(chain.asked).toEqual([]);
  });

  it('is read from an address that is secret, too', async () => {
    const { blocks } = await run({
      looks: 1,
      config: { rpcUrl: undefined },
      context: { secret: name => (name === 'hyper-evm-rpc-url' ? chain.url : undefined) },
    });

    expect(blocks).toEqual([98]);
  });
});
