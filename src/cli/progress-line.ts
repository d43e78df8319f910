import { bytes, duration, grouped } from './numbers.ts';
import type { Terminal } from './terminal.ts';

/** How far some work is. */
export interface WorkState {
  readonly label: string;
  /** Rows that are through. */
  readonly rows: number;
  /** How much of the source has been read, where that is known. */
  readonly done?: number | undefined;
  readonly total?: number | undefined;
  readonly unit?: 'bytes' | 'rows' | undefined;
}

/** Shows progress: one line that changes on a screen, a plain line now and then elsewhere. */
export interface ProgressLine {
  show(state: WorkState): void;
  /** Removes the line. */
  clear(): void;
}

const screenEveryMs = 100;
const plainEveryMs = 5_000;

export function createProgressLine(
  terminal: Terminal,
  now: () => number = () => performance.now(),
): ProgressLine {
  const start = now();
  let shownAt = terminal.interactive ? Number.NEGATIVE_INFINITY : start;
  return {
    show(state) {
      const time = now();
      if (time - shownAt < (terminal.interactive ? screenEveryMs : plainEveryMs)) return;
      shownAt = time;
      const text = progressText(state, time - start);
      if (terminal.interactive) terminal.line(text);
      else terminal.note(text);
    },
    clear() {
      if (terminal.interactive) terminal.line('');
    },
  };
}

/** Such as `crash.jsonl.gz  45 %  27,000 rows  12,400 rows/s  3.0 s left`. */
export function progressText({ label, rows, done, total, unit }: WorkState, elapsedMs: number): string {
  const parts = [label];
  const share =
    done !== undefined && total !== undefined && total > 0 ? Math.min(1, done / total) : undefined;
  if (share !== undefined) parts.push(`${Math.floor(share * 100)} %`);
  else if (done !== undefined && unit === 'bytes') parts.push(bytes(done));
  parts.push(`${grouped(rows)} rows`);
  if (elapsedMs >= 200) parts.push(`${grouped(rows / (elapsedMs / 1_000))} rows/s`);
  if (share !== undefined && share > 0.01 && share < 1) {
    parts.push(`${duration((elapsedMs / share) * (1 - share))} left`);
  }
  return parts.join('  ');
}
