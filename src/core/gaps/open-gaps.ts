import type { OutputBatch } from '../event.ts';

/** An interval in which events of a stream are missing that nobody has fetched yet. */
export interface OpenGap {
  /** The collector that told it; only what the same one has fetched heals it. */
  readonly source: string;
  readonly stream: string;
  /** The coin or wallet concerned; null means all. */
  readonly scope: string | null;
  /** Half-open, in ms of event time. */
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

/** What is missing, as the gaps on the tape say. */
export interface OpenGaps {
  /** Takes a report in, in the order of the tape. */
  note(gap: OpenGap & { readonly healed: boolean }): void;
  committed(batch: Pick<OutputBatch, 'events' | 'now'>): void;
  /** Those that still make rows stale. */
  list(): readonly OpenGap[];
  /** The first that a row of a ref may be wrong because of. */
  behind(row: RowInQuestion): OpenGap | undefined;
}

export interface RowInQuestion {
  readonly ref: string;
  /** The address, the coin, `market`, or address and coin joined by a colon. */
  readonly key: string;
  /** When the exchange last confirmed it as a whole, in ms; what was missed before does not matter then. */
  readonly confirmedAt?: number | null | undefined;
}

type Report = Omit<OpenGap, 'source'> & { readonly healed: boolean };

export interface OpenGapsOptions {
  /** The streams that a ref is computed from, directly or not. */
  readonly streamsOf: (ref: string) => ReadonlySet<string>;
  /** A gap that is not healed makes rows stale until so long after its end, in ms of tape time. */
  readonly staleForMs: number;
}

export function createOpenGaps({ streamsOf, staleForMs }: OpenGapsOptions): OpenGaps {
  let open: OpenGap[] = [];
  let now = Number.NEGATIVE_INFINITY;
  const isRecent = ({ to }: OpenGap): boolean => to + staleForMs > now;

  function note({ healed, ...gap }: OpenGap & { readonly healed: boolean }): void {
    if (healed) open = open.flatMap(one => without(one, gap));
    else open.push(gap);
  }

  return {
    note,
    committed(batch) {
      for (const { type, payload, source } of batch.events) {
        if (type === 'core.gap') note({ ...(payload as unknown as Report), source });
      }
      now = Math.max(now, batch.now);
      if (open.length > 0 && !open.every(isRecent)) open = open.filter(isRecent);
    },
    list: () => open.filter(isRecent),
    behind({ ref, key, confirmedAt }) {
      if (open.length === 0) return undefined;
      const streams = streamsOf(ref);
      return open.find(
        gap =>
          streams.has(gap.stream) &&
          isRecent(gap) &&
          concerns(gap.scope, key) &&
          (confirmedAt == null || confirmedAt < gap.to),
      );
    },
  };
}

/** What of a gap is left once another interval of the stream has been fetched. */
function without(gap: OpenGap, healed: Omit<OpenGap, 'reason'>): OpenGap[] {
  // Note: two venues share a stream; what was fetched of one is not what is missing of the other.
  if (gap.source !== healed.source) return [gap];
  if (gap.stream !== healed.stream || (healed.scope !== null && healed.scope !== gap.scope)) return [gap];
  if (healed.to <= gap.from || healed.from >= gap.to) return [gap];
  const left: OpenGap[] = [];
  if (gap.from < healed.from) left.push({ ...gap, to: healed.from });
  if (healed.to < gap.to) left.push({ ...gap, from: healed.to });
  return left;
}

/**
 * Whether a gap of a coin or wallet is one of a key, too.
 *
 * Note: a gap of one coin is none of a whole wallet, although it may have traded in it: with hundreds of coins each wallet would be
 * stale nearly always, which says nothing.
 */
function concerns(scope: string | null, key: string): boolean {
  if (scope === null || key === 'market' || key === scope) return true;
  // Note: only the key of a position has two parts; the coin of a builder's exchange has a colon of its own.
  const parts = /^(0x[0-9a-f]{40}):(.+)$/.exec(key);
  return parts !== null && (parts[1] === scope || parts[2] === scope);
}
