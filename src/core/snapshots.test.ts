import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from './log.ts';
import { openSnapshots, takeSnapshot } from './snapshots.ts';

let folder: string;
const warnings: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-snapshots-'));
  warnings.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = () => openSnapshots({ folder, log: { ...silentLog, warn: message => warnings.push(message) } });
const header = (seq: number) => ({ seq, tapeTime: seq * 10, configHash: 'abc' });
const parts = [{ states: new Map([['a', [1, Number.NaN, undefined]]]) }, new Float64Array([1, 2.5]), 'text'];

describe('snapshots', () => {
  it('come back as they were taken, though the state has moved on', async () => {
    const state = { count: 1 };
    const taken = takeSnapshot(header(5), [state, ...parts]);
    state.count = 2;
    await open().save(taken);
    expect(await open().load(5)).toEqual({ header: header(5), parts: [{ count: 1 }, ...parts] });
  });

  it('are chosen at or below a place, and only the newest are kept', async () => {
    const snapshots = open();
    for (const seq of [10, 20, 30]) await snapshots.save(takeSnapshot(header(seq), [seq]));
    expect(await snapshots.list()).toEqual([20, 30]);
    expect((await snapshots.load(29))?.header.seq).toBe(20);
    expect(await snapshots.load(19)).toBeUndefined();
    expect(await snapshots.dropAbove(20)).toBe(1);
    expect(await snapshots.list()).toEqual([20]);
  });

  it.each(['a flipped byte', 'a missing end', 'nothing in it'])(
    'are passed over with %s, for an older one',
    async damage => {
      const snapshots = open();
      await snapshots.save(takeSnapshot(header(1), ['old']));
      await snapshots.save(takeSnapshot(header(2), ['new']));
      const file = path.join(folder, (await readdir(folder)).sort()[1]!);
      const content = await readFile(file);
      content[content.length - 40]! ^= 1;
      if (damage === 'a flipped byte') await writeFile(file, content);
      else await truncate(file, damage === 'a missing end' ? content.length - 3 : 0);
      expect((await snapshots.load(9))?.parts).toEqual(['old']);
      expect(warnings).toHaveLength(1);
    },
  );

  it('do not need a folder to exist', async () => {
    await rm(folder, { recursive: true });
    expect(await open().load(1)).toBeUndefined();
    await open().save(takeSnapshot(header(1), []));
    expect(await open().list()).toEqual([1]);
  });
});
