import { describe, expect, it } from 'vitest';
import { draft, type EventRef, fill, metric } from '../plugin-api/index.ts';
import { manualClock } from '../testing/manual-clock.ts';
import { createDedupeWindow } from './ingest/dedupe-window.ts';
import type { AnyDraft, Stamp } from './ingest/source-item.ts';
import { createIngest, normaliseAddress } from './ingest.ts';
import { silentLog } from './log.ts';

const start = Date.UTC(2025, 0, 1);

function setUp(now = start) {
  let time = now;
  const warnings: string[] = [];
  const ingest = createIngest({
    refs: new Map([metric, fill].map(ref => [ref.id, ref as EventRef])),
    clock: { ...manualClock(), now: () => time },
    log: { ...silentLog, warn: message => warnings.push(message) },
    window: createDedupeWindow({ minimumKeys: 100, minimumSpanMs: 1_000 }),
    lastSeq: 0,
    tapeTime: undefined,
    keepExamples: 2,
  });
  const admit = (drafts: AnyDraft[], stamp: Stamp = 'live', source = 'test') =>
    ingest.admit(drafts.map(item => ({ source, draft: item, stamp })));
  return {
    ingest,
    admit,
    warnings,
    setClock: (at: number) => {
      time = at;
    },
  };
}

const metricDraft = (dedupe: string, changes: Partial<AnyDraft> = {}): AnyDraft =>
  ({
    ...draft(metric, {
      key: 'market',
      tsEvent: start - 100,
      dedupe,
      payload: { name: 'cbbi', value: 0.5, period: start },
    }),
    ...changes,
  }) as AnyDraft;

