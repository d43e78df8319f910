import type { Plan } from '../plan.ts';
import { providesOf, readsOf } from '../plugin-status.ts';

/** The events that each ref of a plan is computed from, directly or not. */
export function streamsOfRefs(plan: Plan): (ref: string) => ReadonlySet<string> {
  const reads = new Map<string, readonly string[]>();
  for (const { plugin } of plan.plugins) {
    if (plugin.kind !== 'collector') for (const ref of providesOf(plugin)) reads.set(ref, readsOf(plugin));
  }
  const known = new Map<string, ReadonlySet<string>>();
  const streamsOf = (ref: string, on: readonly string[] = []): ReadonlySet<string> => {
    const found = known.get(ref);
    if (found !== undefined) return found;
    const streams = new Set<string>();
    for (const input of reads.get(ref) ?? []) {
      if (!reads.has(input)) streams.add(input);
      else if (!on.includes(input)) for (const stream of streamsOf(input, [...on, ref])) streams.add(stream);
    }
    known.set(ref, streams);
    return streams;
  };
  return ref => streamsOf(ref);
}
