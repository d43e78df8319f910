import * as z from 'zod';
import type { CollectorContext, RequestPriority } from '../../../plugin-api/index.ts';
import { boundedText } from '../hyperliquid-connection/bounded-body.ts';
import {
  type BlockHeader,
  blockHeader,
  type LogEntry,
  logEntry,
  quantity,
  transferTopic,
  type WholeBlock,
  wholeBlock,
} from './chain.ts';

/** The requests that are made of the chain. */
export interface ChainClient {
  head(): Promise<number>;
  /** A block with its transactions; null while the server does not have it. */
  block(number: number): Promise<WholeBlock | null>;
  /** A block without them. */
  header(number: number): Promise<BlockHeader | null>;
  /** Logs of ERC-20 transfers, both ends included; at most 50 blocks. */
  transfers(from: number, to: number): Promise<readonly LogEntry[]>;
  /** Decimals of a token; undefined when the contract does not tell. */
  decimals(token: string): Promise<number | undefined>;
}

/** The most blocks that `eth_getLogs` of the public server takes. */
export const mostLogBlocks = 50;
const attempts = 5;
/** The longest answer that is read: 50 full blocks of transfers are some MB. */
const mostBytes = 64 * 1024 * 1024;
const firstWaitMs = 500;
/** keccak256 of `decimals()`, its first four bytes. */
const decimalsCall = '0x313ce567';

/** An error that the server put into an answer. */
class RpcError extends Error {
  readonly code: number;

  constructor(method: string, code: number, message: string) {
    super(`Expected an answer to ${method}, found the error ${code}: ${message}`);
    this.name = 'RpcError';
    this.code = code;
  }
}

const answer = z.object({
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string() }).nullish(),
});

/** Codes that servers use for too many requests, and for overload. */
const busyCodes: ReadonlySet<number> = new Set([-32_005, -32_029, 429]);

export function createChainClient(
  ctx: Pick<CollectorContext<unknown>, 'http' | 'budget' | 'sleep' | 'random' | 'signal'>,
  { url, requestsPerMinute }: { readonly url: string; readonly requestsPerMinute: number },
): ChainClient {
  const budget = ctx.budget('hyper-evm', { perMinute: requestsPerMinute });
  let id = 0;

  async function once(method: string, params: readonly unknown[]): Promise<unknown> {
    const response = await ctx.http(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params }),
      signal: ctx.signal,
    });
    if (response.status === 429) {
      const seconds = Number(response.headers.get('retry-after'));
      budget.refused(seconds > 0 ? seconds * 1_000 : undefined);
      throw new Error(`Expected an answer to ${method}, found 429: too many requests.`);
    }
    if (!response.ok) {
      throw new Error(`Expected an answer to ${method}, found status ${response.status} of the server.`);
    }
    const { result, error } = answer.parse(JSON.parse(await boundedText(response, mostBytes)));
    if (error != null) {
      if (busyCodes.has(error.code)) budget.refused();
      throw new RpcError(method, error.code, error.message);
    }
    budget.accepted();
    return result;
  }

  async function ask(
    method: string,
    params: readonly unknown[],
    priority: RequestPriority = 'normal',
  ): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      await budget.take({ weight: 1, priority });
      try {
        return await once(method, params);
      } catch (error) {
        // Note: what the server says about the request itself it will say again.
        const isFinal = error instanceof RpcError && !busyCodes.has(error.code);
        if (isFinal || attempt >= attempts || ctx.signal.aborted) throw error;
        await ctx.sleep(firstWaitMs * 2 ** (attempt - 1) * (0.5 + ctx.random()));
      }
    }
  }
  const hexOf = (number: number): string => `0x${number.toString(16)}`;

  return {
    head: async () => quantity.parse(await ask('eth_blockNumber', [])),
    block: async number =>
      wholeBlock.nullable().parse(await ask('eth_getBlockByNumber', [hexOf(number), true])),
    header: async number =>
      blockHeader.nullable().parse(await ask('eth_getBlockByNumber', [hexOf(number), false])),
    transfers: async (from, to) =>
      z
        .array(logEntry)
        .parse(
          await ask('eth_getLogs', [{ fromBlock: hexOf(from), toBlock: hexOf(to), topics: [transferTopic] }]),
        ),
    async decimals(token) {
      // Note: the server tells the state at `latest` only; a token's decimals do not change.
      let result: unknown;
      try {
        result = await ask('eth_call', [{ to: token, data: decimalsCall }, 'latest'], 'low');
      } catch (error) {
        if (error instanceof RpcError) return undefined;
        throw error;
      }
      const value = typeof result === 'string' && /^0x[0-9a-fA-F]{64}$/.test(result) ? Number(result) : NaN;
      return Number.isInteger(value) && value <= 77 ? value : undefined;
    },
  };
}
