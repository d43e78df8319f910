import type { EvmBlock } from './chain.ts';
import { hex } from './evm-hash.ts';
import { RpcError } from './rpc-error.ts';

/** Which logs are asked for. */
export interface LogFilter {
  readonly from: number;
  readonly to: number;
  /** In lower case; undefined for all. */
  readonly addresses: ReadonlySet<string> | undefined;
  /** By place: those that fit, or undefined for any. */
  readonly topics: readonly (ReadonlySet<string> | undefined)[];
}

const mostBlocks = 50;
const mostTopics = 4;

/** Reads the parameter of `eth_getLogs`. */
export function readLogFilter(raw: unknown, numberOf: (tag: unknown) => number): LogFilter {
  const filter = (raw ?? {}) as Readonly<Record<string, unknown>>;
  const from = numberOf(filter.fromBlock);
  const to = numberOf(filter.toBlock);
  if (to < from) throw new RpcError(-32602, 'invalid block range');
  if (to - from + 1 > mostBlocks) throw new RpcError(-32602, `query exceeds max block range ${mostBlocks}`);
  const topics = Array.isArray(filter.topics) ? filter.topics : [];
  if (topics.length > mostTopics) throw new RpcError(-32602, `exceed max topics ${mostTopics}`);
  return {
    from,
    to,
    addresses: setOf(filter.address),
    topics: topics.map(setOf),
  };
}

function setOf(value: unknown): ReadonlySet<string> | undefined {
  if (value === undefined || value === null) return undefined;
  const values = Array.isArray(value) ? value : [value];
  return new Set(values.map(item => String(item).toLowerCase()));
}

/** The logs that fit, as the JSON-RPC shows them. */
export function logsIn(filter: LogFilter, blockAt: (number: number) => EvmBlock | undefined): unknown[] {
  const found: unknown[] = [];
  for (let number = filter.from; number <= filter.to; number += 1) {
    const block = blockAt(number);
    let logIndex = 0;
    for (const transaction of block?.transactions ?? []) {
      for (const log of transaction.logs) {
        const shown = {
          ...log,
          blockHash: block?.hash,
          blockNumber: hex(number),
          transactionHash: transaction.hash,
          transactionIndex: hex(transaction.index),
          logIndex: hex(logIndex),
          removed: false,
        };
        logIndex += 1;
        const fits =
          filter.addresses?.has(log.address) !== false &&
          filter.topics.every((wanted, place) => wanted === undefined || wanted.has(log.topics[place] ?? ''));
        if (fits) found.push(shown);
      }
    }
  }
  return found;
}
