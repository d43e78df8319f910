import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compressFrameSync } from 'lz4-napi';
import type { Block } from '../state/exchange-state.ts';
import { isoTime, type NodeFileKind, nodeEvents, nodeFileKinds } from './lines.ts';

export interface NodeFileOptions {
  /** All by default. */
  readonly kinds?: readonly NodeFileKind[];
  /** `lines` (one per event), `blocks` (one per block, folders with `_by_block`), or both; both by default. */
  readonly form?: 'lines' | 'blocks' | 'both';
  /** Whether files of blocks are LZ4 frames, as the archive keeps them; they are then written when their hour has ended. */
  readonly lz4?: boolean;
  /** How much later than a block its node writes it: from, to. Default 150 to 450 ms. */
  readonly delayMs?: readonly [number, number];
}

/** Writes the files that a node writes. */
export interface NodeFileWriter {
  readonly folder: string;
  write(block: Block): void;
  /** Ends all files; returns their paths, relative to the folder, with the number of lines of each. */
  close(): Record<string, number>;
}

/**
 * Writes a node's files below a folder: `node_fills/hourly/20261120/7`, `node_fills_by_block/hourly/20261120/7` and so on, in the
 * form in which a node writes them. Hours are cut by the node's clock, so that the last events of an hour may stand in the next
 * hour's file.
 */
export function createNodeFileWriter(
  folder: string,
  { kinds = nodeFileKinds, form = 'both', lz4 = false, delayMs = [150, 450] }: NodeFileOptions = {},
): NodeFileWriter {
  const lines = new Map<string, number>();
  const open = new Map<string, string[]>();
  const root = path.resolve(folder);
  mkdirSync(root, { recursive: true });

  function append(file: string, texts: readonly string[]): void {
    const known = lines.get(file);
    if (known === undefined) mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    lines.set(file, (known ?? 0) + texts.length);
    if (file.endsWith('.lz4')) {
      const waiting = open.get(file) ?? [];
      open.set(file, waiting);
      waiting.push(...texts);
    } else appendFileSync(path.join(root, file), `${texts.join('\n')}\n`);
  }

  function seal(keep: string | undefined): void {
    for (const [file, texts] of open) {
      if (keep !== undefined && file.endsWith(keep)) continue;
      writeFileSync(path.join(root, file), compressFrameSync(Buffer.from(`${texts.join('\n')}\n`)));
      open.delete(file);
    }
  }

  return {
    folder: root,
    write(block) {
      const seen = block.time + delayOf(block.height, delayMs);
      const hour = hourOf(seen);
      for (const kind of kinds) {
        const events = nodeEvents(kind, block);
        if (events.length === 0) continue;
        if (form !== 'blocks')
          append(
            `${kind}/hourly/${hour}`,
            events.map(event => JSON.stringify(event)),
          );
        if (form === 'lines') continue;
        const line = {
          local_time: isoTime({ time: seen, height: block.height }),
          block_time: isoTime(block),
          block_number: block.height,
          events,
        };
        append(`${kind}_by_block/hourly/${hour}${lz4 ? '.lz4' : ''}`, [JSON.stringify(line)]);
      }
      if (open.size > 0) seal(`${hour}.lz4`);
    },
    close() {
      seal(undefined);
      return Object.fromEntries(lines);
    },
  };
}

/** Such as `20261120/7`: the hour has no leading zero. */
function hourOf(time: number): string {
  const date = new Date(time);
  return `${date.toISOString().slice(0, 10).replaceAll('-', '')}/${date.getUTCHours()}`;
}

/** Another for each block, the same at each run. */
function delayOf(height: number, [from, to]: readonly [number, number]): number {
  return Math.round(from + (((height * 2_654_435_761) % 1_000) / 1_000) * (to - from));
}
