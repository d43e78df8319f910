import { type Coin, coins } from './coins.ts';
import { createRandom, type Random } from './random.ts';

/** How a market moves for some hours. */
export type Regime = 'calm' | 'range' | 'trend-up' | 'trend-down' | 'turbulent';

const regimes: readonly Regime[] = ['calm', 'range', 'range', 'trend-up', 'trend-down', 'turbulent'];
const volatilityOf: Record<Regime, number> = {
  calm: 0.6,
  range: 0.8,
  'trend-up': 1,
  'trend-down': 1,
  turbulent: 2.5,
};
const yearSeconds = 365 * 86_400;
const anchorHalfLifeSeconds = 45 * 86_400;
const rangeHalfLifeSeconds = 2 * 3_600;
const premiumHalfLifeSeconds = 600;
const premiumDeviation = 0.0004;
/** Drift of a trend, in standard deviations of one hour per hour. */
const trendStrength = 0.5;
const sampleSpacingMs = 5_000;
const samplesKept = 2_048;

interface Process {
  readonly coin: Coin;
  readonly anchor: number;
  logPrice: number;
  /** Where a ranging price returns to. */
  centre: number;
  premium: number;
  regime: Regime;
  regimeEnds: number;
  readonly times: number[];
  readonly values: number[];
}

/** Fundamental prices: a common factor, each coin's own part with regimes, and the perpetual's premium over the oracle. */
export interface Prices {
  /** Moves all prices from `from` to `to`, ms. */
  advance(from: number, to: number): void;
  /** The oracle's price in USD. */
  oracle(coin: Coin): number;
  /** What makers hold to be the perpetual's fair price: the oracle's with the premium. */
  fair(coin: Coin): number;
  /** Fair over oracle, less 1. */
  premium(coin: Coin): number;
  regime(coin: Coin): Regime;
  /** Log return of the fair price over the last `ms`. */
  change(coin: Coin, now: number, ms: number): number;
  /** An aggressive order of signed notional moves the price, half of it for good. */
  impact(coin: Coin, signedUsd: number): void;
}

export function createPrices(seed: number, start: number): Prices {
  const common = createRandom(seed, 'prices/common');
  const sources = coins.map(coin => createRandom(seed, `prices/${coin.name}`));
  let commonRegime: Regime = 'range';
  let commonRegimeEnds = start;
  const processes: Process[] = coins.map(coin => ({
    coin,
    anchor: Math.log(coin.startPrice),
    logPrice: Math.log(coin.startPrice),
    centre: Math.log(coin.startPrice),
    premium: 0,
    regime: 'range',
    regimeEnds: start,
    times: [start],
    values: [Math.log(coin.startPrice)],
  }));

  const regimeLength = (random: Random, regime: Regime) =>
    3_600_000 * (regime === 'turbulent' ? random.between(0.5, 3) : random.between(2, 12));

  const fairOf = (process: Process) => Math.exp(process.logPrice) * (1 + process.premium);

  const processOf = (coin: Coin): Process => processes[coin.index]!;

  return {
    advance(from, to) {
      const seconds = (to - from) / 1_000;
      if (seconds <= 0) return;
      if (to >= commonRegimeEnds) {
        commonRegime = common.pick(regimes);
        commonRegimeEnds = to + regimeLength(common, commonRegime);
      }
      // The common factor carries about half of each coin's variance.
      const commonHour = 0.4 * Math.sqrt(3_600 / yearSeconds);
      const commonDeviation =
        0.4 * Math.sqrt(Math.min(seconds, 86_400) / yearSeconds) * volatilityOf[commonRegime];
      const commonReturn =
        common.gaussian() * commonDeviation +
        direction(commonRegime) * commonHour * trendStrength * 0.5 * (seconds / 3_600);
      for (const process of processes) {
        const random = sources[process.coin.index]!;
        if (to >= process.regimeEnds) {
          process.regime = random.pick(regimes);
          process.regimeEnds = to + regimeLength(random, process.regime);
          process.centre = process.logPrice;
        }
        const own = Math.sqrt(Math.max(process.coin.volatility ** 2 - (0.3 * process.coin.beta) ** 2, 0.01));
        const hour = own * Math.sqrt(3_600 / yearSeconds);
        const deviation = own * Math.sqrt(seconds / yearSeconds) * volatilityOf[process.regime];
        let step = random.gaussian() * deviation + process.coin.beta * 0.75 * commonReturn;
        step += direction(process.regime) * hour * trendStrength * (seconds / 3_600);
        if (process.regime === 'range')
          step += (process.centre - process.logPrice) * decay(seconds, rangeHalfLifeSeconds);
        // Over weeks prices return to where they began, so that no seed ends at zero or in the sky.
        step += (process.anchor - process.logPrice) * decay(seconds, anchorHalfLifeSeconds);
        process.logPrice += step;
        const kept = 1 - decay(seconds, premiumHalfLifeSeconds);
        process.premium =
          process.premium * kept + premiumDeviation * Math.sqrt(1 - kept * kept) * random.gaussian();
        remember(process, to, Math.log(fairOf(process)));
      }
    },
    oracle: coin => Math.exp(processOf(coin).logPrice),
    fair: coin => fairOf(processOf(coin)),
    premium: coin => processOf(coin).premium,
    regime: coin => processOf(coin).regime,
    change(coin, now, ms) {
      const process = processOf(coin);
      const { times, values } = process;
      const wanted = now - ms;
      let low = 0;
      let high = times.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >>> 1;
        if (times[middle]! <= wanted) low = middle;
        else high = middle - 1;
      }
      return Math.log(fairOf(process)) - values[low]!;
    },
    impact(coin, signedUsd) {
      const process = processOf(coin);
      // A sixth of a basis point for each first-level depth taken, doubled in thin markets by their smaller depth.
      const move = Math.max(-0.004, Math.min(0.004, (signedUsd / coin.depthUsd) * 0.00006));
      process.logPrice += move / 2;
      process.centre += move / 2;
      process.premium = Math.max(-0.01, Math.min(0.01, process.premium + move / 2));
    },
  };
}

function direction(regime: Regime): number {
  if (regime === 'trend-up') return 1;
  return regime === 'trend-down' ? -1 : 0;
}

/** The share of a distance that is gone after `seconds`. */
function decay(seconds: number, halfLifeSeconds: number): number {
  return 1 - 0.5 ** (seconds / halfLifeSeconds);
}

function remember(process: Process, time: number, value: number): void {
  const { times, values } = process;
  if (time - times.at(-1)! < sampleSpacingMs) return;
  times.push(time);
  values.push(value);
  if (times.length >= samplesKept * 2) {
    times.splice(0, samplesKept);
    values.splice(0, samplesKept);
  }
}
