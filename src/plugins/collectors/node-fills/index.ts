import { z } from 'zod';
import {
  type CollectorContext,
  type Draft,
  defineCollector,
  fill,
  order,
  trade,
} from '../../../plugin-api/index.ts';
import { asDrafts, type Collected } from '../hyperliquid-messages/collected.ts';
import { scanFillLine } from '../hyperliquid-messages/fill-line.ts';
import { decodeNodeLine } from '../hyperliquid-messages/node-lines.ts';
import { eachFile, lineJudge } from '../source-files/line-judge.ts';
import { byName, listFiles, type SourceFile } from '../source-files/list-files.ts';
import { readLines } from '../source-files/read-lines.ts';
import { cursorOf, fillAvailabilityMs, sourceSettings, sourceTag } from '../source-files/source-config.ts';
import { arrangeNodeFills } from './arrange.ts';
import { type NodeCursor, readNodeCursor } from './cursor.ts';

const config = z.strictObject({
  ...sourceSettings,
  /** How long after it happened a fill could first be known, for lines that do not say when the node saw them. */
  availabilityMs: z.number().int().min(0).default(fillAvailabilityMs),
  /** Makes a trade, besides the two fills, where both halves are in the source. */
  trades: z.boolean().default(true),
  /** Puts fills of one wallet, coin and millisecond in the order that their start positions tell. */
  orderByStartPosition: z.boolean().default(true),
});

type Config = z.infer<typeof config>;
type Emitted = typeof fill | typeof trade | typeof order;

/** Lines that follow each other with the same time are handled together, up to this many drafts. */
const largestGroup = 100_000;

/** Brings the fills that a node writes, live or from its archive. */
export const nodeFills = defineCollector({
  id: 'node-fills',
  version: '1.0.0',
  api: '^1.0.0',
  doc: "Reads a node's fills, by line or by block, from plain, gzip, Zstandard or LZ4 files.",
  config,
  emits: [fill, trade, order],
  availability: 'declared',
  collect,
});

async function* collect(ctx: CollectorContext<Config>): AsyncGenerator<readonly Draft<Emitted>[]> {
  const { path } = ctx.config;
  if (path === undefined) return;
  const listed = await listFiles(path);
  const tag = sourceTag(path);
  const text = cursorOf(ctx.cursor, tag);
  const from = text === undefined ? undefined : readNodeCursor(text);
  const reading: Reading = { tag, from, done: 0, total: listed.bytes, latest: from?.tsIngest ?? 0 };
  yield* eachFile(ctx, listed, file => readFile(ctx, file, reading));
}

interface Reading {
  readonly tag: string;
  readonly from: NodeCursor | undefined;
  /** Bytes of the files before the present one. */
  done: number;
  readonly total: number;
  /** The latest `tsIngest` so far: what a node wrote later was not known earlier. */
  latest: number;
}

async function* readFile(
  ctx: CollectorContext<Config>,
  file: SourceFile,
  reading: Reading,
): AsyncGenerator<readonly Draft<Emitted>[]> {
  const { from } = reading;
  const order = from === undefined ? 1 : byName(file.name, from.file);
  if (order < 0) {
    reading.done += file.bytes;
    return;
  }
  const resumed = order === 0 ? from : undefined;
  const judge = lineJudge(ctx, {
    path: file.path,
    malformedShare: ctx.config.malformedShare,
    expected: 'lines such as ["0x…",{"coin":…}] or {"block_time":…,"events":[…]}',
  });
  let skipped = resumed?.index ?? 0;
  let group: Collected[] = [];
  let groupLine = 0;
  let groupTime = Number.NaN;
  let seenAt = 0;
  let ready: Collected[] = [];
  const closeGroup = () => {
    if (group.length === 0) return;
    const drafts = arrangeNodeFills(group, ctx.config);
    const tsIngest = Math.max(reading.latest, seenAt);
    reading.latest = tsIngest;
    const place = `${reading.tag}|${file.name}|${groupLine}:`;
    for (let index = 0; index < drafts.length; index++) {
      const draft = drafts[index] as Collected;
      draft.tsIngest = tsIngest;
      draft.cursor = `${place}${index + 1}@${tsIngest}`;
      if (index >= skipped) ready.push(draft);
    }
    skipped = 0;
    group = [];
    seenAt = 0;
  };
  const onDamage = (line: number, reason: string) => ctx.reject({ source: file.path, line, reason });
  const skip = resumed === undefined ? 0 : resumed.line - 1;
  for await (const batch of readLines(file, { signal: ctx.signal, onDamage, skip })) {
    for (let offset = 0; offset < batch.lines.length; offset++) {
      const text = batch.lines[offset] as string;
      if (text === '') continue;
      const line = batch.first + offset;
      const decoded = decodeText(text);
      if (typeof decoded === 'string') {
        judge.bad(line, decoded);
        continue;
      }
      let good = decoded.drafts.length === 0;
      for (const draft of decoded.drafts) {
        if (typeof draft === 'string') {
          if (decoded.drafts.length === 1) judge.bad(line, draft);
          else ctx.reject({ source: file.path, line, reason: draft });
          continue;
        }
        if (!good) {
          good = true;
          // Note: a group begins with a line, so that a cursor can name it by that line.
          if (draft.tsEvent !== groupTime || group.length >= largestGroup) {
            closeGroup();
            groupTime = draft.tsEvent;
            groupLine = line;
          }
        }
        group.push(draft);
        seenAt = Math.max(seenAt, decoded.seenAt ?? draft.tsEvent + ctx.config.availabilityMs);
      }
      if (good) judge.good();
      else if (decoded.drafts.length > 1) judge.bad(line, 'none of its events can be read');
    }
    judge.afterBatch();
    if (ready.length > 0) {
      yield asDrafts<Emitted>(ready);
      ready = [];
    }
    const done = reading.done + batch.bytesRead;
    ctx.progress({ source: ctx.config.path ?? file.path, done, total: reading.total, unit: 'bytes' });
  }
  if (ctx.signal.aborted) return;
  closeGroup();
  if (ready.length > 0) yield asDrafts<Emitted>(ready);
  reading.done += file.bytes;
  judge.atEnd();
}

function decodeText(text: string): ReturnType<typeof decodeNodeLine> {
  let parsed: unknown = scanFillLine(text);
  if (parsed !== undefined) return decodeNodeLine(parsed);
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'the line is not JSON';
  }
  return decodeNodeLine(parsed);
}
