import { setAdd, setHas } from './number-set.ts';
import * as at from './slots.ts';
import type { BehaviourState } from './state.ts';

/*
 * Distinct counterparties: exact to a bound, then estimated by HyperLogLog (Flajolet et al. 2007) with linear counting in its
 * low range. Eight registers of six bits share one number. Source of the constants: the same paper.
 */

const perNumber = 8;
const registerSize = 64;

/** Counts a counterparty if it is new. */
export function addCounterparty(
  state: BehaviourState,
  value: number,
  config: { readonly exactCounterparties: number; readonly sketchRegisters: number },
): void {
  const n = state.n;
  const count = n[at.otherCount]!;
  if (count < 0) {
    observe(state, value);
    return;
  }
  if (setHas(state.others, value)) return;
  if (count < config.exactCounterparties) {
    state.others = setAdd(state.others, count, value);
    n[at.otherCount] = count + 1;
    return;
  }
  const members = state.others;
  state.others = new Array<number>(config.sketchRegisters / perNumber).fill(0.5).fill(0);
  n[at.otherCount] = -1;
  n[at.sketchSum] = config.sketchRegisters;
  n[at.sketchZeros] = config.sketchRegisters;
  for (const member of members) if (member !== 0) observe(state, member);
  observe(state, value);
}

function observe({ n, others }: BehaviourState, value: number): void {
  const registers = others.length * perNumber;
  const hash = mix(value);
  const register = hash & (registers - 1);
  // Note: a second mix gives the bits whose leading zeros are counted, so that 32 of them are free of the register's bits.
  const rank = Math.clz32(mix(value + 0x5bd1e995)) + 1;
  const shift = registerSize ** (register % perNumber);
  const place = (register - (register % perNumber)) / perNumber;
  const word = others[place]!;
  const held = Math.floor(word / shift) % registerSize;
  if (rank <= held) return;
  others[place] = word + (rank - held) * shift;
  n[at.sketchSum]! += 2 ** -rank - 2 ** -held;
  if (held === 0) n[at.sketchZeros]! -= 1;
}

/** The finaliser of MurmurHash3, over both halves of a number of 53 bits. */
function mix(value: number): number {
  let hash = (value | 0) ^ Math.imul(Math.floor(value / 4_294_967_296) | 0, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** How many counterparties there were; exact to the configured bound. */
export function counterparties({ n, others }: BehaviourState): number {
  const count = n[at.otherCount]!;
  if (count >= 0) return count;
  const registers = others.length * perNumber;
  const alpha = 0.7213 / (1 + 1.079 / registers);
  const estimate = (alpha * registers * registers) / n[at.sketchSum]!;
  const zeros = n[at.sketchZeros]!;
  if (estimate <= 2.5 * registers && zeros > 0) return registers * Math.log(registers / zeros);
  return estimate;
}
