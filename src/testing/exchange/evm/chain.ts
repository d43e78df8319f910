import { createRandom } from '../../../simulation/random.ts';
import { digest, hex, locate, locatingHash, word } from './evm-hash.ts';

/** A token contract. */
export interface Token {
  readonly address: string;
  readonly symbol: string;
  readonly name: string;
  readonly decimals: number;
  /** A usual transfer, in whole tokens. */
  readonly usual: number;
}

export const tokens: readonly Token[] = [
  { symbol: 'USDC', name: 'USD Coin', decimals: 6, usual: 2_500 },
  { symbol: 'USD₮0', name: 'USD₮0', decimals: 6, usual: 1_800 },
  { symbol: 'WHYPE', name: 'Wrapped HYPE', decimals: 18, usual: 60 },
  { symbol: 'UBTC', name: 'Unit Bitcoin', decimals: 8, usual: 0.05 },
  { symbol: 'UETH', name: 'Unit Ethereum', decimals: 18, usual: 1.2 },
].map(token => ({ ...token, address: `0x${digest('token', token.symbol).slice(0, 40)}` }));

/** Contracts that are called for something else than a transfer. */
const venues = ['router', 'lending pool', 'staking', 'bridge'].map(
  name => `0x${digest('contract', name).slice(0, 40)}`,
);

/** keccak256 of `Transfer(address,address,uint256)`. */
export const transferTopic = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
/** keccak256 of `Swap(address,uint256,uint256,uint256,uint256,address)`. */
const swapTopic = '0xd78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822';

export interface EvmLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
}

export interface EvmTransaction {
  readonly hash: string;
  readonly index: number;
  readonly from: string;
  readonly to: string | null;
  readonly nonce: number;
  readonly value: bigint;
  readonly gas: number;
  readonly gasUsed: number;
  readonly gasPrice: bigint;
  readonly input: string;
  readonly succeeded: boolean;
  readonly created: string | null;
  readonly logs: readonly EvmLog[];
}

export interface EvmBlock {
  readonly number: number;
  readonly hash: string;
  readonly parentHash: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  /** Large blocks come once a minute, and share the numbering. */
  readonly isBig: boolean;
  readonly gasLimit: number;
  readonly transactions: readonly EvmTransaction[];
}

/** HyperEVM as the seed makes it: any block can be made at any time, and is the same each time. */
export interface EvmChain {
  /** Number of the latest block at an exchange time. */
  latest(now: number): number;
  /** A block up to the latest, or undefined. */
  block(number: number, now: number): EvmBlock | undefined;
  blockByHash(hash: string, now: number): EvmBlock | undefined;
  transaction(hash: string, now: number): { block: EvmBlock; transaction: EvmTransaction } | undefined;
}

/** The number that the chain has at the exchange's start. */
const startHeight = 20_000_000;
const bigEvery = 60;
const mostCached = 2_000;

interface ChainOptions {
  readonly seed: number;
  /** Exchange time, ms. */
  readonly start: number;
  readonly users: readonly string[];
}

