import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EventRef, metric } from '../../plugin-api/index.ts';
import { type DeclaredSource, mergeDeclared } from './merge.ts';
import type { AnyDraft } from './source-item.ts';

const draftAt = (tsIngest: number | undefined, dedupe: string): AnyDraft => ({
  ref: metric as EventRef,
  key: 'market',
  tsEvent: tsIngest ?? 0,
  dedupe,
  payload: {},
  ...(tsIngest !== undefined && { tsIngest }),
});

function sourceOf(id: string, chunks: readonly (readonly AnyDraft[])[]): DeclaredSource {
  return {
    id,
    drafts: (async function* () {
      for (const chunk of chunks) yield chunk;
    })(),
  };
}

async function merged(sources: readonly DeclaredSource[]): Promise<string[]> {
  const all: string[] = [];
  for await (const { source, drafts } of mergeDeclared(sources)) {
    for (const { dedupe } of drafts) all.push(`${source}${dedupe}`);
  }
  return all;
}

describe('merging histories', () => {
  it('goes by time, then by source id, then by the order within the source', async () => {
    const b = sourceOf('b', [[draftAt(1, '1'), draftAt(5, '2')], [], [draftAt(5, '3')]]);
    const a = sourceOf('a', [[draftAt(2, '1')], [draftAt(5, '2'), draftAt(9, '3')]]);
    expect(await merged([b, a])).toEqual(['b1', 'a1', 'a2', 'b2', 'b3', 'a3']);
  });

  it('leaves a draft without a time behind the one before it', async () => {
    const a = sourceOf('a', [[draftAt(1, '1'), draftAt(undefined, '2'), draftAt(7, '3')]]);
    const b = sourceOf('b', [[draftAt(2, '1')]]);
    expect(await merged([a, b])).toEqual(['a1', 'a2', 'b1', 'a3']);
  });

  it('does not depend on how sources cut their drafts into arrays, nor on their order', async () => {
    const times = fc
      .array(fc.integer({ min: 0, max: 20 }), { maxLength: 15 })
      .map(list => list.sort((x, y) => x - y));
    const cut = (drafts: AnyDraft[], size: number): AnyDraft[][] =>
      Array.from({ length: Math.ceil(drafts.length / size) }, (_, i) =>
        drafts.slice(i * size, (i + 1) * size),
      );
    await fc.assert(
      fc.asyncProperty(
        fc.array(times, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 5 }),
        async (lists, size) => {
          const drafts = lists.map(list => list.map((time, index) => draftAt(time, `${index}`)));
          const expected = drafts
            .flatMap((list, id) => list.map((item, index) => ({ time: item.tsIngest!, id, index })))
            .sort((x, y) => x.time - y.time || x.id - y.id || x.index - y.index)
            .map(({ id, index }) => `s${id}${index}`);
          const whole = drafts.map((list, id) => sourceOf(`s${id}`, [list]));
          const pieces = drafts.map((list, id) => sourceOf(`s${id}`, cut(list, size))).reverse();
          expect(await merged(whole)).toEqual(expected);
          expect(await merged(pieces)).toEqual(expected);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('passes on the failure of a source, and ends the others', async () => {
    let ended = false;
    const failing: DeclaredSource = {
      id: 'a',
      drafts: (async function* () {
        yield [draftAt(1, '1')];
        throw new Error('torn');
      })(),
    };
    const other: DeclaredSource = {
      id: 'b',
      drafts: (async function* () {
        try {
          for (let time = 0; ; time++) yield [draftAt(time, `${time}`)];
        } finally {
          ended = true;
        }
      })(),
    };
    await expect(merged([failing, other])).rejects.toThrow('torn');
    expect(ended).toBe(true);
  });
});
