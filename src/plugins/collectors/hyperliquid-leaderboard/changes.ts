/** Tells rows that changed from those that did not, by a number for each address. */
export interface Changes {
  /** Whether the row differs from the last one of the address that was {@link Changes.keep kept}. */
  differs(address: string, row: Readonly<Record<string, unknown>>): boolean;
  /** Takes a row as told. */
  keep(address: string, row: Readonly<Record<string, unknown>>): void;
  /** Forgets addresses that are not among these. */
  retain(addresses: ReadonlySet<string>): void;
  /** Forgets all: every row differs then. */
  clear(): void;
}

export function createChanges(): Changes {
  const kept = new Map<string, number>();
  return {
    differs: (address, row) => kept.get(address) !== fingerprint(row),
    keep: (address, row) => void kept.set(address, fingerprint(row)),
    retain(addresses) {
      for (const address of kept.keys()) if (!addresses.has(address)) kept.delete(address);
    },
    clear: () => kept.clear(),
  };
}

/** 53 bits of the values of a row. Two different rows of an address have the same one once in 10^15 times. */
function fingerprint(row: Readonly<Record<string, unknown>>): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (const name in row) {
    const text = String(row[name]);
    for (let i = 0; i <= text.length; i++) {
      // Note: the end of a value counts as a character of its own, so that `1` and `23` differ from `12` and `3`.
      const code = i === text.length ? 0x1f : text.charCodeAt(i);
      high = Math.imul(high ^ code, 2_654_435_761);
      low = Math.imul(low ^ code, 1_597_334_677);
    }
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & low) + (high >>> 0);
}
