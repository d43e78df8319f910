import type { TrackedTrader } from '../../plugin-api/index.ts';
import type { TrackedSet } from '../collectors/tracked-set.ts';
import type { OutputBatch } from '../event.ts';
import { createTracking, type StoredTracking, type TrackingChange } from '../store/tracking.ts';

/**
 * Has the tracked set be what the database says, and then what each committed batch makes of it, by the rules that the database
 * follows. Where the policy is to store every wallet, the set still has only those that somebody decided about.
 */
export function followedTracking(
  set: TrackedSet,
  stored: Iterable<StoredTracking>,
): (batch: Pick<OutputBatch, 'events'>) => void {
  const decided = [...stored];
  const tracking = createTracking(false, decided);
  set.apply(new Map(decided.map(one => [one.address, traderOf(one)])));
  return batch => {
    const changes = tracking.begin(batch);
    if (changes.length > 0) set.apply(new Map(changes.map(one => [one.address, traderOf(one)])));
  };
}

function traderOf({
  address,
  tracked,
  trackedBy,
  tier,
}: Pick<TrackingChange, 'address' | 'tracked'> & Record<'trackedBy' | 'tier', string | null>):
  | TrackedTrader
  | undefined {
  if (!tracked || (trackedBy !== 'hand' && trackedBy !== 'selection')) return undefined;
  return { address, by: trackedBy, tier: (tier ?? undefined) as TrackedTrader['tier'] };
}
