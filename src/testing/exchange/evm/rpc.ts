import type { ExchangeState } from '../state/exchange-state.ts';
import {
  createEvmChain,
  type EvmBlock,
  type EvmChain,
  type EvmTransaction,
  tokens,
  transactionJson,
} from './chain.ts';
import { digest, hex, word } from './evm-hash.ts';
import { logsIn, readLogFilter } from './logs.ts';
import { RpcError } from './rpc-error.ts';

/** HyperEVM's JSON-RPC. */
export interface EvmRpc {
  /**
   * Answers one request or a batch of them.
   *
   * @param take - takes so many requests from the limit
   * @returns the body, or undefined where the limit refuses
   */
  answer(body: string | undefined, take: (requests: number) => boolean): Promise<string | undefined>;
}

interface RpcOptions {
  readonly seed: number;
  readonly start: number;
  readonly state: Pick<ExchangeState, 'now' | 'users'>;
}

type Params = readonly unknown[];

export function createEvmRpc({ seed, start, state }: RpcOptions): EvmRpc {
  const chain = createEvmChain({ seed, start, users: state.users });
  const methods = methodsOf(chain, () => state.now);

  function answerOne(request: unknown): unknown {
    const { id = null, method, params = [] } = (request ?? {}) as Readonly<Record<string, unknown>>;
    const answer = (fields: object) => ({ jsonrpc: '2.0', id, ...fields });
    if (typeof method !== 'string') return answer({ error: { code: -32600, message: 'Invalid request' } });
    const implementation = methods.get(method);
    if (implementation === undefined) {
      return answer({
        error: { code: -32601, message: `the method ${method} does not exist/is not available` },
      });
    }
    try {
      return answer({ result: implementation(Array.isArray(params) ? params : []) });
    } catch (error) {
      if (error instanceof RpcError) return answer({ error: { code: error.code, message: error.message } });
      throw error;
    }
  }

  return {
    async answer(body, take) {
      let request: unknown;
      try {
        request = JSON.parse(body ?? '');
      } catch {
        return JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32700, message: 'Parse error' } });
      }
      if (!take(Array.isArray(request) ? request.length : 1)) return undefined;
      return JSON.stringify(Array.isArray(request) ? request.map(answerOne) : answerOne(request));
    },
  };
}

function methodsOf(chain: EvmChain, now: () => number): ReadonlyMap<string, (params: Params) => unknown> {
  const numberOf = (tag: unknown): number => {
    if (
      tag === undefined ||
      tag === null ||
      (typeof tag === 'string' && /^(latest|pending|safe|finalized)$/.test(tag))
    ) {
      return chain.latest(now());
    }
    if (tag === 'earliest') return 0;
    if (typeof tag === 'string' && /^0x[0-9a-f]{1,13}$/i.test(tag)) return Number.parseInt(tag, 16);
    throw new RpcError(-32602, `invalid block number ${String(tag)}`);
  };
  const blockAt = (tag: unknown) => chain.block(numberOf(tag), now());
  const shown = (block: EvmBlock | undefined, whole: unknown) =>
    block === undefined ? null : blockJson(block, whole === true);

  return new Map<string, (params: Params) => unknown>([
    ['web3_clientVersion', () => 'local-exchange/hyper-evm'],
    ['net_version', () => '999'],
    ['eth_chainId', () => hex(999)],
    ['eth_blockNumber', () => hex(chain.latest(now()))],
    ['eth_syncing', () => false],
    ['eth_gasPrice', () => hex(100_000_000)],
    ['eth_bigBlockGasPrice', () => hex(100_000_000)],
    ['eth_maxPriorityFeePerGas', () => hex(0)],
    ['eth_usingBigBlocks', () => false],
    ['eth_getBlockByNumber', ([tag, whole]) => shown(blockAt(tag), whole)],
    ['eth_getBlockByHash', ([hash, whole]) => shown(chain.blockByHash(String(hash), now()), whole)],
    ['eth_getBlockTransactionCountByNumber', ([tag]) => countOf(blockAt(tag))],
    [
      'eth_getBlockReceipts',
      ([tag]) => {
        const block = blockAt(tag);
        return block === undefined
          ? null
          : block.transactions.map(transaction => receiptJson(block, transaction));
      },
    ],
    [
      'eth_getTransactionByHash',
      ([hash]) => {
        const found = chain.transaction(String(hash), now());
        return found === undefined ? null : transactionJson(found.block, found.transaction);
      },
    ],
    [
      'eth_getTransactionReceipt',
      ([hash]) => {
        const found = chain.transaction(String(hash), now());
        return found === undefined ? null : receiptJson(found.block, found.transaction);
      },
    ],
    [
      'eth_getLogs',
      ([filter]) => logsIn(readLogFilter(filter, numberOf), number => chain.block(number, now())),
    ],
    ['eth_getSystemTxsByBlockHash', () => []],
    ['eth_getSystemTxsByBlockNumber', () => []],
    // Note: state is that of the latest block whatever block is asked for, as on the exchange.
    ['eth_getBalance', ([address]) => hex(balanceOf('HYPE', String(address), 18))],
    [
      'eth_getTransactionCount',
      ([address]) => hex(Number.parseInt(digest('nonce', String(address).toLowerCase()).slice(0, 3), 16)),
    ],
    [
      'eth_getCode',
      ([address]) =>
        tokenAt(address) === undefined ? '0x' : `0x6080604052${digest('code', String(address))}`,
    ],
    ['eth_call', ([call]) => contractCall(call)],
  ]);
}

