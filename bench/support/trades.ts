/*
 * Trades as the exchange's `trades` channel tells them, one JSON text a line, made from a seed.
 */

export interface TradeLines {
  readonly count: number;
  readonly wallets: number;
  readonly coins: number;
  /** `uniform`: every wallet is as likely. `zipf`: the wallet of rank r is 1 / r as likely as the first. */
  readonly choice: 'uniform' | 'zipf' | 'each';
  readonly seed: number;
  /** Trades in a second. */
  readonly rate: number;
  /** The time of the first, ms. */
  readonly from: number;
  readonly firstId: number;
}

/** A small generator of uniform numbers (mulberry32, Tommy Ettinger, public domain). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** The address of the wallet with a number. */
export function walletAddress(wallet: number): string {
  const scattered = Math.imul(wallet + 1, 0x9e3779b1) >>> 0;
  return `0x${scattered.toString(16).padStart(8, '0')}${wallet.toString(16).padStart(32, '0')}`;
}

/** Yields lines such as `{"coin":"BTC","side":"B","px":"100.5","sz":"0.1","time":1,"hash":"0x…","tid":1,"users":["0x…","0x…"]}`. */
export function* tradeLines(options: TradeLines): Generator<string> {
  const { count, wallets, coins, choice, seed, rate, from, firstId } = options;
  const random = uniform(seed);
  const logWallets = Math.log(wallets + 1);
  let next = 0;
  const wallet = () => {
    if (choice === 'each') return next++ % wallets;
    if (choice === 'uniform') return Math.floor(random() * wallets);
    return Math.min(wallets - 1, Math.floor(Math.exp(random() * logWallets)) - 1);
  };
  let hash = '';
  for (let i = 0; i < count; i++) {
    const coin = Math.min(coins - 1, Math.floor(Math.exp(random() * Math.log(coins + 1))) - 1);
    // Two of three trades begin a new transaction, as one order in three matches more than one other.
    if (i === 0 || random() < 0.67) {
      hash = `0x${Math.floor(random() * 0xffffffff)
        .toString(16)
        .padStart(8, '0')}${(firstId + i).toString(16).padStart(56, '0')}`;
    }
    const price = (1000 / (coin + 1)) * (1 + (random() - 0.5) / 50);
    const size = Math.exp(random() * 8 - 4);
    yield JSON.stringify({
      coin: coin === 0 ? 'BTC' : `C${coin}`,
      side: random() < 0.5 ? 'B' : 'A',
      px: price.toPrecision(5),
      sz: size.toFixed(3),
      time: from + Math.floor((i * 1000) / rate),
      hash,
      tid: firstId + i,
      users: [walletAddress(wallet()), walletAddress(wallet())],
    });
  }
}
