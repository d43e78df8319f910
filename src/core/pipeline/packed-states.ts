/*
 * States that are arrays of numbers, all of one length, are kept in one Float64Array: a quarter of the bytes, and arrays of
 * plain doubles again after the way through structured cloning, which would make objects of their numbers.
 */

interface Packed {
  readonly packed: Float64Array;
  readonly width: number;
  /** The places that hold an array. */
  readonly places: Int32Array;
  readonly length: number;
}

/** Plain data that stands for a column's items. */
export function packColumn(items: readonly unknown[]): unknown {
  const first = items.find(item => item !== undefined);
  if (!isNumbers(first) || first.length === 0) return items;
  const width = first.length;
  const places: number[] = [];
  for (let place = 0; place < items.length; place++) {
    const item = items[place];
    if (item === undefined) continue;
    if (!isNumbers(item) || item.length !== width) return items;
    places.push(place);
  }
  const packed = new Float64Array(places.length * width);
  for (const [at, place] of places.entries()) packed.set(items[place] as number[], at * width);
  return { packed, width, places: Int32Array.from(places), length: items.length } satisfies Packed;
}

/** The items that `packColumn` was given. */
export function unpackColumn(data: unknown): unknown[] {
  if (Array.isArray(data)) return data;
  const { packed, width, places, length } = data as Packed;
  const items: unknown[] = new Array(length).fill(undefined);
  places.forEach((place, at) => {
    const item: number[] = [];
    for (let i = 0; i < width; i++) item.push(packed[at * width + i] as number);
    items[place] = item;
  });
  return items;
}

function isNumbers(item: unknown): item is number[] {
  if (!Array.isArray(item)) return false;
  for (let i = 0; i < item.length; i++) if (typeof item[i] !== 'number') return false;
  return true;
}
