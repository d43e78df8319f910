import { traderTier } from '../../plugin-api/index.ts';
import type { OutputBatch } from '../event.ts';

/** Who decided that a wallet is, or is not, tracked. */
export type TrackedBy = 'hand' | 'selection' | 'tape';

/** A change of what is known of a wallet, at a place on the tape. */
export interface TrackingChange {
  readonly seq: number;
  readonly address: string;
  readonly tracked: boolean;
  readonly trackedBy: TrackedBy | null;
}

/**
 * Which wallets are tracked, as the tape goes on. It is told by events and categories of the tape alone, so that the same rows are
 * stored however the tape is cut into batches.
 */
export interface Tracking {
  isTracked(address: string): boolean;
  /** Takes the changes of a batch in, up to but without those of `seq`. */
  advance(seq: number): void;
  /** Begins a batch and returns its changes. */
  begin(batch: Pick<OutputBatch, 'events' | 'history'>): readonly TrackingChange[];
}

/** `stored` is what the table of traders says of the wallets that somebody decided about. */
export function createTracking(
  trackAll: boolean,
  stored: Iterable<{ address: string; tracked: boolean; trackedBy: string | null }>,
): Tracking {
  const decided = new Map<string, { tracked: boolean; byHand: boolean }>();
  for (const { address, tracked, trackedBy } of stored) {
    if (trackedBy !== 'tape') decided.set(address, { tracked, byHand: trackedBy === 'hand' });
  }
  let changes: TrackingChange[] = [];
  let taken = 0;

  function candidates({ events, history }: Pick<OutputBatch, 'events' | 'history'>): TrackingChange[] {
    const found: TrackingChange[] = [];
    for (const { type, payload, seq } of events) {
      if (type !== 'core.command') continue;
      const { name, target } = payload as { name: string; target: string };
      if (name === 'track-trader') found.push({ seq, address: target, tracked: true, trackedBy: 'hand' });
      if (name === 'untrack-trader') found.push({ seq, address: target, tracked: false, trackedBy: 'hand' });
    }
    if (trackAll) return found;
    for (const { ref, key, row, seq } of history) {
      if (ref.id !== traderTier.id) continue;
      const tracked = row !== undefined && row.tier !== 'none';
      found.push({ seq, address: key, tracked, trackedBy: tracked ? 'selection' : null });
    }
    return found.sort((a, b) => a.seq - b.seq);
  }

  return {
    isTracked: address => decided.get(address)?.tracked ?? trackAll,
    advance(seq) {
      while (taken < changes.length && changes[taken]!.seq < seq) {
        const { address, tracked, trackedBy } = changes[taken++]!;
        decided.set(address, { tracked, byHand: trackedBy === 'hand' });
      }
    },
    begin(batch) {
      this.advance(Number.POSITIVE_INFINITY);
      const known = new Map<string, { tracked: boolean; byHand: boolean }>();
      taken = 0;
      // A trader that was added or removed by hand stays so, whatever selection says.
      changes = candidates(batch).filter(({ address, tracked, trackedBy }) => {
        const before = known.get(address) ?? decided.get(address);
        if (trackedBy !== 'hand' && (before?.byHand || (before?.tracked ?? false) === tracked)) return false;
        known.set(address, { tracked, byHand: trackedBy === 'hand' });
        return true;
      });
      return changes;
    },
  };
}
