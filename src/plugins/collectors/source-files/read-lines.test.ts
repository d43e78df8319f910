import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { compressFrameSync } from 'lz4-napi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLz4Frames } from './lz4-frames.ts';
import { type ReadLinesOptions, readLines } from './read-lines.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-lines-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function linesOf(content: Uint8Array, options: ReadLinesOptions = {}) {
  const path = join(folder, 'file');
  await writeFile(path, content);
  const lines: string[] = [];
  const damage: string[] = [];
  let first = 0;
  const onDamage = (line: number, reason: string) => damage.push(`${line}: ${reason}`);
  for await (const batch of readLines({ path }, { onDamage, ...options })) {
    if (first === 0) first = batch.first;
    lines.push(...batch.lines);
  }
  return { lines, damage, first };
}

const many = Array.from(
  { length: 30_000 },
  (_, index) => `line ${index} ${'é'.repeat(index % 7)} ${index * 7919}`,
);
const text = Buffer.from(`${many.join('\n')}\n`);

describe('lines', () => {
  test.each([
    ['plain', text],
    ['gzip', gzipSync(text)],
    ['two gzip members', Buffer.concat([gzipSync(text.subarray(0, 5_000)), gzipSync(text.subarray(5_000))])],
    ['Zstandard', zstdCompressSync(text)],
    [
      'two Zstandard frames',
      Buffer.concat([zstdCompressSync(text.subarray(0, 5_000)), zstdCompressSync(text.subarray(5_000))]),
    ],
    ['LZ4', compressFrameSync(text)],
    [
      'two LZ4 frames',
      Buffer.concat([
        compressFrameSync(text.subarray(0, 5_000)),
        compressFrameSync(text.subarray(5_000), { contentChecksum: true, blockChecksums: true }),
      ]),
    ],
  ])('of a %s file are all read', async (_, content) => {
    expect(await linesOf(content)).toEqual({ lines: many, damage: [], first: 1 });
  });

  test('keep their number when the first ones are passed over', async () => {
    const found = await linesOf(gzipSync(text), { skip: 12_345 });
    expect(found.first).toBe(12_346);
    expect(found.lines).toEqual(many.slice(12_345));
    expect((await linesOf(text, { skip: 30_000 })).lines).toEqual([]);
  });

  test('may end with a carriage return, begin with a byte order mark, and lack the last line break', async () => {
    expect((await linesOf(Buffer.from('\uFEFFa\r\n\r\nb'))).lines).toEqual(['a', '', 'b']);
    expect((await linesOf(Buffer.from(''))).lines).toEqual([]);
  });

  test('before a cut in a compressed file are all kept, and the cut is reported', async () => {
    for (const whole of [gzipSync(text), zstdCompressSync(text), compressFrameSync(text)]) {
      const { lines, damage } = await linesOf(whole.subarray(0, whole.length - 2_000));
      expect(lines.length).toBeGreaterThan(0);
      expect(lines).toEqual(many.slice(0, lines.length));
      expect(damage).toEqual([expect.stringMatching(`^${lines.length + 1}: the file cannot be read beyond`)]);
    }
  });

  test('longer than the limit are passed over and reported', async () => {
    const content = Buffer.from(`a\n${'x'.repeat(500_000)}\nb\n`);
    const found = await linesOf(content, { longestLine: 200_000 });
    expect(found.lines.filter(line => line.length < 10)).toEqual(['a', '', 'b']);
    expect(found.damage).toEqual(['2: the line is longer than 200000 bytes']);
  });
});

describe('LZ4 frames', () => {
  test('of any content give it back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'bc', 'hypersonar', '0x0000', '\n'), { maxLength: 3_000 }),
        fc.integer({ min: 1, max: 999 }),
        async (words, step) => {
          const content = Buffer.from(words.join(''));
          const frame = compressFrameSync(content);
          const pieces = async function* () {
            for (let at = 0; at < frame.length; at += step) yield frame.subarray(at, at + step);
          };
          expect(Buffer.concat(await allOf(readLz4Frames(pieces())))).toEqual(content);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('whose blocks refer to the block before are decoded', async () => {
    // By hand: version 01, linked blocks; one block of the four literals "abcd"; one whose match of 8 reaches 4 back into it,
    // with the literal "!" at its end.
    const frame = Buffer.from([
      ...[0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0x00],
      ...[5, 0, 0, 0, 0x40, 0x61, 0x62, 0x63, 0x64],
      ...[5, 0, 0, 0, 0x04, 0x04, 0x00, 0x10, 0x21],
      ...[0, 0, 0, 0],
    ]);
    const parts = await allOf(readLz4Frames(toAsync([frame])));
    expect(Buffer.concat(parts).toString()).toBe('abcdabcdabcd!');
  });
});

async function* toAsync<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

async function allOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
