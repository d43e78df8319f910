import type { AnyDraft } from './source-item.ts';

/** A source of history, in the order of its drafts' `tsIngest`. */
export interface DeclaredSource {
  readonly id: string;
  /** Drafts in arrays, which may be empty. */
  readonly drafts: AsyncIterator<readonly AnyDraft[]>;
}

/** Drafts of one source that come before those of all others. */
export interface MergedRun {
  readonly source: string;
  readonly drafts: readonly AnyDraft[];
}

interface Reader {
  readonly id: string;
  readonly drafts: AsyncIterator<readonly AnyDraft[]>;
  chunk: readonly AnyDraft[];
  position: number;
  /** The chunk after the present one, being fetched: the only look-ahead. */
  next: Promise<IteratorResult<readonly AnyDraft[]>> | undefined;
}

/**
 * Merges histories by (`tsIngest`, source id, order within the source), so that the same sources always give the same tape. A
 * draft without a `tsIngest` keeps its place behind the one before it.
 */
export async function* mergeDeclared(sources: readonly DeclaredSource[]): AsyncGenerator<MergedRun> {
  let readers: Reader[] = sources
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, drafts }) => ({ id, drafts, chunk: [], position: 0, next: undefined }));
  try {
    while (readers.length > 0) {
      for (const reader of readers) {
        if (reader.position === reader.chunk.length) reader.next ??= fetchNext(reader.drafts);
      }
      for (const reader of readers) await fill(reader);
      readers = readers.filter(reader => reader.position < reader.chunk.length);
      if (readers.length === 0) return;
      const first = earliest(readers);
      const others = readers.filter(reader => reader !== first);
      const limit = others.length === 0 ? undefined : earliest(others);
      const start = first.position;
      do first.position++;
      while (first.position < first.chunk.length && comesFirst(first, limit));
      const drafts = first.chunk.slice(start, first.position);
      // Note: fetched while the run is at work, so that reading and computing overlap.
      if (first.position === first.chunk.length) first.next ??= fetchNext(first.drafts);
      yield { source: first.id, drafts };
    }
  } finally {
    await Promise.all(readers.map(async reader => reader.drafts.return?.()));
  }
}

function fetchNext(drafts: AsyncIterator<readonly AnyDraft[]>): Promise<IteratorResult<readonly AnyDraft[]>> {
  const next = drafts.next();
  // Note: a failure is thrown where the chunk is awaited, which may be a while later.
  next.catch(() => undefined);
  return next;
}

async function fill(reader: Reader): Promise<void> {
  while (reader.position === reader.chunk.length) {
    const result = await (reader.next ?? reader.drafts.next());
    reader.next = undefined;
    if (result.done) return;
    reader.chunk = result.value;
    reader.position = 0;
  }
}

function headTime(reader: Reader): number {
  return reader.chunk[reader.position]?.tsIngest ?? Number.NEGATIVE_INFINITY;
}

function earliest(readers: readonly Reader[]): Reader {
  let best = readers[0]!;
  // Note: readers are sorted by id, so the first of equals is the right one.
  for (const reader of readers) if (headTime(reader) < headTime(best)) best = reader;
  return best;
}

function comesFirst(reader: Reader, other: Reader | undefined): boolean {
  if (other === undefined) return true;
  const mine = headTime(reader);
  const theirs = headTime(other);
  return mine < theirs || (mine === theirs && reader.id < other.id);
}
