import { z } from 'zod';
import { type CollectorContext, type Draft, defineCollector } from '../../../plugin-api/index.ts';
import { asDrafts, type Collected } from '../hyperliquid-messages/collected.ts';
import { readTimeCursor, timeCursors } from '../source-files/emit-sorted.ts';
import { listFiles, type SourceFile } from '../source-files/list-files.ts';
import { mergeSorted, type SortedSource } from '../source-files/merge-sorted.ts';
import { readLines } from '../source-files/read-lines.ts';
import { sourceSettings } from '../source-files/source-config.ts';
import { pacing } from './pacing.ts';
import { recordedEvents } from './payloads.ts';
import { type RecordedItem, type Recording, readRecordingFile } from './read-file.ts';

const config = z.strictObject({
  ...sourceSettings,
  /** `max` for as fast as possible, 1 for real time, 60 for a minute in each second. */
  speed: z.union([z.literal('max'), z.number().positive()]).default('max'),
  /**
   * Whether the recorded wallets hold nothing outside of the main exchange: then the account values of `clearinghouseState` are
   * their equity.
   */
  wholeAccounts: z.boolean().default(false),
});

type Config = z.infer<typeof config>;
type Emitted = (typeof recordedEvents)[number];

const recordingName = /\.(jsonl|ndjson)(\.(gz|zst|lz4))?$/i;

/** Replays a recording as if it were live: every stream in it, merged by the time of receipt. */
export const recording = defineCollector({
  id: 'recording',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Replays a recording, a folder of JSON Lines files or one file, at any speed.',
  config,
  emits: recordedEvents,
  availability: 'declared',
  collect,
});

async function* collect(ctx: CollectorContext<Config>): AsyncGenerator<readonly Draft<Emitted>[]> {
  const { path, speed } = ctx.config;
  if (path === undefined) return;
  const listed = await listFiles(path, name => recordingName.test(name));
  const state: Recording = {
    path,
    from: readTimeCursor(ctx.cursor, path),
    totalBytes: listed.bytes,
    bytesRead: 0,
    isFolder: listed.isFolder,
    refused: undefined,
    accepted: 0,
    unknownStreams: new Map(),
  };
  const stamp = timeCursors(path, state.from);
  const wait = speed === 'max' ? undefined : pacing(ctx, speed);
  const sources = await Promise.all(listed.files.map(file => sourceOf(ctx, file, state)));
  for await (const items of mergeSorted<RecordedItem>(sources, (a, b) => a.time < b.time)) {
    if (ctx.signal.aborted) return;
    let ready: Collected[] = [];
    let readyTime: number | undefined;
    for (const { time, draft } of items) {
      draft.tsIngest = time;
      if (!stamp(draft, time)) continue;
      if (wait !== undefined && time !== readyTime) {
        if (ready.length > 0) yield asDrafts<Emitted>(ready);
        ready = [];
        await wait(time);
        if (ctx.signal.aborted) return;
        readyTime = time;
      }
      ready.push(draft);
    }
    if (ready.length > 0) yield asDrafts<Emitted>(ready);
  }
  for (const [stream, count] of state.unknownStreams) {
    ctx.log.warn('lines of an unknown stream were left out', { stream, count });
  }
  if (state.refused !== undefined && state.accepted === 0) throw state.refused;
}

/** A file as a source to merge; it is opened for good when its first time of receipt is due. */
async function sourceOf(
  ctx: CollectorContext<Config>,
  file: SourceFile,
  state: Recording,
): Promise<SortedSource<RecordedItem>> {
  return { first: await firstItem(file), open: () => readRecordingFile(ctx, file, state) };
}

/** Stands for a file until it is opened: only its time is looked at. */
async function firstItem(file: SourceFile): Promise<RecordedItem | undefined> {
  for await (const { lines } of readLines(file)) {
    const first = lines.find(line => line !== '');
    if (first === undefined) continue;
    const time = /"ts"\s*:\s*(\d{1,16})/.exec(first)?.[1];
    return { time: time === undefined ? 0 : Number(time), draft: undefined as never };
  }
  return { time: 0, draft: undefined as never };
}
