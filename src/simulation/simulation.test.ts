import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Account, type Archetype, equityOf, holdingOf } from './accounts.ts';
import { coins, decimalText } from './coins.ts';
import type { MarketEvent } from './market-event.ts';
import { createSimulation } from './simulation.ts';

const day = 86_400_000;
const minute = 60_000;
const present = Date.UTC(2026, 2, 3, 15);

function run(seed: number, { days = 4, wallets = 60, liveMinutes = 3, tradesPerSecond = 10 } = {}) {
  const simulation = createSimulation({
    seed,
    wallets,
    tradesPerSecond,
    present,
    phases: [
      { kind: 'deep', from: present - days * day },
      { kind: 'recent', from: present - 60 * minute },
      { kind: 'live', from: present },
    ],
  });
  const events = [
    ...simulation.runUntil(present - 1),
    ...simulation.runUntil(present + liveMinutes * minute),
  ];
  return { simulation, events };
}

const tradesOf = (events: readonly MarketEvent[]) => events.filter(event => event.type === 'trade');
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('the simulated market', () => {
  it('gives the same events for the same seed, and others for another', () => {
    const text = (seed: number) =>
      JSON.stringify(
        tradesOf(run(seed, { days: 1 }).events).map(({ time, tick, lots, buyer, seller, hash }) => [
          time,
          tick,
          lots,
          buyer.address,
          seller.address,
          hash,
        ]),
      );
    const first = text(3);
    expect(text(3)).toBe(first);
    expect(text(4)).not.toBe(first);
  });

  it('gives the same events however far each call goes', () => {
    const options = {
      seed: 5,
      wallets: 60,
      tradesPerSecond: 10,
      present,
      phases: [{ kind: 'recent', from: present } as const],
    };
    const whole = createSimulation(options).runUntil(present + 30 * minute);
    const stepwise = createSimulation(options);
    const parts: MarketEvent[] = [];
    for (let time = present; time < present + 30 * minute; ) {
      time = Math.min(present + 30 * minute, time + 777);
      parts.push(...stepwise.runUntil(time));
    }
    const plain = (events: readonly MarketEvent[]) => events.map(event => [event.type, event.time]);
    expect(plain(parts)).toEqual(plain(whole));
  });

  it('keeps longs equal to shorts and every dollar accounted for, for any seed', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), seed => {
        const { simulation, events } = run(seed);
        const { accounts, exchange } = simulation;
        for (const coin of coins) {
          const lots = accounts.map(account => holdingOf(account, coin).lots);
          expect(sum(lots)).toBe(0);
          expect(exchange.openInterest[coin.index]).toBe(sum(lots.filter(each => each > 0)));
        }
        // Positions cancel out, so all deposits are in cash or were paid as fees.
        expect(sum(accounts.map(account => account.cash + account.feesPaid))).toBe(
          sum(accounts.map(account => account.deposits)),
        );
        expect(sum(accounts.map(account => account.fundingReceived))).toBe(0);
        expect(events.map(event => event.time)).toEqual(
          events.map(event => event.time).toSorted((a, b) => a - b),
        );
      }),
      { numRuns: 12 },
    );
  });

  it('explains every account by its trades, funding and fees alone', () => {
    const { simulation, events } = run(21, { days: 6, wallets: 120 });
    const { exchange } = simulation;
    const cash = new Map<Account, number>();
    const lots = new Map<Account, number[]>();
    for (const account of simulation.accounts) {
      cash.set(account, account.deposits + account.fundingReceived - account.feesPaid);
      lots.set(
        account,
        coins.map(() => 0),
      );
    }
    for (const { coin, tick, lots: size, buyer, seller } of tradesOf(events)) {
      for (const [account, signed] of [
        [buyer, size],
        [seller, -size],
      ] as const) {
        cash.set(account, cash.get(account)! - signed * tick * coin.unit);
        lots.get(account)![coin.index]! += signed;
      }
    }
    const covered = simulation.accounts.filter(account => account.liquidations > 0);
    for (const account of simulation.accounts) {
      expect(account.holdings.map(holding => holding.lots)).toEqual(lots.get(account));
      if (covered.includes(account) || account === exchange.backstop) continue;
      expect(account.cash).toBe(cash.get(account));
      const held = sum(
        coins.map(coin => lots.get(account)![coin.index]! * exchange.marks[coin.index]! * coin.unit),
      );
      expect(equityOf(account, exchange.marks)).toBe(cash.get(account)! + held);
    }
  });

  it('makes candles that join, hold their prices and count every trade', () => {
    const { events } = run(8, { days: 2 });
    const candles = events.filter(event => event.type === 'candle').map(event => event.candle);
    const trades = tradesOf(events);
    for (const { coin, interval, openTime, open, high, low, close, lots, trades: count } of candles) {
      const inside = trades.filter(
        trade => trade.coin === coin && trade.time >= openTime && trade.time < openTime + interval.ms,
      );
      expect(count).toBe(inside.length);
      expect(lots).toBe(sum(inside.map(trade => trade.lots)));
      expect(close).toBe(inside.at(-1)?.tick);
      expect(high).toBe(Math.max(open, ...inside.map(trade => trade.tick)));
      expect(low).toBe(Math.min(open, ...inside.map(trade => trade.tick)));
    }
    for (const coin of coins) {
      const minutes = candles.filter(candle => candle.coin === coin && candle.interval.name === '1m');
      for (const [index, candle] of minutes.entries()) {
        if (index > 0) expect(candle.open).toBe(minutes[index - 1]?.close);
      }
    }
  });

  it('closes accounts by force when they cannot pay, and leaves none below zero', () => {
    const { simulation, events } = run(2, { days: 40, wallets: 220 });
    const forced = tradesOf(events).filter(trade => trade.liquidated !== undefined);
    expect(forced.length).toBeGreaterThan(0);
    for (const account of simulation.accounts) {
      if (account === simulation.exchange.backstop) continue;
      expect(equityOf(account, simulation.exchange.marks)).toBeGreaterThanOrEqual(0);
    }
  });

  it('has makers that make, takers that take, and kinds that can be told apart by what they do', () => {
    const { simulation, events } = run(7, { days: 65, wallets: 220, liveMinutes: 10 });
    const of = (archetype: Archetype) =>
      simulation.accounts.filter(account => account.archetype === archetype && account.volume > 0);
    const makerShare = (accounts: readonly Account[]) =>
      sum(accounts.map(account => account.makerVolume)) / sum(accounts.map(account => account.volume));
    expect(makerShare(of('market-maker'))).toBeGreaterThan(0.95);
    expect(makerShare(of('momentum'))).toBeLessThan(0.05);
    expect(makerShare(of('contrarian'))).toBeGreaterThan(0.1);
    expect(makerShare(of('whale'))).toBeLessThan(0.05);

    const bigAccounts = simulation.accounts.filter(account => account.deposits >= 20e12);
    expect(bigAccounts.length).toBeGreaterThanOrEqual(3);
    expect(bigAccounts.every(account => account.archetype === 'whale')).toBe(true);

    const perDay = (accounts: readonly Account[]) =>
      sum(accounts.map(account => account.executions)) /
      sum(accounts.map(account => Math.max(1, (simulation.now - account.firstTrade!) / day)));
    expect(perDay(of('holder'))).toBeLessThan(0.4);
    expect(perDay(of('scalper'))).toBeGreaterThan(30);

    const averageUsd = (accounts: readonly Account[]) =>
      sum(accounts.map(account => account.volume)) / sum(accounts.map(account => account.executions)) / 1e6;
    expect(averageUsd(of('whale'))).toBeGreaterThan(5 * averageUsd(of('scalper')));

    // A copy bot trades a coin within four seconds of its whale.
    const trades = tradesOf(events);
    const copied = trades.filter(trade =>
      [trade.buyer, trade.seller].some(each => each.archetype === 'copy-bot'),
    );
    const afterWhale = copied.filter(trade =>
      trades.some(
        other =>
          other.coin === trade.coin &&
          other.time <= trade.time &&
          other.time >= trade.time - 4_000 &&
          [other.buyer, other.seller].some(each => each.archetype === 'whale'),
      ),
    );
    expect(copied.length).toBeGreaterThan(100);
    expect(afterWhale.length / copied.length).toBeGreaterThan(0.95);

    const last = trades.filter(trade => trade.time > present);
    expect(last.length / 600).toBeGreaterThan(5);
    expect(last.length / 600).toBeLessThan(16);
  });

  it('has a whale trade within the first minute of the present', () => {
    const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
    const quick = seeds.filter(seed =>
      tradesOf(run(seed, { days: 1, wallets: 220, liveMinutes: 1, tradesPerSecond: 8 }).events).some(
        trade =>
          trade.time > present &&
          [trade.buyer, trade.seller].some(each => each.archetype === 'whale' && each.deposits > 20e12),
      ),
    );
    expect(quick.length).toBe(seeds.length);
  });
});

describe('decimal text', () => {
  it('writes integers of small units without superfluous zeros', () => {
    expect(decimalText(104_000, 0)).toBe('104000');
    expect(decimalText(-25, 2)).toBe('-0.25');
    expect(decimalText(1_200, 3)).toBe('1.2');
    expect(decimalText(0, 6)).toBe('0');
    expect(decimalText(5_000_000, 6)).toBe('5');
  });
});
