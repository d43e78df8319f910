import type { Logger } from '../plugin-api/index.ts';
import { InvariantError } from './errors.ts';
import type { TapeEvent } from './event.ts';
import type { LoadedSnapshot, Snapshots } from './snapshots.ts';
import type { Tape } from './tape/tape.ts';
import type { Writer } from './writer.ts';

export interface RecoveryOptions {
  readonly tape: Tape;
  /** Seq of the last event whose outputs the store has. */
  readonly checkpoint: number;
  readonly writer: Writer;
  readonly snapshots: Snapshots | undefined;
  readonly configHash: string;
  readonly batchEvents: number;
  /** Puts the state of a snapshot in place. */
  readonly restore: (snapshot: LoadedSnapshot) => void;
  /** Told of each event on the tape after the snapshot. */
  readonly recall: (event: TapeEvent) => void;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: { readonly seq: number; readonly lastSeq: number }) => void;
}

export interface Recovery {
  /** Seq of the snapshot that was used; 0 for none. */
  readonly snapshotSeq: number;
  /** Events computed again whose outputs were stored already. */
  readonly repeated: number;
  /** Events whose outputs the store did not have. */
  readonly caughtUp: number;
}

/**
 * Brings the pipeline and the store to the tape's end. This is how every start begins: after a clean stop there is nothing to do,
 * and an empty database beside a full tape is built anew.
 *
 * Throws `TAPE_BEHIND_STORE` when the store has seen events that the tape does not hold.
 */
export async function recover(options: RecoveryOptions): Promise<Recovery> {
  const { tape, checkpoint, writer, snapshots, log, signal } = options;
  if (tape.lastSeq < checkpoint) {
    throw new InvariantError(
      'TAPE_BEHIND_STORE',
      `Expected a tape that reaches at least to event ${checkpoint}, which the database holds the results of; found one that ` +
        `ends at event ${tape.lastSeq}. They do not belong together. Point tape.folder (HYPERSONAR_TAPE) at the tape that this ` +
        'database was made from, or give this tape an empty database (DATABASE_URL).',
    );
  }
  const dropped = (await snapshots?.dropAbove(checkpoint)) ?? 0;
  if (dropped > 0) log.info('snapshots ahead of the database were removed', { dropped, checkpoint });
  const snapshot = await usableSnapshot(options);
  if (snapshot !== undefined) options.restore(snapshot);
  const snapshotSeq = snapshot?.header.seq ?? 0;
  if (tape.lastSeq > 0 && tape.firstSeq > snapshotSeq + 1) {
    log.warn(
      'the tape does not reach back to its first event; what happened before is not known to features',
      {
        from: snapshotSeq + 1,
        to: tape.firstSeq - 1,
      },
    );
  }

  writer.startAt({ checkpoint, pipelineSeq: snapshotSeq });
  let repeated = 0;
  let caughtUp = 0;
  const replay = async (events: readonly TapeEvent[]): Promise<void> => {
    for (const event of events) options.recall(event);
    const split = events.findIndex(event => event.seq > checkpoint);
    const known = split === -1 ? events : events.slice(0, split);
    const fresh = split === -1 ? [] : events.slice(split);
    await writer.commit(known, { append: false, store: false });
    await writer.commit(fresh, { append: false });
    repeated += known.length;
    caughtUp += fresh.length;
    options.onProgress?.({ seq: events.at(-1)!.seq, lastSeq: tape.lastSeq });
  };
  let waiting: TapeEvent[] = [];
  for await (const events of tape.read(snapshotSeq + 1)) {
    if (signal.aborted) return { snapshotSeq, repeated, caughtUp };
    waiting.push(...events);
    if (waiting.length >= options.batchEvents) {
      await replay(waiting);
      waiting = [];
    }
  }
  if (waiting.length > 0) await replay(waiting);
  await writer.flush();
  return { snapshotSeq, repeated, caughtUp };
}

async function usableSnapshot(options: RecoveryOptions): Promise<LoadedSnapshot | undefined> {
  const { snapshots, checkpoint, tape, configHash, log } = options;
  const snapshot = await snapshots?.load(checkpoint);
  if (snapshot === undefined || snapshot.header.configHash === configHash) return snapshot;
  log.warn(
    'plugins, their versions or their configurations have changed since the snapshot: the tape is computed anew',
    {
      snapshot: snapshot.header.seq,
      from: tape.firstSeq,
    },
  );
  return undefined;
}
