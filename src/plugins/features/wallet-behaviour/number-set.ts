/*
 * A set of positive whole numbers in a plain array: open addressing, its length a power of two, 0 a free place. A set of a few
 * costs less than a `Set` of any size.
 */

/** The first array for a set. */
const first: readonly number[] = [0.5, 0, 0, 0];

function placeOf(set: readonly number[], value: number): number {
  const mask = set.length - 1;
  let place = (value ^ (value / 4_294_967_296)) & mask;
  while (set[place] !== 0 && set[place] !== value) place = (place + 1) & mask;
  return place;
}

export function setHas(set: readonly number[], value: number): boolean {
  return set.length > 0 && set[placeOf(set, value)] === value;
}

/** Adds a value that the set, which holds `count`, has not got; answers the set, which may be a new array. */
export function setAdd(set: number[], count: number, value: number): number[] {
  let room = set;
  if (room.length === 0) {
    room = first.slice();
    room[0] = 0;
  } else if (4 * (count + 1) > 3 * room.length) {
    room = set.concat(set);
    room.fill(0);
    for (let place = 0; place < set.length; place++) {
      const member = set[place]!;
      if (member !== 0) room[placeOf(room, member)] = member;
    }
  }
  room[placeOf(room, value)] = value;
  return room;
}
