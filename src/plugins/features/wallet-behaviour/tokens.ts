import { listPage, listStart } from '../../../plugin-api/index.ts';
import { addToList, isFull, setAdd, setHas, widerSet } from './number-set.ts';
import * as at from './slots.ts';
import type { BehaviourState } from './state.ts';

/* The coins and tokens of a wallet. The set of the first three stands among the wallet's numbers, as most wallets have no more. */

const slots = { places: at.tokenPlaces, list: at.tokens };

/** Adds a coin or token to the set; answers whether it is a new one. */
export function addToken(state: BehaviourState, token: number): boolean {
  const { numbers: n, first: o, lists } = state;
  const places = n[o + at.tokenPlaces]!;
  const list = n[o + at.tokens]!;
  if (list === 0) {
    const start = o + at.firstTokens;
    if (setHas(n, start, places, token)) return false;
    if (!isFull(tokenCount(state), places)) {
      setAdd(n, start, places, token);
      return true;
    }
    n[o + at.tokens] = widerSet(lists, n, start, places);
    n[o + at.tokenPlaces] = 2 * places;
  } else if (setHas(listPage(lists, list), listStart(list), places, token)) return false;
  addToList(state, slots, tokenCount(state), token);
  return true;
}

function tokenCount({ numbers, first, more }: BehaviourState): number {
  return numbers[first + at.coinCount]! + (more?.evm?.tokenCount ?? 0);
}
