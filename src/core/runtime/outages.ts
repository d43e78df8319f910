import type { CollectorPlugin } from '../../plugin-api/index.ts';
import type { Outage } from '../ingest/source-item.ts';
import type { Ingest } from '../ingest.ts';

/** Since when events are missing that a backfill has not fetched yet, by source and stream. */
export interface Outages {
  note(source: string, outage: Outage): void;
  /** Since when events of a collector may be missing, in ms; undefined for one that never brought any. */
  since(plugin: CollectorPlugin): number | undefined;
  /** By source and stream joined by a space, for a snapshot. */
  save(): readonly (readonly [stream: string, from: number])[];
  restore(saved: Iterable<readonly [stream: string, from: number]>): void;
}

export function createOutages(ingest: Pick<Ingest, 'heard' | 'sources'>): Outages {
  const open = new Map<string, number>();
  return {
    /** Keeps where an outage began until a backfill has fetched all of it: what it brought until it was stopped is not all. */
    note(source, { stream, from, to, healed }) {
      const key = `${source} ${stream}`;
      const since = open.get(key);
      if (!healed) {
        open.set(key, Math.min(since ?? from, from));
      } else {
        if (since !== undefined && from <= since) open.delete(key);
        ingest.heard(source, to);
      }
    },
    since(plugin) {
      const own =
        plugin.backfill === undefined
          ? []
          : plugin.emits.flatMap(({ id }: { id: string }) => open.get(`${plugin.id} ${id}`) ?? []);
      return own.length > 0 ? Math.min(...own) : ingest.sources().get(plugin.id)?.lastAt;
    },
    save: () => [...open],
    restore(saved) {
      for (const [stream, from] of saved) open.set(stream, from);
    },
  };
}
