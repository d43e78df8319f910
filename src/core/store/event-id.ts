/**
 * 53 bits of a hash of an event's de-duplication text. Together with the event's time it is the key of what is stored: two
 * different events of one millisecond share it with a probability of about one in 10^16.
 *
 * Source: cyrb53, in the public domain, by bryc; two rounds of Math.imul mixing as in MurmurHash.
 */
export function eventId(dedupe: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < dedupe.length; i++) {
    const code = dedupe.charCodeAt(i);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
