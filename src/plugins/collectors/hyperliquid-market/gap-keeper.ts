import type { CollectorContext, TimeRange } from '../../../plugin-api/index.ts';

/** Reports holes and, later, that they were filled: each ends healed or stays flagged. */
export interface GapKeeper {
  /** Reports a hole. Without a key it is in the whole stream. */
  open(hole: Hole): void;
  /** Reports that the holes of a stream and key within an interval have been filled. */
  heal(stream: string, key: string | undefined, within: TimeRange): void;
}

export interface Hole extends TimeRange {
  readonly stream: string;
  readonly key?: string | undefined;
  readonly reason: string;
}

/** The most holes of one stream and key that are remembered in order to be healed. */
const mostHoles = 100;

export function gapKeeper(ctx: Pick<CollectorContext<unknown>, 'gap'>, reported: () => void): GapKeeper {
  const open = new Map<string, Hole[]>();
  const report = ({ key, ...hole }: Hole, healed: boolean) => {
    ctx.gap({ ...hole, ...(key === undefined ? {} : { key }), healed });
    reported();
  };
  return {
    open(hole) {
      const name = `${hole.stream} ${hole.key ?? ''}`;
      const holes = open.get(name) ?? [];
      if (holes.some(({ from, to }) => from <= hole.from && to >= hole.to)) return;
      open.set(name, [...holes, hole].slice(-mostHoles));
      report(hole, false);
    },
    heal(stream, key, within) {
      const name = `${stream} ${key ?? ''}`;
      const holes = open.get(name) ?? [];
      const left = holes.filter(hole => hole.from < within.from || hole.to > within.to);
      // Note: what another hole has in common with a filled one is still missing.
      for (const hole of holes) {
        if (left.includes(hole)) continue;
        for (const range of without(hole, left)) report({ ...hole, ...range }, true);
      }
      if (left.length === 0) open.delete(name);
      else open.set(name, left);
    },
  };
}

/** What is left of an interval outside of others, oldest first. */
function without(range: TimeRange, others: readonly TimeRange[]): readonly TimeRange[] {
  let left: TimeRange[] = [{ from: range.from, to: range.to }];
  for (const other of others) {
    left = left.flatMap(({ from, to }) => [
      ...(other.from > from ? [{ from, to: Math.min(to, other.from) }] : []),
      ...(other.to < to ? [{ from: Math.max(from, other.to), to }] : []),
    ]);
  }
  return left;
}
