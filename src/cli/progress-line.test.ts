import { describe, expect, it } from 'vitest';
import { createProgressLine, progressText } from './progress-line.ts';
import type { Terminal } from './terminal.ts';

function recordingTerminal(interactive: boolean) {
  const written: string[] = [];
  const terminal: Terminal = {
    out: text => written.push(`out ${text}`),
    note: text => written.push(`note ${text}`),
    line: text => written.push(`line ${text}`),
    interactive,
    columns: 80,
  };
  return { terminal, written };
}

describe('progress', () => {
  it('tells share, rows, rate and the time that is left', () => {
    // A quarter in 10 s leaves 30 s for the rest; 20,000 rows in 10 s are 2,000 a second.
    expect(progressText({ label: 'a.csv', rows: 20_000, done: 25, total: 100, unit: 'bytes' }, 10_000)).toBe(
      'a.csv  25 %  20,000 rows  2,000 rows/s  30.0 s left',
    );
  });

  it('tells what is known when the size of the source is not', () => {
    expect(progressText({ label: 'a', rows: 5, done: 2_500_000, unit: 'bytes' }, 100)).toBe(
      'a  2.5 MB  5 rows',
    );
    expect(progressText({ label: 'a', rows: 0 }, 50)).toBe('a  0 rows');
  });

  it('changes one line on a screen, at most ten times a second', () => {
    const { terminal, written } = recordingTerminal(true);
    let time = 0;
    const line = createProgressLine(terminal, () => time);
    for (; time < 1_000; time += 20) line.show({ label: 'a', rows: time });
    line.clear();
    expect(written.length).toBe(11);
    expect(written.every(text => text.startsWith('line '))).toBe(true);
    expect(written.at(-1)).toBe('line ');
  });

  it('writes a plain line every five seconds elsewhere', () => {
    const { terminal, written } = recordingTerminal(false);
    let time = 0;
    const line = createProgressLine(terminal, () => time);
    for (; time <= 12_000; time += 100) line.show({ label: 'a', rows: 1 });
    line.clear();
    expect(written).toHaveLength(2);
    expect(written[0]).toMatch(/^note a {2}1 rows/);
  });
});
