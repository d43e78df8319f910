import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSources } from './find-sources.ts';
import { kindOfFile } from './source-kind.ts';
import { timeSpanOf } from './time-span.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-sources-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, name.endsWith('.gz') ? gzipSync(text) : text);
  return file;
}

const wallet = `0x${'a'.repeat(40)}`;
const october = 1_760_000_000_000;
const day = 86_400_000;
const nodeLine = (time: number) => `["${wallet}",{"coin":"BTC","px":"1","sz":"1","time":${time}}]\n`;
const candles = (...times: number[]) =>
  `coin,t,o,h,l,c,v\n${times.map(t => `BTC,${t},1,1,1,1,1\n`).join('')}`;

describe('the kind of a file', () => {
  it('follows from its first line, compressed or not', async () => {
    const cases: [string, string, string | undefined][] = [
      ['a.jsonl', '{"ts":1,"stream":"trade","data":{}}\n', 'recording'],
      ['b.jsonl.gz', nodeLine(october), 'node-fills'],
      ['c', '{"local_time":"x","block_time":"y","block_number":1,"events":[]}\n', 'node-fills'],
      ['d.json', '[{"coin":"BTC","px":"1"}]', 'user-fills'],
      ['e.json', '[\n  {"coin": "BTC"}\n]\n', 'user-fills'],
      ['f.csv', 'w,coin,side,dir,px,sz,time,sp,pnl,fee,x,oid,tid\n', 'fills-csv'],
      ['g.csv.gz', candles(october), 'candles-csv'],
      ['h.csv', 'coin,t,funding\n', 'funding-csv'],
      ['i.csv', 'address,t,account_value,pnl\n', 'accounts-csv'],
      ['j.csv', 'name,age\n', undefined],
      ['k.txt', 'Dear reader,\n', undefined],
      ['l.jsonl', '', undefined],
      // What a tape keeps beside each closed segment.
      ['m.json', '{"firstSeq":1,"events":6000,"sha256":"x"}', undefined],
    ];
    for (const [name, text, kind] of cases)
      expect(await kindOfFile(await write(name, text)), name).toBe(kind);
  });
});

describe('the time span of a source', () => {
  it('is the earliest and the latest time in it, whatever their order', async () => {
    const file = await write(
      'fills.jsonl',
      nodeLine(october + 5) + nodeLine(october) + nodeLine(october + 9),
    );
    expect(await timeSpanOf('node-fills', file)).toEqual({ from: october, to: october + 9 });
    const table = await write('candles_1h.csv', candles(october + day, october));
    expect(await timeSpanOf('candles-csv', table)).toEqual({ from: october, to: october + day });
  });

  it('is not known of a file without times', async () => {
    expect(await timeSpanOf('candles-csv', await write('empty.csv', candles()))).toBeUndefined();
  });
});

describe('the sources of a replay', () => {
  it('are the file, and the candles, funding rates and equity that lie beside it', async () => {
    const file = await write('fills/a.jsonl', nodeLine(october));
    const hour = await write('fills/candles_1h.csv', candles(october));
    await write('fills/candles_4h.csv', candles(october));
    const funding = await write('market/funding.csv', `coin,t,funding\nBTC,${october},0.1\n`);
    const { sources } = await findSources(file, { companions: true });
    expect(sources).toEqual([
      { collector: 'node-fills', path: file, companion: false },
      // Of several files their folder.
      { collector: 'candles-csv', path: path.dirname(hour), companion: true },
      { collector: 'funding-csv', path: funding, companion: true },
    ]);
  });

  it('leave out what is about another time, and say so', async () => {
    const file = await write('a.jsonl', nodeLine(october));
    await write('candles_1h.csv', candles(october - 90 * day, october - 60 * day));
    const { sources, leftOut } = await findSources(file, { companions: true });
    expect(sources.map(source => source.collector)).toEqual(['node-fills']);
    expect(leftOut).toHaveLength(1);
    expect(leftOut[0]).toContain('candles_1h.csv is left out');
    expect(leftOut[0]).toContain('2025-10-09');
  });

  it('keep candles that end within two days before the source begins', async () => {
    const file = await write('a.jsonl', nodeLine(october));
    await write('candles_1h.csv', candles(october - 9 * day, october - day));
    expect((await findSources(file, { companions: true })).sources).toHaveLength(2);
  });

  it('keep what was named by hand, whatever its time', async () => {
    const file = await write('a.jsonl', nodeLine(october));
    const named = await write('elsewhere/old.csv', candles(october - 900 * day));
    const { sources } = await findSources(file, { companions: false, candles: named });
    expect(sources[1]).toEqual({ collector: 'candles-csv', path: named, companion: false });
  });

  it('are the file alone when companions are not wanted, or when it is a recording with prices of its own', async () => {
    const fills = await write('a.jsonl', nodeLine(october));
    const recording = await write('r/trade.jsonl', `{"ts":${october},"stream":"trade","data":{}}\n`);
    await write('candles_1h.csv', candles(october));
    await write('r/candles_1h.csv', candles(october));
    expect((await findSources(fills, { companions: false })).sources).toHaveLength(1);
    expect((await findSources(recording, { companions: true })).sources).toHaveLength(1);
  });

  it('are refused when a folder holds several kinds, with an example of each', async () => {
    await write('mixed/a.jsonl', nodeLine(october));
    await write('mixed/b.json', '[{"coin":"BTC"}]');
    await expect(findSources(path.join(folder, 'mixed'), { companions: true })).rejects.toThrow(
      /one kind of source, found .*a\.jsonl \(node-fills\).*b\.json \(user-fills\)/,
    );
  });

  it('are refused where nothing is', async () => {
    await expect(findSources(path.join(folder, 'nowhere'), { companions: true })).rejects.toMatchObject({
      code: 'SOURCE_NOT_FOUND',
    });
    const file = await write('a.jsonl', nodeLine(october));
    await expect(findSources(file, { companions: true, candles: folder })).rejects.toMatchObject({
      code: 'SOURCE_UNKNOWN',
    });
  });
});
