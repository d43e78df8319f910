import type { DedupePart, DedupeWindow } from '../ingest/dedupe-window.ts';
import type { Ingest } from '../ingest.ts';
import type { Pipeline, SnapshotPart } from '../pipeline.ts';
import type { LoadedSnapshot } from '../snapshots.ts';
import type { Outages } from './outages.ts';

/** What the core adds to the pipeline's snapshot. */
interface IngestState {
  /** How many parts of the de-duplication window follow. */
  readonly windowParts: number;
  readonly lastAt: readonly (readonly [source: string, at: number])[];
  readonly outages: readonly (readonly [stream: string, from: number])[];
  readonly pausedCollectors: readonly string[];
}

/** What a snapshot holds, and what a start puts back in place. */
export interface SnapshotState {
  save(): Generator<unknown>;
  restore(snapshot: LoadedSnapshot): void;
}

export function createSnapshotState(options: {
  readonly window: DedupeWindow;
  readonly ingest: Ingest;
  readonly outages: Outages;
  readonly pausedCollectors: Set<string>;
  readonly pipeline: Pipeline;
}): SnapshotState {
  const { window, ingest, outages, pausedCollectors, pipeline } = options;
  return {
    *save() {
      // Note: only the lists; the texts in them are the window's own.
      const windowParts = [...window.save()];
      const own: IngestState = {
        windowParts: windowParts.length,
        lastAt: [...ingest.sources()].flatMap(([source, { lastAt }]) =>
          lastAt === undefined ? [] : [[source, lastAt] as const],
        ),
        outages: outages.save(),
        pausedCollectors: [...pausedCollectors],
      };
      yield own;
      yield* windowParts;
      yield* pipeline.snapshotParts();
    },
    restore({ header, parts }) {
      const rest = parts[Symbol.iterator]();
      const state = rest.next().value as IngestState;
      window.restore(next(rest, state.windowParts) as Iterable<DedupePart>);
      ingest.resume({ tapeTime: header.tapeTime, lastAt: state.lastAt });
      outages.restore(state.outages);
      for (const id of state.pausedCollectors) pausedCollectors.add(id);
      pipeline.restore(next(rest, Number.POSITIVE_INFINITY) as Iterable<SnapshotPart>);
    },
  };
}

/** Up to `count` more values of an iterator, which is left where it is then. */
function* next(iterator: Iterator<unknown>, count: number): Generator<unknown> {
  for (let taken = 0; taken < count; taken++) {
    const result = iterator.next();
    if (result.done) return;
    yield result.value;
  }
}
