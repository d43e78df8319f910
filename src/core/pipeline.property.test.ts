import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Plugins } from '../plugin-api/index.ts';
import type { OutputBatch, TapeEvent } from './event.ts';
import * as plain from './pipeline/every-kind.fixture.ts';
import { randomTape, stored } from './pipeline/random-tape.fixture.ts';
import { withdrawing } from './pipeline/withdrawing.fixture.ts';
import { createPipeline } from './pipeline.ts';
import { makePlan } from './plan.ts';

const everyKind = [...plain.everyKind, ...withdrawing];

async function startPipeline(plugins: Plugins = everyKind) {
  const pipeline = createPipeline({ plan: makePlan({ plugins }), seed: 7, strict: true });
  await pipeline.start();
  return pipeline;
}

async function processBatches(events: readonly TapeEvent[], size: number, plugins?: Plugins) {
  const pipeline = await startPipeline(plugins);
  const batches: OutputBatch[] = [];
  for (let from = 0; from < events.length; from += size) {
    batches.push(await pipeline.process(events.slice(from, from + size)));
  }
  return stored(batches);
}

test('what is stored does not depend on the size of batches', async () => {
  await fc.assert(
    fc.asyncProperty(randomTape, fc.integer({ min: 2, max: 9 }), async (events, size) => {
      const atOnce = await processBatches(events, events.length);
      expect(await processBatches(events, 1)).toEqual(atOnce);
      expect(await processBatches(events, size)).toEqual(atOnce);
    }),
    { numRuns: 60 },
  );
});

test('what is stored does not depend on the order in which plugins were registered', async () => {
  const shuffled = fc.shuffledSubarray(everyKind, { minLength: everyKind.length });
  await fc.assert(
    fc.asyncProperty(randomTape, shuffled, async (events, plugins) => {
      expect(await processBatches(events, 5, plugins)).toEqual(await processBatches(events, 5));
    }),
    { numRuns: 40 },
  );
});

test('a pipeline restored after any event, also in mid-beat, goes on as if it had never stopped', async () => {
  await fc.assert(
    fc.asyncProperty(randomTape, fc.nat(), async (events, cut) => {
      const at = cut % events.length;
      const undisturbed = await startPipeline();
      await undisturbed.process(events.slice(0, at));
      const snapshot = deserialize(serialize(undisturbed.snapshot()));
      const expected = await undisturbed.process(events.slice(at));

      const restored = await startPipeline();
      restored.restore(snapshot);
      expect(stored([await restored.process(events.slice(at))])).toEqual(stored([expected]));
      expect(restored.snapshot()).toEqual(undisturbed.snapshot());
      expect(restored.health()).toEqual(undisturbed.health());
    }),
    { numRuns: 60 },
  );
});

test('every output has a place of its own on the tape', async () => {
  await fc.assert(
    fc.asyncProperty(randomTape, async events => {
      const { history, signals, alerts, faults } = await processBatches(events, 4);
      const places = [...history, ...signals, ...alerts, ...faults].map(
        ({ seq, index }) => `${seq}.${index}`,
      );
      expect(new Set(places).size).toBe(places.length);
    }),
    { numRuns: 30 },
  );
});
