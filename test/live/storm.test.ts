import { describe, expect, it } from 'vitest';
import { keptSeeds } from './kept-seeds.ts';
import { runStorm } from './storm.ts';

const slow = process.env.HYPERSONAR_TEST_SLOW === '1';
const firstSeed = Number(process.env.HYPERSONAR_TEST_SEED ?? 1);
const count = slow ? 20 : 1;
const seeds = [...new Set([...keptSeeds, ...Array.from({ length: count }, (_, index) => firstSeed + index)])];

/** Two storms at a time: each spends most of its time waiting. */
const atOnce = 2;
let passing = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (passing >= atOnce) await new Promise<void>(resolve => waiting.push(resolve));
  else passing++;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) passing--;
    else next();
  }
}

describe('after a storm of everything that can go wrong, kills of the platform among it,', () => {
  it.concurrent.each(seeds)(
    'positions of tracked traders are those of the exchange, and nothing is missing in silence, seed %i',
    async seed => {
      const { log, problems, ...figures } = await inTurn(() => runStorm(seed));
      console.info(JSON.stringify(figures));
      if (problems.length > 0) {
        console.info(
          `seed ${seed} failed; add it to test/live/kept-seeds.ts. What the platform said:\n${log.slice(-20_000)}`,
        );
      }
      expect({ seed, problems }).toEqual({ seed, problems: [] });
      // Or else there was nothing to compare.
      expect(figures.positions).toBeGreaterThan(50);
      expect(figures.trades).toBeGreaterThan(1_000);
      expect(figures.gaps).toBeGreaterThan(0);
      expect(figures.alerts).toBeGreaterThan(0);
    },
    3_600_000,
  );
});
