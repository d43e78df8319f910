import type { TrackedTier } from '../../plugin-api/index.ts';
import type { OutputBatch } from '../event.ts';

/** Who decided that a wallet is, or is not, tracked. */
export type TrackedBy = 'hand' | 'selection' | 'tape';

/** A change of what is known of a wallet, at a place on the tape. */
export interface TrackingChange {
  readonly seq: number;
  readonly address: string;
  readonly tracked: boolean;
  /** Null when it is not tracked, and nobody said that it must not be. */
  readonly trackedBy: TrackedBy | null;
  readonly tier: TrackedTier | null;
  /** Time of the act since which it is tracked, in ms. */
  readonly since: number | null;
}

/** What the table of traders says of a wallet that somebody decided about. */
export interface StoredTracking {
  readonly address: string;
  readonly tracked: boolean;
  readonly trackedBy: string | null;
  readonly tier: string | null;
  readonly since: number | null;
}

/** Reads the wallets that somebody decided about. */
export function readDecided(database: { query<T>(sql: string): Promise<T[]> }): Promise<StoredTracking[]> {
  return database.query<StoredTracking>(
    `select address, tracked, tracked_by as "trackedBy", tracked_tier as tier, tracked_since::float8 as since
     from traders where tracked_by <> 'tape'`,
  );
}

/**
 * Which wallets are tracked, as the tape goes on. It is told by the acts on the tape alone, so that the same rows are stored
 * however the tape is cut into batches.
 */
export interface Tracking {
  isTracked(address: string): boolean;
  /** Takes the changes of a batch in, up to but without those of `seq`. */
  advance(seq: number): void;
  /** Begins a batch and returns its changes. */
  begin(batch: Pick<OutputBatch, 'events'>): readonly TrackingChange[];
}

/** `stored` is what is known of the wallets that somebody decided about. */
export function createTracking(trackAll: boolean, stored: Iterable<StoredTracking>): Tracking {
  /** The wallets that somebody decided about; of all others `trackAll` decides. */
  const decided = new Map<string, Omit<TrackingChange, 'seq'>>();
  for (const { address, tracked, trackedBy, tier, since } of stored) {
    if (trackedBy !== 'hand' && trackedBy !== 'selection') continue;
    decided.set(address, { address, tracked, trackedBy, tier: tier as TrackedTier | null, since });
  }
  let changes: TrackingChange[] = [];
  let taken = 0;

  const take = (change: TrackingChange): void => {
    const { seq: _, ...decision } = change;
    if (isDecision(change)) decided.set(change.address, decision);
    else decided.delete(change.address);
  };
  const undecided = (address: string): Omit<TrackingChange, 'seq'> => ({
    ...{ address, tracked: trackAll, trackedBy: trackAll ? 'tape' : null, tier: null, since: null },
  });

  return {
    isTracked: address => decided.get(address)?.tracked ?? trackAll,
    advance(seq) {
      while (taken < changes.length && changes[taken]!.seq < seq) take(changes[taken++]!);
    },
    begin({ events }) {
      this.advance(Number.POSITIVE_INFINITY);
      const known = new Map<string, Omit<TrackingChange, 'seq'>>();
      taken = 0;
      changes = [];
      for (const { type, payload, seq, tsEvent } of events) {
        if (type !== 'core.command') continue;
        const act = payload as unknown as Act;
        const address = act.target;
        const before = known.get(address) ?? decided.get(address) ?? undecided(address);
        const after = afterAct(act, before, tsEvent);
        if (after === undefined) continue;
        const change = { seq, ...(after === 'undecided' ? undecided(address) : after) };
        known.set(address, change);
        changes.push(change);
      }
      return changes;
    },
  };
}

interface Act {
  readonly name: string;
  readonly target: string;
  /** Nobody on tapes of before selections were kept on them. */
  readonly by?: 'hand' | 'selection' | null;
  readonly tier?: TrackedTier | null;
}

const isDecision = ({ trackedBy }: Pick<TrackingChange, 'trackedBy'>): boolean =>
  trackedBy === 'hand' || trackedBy === 'selection';

/** What holds after an act; undefined when it changes nothing. A trader that was added or removed by hand stays so for selection. */
function afterAct(
  { name, by, tier = null }: Act,
  before: Omit<TrackingChange, 'seq'>,
  at: number,
): Omit<TrackingChange, 'seq'> | 'undecided' | undefined {
  const { address } = before;
  const since = before.tracked && isDecision(before) ? before.since : at;
  const bySelection = by === 'selection';
  if (bySelection && before.trackedBy === 'hand') return undefined;
  if (name === 'track-trader') {
    const after = bySelection
      ? ({ address, tracked: true, trackedBy: 'selection', tier, since } as const)
      : ({ address, tracked: true, trackedBy: 'hand', tier: null, since } as const);
    const isSame = before.tracked && before.trackedBy === after.trackedBy && before.tier === after.tier;
    return isSame ? undefined : after;
  }
  if (name !== 'untrack-trader') return undefined;
  if (bySelection) return before.trackedBy === 'selection' ? 'undecided' : undefined;
  if (before.trackedBy === 'hand' && !before.tracked) return undefined;
  return { address, tracked: false, trackedBy: 'hand', tier: null, since: null };
}
