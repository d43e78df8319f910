import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EventRef, metric } from '../plugin-api/index.ts';
import { manualClock } from '../testing/manual-clock.ts';
import type { OutputBatch, TapeEvent } from './event.ts';
import { silentLog } from './log.ts';
import { openSnapshots, type Snapshots } from './snapshots.ts';
import { openTape } from './tape/open.ts';
import { createWriter } from './writer.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-writer-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const eventAt = (seq: number): TapeEvent => ({
  ...{ seq, ref: metric as EventRef, type: 'metric', key: 'market', tsEvent: seq, tsIngest: seq },
  ...{ source: 'test', dedupe: `${seq}`, payload: { name: 'test', value: seq, period: 0 } },
});
const batchOf = (events: readonly TapeEvent[]): OutputBatch => ({
  ...{ fromSeq: events[0]!.seq, toSeq: events.at(-1)!.seq, now: events.at(-1)!.tsIngest, events },
  ...{ latest: [], history: [], signals: [], alerts: [], decisions: [], decisionCounts: [], faults: [] },
});

async function setUp({ writeMs = 0, finishMs = 0, everyEvents = 1 } = {}) {
  const happened: string[] = [];
  let state = 0;
  const snapshots = openSnapshots({ folder, log: silentLog });
  const slow: Snapshots = {
    ...snapshots,
    async write(header, parts) {
      happened.push(`write ${header.seq}`);
      await wait(writeMs);
      const unfinished = await snapshots.write(header, parts);
      return {
        ...unfinished,
        async finish() {
          await wait(finishMs);
          const bytes = await unfinished.finish();
          happened.push(`finish ${header.seq}`);
          return bytes;
        },
      };
    },
  };
  const tape = await openTape();
  const writer = createWriter({
    tape,
    pipeline: {
      process(events) {
        state = events.at(-1)!.seq;
        return batchOf(events);
      },
    },
    store: {
      async write({ toSeq }) {
        happened.push(`store ${toSeq}`);
      },
      checkpoint: async () => 0,
    },
    publish: () => undefined,
    run: 'run',
    clock: manualClock(),
    log: silentLog,
    signal: new AbortController().signal,
    snapshots: {
      snapshots: slow,
      *state() {
        for (let part = 0; part < 20; part++) yield state;
      },
      configHash: 'abc',
      everyEvents,
      everyMs: 1e9,
    },
  });
  const load = async (atOrBelow: number) => {
    const loaded = await snapshots.load({ atOrBelow, configHash: 'abc' });
    return loaded && { seq: loaded.header.seq, parts: new Set(loaded.parts) };
  };
  return { writer, happened, load, tape };
}

describe('snapshots of the writer', () => {
  it('hold one state, though batches wait to be computed while it is written', async () => {
    const { writer, happened, load } = await setUp({ writeMs: 10 });
    for (const seq of [1, 2]) await writer.commit([eventAt(seq)]);
    await writer.flush();
    expect(await load(1)).toEqual({ seq: 1, parts: new Set([1]) });
    expect(happened.indexOf('store 1')).toBeLessThan(happened.indexOf('finish 1'));
  });

  it('were two at once when one took long', async () => {
    const { writer, happened, load } = await setUp({ finishMs: 50 });
    for (let seq = 1; seq <= 5; seq++) await writer.commit([eventAt(seq)]);
    await writer.snapshot();
    const places = happened.filter(entry => !entry.startsWith('store'));
    expect(places.length).toBeGreaterThanOrEqual(4);
    for (const [index, entry] of places.entries())
      expect(entry.startsWith(index % 2 === 0 ? 'write' : 'finish')).toBe(true);
    expect((await load(5))?.seq).toBe(5);
  });

  it('were taken at the first batch after each start, however near the one that it had begun from', async () => {
    const { writer, happened, tape } = await setUp({ everyEvents: 3 });
    await tape.append([1, 2, 3, 4, 5].map(eventAt));
    writer.startAt({ checkpoint: 5, pipelineSeq: 5 });
    for (const seq of [6, 7, 8]) await writer.commit([eventAt(seq)]);
    await writer.flush();
    expect(happened.filter(entry => entry.startsWith('write'))).toEqual(['write 8']);
  });
});
