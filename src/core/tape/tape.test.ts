import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EventRef, event, metric, number } from '../../plugin-api/index.ts';
import type { TapeEvent } from '../event.ts';
import { encodeEvent } from './line.ts';
import { openTape, type TapeOptions } from './open.ts';
import type { Tape } from './tape.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-tape-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const hourMs = 3_600_000;

function metricEvent(seq: number, values: Partial<TapeEvent> = {}): TapeEvent {
  return {
    seq,
    ref: metric as EventRef,
    type: 'metric',
    key: 'market',
    tsEvent: seq * 1000,
    tsIngest: seq * 1000 + 5,
    source: 'test',
    dedupe: `m${seq}`,
    cursor: `c${seq}`,
    payload: { name: 'fear-greed', value: seq, period: 0 },
    ...values,
  };
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => metricEvent(from + index));

async function readAll(tape: Tape, fromSeq = 1): Promise<TapeEvent[]> {
  const events: TapeEvent[] = [];
  for await (const batch of tape.read(fromSeq)) events.push(...batch);
  return events;
}

const open = (options: TapeOptions = {}) => openTape({ folder, fsync: 'never', ...options });

/** A tape with several closed segments of ten events each and an open one. */
async function tapeOfSegments(): Promise<void> {
  const tape = await open({ segmentBytes: 1000 });
  for (let first = 1; first <= 41; first += 10) await tape.append(range(first, Math.min(first + 9, 45)));
  await tape.close();
}

const closedFiles = async () => (await readdir(folder)).filter(name => name.endsWith('.zst')).sort();

describe.each(['memory', 'folder'])('a tape in %s', kind => {
  const openKind = () => (kind === 'memory' ? openTape() : open());

  it('gives back what was appended, from any seq on', async () => {
    const tape = await openKind();
    await tape.append(range(1, 3));
    await tape.append(range(4, 5));
    expect(await readAll(tape)).toEqual(range(1, 5));
    expect(await readAll(tape, 4)).toEqual(range(4, 5));
    expect(await readAll(tape, 6)).toEqual([]);
    expect([tape.firstSeq, tape.lastSeq, tape.lastTsIngest]).toEqual([1, 5, 5005]);
    expect(tape.cursors()).toEqual(new Map([['test', 'c5']]));
    await tape.close();
  });

  it('refuses an event that does not go on where the tape ends', async () => {
    const tape = await openKind();
    await tape.append(range(1, 2));
    await expect(tape.append([metricEvent(4)])).rejects.toMatchObject({ code: 'TAPE_OUT_OF_SEQUENCE' });
    expect(tape.lastSeq).toBe(2);
    await tape.close();
  });
});

