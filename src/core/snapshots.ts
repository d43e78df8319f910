import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { zstdCompress, zstdDecompressSync } from 'node:zlib';
import type { Logger } from '../plugin-api/index.ts';

/** What a snapshot is of. */
export interface SnapshotHeader {
  /** The state is that after this event. */
  readonly seq: number;
  /** `tsIngest` of that event, in ms. */
  readonly tapeTime: number;
  /** Changes when another set of plugins, versions or configurations is planned. */
  readonly configHash: string;
}

/** A state at one place of the tape, in parts that were serialised when it was taken. */
export interface TakenSnapshot {
  readonly header: SnapshotHeader;
  readonly parts: readonly Uint8Array[];
}

export interface LoadedSnapshot {
  readonly header: SnapshotHeader;
  readonly parts: readonly unknown[];
}

/** Snapshots in a folder, the newest of which are kept. */
export interface Snapshots {
  /** Seqs of the snapshots present, ascending. */
  list(): Promise<number[]>;
  /** Writes a snapshot; it is there as a whole or not at all. Older ones than the newest `keep` go. */
  save(snapshot: TakenSnapshot): Promise<{ readonly bytes: number }>;
  /** The newest whole snapshot at or below a seq. A damaged one is reported to the log and passed over. */
  load(atOrBelow: number): Promise<LoadedSnapshot | undefined>;
  /** Removes those above a seq: the database that they belong to is gone. */
  dropAbove(seq: number): Promise<number>;
}

/** Serialises a state now, so that it may change afterwards. */
export function takeSnapshot(header: SnapshotHeader, parts: Iterable<unknown>): TakenSnapshot {
  return { header, parts: Array.from(parts, part => serialize(part)) };
}

const compress = promisify(zstdCompress);
const magic = 'hypersonar-snapshot 1';
const digestBytes = 32;

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
  const fileOf = (seq: number): string => path.join(folder, `${String(seq).padStart(16, '0')}.snapshot`);
  const list = async (): Promise<number[]> => {
    const names = await readdir(folder).catch(() => []);
    return names
      .map(name => /^(\d{16})\.snapshot$/.exec(name)?.[1])
      .filter(digits => digits !== undefined)
      .map(Number)
      .sort((a, b) => a - b);
  };

  return {
    list,
    async save({ header, parts }) {
      await mkdir(folder, { recursive: true });
      const file = fileOf(header.seq);
      const unfinished = `${file}.tmp`;
      const hash = createHash('sha256');
      const handle = await open(unfinished, 'w');
      let bytes = 0;
      const write = async (data: Uint8Array): Promise<void> => {
        hash.update(data);
        bytes += data.length;
        await handle.writeFile(data);
      };
      try {
        await write(Buffer.from(`${magic} ${JSON.stringify(header)}\n`));
        for (const part of parts) {
          const compressed = await compress(part);
          const length = Buffer.alloc(4);
          length.writeUInt32LE(compressed.length);
          await write(length);
          await write(compressed);
        }
        await handle.writeFile(hash.digest());
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(unfinished, file);
      for (const seq of (await list()).slice(0, -keep)) await rm(fileOf(seq), { force: true });
      return { bytes: bytes + digestBytes };
    },
    async load(atOrBelow) {
      for (const seq of (await list()).filter(seq => seq <= atOrBelow).reverse()) {
        const content = await readFile(fileOf(seq));
        try {
          return decodeSnapshot(content);
        } catch (error) {
          log.warn('a snapshot is damaged and is passed over; an older one or the tape itself is used', {
            file: fileOf(seq),
            error,
          });
        }
      }
      return undefined;
    },
    async dropAbove(seq) {
      const above = (await list()).filter(present => present > seq);
      for (const present of above) await rm(fileOf(present), { force: true });
      return above.length;
    },
  };
}

function decodeSnapshot(content: Buffer): LoadedSnapshot {
  const body = content.subarray(0, -digestBytes);
  const digest = createHash('sha256').update(body).digest();
  if (!digest.equals(content.subarray(-digestBytes)))
    throw new Error('Its checksum does not fit its content.');
  const lineEnd = body.indexOf(10);
  const line = body.toString('utf8', 0, lineEnd);
  if (!line.startsWith(`${magic} `)) throw new Error('It was written by another version.');
  const header = JSON.parse(line.slice(magic.length + 1)) as SnapshotHeader;
  const parts: unknown[] = [];
  for (let position = lineEnd + 1; position < body.length; ) {
    const length = body.readUInt32LE(position);
    const compressed = body.subarray(position + 4, position + 4 + length);
    parts.push(deserialize(zstdDecompressSync(compressed)));
    position += 4 + length;
  }
  return { header, parts };
}
