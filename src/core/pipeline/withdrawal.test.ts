import { deserialize, serialize } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { defineSignal, hold, integer, type Plugins, signal, trade } from '../../plugin-api/index.ts';
import type { LatestRow, OutputBatch, TapeEvent } from '../event.ts';
import { createPipeline } from '../pipeline.ts';
import { makePlan } from '../plan.ts';
import { commandAt, stored, timerAt, tradeAt } from './random-tape.fixture.ts';
import { bag, bagClassifier, bagModel, walletBag, withdrawing } from './withdrawing.fixture.ts';

const start = Date.UTC(2025, 9, 10);

async function startPipeline(plugins: Plugins = withdrawing) {
  const pipeline = createPipeline({ plan: makePlan({ plugins }), strict: true });
  await pipeline.start();
  return pipeline;
}

/** `0xa` buys and sells; each trade has a beat of its own. The seller is another wallet each time. */
function dealings(...sizes: readonly (number | 'cursed')[]): TapeEvent[] {
  return sizes.flatMap((size, at) => {
    const seq = at * 2 + 1;
    const time = start + at * 1000;
    const parts =
      size === 'cursed'
        ? { price: '666', seller: `0x${at}` }
        : size > 0
          ? { size: String(size), seller: `0x${at}` }
          : { size: String(-size), buyer: `0x${at}`, seller: '0xa' };
    return [tradeAt(seq, time, parts), timerAt(seq + 1, time + 1000)];
  });
}

/** What is told of `0xa` for each batch. */
function told(batch: Pick<OutputBatch, 'latest'>) {
  return batch.latest
    .filter(({ key }) => key === '0xa')
    .map(({ plugin, row, stale }) => [plugin, row === undefined ? undefined : Object.values(row)[0], stale]);
}

async function toldByBeat(events: readonly TapeEvent[], plugins?: Plugins) {
  const pipeline = await startPipeline(plugins);
  const beats: unknown[] = [];
  for (let at = 0; at < events.length; at += 2)
    beats.push(told(await pipeline.process(events.slice(at, at + 2))));
  return beats;
}

describe('a row whose plugin answers `undefined`', () => {
  test('is withdrawn, and with it all that was made of it', async () => {
    const pipeline = await startPipeline();
    await pipeline.process(dealings(3));
    const { latest, history } = await pipeline.process(dealings(3, -3).slice(2));
    expect(told({ latest })).toEqual([
      ['bag', undefined, false],
      ['purse', undefined, false],
      ['bag-model', undefined, false],
      ['bag-classifier', undefined, false],
    ]);
    expect(history.filter(({ key, plugin }) => key === '0xa' && plugin === 'bag-classifier')).toMatchObject([
      { row: undefined, previous: { kind: 'light' } },
    ]);
    for (const ref of ['wallet.bag', 'wallet.purse', 'bag.score', 'bag.kind']) {
      expect(pipeline.row(ref, '0xa'), ref).toBeUndefined();
    }
  });

  test('of a model or a classifier is withdrawn alone with what depends on it', async () => {
    // Points are ten times the size, none from size 100; light below 50 points, nothing below 0.
    expect(await toldByBeat(dealings(3, 97, -97, -5), [bag, bagModel, bagClassifier])).toEqual([
      [
        ['bag', 3, false],
        ['bag-model', 30, false],
        ['bag-classifier', 'light', false],
      ],
      [
        ['bag', 100, false],
        ['bag-model', undefined, false],
        ['bag-classifier', undefined, false],
      ],
      [
        ['bag', 3, false],
        ['bag-model', 30, false],
        ['bag-classifier', 'light', false],
      ],
      [
        ['bag', -2, false],
        ['bag-model', -20, false],
        ['bag-classifier', undefined, false],
      ],
    ]);
  });

  test('is told again when there is one, and is not told while there was none', async () => {
    const beats = await toldByBeat(dealings(3, -3, 0, 3), bag);
    // A trade of size 0 leaves the empty bag empty.
    expect(beats).toEqual([[['bag', 3, false]], [['bag', undefined, false]], [], [['bag', 3, false]]]);
  });

  test('is stale no longer', async () => {
    expect(await toldByBeat(dealings(3, 'cursed', -3, 3), [bag, bagModel])).toEqual([
      [
        ['bag', 3, false],
        ['bag-model', 30, false],
      ],
      [
        ['bag', 3, true],
        ['bag-model', 30, true],
      ],
      [
        ['bag', undefined, false],
        ['bag-model', undefined, false],
      ],
      [
        ['bag', 3, false],
        ['bag-model', 30, false],
      ],
    ]);
  });

  test('is marked stale, not withdrawn, while the plugin of an input is at fault', async () => {
    const halted = [
      ...dealings(3),
      commandAt(3, start + 1000, 'pause-plugin', 'bag-model'),
      tradeAt(4, start + 1500, { size: '3', buyer: '0xb', seller: '0xa' }),
      timerAt(5, start + 3000),
    ];
    const pipeline = await startPipeline([bag, bagModel, bagClassifier]);
    await pipeline.process(halted.slice(0, 2));
    expect(told(await pipeline.process(halted.slice(2)))).toEqual([
      ['bag', undefined, false],
      ['bag-model', 30, true],
      ['bag-classifier', 'light', true],
    ]);
  });

  test('triggers no signal, which reads none from then on', async () => {
    const read: [string, number | undefined][] = [];
    const watcher = defineSignal({
      version: '1.0.0',
      api: '^1.0.0',
      doc: 'Serves a test.',
      id: 'watcher',
      trigger: [trade, walletBag],
      inputs: { bag: walletBag },
      output: signal({
        id: 'wallet.watch',
        version: 1,
        entity: 'trader',
        doc: 'Nothing.',
        fields: { count: integer({ unit: 'count', doc: 'A count.' }) },
      }),
      key: () => '0xa',
      evaluate(_, event, ctx) {
        read.push([event.type, ctx.inputs.bag('0xa')?.size]);
        return hold('never');
      },
    });
    const pipeline = await startPipeline([bag, watcher]);
    await pipeline.process([...dealings(3, -3), tradeAt(5, start + 5000, { buyer: '0xb', seller: '0xc' })]);
    expect(read.filter(([type]) => type === 'trade')).toEqual([
      ['trade', 3],
      ['trade', undefined],
      ['trade', undefined],
    ]);
  });
});

test('what is withdrawn does not depend on batches, nor on a snapshot between', async () => {
  const events = dealings(3, -3, 2, 'cursed', 98, -100, 7, -9, 2);
  const whole = stored([await (await startPipeline()).process(events)]);
  for (let cut = 1; cut < events.length; cut++) {
    const first = await startPipeline();
    const batches = [await first.process(events.slice(0, cut))];
    const second = await startPipeline();
    second.restore(deserialize(serialize(first.snapshot())));
    batches.push(await second.process(events.slice(cut)));
    expect(stored(batches), `cut after ${cut}`).toEqual(whole);
  }
});

test('all rows that stand are those that were told and not withdrawn, as they stand', async () => {
  const events = dealings(3, -3, 2, 'cursed', 98, -100, 7, -9, 2);
  const pipeline = await startPipeline();
  const batch = await pipeline.process(events);
  const standing = batch.latest.filter(({ row }) => row !== undefined);
  const content = ({ plugin, key, row, stale }: LatestRow) => [`${plugin} ${key}`, row, stale];
  const all = [...pipeline.allRows()];
  expect(all.map(content).sort()).toEqual(standing.map(content).sort());
  expect(all.length).toBeGreaterThan(20);
  expect(all.every(({ seq }) => seq === events.length)).toBe(true);
});
