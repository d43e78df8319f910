/** Identifiers that are computed from numbers rather than kept. */
export interface Identifiers {
  /** Hash of a transaction; zeros for number 0. */
  transaction(id: number): string;
  block(height: number): string;
  /** Client identifier of an order. */
  client(oid: number): string;
  /** 50 bits of the two orders of a trade. */
  trade(buyerOrder: number, sellerOrder: number): number;
}

export const zeroHash = `0x${'0'.repeat(64)}`;

const digits = Array.from({ length: 65_536 }, (_, value) => value.toString(16).padStart(4, '0'));

/** The finaliser of MurmurHash3 (Austin Appleby). */
function mix(value: number): number {
  let hash = value | 0;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export function createIdentifiers(seed: number): Identifiers {
  const salt = mix(seed + 1);

  function words(kind: number, id: number, count: number): string {
    const low = mix(id ^ salt);
    const high = mix(Math.floor(id / 4_294_967_296) + kind * 0x9e3779b9);
    let text = '0x';
    for (let i = 0; i < count; i++) {
      const word = mix(low + Math.imul(high, i + 1) + i);
      text += digits[word >>> 16]! + digits[word & 0xffff]!;
    }
    return text;
  }

  return {
    transaction: id => (id === 0 ? zeroHash : words(1, id, 8)),
    block: height => words(2, height, 8),
    client: oid => words(3, oid, 4),
    trade(buyerOrder, sellerOrder) {
      const low = mix(buyerOrder ^ salt) ^ mix(sellerOrder + 0x51ed270b);
      const high = mix(Math.floor(buyerOrder / 65_536) + low) ^ mix(sellerOrder ^ 0x2545f491);
      return (high & 0x1ffffff) * 33_554_432 + (low & 0x1ffffff);
    },
  };
}