const countOf = (block: EvmBlock | undefined) =>
  block === undefined ? null : hex(block.transactions.length);

const tokenAt = (address: unknown) =>
  tokens.find(token => typeof address === 'string' && token.address === address.toLowerCase());

/** What an address holds of a token, in its smallest unit; made up, and the same each time. */
function balanceOf(symbol: string, address: string, decimals: number): bigint {
  const share = BigInt(Number.parseInt(digest('balance', symbol, address.toLowerCase()).slice(0, 6), 16));
  return (share * 10n ** BigInt(decimals)) / 1_000n;
}

function contractCall(call: unknown): string {
  const { to, data, input } = (call ?? {}) as Readonly<Record<string, unknown>>;
  const text = String(data ?? input ?? '');
  const token = tokenAt(to);
  if (token === undefined) return '0x';
  switch (text.slice(0, 10)) {
    case '0x70a08231':
      return `0x${word(balanceOf(token.symbol, `0x${text.slice(34, 74)}`, token.decimals))}`;
    case '0x313ce567':
      return `0x${word(token.decimals)}`;
    case '0x95d89b41':
      return textResult(token.symbol);
    case '0x06fdde03':
      return textResult(token.name);
    case '0x18160ddd':
      return `0x${word(10n ** BigInt(token.decimals) * 1_000_000_000n)}`;
    default:
      throw new RpcError(3, 'execution reverted');
  }
}

/** A string as contracts return it. */
function textResult(text: string): string {
  const bytes = Buffer.from(text).toString('hex');
  return `0x${word(32)}${word(bytes.length / 2)}${bytes.padEnd(Math.ceil(bytes.length / 64) * 64, '0')}`;
}

function blockJson(block: EvmBlock, whole: boolean): Record<string, unknown> {
  const { transactions } = block;
  return {
    number: hex(block.number),
    hash: block.hash,
    parentHash: block.parentHash,
    timestamp: hex(block.timestamp),
    gasLimit: hex(block.gasLimit),
    gasUsed: hex(transactions.reduce((sum, { gasUsed }) => sum + gasUsed, 0)),
    baseFeePerGas: hex(100_000_000),
    miner: `0x${'0'.repeat(40)}`,
    difficulty: '0x0',
    totalDifficulty: '0x0',
    extraData: '0x',
    size: hex(600 + 250 * transactions.length),
    nonce: '0x0000000000000000',
    mixHash: `0x${digest(block.hash, 'mix')}`,
    logsBloom: `0x${'0'.repeat(512)}`,
    receiptsRoot: `0x${digest(block.hash, 'receipts')}`,
    stateRoot: `0x${digest(block.hash, 'state')}`,
    transactionsRoot: `0x${digest(block.hash, 'transactions')}`,
    sha3Uncles: `0x${digest('no uncles')}`,
    uncles: [],
    transactions: transactions.map(transaction =>
      whole ? transactionJson(block, transaction) : transaction.hash,
    ),
  };
}

function receiptJson(block: EvmBlock, transaction: EvmTransaction): Record<string, unknown> {
  const until = block.transactions.slice(0, transaction.index + 1);
  const place = {
    blockHash: block.hash,
    blockNumber: hex(block.number),
    transactionHash: transaction.hash,
    transactionIndex: hex(transaction.index),
  };
  const before = until.slice(0, -1).reduce((sum, { logs }) => sum + logs.length, 0);
  return {
    ...place,
    from: transaction.from,
    to: transaction.to,
    contractAddress: transaction.created,
    status: transaction.succeeded ? '0x1' : '0x0',
    type: '0x0',
    gasUsed: hex(transaction.gasUsed),
    cumulativeGasUsed: hex(until.reduce((sum, { gasUsed }) => sum + gasUsed, 0)),
    effectiveGasPrice: hex(transaction.gasPrice),
    logsBloom: `0x${'0'.repeat(512)}`,
    logs: transaction.logs.map((log, index) => ({
      ...log,
      ...place,
      logIndex: hex(before + index),
      removed: false,
    })),
  };
}
