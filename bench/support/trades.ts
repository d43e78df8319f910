/*
 * Trades as the exchange's `trades` channel tells them, one JSON text a line, made from a seed. A wallet trades three coins, as
 * the median one does in recordings of active wallets; a coin's share falls with its rank.
 */

const coinsOfWallet = 3;

export interface TradeLines {
  readonly count: number;
  readonly wallets: number;
  readonly coins: number;
  /**
   * Who trades. `uniform`: every wallet is as likely. `zipf`: the wallet of rank r is 1 / r as likely as the first. `each`: one
   * after the other, with any other.
   */
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

/** A rank below `count`, the r-th 1 / r as likely as the first. */
function zipf(random: number, count: number): number {
  return Math.min(count - 1, Math.floor(Math.exp(random * Math.log(count + 1))) - 1);
}

interface Market {
  /** The coins of each wallet, `coinsOfWallet` numbers each. */
  readonly coins: Uint16Array;
  /** The wallets of each coin, in the order of their numbers. */
  readonly traders: readonly Int32Array[];
}

function makeMarket(wallets: number, coinCount: number): Market {
  const random = uniform(wallets);
  const coins = new Uint16Array(wallets * coinsOfWallet);
  const counts = new Int32Array(coinCount);
  for (let i = 0; i < coins.length; i++) {
    const coin = zipf(random(), coinCount);
    coins[i] = coin;
    counts[coin] = (counts[coin] as number) + 1;
  }
  const traders = Array.from(counts, count => new Int32Array(count));
  counts.fill(0);
  for (let i = 0; i < coins.length; i++) {
    const coin = coins[i] as number;
    const place = counts[coin] as number;
    (traders[coin] as Int32Array)[place] = Math.floor(i / coinsOfWallet);
    counts[coin] = place + 1;
  }
  return { coins, traders };
}

/** Yields lines such as `{"coin":"BTC","side":"B","px":"100.5","sz":"0.1","time":1,"hash":"0x…","tid":1,"users":["0x…","0x…"]}`. */
export function* tradeLines(options: TradeLines): Generator<string> {
  const { count, wallets, coins, choice, seed, rate, from, firstId } = options;
  const market = makeMarket(wallets, coins);
  const random = uniform(seed);
  const pick = (among: number) => (choice === 'zipf' ? zipf(random(), among) : Math.floor(random() * among));
  let hash = '';
  for (let i = 0; i < count; i++) {
    const one = choice === 'each' ? i % wallets : pick(wallets);
    const coin = market.coins[one * coinsOfWallet + Math.floor(random() * coinsOfWallet)] as number;
    const traders = market.traders[coin] as Int32Array;
    const other = traders[pick(traders.length)] as number;
    // Two of three trades begin a new transaction, as one order in three matches more than one other.
    if (i === 0 || random() < 0.67) {
      const scattered = Math.floor(random() * 0xffffffff);
      hash = `0x${scattered.toString(16).padStart(8, '0')}${(firstId + i).toString(16).padStart(56, '0')}`;
    }
    const price = (1000 / (coin + 1)) * (1 + (random() - 0.5) / 50);
    const size = Math.exp(random() * 8 - 4);
    const oneBuys = random() < 0.5;
    yield JSON.stringify({
      coin: coin === 0 ? 'BTC' : `C${coin}`,
      side: random() < 0.5 ? 'B' : 'A',
      px: price.toPrecision(5),
      sz: size.toFixed(3),
      time: from + Math.floor((i * 1000) / rate),
      hash,
      tid: firstId + i,
      users: oneBuys
        ? [walletAddress(one), walletAddress(other)]
        : [walletAddress(other), walletAddress(one)],
    });
  }
}
