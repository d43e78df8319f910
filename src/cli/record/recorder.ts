import type { SocketPool } from '../../plugins/collectors/hyperliquid-connection/socket-types.ts';
import { createPartWriter, type PartWriter } from './part-writer.ts';
import type { RecordedStream, RecordedSubscription } from './streams.ts';

/** A hole in a recording, as it is written into it. */
export interface RecordedHole {
  readonly stream: string;
  readonly scope: string | null;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  readonly healed: boolean;
}

export interface StreamCounts {
  readonly stream: string;
  readonly subscriptions: number;
  readonly messages: number;
  /** Trades, fills and whatever else comes as lists; else messages. */
  readonly items: number;
  /** Messages that found no room, since the disk did not keep up. */
  readonly dropped: number;
  readonly bytes: number;
  readonly files: readonly string[];
}

/** Writes what the exchange's sockets bring, as it comes. */
export interface Recorder {
  readonly holes: readonly RecordedHole[];
  counts(): readonly StreamCounts[];
  /** Notes a hole in a stream. */
  hole(hole: RecordedHole): void;
  /** Writes what waits. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface RecorderOptions {
  readonly pool: Pick<SocketPool, 'subscribe'>;
  readonly subscriptions: readonly RecordedSubscription[];
  readonly folder: string;
  readonly compressed: boolean;
  readonly partBytes: number;
  readonly mostWaiting: number;
  readonly now: () => number;
}

interface Recorded {
  readonly stream: RecordedStream;
  readonly writer: PartWriter;
  subscriptions: number;
  messages: number;
  items: number;
  dropped: number;
  /** Since when messages find no room. */
  fullSince: number | undefined;
}

export function createRecorder(options: RecorderOptions): Recorder {
  const { now } = options;
  const holes: RecordedHole[] = [];
  const writerOf = (name: string): PartWriter => createPartWriter({ ...options, name });
  const gapWriter = writerOf('gaps');
  const recorded = new Map<string, Recorded>();

  const hole = (found: RecordedHole): void => {
    holes.push(found);
    gapWriter.add(JSON.stringify({ ts: now(), stream: 'core.gap', data: found }), now());
  };

  const take = (to: Recorded, { key }: RecordedSubscription, data: unknown, at: number): void => {
    const { name, per, event } = to.stream;
    const user = per === 'user' ? { user: key } : {};
    if (!to.writer.add(JSON.stringify({ ts: at, stream: name, data, ...user }), at)) {
      to.dropped++;
      to.fullSince ??= at;
      return;
    }
    to.messages++;
    to.items += Array.isArray(data) ? data.length : 1;
    if (to.fullSince === undefined) return;
    const reason = 'the disk did not keep up';
    hole({ stream: event, scope: null, from: to.fullSince, to: at, reason, healed: false });
    to.fullSince = undefined;
  };

  for (const wanted of options.subscriptions) {
    const { stream, key, subscription } = wanted;
    const to = recorded.get(stream.name) ?? {
      stream,
      writer: writerOf(stream.name),
      subscriptions: 0,
      messages: 0,
      items: 0,
      dropped: 0,
      fullSince: undefined,
    };
    recorded.set(stream.name, to);
    to.subscriptions++;
    options.pool.subscribe(subscription, {
      data: (data, at) => take(to, wanted, data, at),
      outage: ({ from, to, reason }) =>
        hole({ stream: stream.event, scope: key ?? null, from, to, reason, healed: false }),
    });
  }

  const writers = [gapWriter, ...[...recorded.values()].map(({ writer }) => writer)];
  return {
    holes,
    counts: () =>
      [...recorded.values()].map(({ stream, writer, subscriptions, messages, items, dropped }) => ({
        stream: stream.name,
        subscriptions,
        messages,
        items,
        dropped,
        bytes: writer.bytes,
        files: writer.files,
      })),
    hole,
    async flush() {
      await Promise.all(writers.map(writer => writer.flush(now())));
    },
    async close() {
      for (const { stream, fullSince } of recorded.values()) {
        if (fullSince === undefined) continue;
        const reason = 'the disk did not keep up';
        hole({ stream: stream.event, scope: null, from: fullSince, to: now(), reason, healed: false });
      }
      await Promise.all(writers.map(writer => writer.close(now())));
    },
  };
}
