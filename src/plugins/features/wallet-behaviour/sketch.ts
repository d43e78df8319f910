import { dropList, listPage, listStart, makeList } from '../../../plugin-api/index.ts';
import { addToList, setHas } from './number-set.ts';
import * as at from './slots.ts';
import type { BehaviourState } from './state.ts';

/*
 * Distinct counterparties: exact to a bound, then estimated by HyperLogLog (Flajolet et al. 2007) with linear counting in its
 * low range. Eight registers of six bits share one number. Source of the constants: the same paper.
 */

const perNumber = 8;
const registerSize = 64;
const shifts = Array.from({ length: perNumber }, (_, place) => registerSize ** place);
const halves = Array.from({ length: registerSize }, (_, rank) => 2 ** -rank);

const slots = { places: at.otherPlaces, list: at.others };

/** Counts a counterparty if it is new. */
export function addCounterparty(
  state: BehaviourState,
  value: number,
  config: { readonly exactCounterparties: number; readonly sketchRegisters: number },
): void {
  const { numbers: n, first: o, lists } = state;
  const count = n[o + at.otherCount]!;
  if (count < 0) {
    observe(state, value);
    return;
  }
  const list = n[o + at.others]!;
  const places = n[o + at.otherPlaces]!;
  if (list !== 0 && setHas(listPage(lists, list), listStart(list), places, value)) return;
  if (count < config.exactCounterparties) {
    addToList(state, slots, count, value);
    n[o + at.otherCount] = count + 1;
    return;
  }
  const members = listPage(lists, list).slice(listStart(list), listStart(list) + places);
  dropList(lists, list, places);
  n[o + at.otherPlaces] = config.sketchRegisters / perNumber;
  n[o + at.others] = makeList(lists, config.sketchRegisters / perNumber);
  n[o + at.otherCount] = -1;
  n[o + at.sketchSum] = config.sketchRegisters;
  n[o + at.sketchZeros] = config.sketchRegisters;
  for (const member of members) if (member !== 0) observe(state, member);
  observe(state, value);
}

function observe({ numbers: n, first: o, lists }: BehaviourState, value: number): void {
  const registers = n[o + at.otherPlaces]! * perNumber;
  const page = listPage(lists, n[o + at.others]!);
  const start = listStart(n[o + at.others]!);
  const hash = mix(value);
  const register = hash & (registers - 1);
  // Note: a second mix gives the bits whose leading zeros are counted, so that 32 of them are free of the register's bits.
  const rank = Math.clz32(mix(value + 0x5bd1e995)) + 1;
  const shift = shifts[register % perNumber]!;
  const place = start + (register - (register % perNumber)) / perNumber;
  const word = page[place]!;
  const held = Math.floor(word / shift) % registerSize;
  if (rank <= held) return;
  page[place] = word + (rank - held) * shift;
  n[o + at.sketchSum]! += halves[rank]! - halves[held]!;
  if (held === 0) n[o + at.sketchZeros]! -= 1;
}

/** The finaliser of MurmurHash3, over both halves of a number of 53 bits. */
function mix(value: number): number {
  let hash = (value | 0) ^ Math.imul(Math.floor(value / 4_294_967_296) | 0, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** How many counterparties there were; exact to the configured bound. */
export function counterparties({ numbers: n, first: o }: BehaviourState): number {
  const count = n[o + at.otherCount]!;
  if (count >= 0) return count;
  const registers = n[o + at.otherPlaces]! * perNumber;
  const alpha = 0.7213 / (1 + 1.079 / registers);
  const estimate = (alpha * registers * registers) / n[o + at.sketchSum]!;
  const zeros = n[o + at.sketchZeros]!;
  if (estimate <= 2.5 * registers && zeros > 0) return registers * Math.log(registers / zeros);
  return estimate;
}
