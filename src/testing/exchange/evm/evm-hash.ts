import { createHash } from 'node:crypto';

/** 64 hexadecimal digits that belong to some words. */
export function digest(...words: readonly (string | number)[]): string {
  return createHash('sha256').update(words.join('/')).digest('hex');
}

/**
 * A hash that looks like any other and from which a block's number and a place in it can be read back, so that nothing needs to be
 * remembered to find what it names.
 */
export function locatingHash(
  seed: number,
  kind: 'block' | 'transaction',
  block: number,
  index: number,
): string {
  const hash = digest(seed, kind, block, index).slice(0, 48);
  const place = (BigInt(block) << 16n) | BigInt(index);
  const mask = BigInt(`0x${digest(seed, kind, hash).slice(0, 16)}`);
  return `0x${hash}${(place ^ mask).toString(16).padStart(16, '0')}`;
}

/** Where a hash of {@link locatingHash} points; undefined for any other. */
export function locate(
  seed: number,
  kind: 'block' | 'transaction',
  hash: string,
): { readonly block: number; readonly index: number } | undefined {
  if (!/^0x[0-9a-f]{64}$/i.test(hash)) return undefined;
  const lower = hash.toLowerCase().slice(2);
  const mask = BigInt(`0x${digest(seed, kind, lower.slice(0, 48)).slice(0, 16)}`);
  const place = BigInt(`0x${lower.slice(48)}`) ^ mask;
  const [block, index] = [Number(place >> 16n), Number(place & 0xffffn)];
  if (!Number.isSafeInteger(block)) return undefined;
  return locatingHash(seed, kind, block, index) === `0x${lower}` ? { block, index } : undefined;
}

export const hex = (value: number | bigint): string => `0x${value.toString(16)}`;

/** A value as a 32-byte word, without `0x`. */
export const word = (value: number | bigint | string): string =>
  typeof value === 'string'
    ? value.replace(/^0x/, '').padStart(64, '0')
    : value.toString(16).padStart(64, '0');
