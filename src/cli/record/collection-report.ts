import type { SocketPoolStatus } from '../../plugins/collectors/hyperliquid-connection/socket-types.ts';
import { bytes, duration, grouped, moment } from '../numbers.ts';
import { textTable } from '../text-table.ts';
import type { RecordedHole, StreamCounts } from './recorder.ts';

/** What a recording came to. Times in ms since 1970. */
export interface CollectionReport {
  readonly hypersonar: string;
  readonly exchange: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly durationMs: number;
  readonly coins: number;
  readonly streams: readonly StreamCounts[];
  readonly messages: number;
  /** On disk. */
  readonly bytes: number;
  /** As received, before compression. */
  readonly bytesReceived: number;
  readonly reconnects: number;
  readonly rotations: number;
  readonly malformed: number;
  readonly gaps: readonly RecordedHole[];
}

export function collectionReport(of: {
  readonly version: string;
  readonly exchange: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly coins: number;
  readonly streams: readonly StreamCounts[];
  readonly status: SocketPoolStatus;
  readonly holes: readonly RecordedHole[];
}): CollectionReport {
  const { streams, status } = of;
  return {
    hypersonar: of.version,
    exchange: of.exchange,
    startedAt: of.startedAt,
    endedAt: of.endedAt,
    durationMs: of.endedAt - of.startedAt,
    coins: of.coins,
    streams,
    messages: streams.reduce((sum, { messages }) => sum + messages, 0),
    bytes: streams.reduce((sum, stream) => sum + stream.bytes, 0),
    bytesReceived: status.bytesReceived,
    reconnects: status.reconnects,
    rotations: status.rotations,
    malformed: status.malformed,
    gaps: of.holes,
  };
}

export function reportText(report: CollectionReport, folder: string): string {
  const { streams, gaps } = report;
  const lines = [
    `Recorded ${report.exchange} to ${folder}`,
    `  ${moment(report.startedAt)} to ${moment(report.endedAt)} UTC, ${duration(report.durationMs)}, ${grouped(report.coins)} markets`,
    '',
    textTable<StreamCounts>(
      [
        { title: 'stream', text: ({ stream }) => stream },
        { title: 'subscriptions', align: 'right', text: each => grouped(each.subscriptions) },
        { title: 'messages', align: 'right', text: each => grouped(each.messages) },
        { title: 'items', align: 'right', text: each => grouped(each.items) },
        { title: 'dropped', align: 'right', text: each => grouped(each.dropped) },
        { title: 'on disk', align: 'right', text: each => bytes(each.bytes) },
        { title: 'files', align: 'right', text: each => grouped(each.files.length) },
      ],
      streams,
    ),
    '',
    `  ${grouped(report.messages)} messages, ${bytes(report.bytesReceived)} received, ${bytes(report.bytes)} on disk`,
    `  ${grouped(report.reconnects)} reconnects, ${grouped(report.rotations)} connections replaced, ${grouped(report.malformed)} messages unreadable`,
    gaps.length === 0 ? '  no gaps' : `  ${grouped(gaps.length)} gaps:`,
    ...gapLines(gaps),
  ];
  return lines.join('\n');
}

/** Gaps of many markets that have the same cause, in one line. */
function gapLines(gaps: readonly RecordedHole[]): readonly string[] {
  const groups = new Map<string, { readonly hole: RecordedHole; scopes: number; from: number; to: number }>();
  for (const hole of gaps) {
    const name = `${hole.stream} ${Math.round(hole.to / 1_000)} ${hole.reason}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { hole, scopes: 1, from: hole.from, to: hole.to });
    else {
      group.scopes++;
      group.from = Math.min(group.from, hole.from);
      group.to = Math.max(group.to, hole.to);
    }
  }
  const texts = [...groups.values()].map(({ hole, scopes, from, to }) => {
    const what =
      scopes > 1
        ? `${hole.stream} of ${grouped(scopes)} subscriptions`
        : `${hole.stream} ${hole.scope ?? ''}`;
    return `    ${moment(from)}  ${duration(to - from)}  ${what.trim()}: ${hole.reason}`;
  });
  return texts.length <= 20 ? texts : [...texts.slice(0, 20), `    and ${grouped(texts.length - 20)} more`];
}
