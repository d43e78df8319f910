/** A half-open range of minutes since 1970. */
export interface MinuteRange {
  readonly from: number;
  readonly to: number;
}

/** Disjoint ranges in ascending order; adjoining ones are joined. */
export interface MinuteRanges {
  readonly list: readonly MinuteRange[];
  add(from: number, to: number): void;
  remove(from: number, to: number): void;
  has(minute: number): boolean;
  overlaps(from: number, to: number): boolean;
}

export function minuteRanges(): MinuteRanges {
  let list: readonly MinuteRange[] = [];
  const overlaps = (from: number, to: number) => list.some(range => range.from < to && range.to > from);
  return {
    get list() {
      return list;
    },
    add(from, to) {
      if (to <= from) return;
      let joined = { from, to };
      const others: MinuteRange[] = [];
      for (const range of list) {
        if (range.to < joined.from || range.from > joined.to) others.push(range);
        else joined = { from: Math.min(range.from, joined.from), to: Math.max(range.to, joined.to) };
      }
      list = [...others, joined].sort((a, b) => a.from - b.from);
    },
    remove(from, to) {
      if (!overlaps(from, to)) return;
      list = list.flatMap(range => {
        const before = { from: range.from, to: Math.min(range.to, from) };
        const after = { from: Math.max(range.from, to), to: range.to };
        return [before, after].filter(part => part.to > part.from);
      });
    },
    has: minute => list.length > 0 && overlaps(minute, minute + 1),
    overlaps,
  };
}
