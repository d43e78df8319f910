/** 32 well mixed bits of a text. FNV-1a, then the finaliser of MurmurHash3. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash);
}

/** The finaliser of MurmurHash3 (Austin Appleby, public domain): each input bit changes each output bit with probability 1/2. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * A uniform number in [0, 1) with 53 bits, which depends on nothing but its arguments.
 *
 * @param seed the run's and plugin's seed, 32 bits
 * @param seq the event's place on the tape
 * @param call which of the draws for this event, from 0
 */
export function randomAt(seed: number, seq: number, call: number): number {
  const low = mix(seed ^ mix(seq | 0) ^ Math.imul(call + 1, 0x9e3779b1));
  const high = mix(low ^ mix(Math.floor(seq / 0x1_0000_0000)) ^ Math.imul(call + 1, 0x85ebca77));
  return ((high >>> 5) * 0x4000000 + (low >>> 6)) / 0x20000000000000;
}

/** The seed of a plugin in a run. */
export function pluginSeed(runSeed: number, plugin: string): number {
  return mix(mix(runSeed) ^ hashText(plugin));
}