describe('a tape in a folder', () => {
  it('is the same after it was closed and opened again', async () => {
    await tapeOfSegments();
    const tape = await open();
    expect(await closedFiles()).toHaveLength(4);
    expect(await readAll(tape)).toEqual(range(1, 45));
    expect(tape.cursors().get('test')).toBe('c45');
    expect(await tape.verify()).toEqual({ segments: 5, events: 45, problems: [] });
    await tape.append(range(46, 46));
    expect((await readAll(tape, 45)).map(({ seq }) => seq)).toEqual([45, 46]);
    await tape.close();
  });

  it('knows the cursor of a source that only spoke in an early segment', async () => {
    const tape = await open({ segmentBytes: 100 });
    await tape.append([metricEvent(1, { source: 'early', cursor: 'done' })]);
    for (let seq = 2; seq < 6; seq++) await tape.append([metricEvent(seq)]);
    await tape.close();
    const again = await open();
    expect(again.cursors()).toEqual(
      new Map([
        ['early', 'done'],
        ['test', 'c5'],
      ]),
    );
    await again.close();
  });

  it('keeps the cursors of drafts that were dropped before an event', async () => {
    const tape = await open({ segmentBytes: 100 });
    await tape.append([metricEvent(1, { cursors: { other: 'x1', third: 'y1' } }), metricEvent(2)]);
    const expected = new Map([
      ['other', 'x1'],
      ['third', 'y1'],
      ['test', 'c2'],
    ]);
    expect(tape.cursors()).toEqual(expected);
    await tape.close();
    const again = await open();
    expect(again.cursors()).toEqual(expected);
    expect((await readAll(again))[0]).toEqual(metricEvent(1, { cursors: { other: 'x1', third: 'y1' } }));
    await again.close();
  });

  it('has one writer at a time', async () => {
    const tape = await open();
    await expect(open()).rejects.toMatchObject({ code: 'TAPE_LOCKED' });
    await tape.append(range(1, 2));
    const reader = await open({ readOnly: true });
    expect(await readAll(reader)).toEqual(range(1, 2));
    await expect(reader.append([metricEvent(3)])).rejects.toMatchObject({ code: 'TAPE_READ_ONLY' });
    await reader.close();
    await tape.close();
    await (await open()).close();
  });

  it('keeps the place of an event whose plugin is gone, or has another version now', async () => {
    const stranger = event({
      id: 'stranger.said',
      version: 2,
      entity: 'market',
      doc: 'Something.',
      fields: { value: number({ unit: 'ratio', doc: 'A value.' }) },
    }) as EventRef;
    const tape = await open();
    await tape.append([metricEvent(1, { ref: stranger, type: stranger.id, payload: { value: 1 } })]);
    const before = await readFile(path.join(folder, '0000000000000001.jsonl'), 'utf8');
    const [unknown] = await readAll(tape);
    expect(unknown).toMatchObject({ seq: 1, type: 'stranger.said@2', payload: { value: 1 } });
    await tape.close();
    const known = await open({ refs: new Map([[stranger.id, stranger]]) });
    expect((await readAll(known))[0]).toMatchObject({ type: 'stranger.said', ref: stranger });
    await known.close();
    expect(before).toContain('"stream":"stranger.said"');
  });

  it('keeps any text and number through a round trip', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(
        text,
        text,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        async (key, dedupe, value) => {
          const original = metricEvent(1, { key, dedupe, payload: { name: key, value, period: 0 } });
          const parsed = JSON.parse(encodeEvent(original));
          // Note: JSON has one zero.
          expect(parsed).toMatchObject({ key, dedupe, data: { name: key, value: value === 0 ? 0 : value } });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('drops closed segments that are older than the retention time and that nobody needs', async () => {
    const tape = await open({ segmentBytes: 100, retentionMs: 10_000 });
    for (let seq = 1; seq <= 30; seq++) await tape.append([metricEvent(seq)]);
    await tape.close();
    const again = await open({ segmentBytes: 100, retentionMs: 10_000 });
    // Event 30 arrived at 30,005: what ended before 20,005 may go, but a snapshot still needs event 12.
    expect(await again.retain({ now: 30_005, keepFromSeq: 12 })).toEqual({ segments: 11, events: 11 });
    expect(again.firstSeq).toBe(12);
    expect(await again.retain({ now: 30_005, keepFromSeq: 100 })).toEqual({ segments: 8, events: 8 });
    expect(again.firstSeq).toBe(20);
    const reader = await open({ retentionMs: 0, readOnly: true });
    expect(await reader.retain({ now: 1e9, keepFromSeq: 1e9 })).toEqual({ segments: 0, events: 0 });
    await reader.close();
    expect((await readAll(again, 1)).map(({ seq }) => seq)).toEqual(
      Array.from({ length: 11 }, (_, i) => i + 20),
    );
    await again.retain({ now: 100 * hourMs, keepFromSeq: 1_000 });
    expect(again.lastSeq).toBe(30);
    await again.close();
  });

  it('forgot where a source goes on when the segment in which it spoke expired', async () => {
    const tape = await open({ segmentBytes: 100, retentionMs: 10_000 });
    await tape.append([metricEvent(1, { source: 'early', cursor: 'done' })]);
    for (let seq = 2; seq <= 30; seq++) await tape.append([metricEvent(seq)]);
    await tape.close();
    const again = await open({ segmentBytes: 1e6, retentionMs: 10_000 });
    await again.append([metricEvent(31)]);
    expect(await again.retain({ now: 1e9, keepFromSeq: 1e9 })).toEqual({ segments: 30, events: 30 });
    await again.close();
    const last = await open();
    expect([last.firstSeq, last.cursors().get('early'), last.cursors().get('test')]).toEqual([
      31,
      'done',
      'c31',
    ]);
    await last.close();
    await writeFile(path.join(folder, 'cursors.json'), 'rubbish');
    await expect(open()).rejects.toMatchObject({ code: 'TAPE_SEGMENT_CORRUPT' });
    const skipping = await open({ skipCorrupt: true });
    expect(skipping.repairs).toMatchObject([{ kind: 'skipped-segment' }]);
    await skipping.close();
  });
});

describe('a tape after an accident', () => {
  const openFile = () => path.join(folder, '0000000000000041.jsonl');

  it('forgot its time when it was killed before the first event of a segment', async () => {
    await tapeOfSegments();
    await writeFile(openFile(), '');
    const killed = await open({ retentionMs: 0 });
    expect([killed.lastSeq, killed.lastTsIngest]).toEqual([40, 40_005]);
    await killed.retain({ now: 1e9, keepFromSeq: 1e9 });
    await killed.close();
    const dropped = await open();
    expect([dropped.firstSeq, dropped.lastSeq, dropped.lastTsIngest]).toEqual([41, 40, 40_005]);
    await dropped.close();
  });

  it('gave a segment that it compressed late the cursors of later ones', async () => {
    await tapeOfSegments();
    for (const name of await readdir(folder))
      if (!name.endsWith('041.jsonl')) await rm(path.join(folder, name));
    for (const first of [1, 11, 21, 31]) {
      const name = `${String(first).padStart(16, '0')}.jsonl`;
      await writeFile(
        path.join(folder, name),
        range(first, first + 9)
          .map(encodeEvent)
          .join(''),
      );
    }
    await (await open()).close();
    const cursors = await Promise.all(
      [1, 11, 21, 31].map(async first => {
        const summary = await readFile(path.join(folder, `${String(first).padStart(16, '0')}.json`), 'utf8');
        return JSON.parse(summary).cursors;
      }),
    );
    expect(cursors).toEqual([{ test: 'c10' }, { test: 'c20' }, { test: 'c30' }, { test: 'c40' }]);
  });

  it('is cut at its last whole line wherever the last write was torn, and goes on there', async () => {
    await tapeOfSegments();
    const whole = await readFile(openFile());
    const lastLine = Buffer.from(encodeEvent(metricEvent(45)));
    for (const torn of [1, 2, 50, lastLine.length - 1]) {
      await writeFile(openFile(), whole);
      await truncate(openFile(), whole.length - torn);
      const tape = await open();
      expect(tape.lastSeq).toBe(44);
      expect(tape.repairs).toMatchObject([{ kind: 'torn-tail', bytes: lastLine.length - torn }]);
      expect(tape.cursors().get('test')).toBe('c44');
      await tape.append([metricEvent(45)]);
      expect(await readAll(tape, 44)).toEqual(range(44, 45));
      await tape.close();
      expect(await readFile(openFile())).toEqual(whole);
    }
  });

  it('is cut where a power loss left zeros or rubbish at its end', async () => {
    await tapeOfSegments();
    await appendFile(openFile(), Buffer.concat([Buffer.alloc(64), Buffer.from('{"ts":1,"stre\n\n')]));
    const tape = await open();
    expect(tape.lastSeq).toBe(45);
    expect(tape.repairs[0]).toMatchObject({ kind: 'torn-tail', bytes: 79 });
    await tape.close();
  });

  it('finishes what a killed process left half compressed', async () => {
    await tapeOfSegments();
    const [first, second] = await closedFiles();
    // As if killed before the compressed file was renamed, and before the plain one was removed.
    await rm(path.join(folder, first!));
    await writeFile(path.join(folder, '0000000000000001.jsonl'), range(1, 10).map(encodeEvent).join(''));
    await writeFile(path.join(folder, '0000000000000001.jsonl.zst.tmp'), 'half');
    await writeFile(path.join(folder, second!.replace('.zst', '')), range(11, 20).map(encodeEvent).join(''));
    const tape = await open();
    expect(await readAll(tape)).toEqual(range(1, 45));
    await tape.close();
    expect(await closedFiles()).toHaveLength(4);
    expect((await readdir(folder)).filter(name => name.endsWith('.jsonl'))).toHaveLength(1);
  });

  it.each(['a flipped byte', 'a missing end', 'a missing summary', 'a missing file'])(
    'names a closed segment with %s and can be told to go on without it',
    async damage => {
      await tapeOfSegments();
      const name = (await closedFiles())[1]!;
      const file = path.join(folder, name);
      if (damage === 'a flipped byte') {
        const content = await readFile(file);
        content[20]! ^= 1;
        await writeFile(file, content);
      } else if (damage === 'a missing end') {
        await truncate(file, 60);
      } else if (damage === 'a missing summary') {
        await rm(file.replace('.jsonl.zst', '.json'));
      } else {
        await rm(file);
      }
      const attempt = async () => {
        const tape = await open({ readOnly: true });
        await readAll(tape);
      };
      await expect(attempt()).rejects.toMatchObject({
        code: 'TAPE_SEGMENT_CORRUPT',
        message: expect.stringContaining(name.slice(0, 16)),
      });

      const tape = await open({ skipCorrupt: true });
      const events = await readAll(tape);
      await tape.close();
      expect(events.filter(({ type }) => type === 'metric')).toEqual([...range(1, 10), ...range(21, 45)]);
      const gap = events[10]!;
      expect(gap).toMatchObject({ seq: 20, type: 'core.gap', source: 'core', payload: { healed: false } });
      expect(gap.tsIngest).toBeGreaterThanOrEqual(events[9]!.tsIngest);
      expect(gap.tsIngest).toBeLessThanOrEqual(events[11]!.tsIngest);
      expect(tape.repairs).toMatchObject([{ kind: 'skipped-segment' }]);
    },
  );

  it('refuses an open segment with damage before whole events, or keeps what is whole in it', async () => {
    await tapeOfSegments();
    const lines = range(41, 45).map(encodeEvent);
    lines[1] = lines[1]!.replace('"seq":42', '"seq":4x');
    lines[2] = 'rubbish\n';
    await writeFile(openFile(), lines.join(''));
    await expect(open()).rejects.toMatchObject({ code: 'TAPE_SEGMENT_CORRUPT' });
    const tape = await open({ skipCorrupt: true });
    expect((await readAll(tape, 41)).map(({ seq, type }) => [seq, type])).toEqual([
      [41, 'metric'],
      [43, 'core.gap'],
      [44, 'metric'],
      [45, 'metric'],
    ]);
    await tape.close();
    await (await open()).close();
    expect(await readFile(`${openFile()}.damaged`, 'utf8')).toBe(lines.join(''));
  });
});
