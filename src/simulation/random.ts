/** A seeded source of random numbers. The same seed and label give the same sequence. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Uniform over the integers 0 to count - 1. */
  below(count: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** Standard normal, by the Box-Muller transform. */
  gaussian(): number;
  /** Exponential with the given mean. */
  exponential(mean: number): number;
  /** Log-normal with the given median and standard deviation of the logarithm. */
  logNormal(median: number, sigma: number): number;
  /** Lower-case hexadecimal digits. */
  hex(digits: number): string;
}

/** The sfc32 generator (Chris Doty-Humphrey, PractRand), seeded from a number and a label by FNV-1a. */
export function createRandom(seed: number, label: string): Random {
  let a = hash(`${seed}/${label}/a`);
  let b = hash(`${seed}/${label}/b`);
  let c = hash(`${seed}/${label}/c`);
  let counter = 1;
  let spare: number | undefined;

  function word(): number {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  }
  for (let i = 0; i < 12; i++) word();

  const random: Random = {
    next: () => word() / 4_294_967_296,
    between: (low, high) => low + (high - low) * random.next(),
    below: count => Math.floor(random.next() * count),
    chance: probability => random.next() < probability,
    pick: items => {
      const item = items[random.below(items.length)];
      if (item === undefined) throw new RangeError('expected at least one item to pick from, found none');
      return item;
    },
    gaussian() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
      const angle = 2 * Math.PI * random.next();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    exponential: mean => -mean * Math.log(1 - random.next()),
    logNormal: (median, sigma) => median * Math.exp(sigma * random.gaussian()),
    hex(digits) {
      let text = '';
      while (text.length < digits) text += word().toString(16).padStart(8, '0');
      return text.slice(0, digits);
    },
  };
  return random;
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value | 0;
}
