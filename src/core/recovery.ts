import type { Logger } from '../plugin-api/index.ts';
import { InvariantError, UserError } from './errors.ts';
import type { TapeEvent } from './event.ts';
import type { LoadedSnapshot, Snapshots } from './snapshots.ts';
import type { TapeOfStore } from './store/tape-of-store.ts';
import type { Tape } from './tape/tape.ts';
import type { Writer } from './writer.ts';

export interface RecoveryOptions {
  readonly tape: Tape;
  /** Seq of the last event whose outputs the store has. */
  readonly checkpoint: number;
  readonly writer: Writer;
  readonly snapshots: Snapshots | undefined;
  readonly configHash: string;
  /** Whether a database may be made of what a tape still holds, when its beginning is gone. Default false. */
  readonly acceptIncomplete?: boolean;
  /** What the database knows of its tape; undefined for one that is made once and left. */
  readonly tapeOfStore?: TapeOfStore | undefined;
  /** The latest rows in the database, which other plugins may have made; undefined where they are made once and left. */
  readonly rowsOfStore?: RowsOfStore | undefined;
  readonly batchEvents: number;
  /** Puts the state of a snapshot in place. */
  readonly restore: (snapshot: LoadedSnapshot) => void;
  /** Told of each event on the tape after the snapshot. */
  readonly recall: (event: TapeEvent) => void;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: { readonly seq: number; readonly lastSeq: number }) => void;
}

/** The latest rows that a database holds. */
export interface RowsOfStore {
  /** By which plugins, versions and configurations they were made; undefined for an empty database. */
  analysis(): Promise<string | undefined>;
  /** Has them be those that the pipeline stands at. When they are not `complete`, only those that are missing are added. */
  reconcile(complete: boolean): Promise<void>;
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
 * Throws `TAPE_BEHIND_STORE` when the store has seen events that the tape does not hold, `TAPE_OF_ANOTHER_STORE` when it was made
 * from another tape, `TAPE_INCOMPLETE` when the tape has dropped events that the store has not seen. Nothing is changed then.
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
  await checkTape(options);
  const aside = (await snapshots?.setAside(tape)) ?? 0;
  if (aside > 0)
    log.warn('snapshots that are not of this tape were put aside', { aside, lastSeq: tape.lastSeq });
  const snapshot = await snapshots?.load({ atOrBelow: checkpoint, configHash: options.configHash });
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

  if (snapshot === undefined && checkpoint > 0) {
    log.warn(
      'there is no snapshot of these plugins, versions and configurations: the tape is computed anew',
      {
        from: tape.firstSeq,
      },
    );
  }
  writer.startAt({ checkpoint, pipelineSeq: snapshotSeq });
  // Note: what was computed before is not stored again, so rows of a plugin that is new or configured otherwise would be missing.
  const { rowsOfStore, configHash } = options;
  let reconciled = rowsOfStore === undefined || (await rowsOfStore.analysis()) === configHash;
  const reconcile = async (): Promise<void> => {
    if (reconciled) return;
    reconciled = true;
    await rowsOfStore?.reconcile(tape.firstSeq <= 1);
  };
  let repeated = 0;
  let caughtUp = 0;
  const replay = async (events: readonly TapeEvent[]): Promise<void> => {
    for (const event of events) options.recall(event);
    const split = events.findIndex(event => event.seq > checkpoint);
    const known = split === -1 ? events : events.slice(0, split);
    const fresh = split === -1 ? [] : events.slice(split);
    await writer.commit(known, { append: false, store: false });
    if (fresh.length > 0) await reconcile();
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
  await reconcile();
  await writer.flush();
  return { snapshotSeq, repeated, caughtUp };
}

/** Makes sure that the tape is the database's own, and that it has what the database lacks. */
async function checkTape(options: RecoveryOptions): Promise<void> {
  const { tape, checkpoint, tapeOfStore, acceptIncomplete } = options;
  const known = await tapeOfStore?.read();
  if (checkpoint > 0 && known !== undefined && known !== tape.id) {
    throw new UserError(
      'TAPE_OF_ANOTHER_STORE',
      `Expected the tape ${known}, which this database holds the results of up to event ${checkpoint}; found the tape ` +
        `${tape.id}. Nothing was changed. Point DATABASE_URL at the database of this tape or tape.folder (HYPERSONAR_TAPE) at ` +
        'the tape of this database, or give this tape an empty database. (If they do belong together and only the tape’s ' +
        `tape.json was lost, write {"id":"${known}"} into it.)`,
    );
  }
  if (tape.firstSeq > checkpoint + 1 && !acceptIncomplete) {
    throw new UserError(
      'TAPE_INCOMPLETE',
      `Expected a database that holds the results up to event ${tape.firstSeq - 1} at least, since the tape begins after it; ` +
        `found one that ${checkpoint === 0 ? 'is empty' : `ends at event ${checkpoint}`}. Nothing was changed. Point ` +
        'DATABASE_URL at the database that belongs to this tape, or restore it from a backup. If it is lost, move the tape’s ' +
        'folder away to begin anew from the sources, or start with tape.skipCorrupt (HYPERSONAR_TAPE_SKIP_CORRUPT=true) to ' +
        'compute what the tape still holds, as if nothing had been before.',
    );
  }
  if (known !== tape.id) await tapeOfStore?.write(tape.id);
}
