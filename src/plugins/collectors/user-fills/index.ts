import { z } from 'zod';
import { type CollectorContext, type Draft, defineCollector, fill } from '../../../plugin-api/index.ts';
import { decodeUserFill } from '../hyperliquid-messages/fills.ts';
import { addressText } from '../hyperliquid-messages/values.ts';
import { emitSorted, readTimeCursor } from '../source-files/emit-sorted.ts';
import { orderByStartPosition } from '../source-files/fill-order.ts';
import { eachFile, lineJudge } from '../source-files/line-judge.ts';
import { listFiles, type SourceFile } from '../source-files/list-files.ts';
import { type Row, sortRows } from '../source-files/sorted-rows.ts';
import { fillAvailabilityMs, sortingSettings } from '../source-files/source-config.ts';
import { readAnswer } from './read-answer.ts';

const config = z.strictObject({
  ...sortingSettings,
  /** The wallet; default: what the file says, or the address in its name. */
  address: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}$/, 'expected 0x and 40 hexadecimal digits')
    .transform(text => text.toLowerCase())
    .optional(),
  /** How long after it happened a fill could first be known. */
  availabilityMs: z.number().int().min(0).default(fillAvailabilityMs),
  /** Puts fills of one wallet, coin and millisecond in the order that their start positions tell. */
  orderByStartPosition: z.boolean().default(true),
});

type Config = z.infer<typeof config>;

/** Elements of a file are numbered below this; together with the file's number they give the order within a millisecond. */
const elementsPerFile = 2 ** 36;

/** Brings the fills of accounts from answers of the exchange that were saved as files. */
export const userFills = defineCollector({
  id: 'user-fills',
  version: '1.0.0',
  api: '^1.0.0',
  doc: "Reads accounts' fills from saved `userFills` and `userTwapSliceFills` answers, oldest first.",
  config,
  emits: [fill],
  availability: 'declared',
  collect,
});

async function* collect(ctx: CollectorContext<Config>): AsyncGenerator<readonly Draft<typeof fill>[]> {
  const { path, availabilityMs } = ctx.config;
  if (path === undefined) return;
  const listed = await listFiles(path, name => /\.json(\.(gz|zst|lz4))?$/i.test(name));
  const from = readTimeCursor(ctx.cursor, path);
  const owners: (string | undefined)[] = [];
  let bytesBefore = 0;
  let sorted = 0;

  const readRows = async function* (file: SourceFile, index: number): AsyncGenerator<Row[]> {
    const judge = lineJudge(ctx, {
      path: file.path,
      malformedShare: ctx.config.malformedShare,
      expected: 'a list of fills, as `userFills` or `userTwapSliceFills` answer it',
    });
    const onDamage = (line: number, reason: string) => ctx.reject({ source: file.path, line, reason });
    let count = 0;
    for await (const batch of readAnswer(file, { signal: ctx.signal, onDamage })) {
      const owner = ctx.config.address ?? addressText(batch.user) ?? addressInName(file.name);
      owners[index] = owner;
      const rows: Row[] = [];
      for (const { line, value } of batch.elements) {
        count += 1;
        const decoded = value === undefined ? 'the element is not JSON' : decodeUserFill(owner, value);
        if (typeof decoded === 'string') {
          judge.bad(line, decoded);
          continue;
        }
        judge.good();
        const time = decoded.tsEvent + availabilityMs;
        // Note: an answer that is newest first also has the fills of one millisecond in reverse.
        const place = batch.newestFirst ? elementsPerFile - count : count;
        if (time >= from.time) {
          rows.push({ time, order: index * elementsPerFile + place, text: JSON.stringify(value) });
        }
      }
      judge.afterBatch();
      ctx.progress({ source: path, done: bytesBefore + batch.bytesRead, total: listed.bytes, unit: 'bytes' });
      yield rows;
    }
    bytesBefore += file.bytes;
    judge.atEnd();
  };

  const rows = sortRows(eachFile(ctx, listed, readRows), {
    memoryBytes: ctx.config.sortMemoryMb * 1024 * 1024,
    temporaryFolder: ctx.config.temporaryFolder,
    signal: ctx.signal,
    onSorted: total => {
      sorted = total;
    },
  });
  yield* emitSorted<typeof fill>(ctx, rows, {
    path,
    from,
    total: () => sorted,
    decode: row => {
      const decoded = decodeUserFill(owners[Math.floor(row.order / elementsPerFile)], JSON.parse(row.text));
      return typeof decoded === 'string' ? undefined : decoded;
    },
    ...(ctx.config.orderByStartPosition ? { arrange: orderByStartPosition } : {}),
  });
}

function addressInName(name: string): string | undefined {
  return addressText(/0x[0-9a-fA-F]{40}/.exec(name)?.[0]);
}
