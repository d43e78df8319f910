import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '../plugin-api/index.ts';
import {
  type LoadedSnapshot,
  readSnapshotFile,
  readSnapshotHeader,
  type SnapshotHeader,
  writeSnapshotFile,
} from './snapshots/file.ts';
import { syncFolder } from './tape/closed-segment.ts';

export type { LoadedSnapshot, SnapshotHeader } from './snapshots/file.ts';

/** Snapshots of states of one tape in a folder, the newest of which are kept for each configuration. */
export interface Snapshots {
  /** Seqs of the snapshots of a configuration, ascending. */
  list(configHash: string): Promise<number[]>;
  /**
   * Takes a state, part by part, and writes it beside the snapshots; it is none before it is finished. The state must stand still
   * until this resolves.
   */
  write(header: SnapshotHeader, parts: Iterable<unknown>): Promise<UnfinishedSnapshot>;
  /** The newest whole snapshot of a configuration at or below a seq. A damaged one is reported to the log and passed over. */
  load(wanted: {
    readonly atOrBelow: number;
    readonly configHash: string;
  }): Promise<LoadedSnapshot | undefined>;
  /** Puts aside, as `*.aside`, what is not of this tape: of another one, or of events that it has lost. Returns how many. */
  setAside(tape: { readonly id: string; readonly lastSeq: number }): Promise<number>;
  /** Removes snapshots of other configurations that a tape that begins at `firstSeq` cannot be gone on with from. */
  expire(options: { readonly configHash: string; readonly firstSeq: number }): Promise<void>;
}

export interface UnfinishedSnapshot {
  /**
   * Makes it a snapshot, at once and as a whole, when all of it is written; answers its size in bytes. Older ones of its
   * configuration than the newest `keep` go.
   */
  finish(): Promise<number>;
}

interface Present {
  readonly seq: number;
  /** Of its configuration. */
  readonly tag: string;
  readonly file: string;
}

export function openSnapshots({
  folder,
  keep = 2,
  log,
}: {
  readonly folder: string;
  /** Default 2. */
  readonly keep?: number;
  readonly log: Logger;
}): Snapshots {
  const names = (): Promise<string[]> => readdir(folder).catch(() => []);
  const present = async (): Promise<Present[]> =>
    (await names())
      .flatMap(name => {
        const [, seq, tag] = /^(\d{16})-([0-9a-f]{12})\.snapshot$/.exec(name) ?? [];
        return seq === undefined ? [] : [{ seq: Number(seq), tag: tag!, file: path.join(folder, name) }];
      })
      .sort((a, b) => a.seq - b.seq);
  const presentOf = async (configHash: string): Promise<Present[]> => {
    const tag = tagOf(configHash);
    return (await present()).filter(snapshot => snapshot.tag === tag);
  };

  return {
    list: async configHash => (await presentOf(configHash)).map(({ seq }) => seq),
    async write(header, parts) {
      await mkdir(folder, { recursive: true });
      for (const name of await names()) {
        if (name.endsWith('.tmp')) await rm(path.join(folder, name), { force: true });
      }
      const name = `${String(header.seq).padStart(16, '0')}-${tagOf(header.configHash)}.snapshot`;
      const file = path.join(folder, name);
      const { written } = await writeSnapshotFile(`${file}.tmp`, header, parts);
      return {
        async finish() {
          const bytes = await written;
          await rename(`${file}.tmp`, file);
          await syncFolder(folder);
          // Note: those above are of the same tape, and good again once a database that is being made anew has come so far.
          const older = (await presentOf(header.configHash)).filter(({ seq }) => seq <= header.seq);
          for (const snapshot of older.slice(0, -keep)) await rm(snapshot.file, { force: true });
          return bytes;
        },
      };
    },
    async load({ atOrBelow, configHash }) {
      const candidates = (await presentOf(configHash)).filter(({ seq }) => seq <= atOrBelow);
      for (const { file } of candidates.reverse()) {
        try {
          const snapshot = await readSnapshotFile(file);
          if (snapshot.header.configHash === configHash) return snapshot;
        } catch (error) {
          log.warn('a snapshot is damaged and is passed over; an older one or the tape itself is used', {
            file,
            error,
          });
        }
      }
      return undefined;
    },
    async setAside(tape) {
      let count = 0;
      for (const { seq, file } of await present()) {
        // Note: one that cannot be read is reported when it is loaded.
        const header = await readSnapshotHeader(file).catch(() => undefined);
        const isOfTape = header === undefined || header.tape === tape.id;
        if (isOfTape && seq <= tape.lastSeq) continue;
        await rename(file, `${file}.aside`);
        count++;
      }
      return count;
    },
    async expire({ configHash, firstSeq }) {
      const tag = tagOf(configHash);
      for (const snapshot of await present()) {
        if (snapshot.tag !== tag && snapshot.seq + 1 < firstSeq) await rm(snapshot.file, { force: true });
      }
    },
  };
}

/** A configuration's part of a file name. */
function tagOf(configHash: string): string {
  return createHash('sha256').update(configHash).digest('hex').slice(0, 12);
}
