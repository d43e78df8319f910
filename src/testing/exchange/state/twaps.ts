import type { Account } from './accounts.ts';
import { append } from './block-draft.ts';
import { wireDecimal, wireUsd } from './decimals.ts';
import type { Quotes } from './quotes.ts';
import type { Market } from './universe.ts';
import type { Venue } from './venue.ts';
import type { WireTwapHistory, WireTwapState } from './wire.ts';

const sliceMs = 30_000;
const kept = 500;

interface Twap {
  readonly id: number;
  readonly account: Account;
  readonly market: Market;
  readonly isBuy: boolean;
  readonly lots: number;
  readonly minutes: number;
  readonly begun: number;
  executed: number;
  /** Micro-dollars. */
  notional: number;
  nextSlice: number;
}

/** Orders that are traded in slices, each 30 seconds; their fills are told apart from all others. */
export interface Twaps {
  start(account: Account, market: Market, signedLots: number, minutes: number): void;
  /** Trades the slices that are due. */
  run(): void;
  /** Ends those of an account. */
  terminate(account: Account): void;
  readonly running: number;
  /** Newest first. */
  historyOf(account: Account): readonly WireTwapHistory[];
  /** Those that run, with their identifiers. */
  statesOf(account: Account): [id: number, state: WireTwapState][];
}

export function createTwaps(venue: Venue, quotes: Quotes): Twaps {
  let running: Twap[] = [];
  const histories = new Map<number, WireTwapHistory[]>();
  let last = 1_700_000;

  const stateOf = (twap: Twap): WireTwapState => ({
    coin: twap.market.coin,
    user: twap.account.address,
    side: twap.isBuy ? 'B' : 'A',
    sz: wireDecimal(twap.lots, twap.market.sizeDecimals),
    executedSz: wireDecimal(twap.executed, twap.market.sizeDecimals),
    executedNtl: wireUsd(twap.notional),
    minutes: twap.minutes,
    reduceOnly: false,
    randomize: false,
    timestamp: twap.begun,
  });

  function tell(twap: Twap, status: 'activated' | 'finished' | 'terminated'): void {
    const entry: WireTwapHistory = {
      time: Math.floor(venue.now / 1_000),
      state: stateOf(twap),
      status: { status },
      twapId: twap.id,
    };
    let own = histories.get(twap.account.index);
    if (own === undefined) {
      own = [];
      histories.set(twap.account.index, own);
    }
    own.push(entry);
    if (own.length > kept) own.splice(0, own.length - kept);
    append(venue.block.twapHistory, twap.account.address, entry);
  }

  /** Trades what should have been traded by now. */
  function slice(twap: Twap): void {
    const slices = twap.minutes * (60_000 / sliceMs);
    const done = Math.min(slices, Math.floor((venue.now - twap.begun) / sliceMs) + 1);
    const wanted = Math.floor((twap.lots * done) / slices) - twap.executed;
    twap.nextSlice += sliceMs;
    if (wanted <= 0 || twap.market.isDelisted) return;
    const before = twap.account.volume;
    quotes.take({
      taker: twap.account,
      market: twap.market,
      isBuy: twap.isBuy,
      lots: wanted,
      twap: twap.id,
    });
    twap.executed += wanted;
    twap.notional += twap.account.volume - before;
  }

  return {
    get running() {
      return running.length;
    },
    start(account, market, signedLots, minutes) {
      const twap: Twap = {
        id: ++last,
        account,
        market,
        isBuy: signedLots > 0,
        lots: Math.abs(signedLots),
        minutes,
        begun: venue.now,
        executed: 0,
        notional: 0,
        nextSlice: venue.now,
      };
      running.push(twap);
      tell(twap, 'activated');
    },
    run() {
      let ended = false;
      for (const twap of running) {
        if (twap.nextSlice > venue.now) continue;
        slice(twap);
        if (twap.executed < twap.lots && !twap.market.isDelisted) continue;
        ended = true;
        tell(twap, twap.executed < twap.lots ? 'terminated' : 'finished');
      }
      if (ended)
        running = running.filter(({ executed, lots, market }) => executed < lots && !market.isDelisted);
    },
    terminate(account) {
      for (const twap of running) if (twap.account === account) tell(twap, 'terminated');
      running = running.filter(twap => twap.account !== account);
    },
    historyOf: account => [...(histories.get(account.index) ?? [])].reverse(),
    statesOf: account =>
      running.filter(twap => twap.account === account).map(twap => [twap.id, stateOf(twap)]),
  };
}
