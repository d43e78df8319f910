/* Names as numbers of 52 bits, for sets. Never 0. */

/** The last thirteen hexadecimal digits of an address or a transaction. */
export function hexNumber(text: string): number {
  let number = 0;
  for (let place = Math.max(0, text.length - 13); place < text.length; place++) {
    const code = text.charCodeAt(place);
    number = number * 16 + ((code & 15) + (code >= 0x40 ? 9 : 0));
  }
  return number === 0 ? 1 : number;
}

// Note: each match is told to two wallets by several features; remembering the last name and transaction by identity makes all
// but the first conversion free. They are pure functions all the same.
let lastHash = '\0';
let lastHashNumber = Number.NaN;
let lastName = '\0';
let lastNameNumber = 0;

/** Thirteen of a transaction's first digits; 0 for a hash of zeros, which names no transaction. */
export function transactionNumber(hash: string): number {
  if (hash === lastHash) return lastHashNumber;
  let number = 0;
  for (let place = 2; place < 15; place++) {
    const code = hash.charCodeAt(place);
    number = number * 16 + ((code & 15) + (code >= 0x40 ? 9 : 0));
  }
  lastHash = hash;
  lastHashNumber = number;
  return number;
}

/** A name's FNV-1a hash in two lanes. */
export function nameNumber(name: string): number {
  if (name === lastName) return lastNameNumber;
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let place = 0; place < name.length; place++) {
    const code = name.charCodeAt(place);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
    high ^= high >>> 13;
  }
  lastName = name;
  lastNameNumber = (low >>> 0) * 0x100000 + ((high >>> 0) & 0xfffff) + 1;
  return lastNameNumber;
}
