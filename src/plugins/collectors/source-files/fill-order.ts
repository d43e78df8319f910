import { fill } from '../../../plugin-api/index.ts';
import type { Collected } from '../hyperliquid-messages/collected.ts';
import type { FillDraft } from '../hyperliquid-messages/fills.ts';

/**
 * Puts the fills of one millisecond in the order in which they happened, as far as their start positions tell it.
 *
 * Sources sort by time, and lose the order within a millisecond; but the position after a fill is the start position of the
 * next one of that wallet and coin. Each wallet and coin keeps the places that it has; only who stands in which of them
 * changes, and only when fewer start positions contradict each other that way. It is a function of these fills alone.
 */
export function orderByStartPosition(drafts: Collected[]): void {
  if (drafts.length < 2) return;
  const places = new Map<string, number[]>();
  for (const [place, draft] of drafts.entries()) {
    if (!isFill(draft) || draft.payload.startPosition === null) continue;
    const name = `${draft.key}:${draft.payload.coin}:${draft.tsEvent}`;
    const taken = places.get(name);
    if (taken === undefined) places.set(name, [place]);
    else taken.push(place);
  }
  for (const taken of places.values()) {
    if (taken.length < 2) continue;
    const fills = taken.map(place => drafts[place] as FillDraft);
    for (const [index, draft] of chained(fills).entries()) drafts[taken[index] as number] = draft;
  }
}

function isFill(draft: Collected): draft is FillDraft {
  return (draft.ref as unknown) === fill;
}

interface Link {
  readonly draft: FillDraft;
  readonly start: number;
  readonly end: number;
}

function chained(fills: readonly FillDraft[]): readonly FillDraft[] {
  const links = fills.map(linkOf);
  const given = breaks(links);
  if (given === 0) return fills;
  const found = walk(links);
  return breaks(found) < given ? found.map(link => link.draft) : fills;
}

function breaks(links: readonly Link[]): number {
  let count = 0;
  for (let index = 1; index < links.length; index++) {
    if (links[index]?.start !== links[index - 1]?.end) count += 1;
  }
  return count;
}

/** From a fill that none of the others leads to, always to the first one that begins where the last one ended. */
function walk(links: readonly Link[]): Link[] {
  const byStart = new Map<number, Link[]>();
  const arrivals = new Map<number, number>();
  for (const link of links) {
    const same = byStart.get(link.start);
    if (same === undefined) byStart.set(link.start, [link]);
    else same.push(link);
    arrivals.set(link.end, (arrivals.get(link.end) ?? 0) + 1);
  }
  const left = new Set(links);
  const path: Link[] = [];
  while (left.size > 0) {
    let next = firstWithout(left, arrivals);
    while (next !== undefined) {
      path.push(next);
      left.delete(next);
      arrivals.set(next.end, (arrivals.get(next.end) ?? 1) - 1);
      const following = byStart.get(next.end);
      while (following !== undefined && following.length > 0 && !left.has(following[0] as Link))
        following.shift();
      next = following?.[0];
    }
  }
  return path;
}

function firstWithout(left: ReadonlySet<Link>, arrivals: ReadonlyMap<number, number>): Link | undefined {
  let first: Link | undefined;
  for (const link of left) {
    first ??= link;
    if ((arrivals.get(link.start) ?? 0) === 0) return link;
  }
  return first;
}

function linkOf(draft: FillDraft): Link {
  const start = Number(draft.payload.startPosition);
  const size = Number(draft.payload.size);
  return { draft, start: grid(start), end: grid(draft.payload.side === 'buy' ? start + size : start - size) };
}

/** Positions have at most 8 decimals; on this grid, sums that differ only by float64's rounding are the same. */
function grid(position: number): number {
  const rounded =
    Math.abs(position) < 1e7 ? Math.round(position * 1e8) / 1e8 : Number(position.toPrecision(14));
  return rounded === 0 ? 0 : rounded;
}
