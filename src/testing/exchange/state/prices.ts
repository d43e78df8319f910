import { createRandom } from '../../../simulation/random.ts';
import type { Market } from './universe.ts';
import type { Venue } from './venue.ts';

const yearMs = 365 * 86_400_000;
const stepMs = 1_000;
/** Half of the way back to where a price began is gone after this long, so that prices keep their digits. */
const anchorMs = 3 * 86_400_000;
const farthest = 0.45;

/** Prices of the markets that no agent trades: each walks by itself, bound to where it began. */
export interface Prices {
  /** Moves marks and oracles to the present, in steps of a second. */
  advance(now: number): void;
}

export function createPrices(seed: number, venue: Venue, markets: readonly Market[], start: number): Prices {
  const random = createRandom(seed, 'marks');
  const offsets = new Float64Array(markets.length);
  const premiums = new Float64Array(markets.length);
  let moved = start - (start % stepMs);

  return {
    advance(now) {
      if (now - moved < stepMs) return;
      const elapsed = Math.floor((now - moved) / stepMs) * stepMs;
      moved += elapsed;
      const share = Math.sqrt(Math.min(elapsed, 86_400_000) / yearMs);
      const pull = Math.min(1, elapsed / anchorMs);
      for (let i = 0; i < markets.length; i++) {
        const market = markets[i]!;
        if (market.isDelisted) continue;
        const step = random.gaussian() * market.volatility * share - offsets[i]! * pull;
        offsets[i] = Math.max(-farthest, Math.min(farthest, offsets[i]! + step));
        premiums[i] = premiums[i]! * 0.98 + random.gaussian() * 0.00006;
        const oracle = market.startTick * Math.exp(offsets[i]!);
        venue.oracles[market.index] = Math.max(1, Math.round(oracle));
        venue.marks[market.index] = Math.max(1, Math.round(oracle * (1 + premiums[i]!)));
      }
    },
  };
}
