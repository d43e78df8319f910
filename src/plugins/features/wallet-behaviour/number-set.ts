import { dropList, listPage, listStart, makeList, type NumberLists } from '../../../plugin-api/index.ts';

/*
 * A set of positive whole numbers: open addressing in a stretch of an array, its length a power of two, 0 a free place. A set of a
 * few costs less than a `Set` of any size.
 */

type Numbers = Float64Array | number[];

/** The length of the first stretch. */
export const firstPlaces = 4;

function placeOf(n: Readonly<Numbers>, start: number, places: number, value: number): number {
  const mask = places - 1;
  let place = (value ^ (value / 4_294_967_296)) & mask;
  while (n[start + place] !== 0 && n[start + place] !== value) place = (place + 1) & mask;
  return start + place;
}

export function setHas(n: Readonly<Numbers>, start: number, places: number, value: number): boolean {
  return places > 0 && n[placeOf(n, start, places, value)] === value;
}

/** Whether a set that holds `count` has no room for one more. */
export function isFull(count: number, places: number): boolean {
  return 4 * (count + 1) > 3 * places;
}

/** Adds a value that the set has not got, where it has room. */
export function setAdd(n: Numbers, start: number, places: number, value: number): void {
  n[placeOf(n, start, places, value)] = value;
}

/** Moves a set to a list of twice the length (the first one of `firstPlaces`), and answers the list. */
export function widerSet(lists: NumberLists, n: Readonly<Numbers>, start: number, places: number): number {
  const wider = Math.max(firstPlaces, 2 * places);
  const list = makeList(lists, wider);
  const page = listPage(lists, list);
  for (let place = start; place < start + places; place++) {
    const member = n[place]!;
    if (member !== 0) setAdd(page, listStart(list), wider, member);
  }
  return list;
}

/** Where a set stands among a state's numbers: the slots of its length and of its list. */
export interface SetSlots {
  readonly places: number;
  readonly list: number;
}

/** Adds a value that the set in a list, which holds `count`, has not got. */
export function addToList(
  state: { readonly numbers: Float64Array; readonly first: number; readonly lists: NumberLists },
  slots: SetSlots,
  count: number,
  value: number,
): void {
  const { numbers: n, first: o, lists } = state;
  const places = n[o + slots.places]!;
  let list = n[o + slots.list]!;
  if (isFull(count, places)) {
    const old = list;
    list =
      old === 0
        ? makeList(lists, firstPlaces)
        : widerSet(lists, listPage(lists, old), listStart(old), places);
    if (old !== 0) dropList(lists, old, places);
    n[o + slots.list] = list;
    n[o + slots.places] = Math.max(firstPlaces, 2 * places);
  }
  setAdd(listPage(lists, list), listStart(list), n[o + slots.places]!, value);
}
