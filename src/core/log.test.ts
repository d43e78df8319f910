import { describe, expect, it } from 'vitest';
import { createLog } from './log.ts';

function lines(write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown>[] {
  const written: string[] = [];
  write(createLog({ level: 'info', destination: { write: line => void written.push(line) } }));
  return written.map(line => JSON.parse(line));
}

describe('the log', () => {
  it('writes a line of JSON with level, time and values, from its level on', () => {
    const [line, ...more] = lines(log => {
      log.debug('not this');
      log.child({ plugin: 'whale-alert' }).info('hello', { seq: 7 });
    });
    expect(line).toEqual({
      level: 'info',
      time: expect.any(String),
      message: 'hello',
      plugin: 'whale-alert',
      seq: 7,
    });
    expect(more).toEqual([]);
  });

  it('hides secrets by their names, and passwords in URLs', () => {
    const text = JSON.stringify(
      lines(log => {
        log.warn('connecting to postgres://me:hunter2@db/x', {
          token: 'abc123',
          nested: { password: 'def456' },
        });
        log.error('failed', { url: 'https://u:ghi789@example.org' });
      }),
    );
    for (const secret of ['hunter2', 'abc123', 'def456', 'ghi789']) expect(text).not.toContain(secret);
    expect(text).toContain('postgres://me:(hidden)@db/x');
  });

  it('keeps the stack and code of an error', () => {
    const [line] = lines(log =>
      log.error('failed', { error: Object.assign(new Error('why'), { code: 'X' }) }),
    );
    expect(line?.error).toMatchObject({
      message: 'why',
      code: 'X',
      stack: expect.stringContaining('log.test'),
    });
  });
});
