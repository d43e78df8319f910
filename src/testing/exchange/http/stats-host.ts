import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ExchangeState } from '../state/exchange-state.ts';

/** The files of the stats host, made now and then, as text and compressed. */
export interface StatsHost {
  leaderboard(compressed: boolean): Promise<Buffer>;
  vaults(compressed: boolean): Promise<Buffer>;
}

interface StaticFile {
  readonly madeAt: number;
  readonly plain: Buffer;
  zipped?: Promise<Buffer>;
}

const zip = promisify(gzip);
/** Rows that are written in one go, so that 50,000 of them do not hold up the sockets. */
const rowsAtOnce = 500;

/** @param maxAgeMs - How old a file may be before it is made anew. */
export function createStatsHost(state: ExchangeState, maxAgeMs: number): StatsHost {
  const files = new Map<string, Promise<StaticFile>>();

  async function fileOf(name: string, make: () => Promise<Buffer>): Promise<StaticFile> {
    const known = await files.get(name);
    if (known !== undefined && performance.now() - known.madeAt < maxAgeMs) return known;
    const making = make().then(plain => ({ madeAt: performance.now(), plain }));
    files.set(name, making);
    making.catch(() => files.delete(name));
    return making;
  }

  async function read(file: StaticFile, compressed: boolean): Promise<Buffer> {
    if (!compressed) return file.plain;
    file.zipped ??= zip(file.plain, { level: 1 });
    return file.zipped;
  }

  return {
    async leaderboard(compressed) {
      const file = await fileOf('leaderboard', async () => {
        const { leaderboardRows } = state.leaderboard() as { readonly leaderboardRows: readonly unknown[] };
        return Buffer.concat([
          Buffer.from('{"leaderboardRows":'),
          await arrayText(leaderboardRows),
          Buffer.from('}'),
        ]);
      });
      return read(file, compressed);
    },
    async vaults(compressed) {
      return read(await fileOf('vaults', () => arrayText(state.vaults() as readonly unknown[])), compressed);
    },
  };
}

/** The JSON of an array, made piece by piece. */
async function arrayText(rows: readonly unknown[]): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    const piece = JSON.stringify(rows.slice(start, start + rowsAtOnce)).slice(1, -1);
    pieces.push(Buffer.from(start === 0 ? piece : `,${piece}`));
    await new Promise(resolve => setImmediate(resolve));
  }
  return Buffer.concat([Buffer.from('['), ...pieces, Buffer.from(']')]);
}