export function createEvmChain({ seed, start, users }: ChainOptions): EvmChain {
  const cache = new Map<number, EvmBlock>();
  const startSecond = Math.floor(start / 1_000);
  const latest = (now: number) => startHeight + Math.floor(now / 1_000) - startSecond;

  function makeBlock(number: number): EvmBlock {
    const random = createRandom(seed, `evm ${number}`);
    const isBig = number % bigEvery === 0;
    const count = Math.min(40, Math.floor(random.exponential(isBig ? 9 : 2.2)));
    return {
      number,
      hash: locatingHash(seed, 'block', number, 0),
      parentHash: locatingHash(seed, 'block', number - 1, 0),
      timestamp: startSecond + number - startHeight,
      isBig,
      gasLimit: isBig ? 30_000_000 : 3_000_000,
      transactions:
        users.length === 0 ? [] : Array.from({ length: count }, (_, index) => makeTransaction(number, index)),
    };
  }

  function makeTransaction(number: number, index: number): EvmTransaction {
    const random = createRandom(seed, `evm ${number}/${index}`);
    const from = random.pick(users);
    const kind = random.next();
    const token = random.pick(tokens);
    const amount =
      (BigInt(Math.max(1, Math.round(random.logNormal(token.usual, 1.6) * 1e6))) *
        10n ** BigInt(token.decimals)) /
      1_000_000n;
    const succeeded = random.chance(0.97);
    const base = {
      hash: locatingHash(seed, 'transaction', number, index),
      index,
      from,
      nonce: number % 5_000,
      gasPrice: BigInt(100_000_000 + random.below(400_000_000)),
      succeeded,
      created: null,
    };
    const transfer = (sender: string, receiver: string): EvmLog => ({
      address: token.address,
      topics: [transferTopic, `0x${word(sender)}`, `0x${word(receiver)}`],
      data: `0x${word(amount)}`,
    });
    if (kind < 0.45) {
      const to = random.pick(users);
      const input = `0xa9059cbb${word(to)}${word(amount)}`;
      const logs = succeeded ? [transfer(from, to)] : [];
      return { ...base, to: token.address, value: 0n, gas: 90_000, gasUsed: 52_000, input, logs };
    }
    if (kind < 0.6) {
      const value = BigInt(Math.round(random.logNormal(3, 1.2) * 1e6)) * 10n ** 12n;
      return { ...base, to: random.pick(users), value, gas: 21_000, gasUsed: 21_000, input: '0x', logs: [] };
    }
    if (kind < 0.62) {
      const created = succeeded ? `0x${digest(seed, 'created', number, index).slice(0, 40)}` : null;
      const input = `0x6080604052${digest(number, index)}`;
      return { ...base, to: null, value: 0n, gas: 2_500_000, gasUsed: 1_900_000, input, created, logs: [] };
    }
    const venue = random.pick(venues);
    const swap: EvmLog = {
      address: venue,
      topics: [swapTopic, `0x${word(from)}`, `0x${word(from)}`],
      data: `0x${word(amount)}${word(0)}${word(0)}${word(amount / 2n)}`,
    };
    const logs = succeeded ? [transfer(from, venue), transfer(venue, from), swap] : [];
    return {
      ...base,
      to: venue,
      value: 0n,
      gas: 400_000,
      gasUsed: 180_000,
      input: `0x38ed1739${word(amount)}`,
      logs,
    };
  }

  function block(number: number, now: number): EvmBlock | undefined {
    // Note: the chain is as old as the last day before the start, so that there is something to catch up with.
    if (!Number.isSafeInteger(number) || number > latest(now) || number < startHeight - 86_400)
      return undefined;
    const known = cache.get(number);
    if (known !== undefined) return known;
    const made = makeBlock(number);
    cache.set(number, made);
    if (cache.size > mostCached) cache.delete(cache.keys().next().value as number);
    return made;
  }

  return {
    latest,
    block,
    blockByHash(hash, now) {
      const place = locate(seed, 'block', hash);
      return place === undefined ? undefined : block(place.block, now);
    },
    transaction(hash, now) {
      const place = locate(seed, 'transaction', hash);
      const found = place === undefined ? undefined : block(place.block, now);
      const transaction = found?.transactions[place?.index ?? 0];
      return found === undefined || transaction === undefined ? undefined : { block: found, transaction };
    },
  };
}

/** What the JSON-RPC says of a transaction. */
export function transactionJson(block: EvmBlock, transaction: EvmTransaction): Record<string, unknown> {
  return {
    hash: transaction.hash,
    blockHash: block.hash,
    blockNumber: hex(block.number),
    transactionIndex: hex(transaction.index),
    from: transaction.from,
    to: transaction.to,
    value: hex(transaction.value),
    nonce: hex(transaction.nonce),
    gas: hex(transaction.gas),
    gasPrice: hex(transaction.gasPrice),
    input: transaction.input,
    chainId: hex(999),
    type: '0x0',
    v: '0x7f2',
    r: `0x${digest(transaction.hash, 'r')}`,
    s: `0x${digest(transaction.hash, 's')}`,
  };
}
