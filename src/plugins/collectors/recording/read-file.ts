import { type CollectorContext, PluginError } from '../../../plugin-api/index.ts';
import type { Collected } from '../hyperliquid-messages/collected.ts';
import type { TimeCursor } from '../source-files/emit-sorted.ts';
import { type LineJudge, lineJudge } from '../source-files/line-judge.ts';
import type { SourceFile } from '../source-files/list-files.ts';
import { readLines } from '../source-files/read-lines.ts';
import { lineDecoder } from './decode-line.ts';

/** A draft and the time at which it was received. */
export interface RecordedItem {
  readonly time: number;
  readonly draft: Collected;
}

/** What the files of one recording share while they are read. */
export interface Recording {
  readonly path: string;
  readonly from: TimeCursor;
  readonly totalBytes: number;
  bytesRead: number;
  readonly isFolder: boolean;
  /** Why a file was refused, if one was. */
  refused: PluginError | undefined;
  accepted: number;
  readonly unknownStreams: Map<string, number>;
}

type Reports = Pick<
  CollectorContext<{ readonly malformedShare: number; readonly wholeAccounts: boolean }>,
  'config' | 'signal' | 'log'
> &
  Pick<CollectorContext<unknown>, 'progress' | 'reject' | 'gap'>;

/**
 * Reads one file in the order of its lines. A line that was received earlier than the one before it, by a clock that was set
 * back, takes that one's time: the order of a recording is the order in which it was written.
 */
export async function* readRecordingFile(
  ctx: Reports,
  file: SourceFile,
  recording: Recording,
): AsyncGenerator<readonly RecordedItem[]> {
  const judge = lineJudge(ctx, {
    path: file.path,
    malformedShare: ctx.config.malformedShare,
    expected: 'lines such as {"ts":1700000000000,"stream":"trades","data":…}',
  });
  try {
    yield* readItems(ctx, file, recording, judge);
    recording.accepted += 1;
  } catch (error) {
    if (!(error instanceof PluginError) || !recording.isFolder) throw error;
    recording.refused ??= error;
    ctx.reject({ source: file.path, reason: error.message });
  }
}

async function* readItems(
  ctx: Reports,
  file: SourceFile,
  recording: Recording,
  judge: LineJudge,
): AsyncGenerator<readonly RecordedItem[]> {
  const decoder = lineDecoder(ctx.config);
  const onDamage = (line: number, reason: string) => ctx.reject({ source: file.path, line, reason });
  let time = 0;
  let fileBytes = 0;
  for await (const batch of readLines(file, { signal: ctx.signal, onDamage })) {
    const items: RecordedItem[] = [];
    for (const [offset, text] of batch.lines.entries()) {
      if (text === '') continue;
      const coveredAt = timeOfCovered(text, recording.from.time, time);
      if (coveredAt !== undefined) {
        decoder.pass(coveredAt);
        time = Math.max(time, coveredAt);
        continue;
      }
      const line = batch.first + offset;
      const decoded = decoder.decode(text);
      if (typeof decoded === 'string') {
        judge.bad(line, decoded);
        continue;
      }
      time = Math.max(time, decoded.ts);
      const covered = time < recording.from.time;
      if (decoded.unknownStream !== undefined) noteUnknown(ctx, recording, file, line, decoded.unknownStream);
      if (decoded.gap !== undefined && !covered) ctx.gap(decoded.gap);
      const [problem] = decoded.problems;
      if (problem !== undefined && decoded.drafts.length === 0) judge.bad(line, decoded.problems.join('; '));
      else {
        judge.good();
        for (const reason of decoded.problems) ctx.reject({ source: file.path, line, reason });
      }
      if (!covered) for (const draft of decoded.drafts) items.push({ time, draft });
    }
    judge.afterBatch();
    recording.bytesRead += batch.bytesRead - fileBytes;
    fileBytes = batch.bytesRead;
    ctx.progress({
      source: recording.path,
      done: recording.bytesRead,
      total: recording.totalBytes,
      unit: 'bytes',
    });
    yield items;
  }
  if (ctx.signal.aborted) return;
  if (time >= recording.from.time) yield decoder.end(time).map(draft => ({ time, draft }));
  judge.atEnd();
}

const leadingTime = /^\{"ts":(\d{1,16}),"stream":"([^"]*)"/;

/**
 * When a line was received, if that is before `from`, told without decoding it. Candles of the exchange's stream are always
 * decoded: what they tell is due only later.
 */
function timeOfCovered(text: string, from: number, latest: number): number | undefined {
  if (latest >= from) return undefined;
  const parts = leadingTime.exec(text);
  const ts = Number(parts?.[1]);
  return parts !== null && ts < from && parts[2] !== 'candle' ? ts : undefined;
}

function noteUnknown(
  ctx: Reports,
  recording: Recording,
  file: SourceFile,
  line: number,
  stream: string,
): void {
  const before = recording.unknownStreams.get(stream) ?? 0;
  recording.unknownStreams.set(stream, before + 1);
  if (before > 0) return;
  const reason = `"${stream}" is neither a standard event nor a channel of the exchange; its lines are left out`;
  ctx.reject({ source: file.path, line, reason });
}
