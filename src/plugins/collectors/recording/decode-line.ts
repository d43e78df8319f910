import {
  type CandleCompletion,
  type CandleDraft,
  candleCompletion,
} from '../hyperliquid-messages/candles.ts';
import { decodeChannel, isChannel } from '../hyperliquid-messages/channels.ts';
import type { Collected } from '../hyperliquid-messages/collected.ts';
import { isObject, type JsonObject, shown, wholeNumber } from '../hyperliquid-messages/values.ts';
import { decodePayload, eventOfStream } from './payloads.ts';

/** An interval in which the recording itself says that events may be missing. */
export interface RecordedGap {
  readonly stream: string;
  readonly key?: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

/** What a line of a recording came to. */
export interface RecordedLine {
  readonly ts: number;
  readonly drafts: readonly Collected[];
  /** Why parts of the line, or all of it, have no draft. */
  readonly problems: readonly string[];
  readonly gap?: RecordedGap;
  /** A stream that is neither an event nor a channel of the exchange. */
  readonly unknownStream?: string;
}

export interface LineDecoder {
  /** Decodes a line, or says why it is not a line of a recording. */
  decode(text: string): RecordedLine | string;
  /** Takes note of the time of a line that is passed over. */
  pass(ts: number): void;
  /** The candles that are complete when the recording ends at `ts`. */
  end(ts: number): readonly Collected[];
}

/** Decodes the lines of one file of a recording, in order: candles of the exchange's stream are complete only later. */
export function lineDecoder({ wholeAccounts = false } = {}): LineDecoder {
  const candles = candleCompletion();
  return {
    decode(text) {
      let line: unknown;
      try {
        line = JSON.parse(text);
      } catch {
        return 'the line is not JSON';
      }
      return isObject(line)
        ? decodeEnvelope(line, candles, wholeAccounts)
        : `a line must be an object; found ${shown(line)}`;
    },
    pass: ts => {
      candles.complete(ts);
    },
    end: ts => candles.complete(ts) as unknown as readonly Collected[],
  };
}

function decodeEnvelope(
  line: JsonObject,
  candles: CandleCompletion,
  isWholeAccount: boolean,
): RecordedLine | string {
  const ts = wholeNumber(line.ts);
  if (ts === undefined) return `\`ts\` must be whole milliseconds; found ${shown(line.ts)}`;
  if (typeof line.stream !== 'string') return `\`stream\` must be a name; found ${shown(line.stream)}`;
  const done = candles.complete(ts) as unknown as Collected[];
  if (line.stream.startsWith('core.')) return { ts, drafts: done, problems: [], ...gapOf(line) };
  const { stream, data } = unwrapped(line.stream, line.data);
  const ref = eventOfStream(stream);
  // Note: `candle` is both an event and a channel; the exchange's own candles are told by their short names.
  if (ref !== undefined && !(stream === 'candle' && isRawCandle(data))) {
    const draft = decodePayload(ref, data, { ...line, ts });
    return typeof draft === 'string'
      ? { ts, drafts: done, problems: [draft] }
      : { ts, drafts: done.length === 0 ? [draft] : [...done, draft], problems: [] };
  }
  if (!isChannel(stream)) return { ts, drafts: done, problems: [], unknownStream: stream };
  const drafts = done;
  const problems: string[] = [];
  for (const decoded of decodeChannel(stream, data, { receivedAt: ts, user: line.user, isWholeAccount })) {
    if (typeof decoded === 'string') problems.push(decoded);
    else if (stream === 'candle') candles.update(decoded as unknown as CandleDraft);
    else drafts.push(decoded);
  }
  if (stream === 'candle') drafts.push(...(candles.complete(ts) as unknown as Collected[]));
  return { ts, drafts, problems };
}

/** A message may be recorded whole, `{"channel":…,"data":…}`, or only its data. */
function unwrapped(stream: string, data: unknown): { stream: string; data: unknown } {
  return isObject(data) && typeof data.channel === 'string' && 'data' in data
    ? { stream: data.channel, data: data.data }
    : { stream, data };
}

function isRawCandle(data: unknown): boolean {
  const first: unknown = Array.isArray(data) ? data[0] : data;
  return isObject(first) && !('openTime' in first) && 't' in first;
}

function gapOf(line: JsonObject): { gap?: RecordedGap } {
  const { data } = line;
  if (line.stream !== 'core.gap' || !isObject(data) || data.healed === true) return {};
  const from = wholeNumber(data.from);
  const to = wholeNumber(data.to);
  if (typeof data.stream !== 'string' || from === undefined || to === undefined) return {};
  const scope = typeof data.scope === 'string' ? { key: data.scope } : {};
  const reason = typeof data.reason === 'string' ? data.reason : 'recorded as a gap';
  return { gap: { stream: data.stream, ...scope, from, to, reason } };
}
