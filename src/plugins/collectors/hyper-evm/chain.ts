import * as z from 'zod';

/*
 * The part of the chain's JSON-RPC answers that is read. Everything else in them is passed over.
 */

const hex = z.string().regex(/^0x[0-9a-fA-F]*$/);
const address = hex.length(42).transform(text => text.toLowerCase());
const hash = hex.length(66);

/** A quantity that fits a safe integer. */
export const quantity = hex.transform((text, ctx) => {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  ctx.addIssue({ code: 'custom', message: 'must be a safe integer' });
  return z.NEVER;
});

const transaction = z.object({
  hash,
  from: address,
  /** Null for the making of a contract. */
  to: address.nullable(),
  input: hex,
  value: hex.transform(BigInt),
});

const header = { number: quantity, hash, parentHash: hash, timestamp: quantity };

export const blockHeader = z.object({ ...header, transactions: z.array(z.unknown()) });
export const wholeBlock = z.object({ ...header, transactions: z.array(transaction) });

export const logEntry = z.object({
  address,
  topics: z.array(hash),
  data: hex,
  blockNumber: quantity,
  blockHash: hash,
  transactionHash: hash,
  logIndex: quantity,
  removed: z.boolean().optional(),
});

export type Transaction = z.output<typeof transaction>;
export type WholeBlock = z.output<typeof wholeBlock>;
export type BlockHeader = z.output<typeof blockHeader>;
export type LogEntry = z.output<typeof logEntry>;

/** keccak256 of `Transfer(address,address,uint256)`. */
export const transferTopic = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';

/** What a log says of an ERC-20 transfer. */
export interface TokenTransfer {
  readonly token: string;
  readonly from: string;
  readonly to: string;
  /** In the token's smallest unit. */
  readonly amount: bigint;
}

/** Reads an ERC-20 transfer. The same topic with a fourth one is a transfer of a single thing (ERC-721), which is not told. */
export function readTransfer({ address: token, topics, data }: LogEntry): TokenTransfer | undefined {
  const [topic, from, to] = topics;
  if (topic !== transferTopic || topics.length !== 3 || data.length !== 66) return undefined;
  return { token, from: addressOf(from!), to: addressOf(to!), amount: BigInt(data) };
}

/** The address in a word of 32 bytes. */
const addressOf = (word: string): string => `0x${word.slice(-40).toLowerCase()}`;

/** An amount of the smallest unit as a decimal, digit by digit. */
export function decimalOf(amount: bigint, decimals: number): string {
  const sign = amount < 0n ? '-' : '';
  const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
