import type { SocketPoolStatus } from '../../plugins/collectors/hyperliquid-connection/socket-types.ts';
import { bytes, duration, grouped } from '../numbers.ts';
import type { Terminal } from '../terminal.ts';
import type { StreamCounts } from './recorder.ts';

/** How a recording stands. */
export interface RecordingState {
  readonly counts: readonly StreamCounts[];
  readonly status: Pick<SocketPoolStatus, 'confirmed' | 'subscriptions' | 'reconnects'>;
  readonly holes: number;
  readonly now: number;
}

const plainEveryMs = 10_000;

/** One line that changes on a screen, a plain line every ten seconds elsewhere. */
export function statusLine(
  terminal: Terminal,
  startedAt: number,
): { show(state: RecordingState): void; clear(): void } {
  let shownAt = startedAt;
  return {
    show(state) {
      const text = statusText(state, state.now - startedAt);
      if (terminal.interactive) terminal.line(text);
      else if (state.now - shownAt >= plainEveryMs) {
        shownAt = state.now;
        terminal.note(text);
      }
    },
    clear() {
      if (terminal.interactive) terminal.line('');
    },
  };
}

/** Such as `2 m 5 s  trades 12,345  bbo 98,765  12.3 MB  356/356 subscribed  1 reconnect  2 gaps`. */
export function statusText({ counts, status, holes }: RecordingState, elapsedMs: number): string {
  const size = counts.reduce((sum, each) => sum + each.bytes, 0);
  const dropped = counts.reduce((sum, each) => sum + each.dropped, 0);
  return [
    duration(elapsedMs),
    ...counts.map(({ stream, items }) => `${stream} ${grouped(items)}`),
    bytes(size),
    `${grouped(status.confirmed)}/${grouped(status.subscriptions)} subscribed`,
    ...(status.reconnects > 0 ? [`${grouped(status.reconnects)} reconnects`] : []),
    ...(holes > 0 ? [`${grouped(holes)} gaps`] : []),
    ...(dropped > 0 ? [`${grouped(dropped)} DROPPED: the disk does not keep up`] : []),
  ].join('  ');
}
