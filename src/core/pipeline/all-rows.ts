import type { LatestRow } from '../event.ts';
import { keyTextAt, sizeOf } from './keyspace.ts';
import { isTold, lastTold } from './rows.ts';
import type { Run } from './state.ts';

/** The row of every key that stands, one after the other; those of signals do not stand. */
export function* allRows(run: Run): Generator<LatestRow> {
  // Note: no later than the outputs of the same event that are yet to come.
  const place = { seq: run.seq, index: Math.max(0, run.index - 1), tsEvent: run.tsEvent, tsIngest: run.now };
  for (const node of run.nodes.values()) {
    if (node.ref.kind === 'signal') continue;
    const { ref, plugin, space, stale } = node;
    for (let slot = 0; slot < sizeOf(space); slot++) {
      if (!isTold(node, slot)) continue;
      const row = lastTold(node, slot);
      const key = keyTextAt(space, slot);
      // A row that cannot be made again, since its key was touched: it is told when the beat ends.
      if (row !== undefined || stale.has(slot)) {
        yield { ...place, plugin, ref, key, row, stale: stale.has(slot) };
      }
    }
  }
}