describe('ingest', () => {
  it('numbers what it admits without holes, and counts what it does not', () => {
    const { admit, ingest } = setUp();
    const bad = metricDraft('c', { payload: { name: 'cbbi', value: Number.NaN, period: start } });
    const events = admit([metricDraft('a'), metricDraft('a'), bad, metricDraft('d')]);
    expect(events.map(({ seq, dedupe }) => [seq, dedupe])).toEqual([
      [1, 'a'],
      [2, 'd'],
    ]);
    expect(ingest.sources().get('test')).toMatchObject({ accepted: 2, duplicates: 1, rejected: 1 });
    expect(ingest.sources().get('test')?.examples).toEqual([
      'metric "c" of "market": `value` must be a finite number; found NaN',
    ]);
  });

  it.each<[string, Partial<AnyDraft>, Stamp]>([
    ['a ref that is not planned', { ref: { ...metric, id: 'stranger' } as EventRef }, 'live'],
    ['another version of a ref', { ref: { ...metric, version: 2 } as EventRef }, 'live'],
    ['an event time that is not a number', { tsEvent: Number.NaN }, 'live'],
    ['an event time in microseconds, which stayed on the tape for good', { tsEvent: start * 1_000 }, 'live'],
    ['an event time before 1970', { tsEvent: -1 }, 'live'],
    ['a declared time in nanoseconds', { tsIngest: 4_102_444_800_001 }, 'declared'],
    ['a declared time before 1970', { tsIngest: -1 }, 'declared'],
    ['no text to recognise it by', { dedupe: '' }, 'live'],
    ['no key', { key: '' }, 'live'],
    ['no declared time where one is due', {}, 'declared'],
    ['a field too many', { payload: { name: 'a', value: 1, period: 0, extra: 1 } }, 'live'],
  ])('refuses a draft with %s', (_, changes, stamp) => {
    const { admit, ingest } = setUp();
    expect(admit([metricDraft('a', changes)], stamp)).toEqual([]);
    expect(ingest.sources().get('test')).toMatchObject({ rejected: 1, accepted: 0 });
  });

  it('refuses a wallet whose address is not in lower case, rather than changing it', () => {
    const { admit, ingest } = setUp();
    const upper = { ...metricDraft('a'), ref: fill as EventRef, key: `0x${'A'.repeat(40)}` } as AnyDraft;
    admit([upper]);
    expect(ingest.sources().get('test')?.examples[0]).toContain('lower-case address');
  });

  it('keeps the first few rejections only', () => {
    const { admit, ingest } = setUp();
    admit(['a', 'b', 'c', 'd'].map(dedupe => metricDraft(dedupe, { key: '' })));
    expect(ingest.sources().get('test')).toMatchObject({ rejected: 4 });
    expect(ingest.sources().get('test')?.examples).toHaveLength(2);
  });

  it('stamps live events by the clock and never goes back when the clock does', () => {
    const { admit, setClock, warnings } = setUp();
    const stamps = [start, start + 10, start - 5_000, start - 4_000, start + 11].map((now, index) => {
      setClock(now);
      return admit([metricDraft(`${index}`)])[0]!.tsIngest - start;
    });
    expect(stamps).toEqual([0, 10, 10, 10, 11]);
    expect(warnings).toHaveLength(1);
  });

  it('stamps history as declared, raising what is late, and says when that is more than disorder', () => {
    const { admit, ingest, warnings } = setUp();
    const stamps = [5_000_000, 5_000_100, 5_000_050, 1].map(
      (tsIngest, index) => admit([metricDraft(`${index}`, { tsIngest })], 'declared')[0]!.tsIngest,
    );
    expect(stamps).toEqual([5_000_000, 5_000_100, 5_000_100, 5_000_100]);
    expect(ingest.sources().get('test')?.clamped).toBe(2);
    expect(warnings).toEqual([]);
    const other = setUp();
    other.admit([metricDraft('a', { tsIngest: 5_000_000 })], 'declared');
    other.admit([metricDraft('b', { tsIngest: 1 })], 'declared', 'older');
    expect(other.warnings).toEqual([expect.stringContaining('history is older')]);
  });

  it('lost the cursor of a draft that was dropped: it travels with the next event of whatever source', () => {
    const { ingest, admit } = setUp();
    const seen = (source: string, dedupe: string, changes: Partial<AnyDraft> = {}) => ({
      source,
      draft: metricDraft(dedupe, { cursor: `${source}-${dedupe}`, ...changes }),
      stamp: 'live' as const,
    });
    const [first] = ingest.admit([seen('a', '1')]);
    expect(first).toMatchObject({ cursor: 'a-1' });
    expect(first).not.toHaveProperty('cursors');
    expect(ingest.admit([seen('b', '1'), seen('c', '2', { key: '' }), seen('a', '1')])).toEqual([]);
    const [next, last] = admit([metricDraft('3'), metricDraft('4')]);
    expect(next?.cursors).toEqual({ a: 'a-1', b: 'b-1', c: 'c-2' });
    expect(last).not.toHaveProperty('cursors');
    // What the event itself says is newer than what was dropped before it.
    const [own] = ingest.admit([seen('a', '1'), seen('b', '3'), seen('b', '5')]);
    expect(own).toMatchObject({ cursor: 'b-5', cursors: { a: 'a-1' } });
  });

  it('called a source silent that brings only what others have brought before', () => {
    const { ingest, admit, setClock } = setUp();
    admit([metricDraft('1')], 'live', 'a');
    setClock(start + 7_000);
    admit([metricDraft('1')], 'live', 'b');
    expect(ingest.sources().get('b')).toMatchObject({ duplicates: 1, lastAt: start + 7_000 });
  });

  it('gives what the core adds to a history the time of the tape', () => {
    const { admit } = setUp();
    admit([metricDraft('a', { tsIngest: 777 })], 'declared');
    expect(admit([metricDraft('b')], 'tape')[0]!.tsIngest).toBe(777);
  });

  it('began at 1970 again when the tape had lost its time, though a snapshot knew it', () => {
    const { ingest, admit } = setUp(start);
    ingest.resume({ tapeTime: start + 500, lastAt: [['test', start + 400]] });
    expect(ingest.sources().get('test')?.lastAt).toBe(start + 400);
    expect(admit([metricDraft('a')])[0]?.tsIngest).toBe(start + 500);
    ingest.resume({ tapeTime: start + 400, lastAt: [] });
    expect(ingest.tapeTime).toBe(start + 500);
  });

  it('knows events again that it recalls from the tape, and goes on behind them', () => {
    const first = setUp();
    const [event] = first.admit([metricDraft('a')]);
    const second = setUp();
    second.ingest.recall(event!);
    expect(second.admit([metricDraft('a'), metricDraft('b')]).map(({ seq }) => seq)).toEqual([2]);
  });
});

describe('an address', () => {
  it('is accepted in any letter case and kept in lower case', () => {
    expect(normaliseAddress(` 0x${'aB'.repeat(20)} `)).toBe(`0x${'ab'.repeat(20)}`);
  });
  it.each(['', '0x12', `${'a'.repeat(40)}`, `0x${'g'.repeat(40)}`])('is refused when it is %j', text => {
    expect(() => normaliseAddress(text)).toThrow(expect.objectContaining({ code: 'ADDRESS_INVALID' }));
  });
});
