import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from './log.ts';
import { openSnapshots, type Snapshots } from './snapshots.ts';

let folder: string;
const warnings: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-snapshots-'));
  warnings.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = () => openSnapshots({ folder, log: { ...silentLog, warn: message => warnings.push(message) } });
const header = (seq: number, configHash = 'abc') => ({ seq, tapeTime: seq * 10, configHash, tape: 'this' });
const parts = [{ states: new Map([['a', [1, Number.NaN, undefined]]]) }, new Float64Array([1, 2.5]), 'text'];

async function save(
  snapshots: Snapshots,
  seq: number,
  state: Iterable<unknown>,
  configHash = 'abc',
): Promise<void> {
  await (await snapshots.write(header(seq, configHash), state)).finish();
}
const load = async (snapshots: Snapshots, atOrBelow: number, configHash = 'abc') => {
  const loaded = await snapshots.load({ atOrBelow, configHash });
  return loaded && { header: loaded.header, parts: [...loaded.parts] };
};

describe('snapshots', () => {
  it('come back as they were written', async () => {
    const many = Array.from({ length: 20 }, (_, index) => [index, 'x'.repeat(index * 1_000)]);
    await save(open(), 5, [...parts, ...many]);
    expect(await load(open(), 5)).toEqual({ header: header(5), parts: [...parts, ...many] });
  });

  it('held the whole state in memory: parts are made as they are written, and read as they are asked for', async () => {
    let made = 0;
    function* state() {
      for (; made < 100; made++) {
        yield new Uint8Array(1_000).fill(made);
      }
    }
    const writing = open().write(header(1), state());
    await new Promise(resolve => setImmediate(resolve));
    expect(made).toBeLessThan(100);
    await (await writing).finish();
    const loaded = await open().load({ atOrBelow: 1, configHash: 'abc' });
    const iterator = loaded!.parts[Symbol.iterator]();
    expect(iterator.next().value).toEqual(new Uint8Array(1_000).fill(0));
    iterator.return?.();
  });

  it('held the state until it was on disk: it may move on when all of it is taken', async () => {
    const unfinished = await open().write(
      header(1),
      Array.from({ length: 8 }, () => randomBytes(4 << 20)),
    );
    const [name = ''] = await readdir(folder);
    const taken = await stat(path.join(folder, name));
    const bytes = await unfinished.finish();
    const [finished = ''] = await readdir(folder);
    expect((await stat(path.join(folder, finished))).size).toBe(bytes);
    expect(taken.size).toBeLessThan(bytes);
  });

  it('are chosen at or below a place, and only the newest are kept', async () => {
    const snapshots = open();
    for (const seq of [10, 20, 30]) await save(snapshots, seq, [seq]);
    expect(await snapshots.list('abc')).toEqual([20, 30]);
    expect((await load(snapshots, 29))?.header.seq).toBe(20);
    expect(await load(snapshots, 19)).toBeUndefined();
  });

  it('of one configuration were deleted by those of another', async () => {
    const snapshots = open();
    for (const seq of [10, 20]) await save(snapshots, seq, ['old']);
    for (const seq of [20, 30, 40]) await save(snapshots, seq, ['new'], 'changed');
    expect(await snapshots.list('abc')).toEqual([10, 20]);
    expect(await snapshots.list('changed')).toEqual([30, 40]);
    expect((await load(snapshots, 40))?.parts).toEqual(['old']);
    // The tape begins at event 12: from 10 one cannot go on.
    await snapshots.expire({ configHash: 'changed', firstSeq: 12 });
    expect(await snapshots.list('abc')).toEqual([20]);
    await snapshots.expire({ configHash: 'abc', firstSeq: 1_000 });
    expect(await snapshots.list('abc')).toEqual([20]);
    expect(await snapshots.list('changed')).toEqual([]);
  });

  it('ahead of a database that is made anew stay, and are no reason to drop the newer ones behind them', async () => {
    const snapshots = open();
    for (const seq of [100, 200]) await save(snapshots, seq, [seq]);
    for (const seq of [10, 20, 30]) await save(snapshots, seq, [seq]);
    expect(await snapshots.list('abc')).toEqual([20, 30, 100, 200]);
  });

  it('of events that the tape has lost, or of another tape, are put aside and not deleted', async () => {
    const snapshots = open();
    await save(snapshots, 10, ['kept']);
    await save(snapshots, 20, ['lost']);
    expect(await snapshots.setAside({ id: 'this', lastSeq: 19 })).toBe(1);
    expect(await snapshots.list('abc')).toEqual([10]);
    expect(await snapshots.setAside({ id: 'other', lastSeq: 19 })).toBe(1);
    expect(await snapshots.list('abc')).toEqual([]);
    expect((await readdir(folder)).filter(name => name.endsWith('.aside'))).toHaveLength(2);
  });

  it('are none before they are finished; what a killed process left is removed', async () => {
    const snapshots = open();
    await snapshots.write(header(10), parts);
    expect(await snapshots.list('abc')).toEqual([]);
    await save(snapshots, 20, parts);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it.each(['a flipped byte', 'a missing end', 'nothing in it', 'a folder in its place'])(
    'are passed over with %s, for an older one',
    async damage => {
      const snapshots = open();
      await save(snapshots, 1, ['old']);
      await save(snapshots, 2, ['new']);
      const file = path.join(folder, (await readdir(folder)).sort()[1]!);
      const content = await readFile(file);
      content[content.length - 40]! ^= 1;
      if (damage === 'a flipped byte') await writeFile(file, content);
      else if (damage === 'a folder in its place') {
        await rm(file);
        await mkdir(file);
      } else await truncate(file, damage === 'a missing end' ? content.length - 3 : 0);
      expect((await load(snapshots, 9))?.parts).toEqual(['old']);
      expect(warnings).toHaveLength(1);
    },
  );

  it('do not need a folder to exist', async () => {
    await rm(folder, { recursive: true });
    expect(await load(open(), 1)).toBeUndefined();
    await save(open(), 1, []);
    expect(await open().list('abc')).toEqual([1]);
  });
});
