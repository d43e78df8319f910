import { createRandom } from '../../../simulation/random.ts';
import type { Account } from './accounts.ts';
import { append } from './block-draft.ts';
import type { Force } from './force.ts';
import type { Ledger } from './ledger.ts';
import type { Load } from './load.ts';
import type { OrderRecord } from './order-log.ts';
import type { Population } from './population.ts';
import type { Quotes } from './quotes.ts';
import type { Twaps } from './twaps.ts';
import type { Market } from './universe.ts';
import type { Venue } from './venue.ts';

/** What accounts do besides trading at once: orders that wait, TWAPs, transfers; and what now and then happens to them. */
export interface Life {
  /** Goes on to the present; called about once a second of exchange time. */
  live(elapsedMs: number): void;
}

export interface LifeOptions {
  readonly seed: number;
  readonly venue: Venue;
  readonly ledger: Ledger;
  readonly population: Population;
  readonly quotes: Quotes;
  readonly twaps: Twaps;
  readonly force: Force;
  readonly load: Load;
  readonly markets: readonly Market[];
  readonly tradesPerSecond: number;
}

const openOrdersAtMost = 24;
/** Accounts are looked at in turn, each about this often. */
const checkMs = 30_000;
/** A twentieth of all trades are slices of TWAPs. */
const twapShare = 0.05;
const slicesOfTwap = 24;

export function createLife(options: LifeOptions): Life {
  const { venue, ledger, population, quotes, twaps, force, load, markets } = options;
  const { traders } = population;
  const random = createRandom(options.seed, 'life');
  /** Orders of traders that wait for a price, by market. */
  const waiting = new Map<number, OrderRecord[]>();
  let checked = 0;

  const perps = markets.filter(({ kind }) => kind === 'perp');
  const twapsPerSecond = (options.tradesPerSecond * twapShare) / slicesOfTwap;
  const activity = Math.min(4, 0.5 + options.tradesPerSecond / 200);

  /** What may happen, and how often in a second. */
  const happenings: readonly { readonly perSecond: number; readonly happen: () => void }[] = [
    { perSecond: 0.6 * activity, happen: placeLimit },
    { perSecond: 0.15 * activity, happen: placeTrigger },
    { perSecond: 0.4 * activity, happen: cancelSome },
    { perSecond: twapsPerSecond, happen: startTwap },
    {
      perSecond: 0.04 * activity,
      happen: () => ledger.deposit(someone(), cents(random.logNormal(3_000, 1.2))),
    },
    { perSecond: 0.03 * activity, happen: withdraw },
    { perSecond: 0.02 * activity, happen: moveToSpot },
    { perSecond: 0.03 * activity, happen: moveToSubAccount },
    { perSecond: 0.02 * activity, happen: moveToVault },
    { perSecond: 0.01 * activity, happen: changeLeverage },
    { perSecond: 1 / 400, happen: () => deleverageSomeone() },
    { perSecond: 1 / 300, happen: () => netSomeVault() },
  ];

  /** From the price, as a fraction of it. */
  const distance = () => Math.max(0.0004, Math.min(0.08, random.logNormal(0.004, 1.2)));
  const someone = () => random.pick(traders);
  const cents = (usd: number) => Math.max(1, Math.round(usd * 100)) * 10_000;
  const freeOf = (account: Account) => (account.isUnified ? account.usdc : account.collateral[0]!);

  function somePosition(account: Account): { market: Market; lots: number } | undefined {
    const held = [...account.positions.values()].filter(
      ({ lots, market }) => lots !== 0 && !market.isDelisted,
    );
    return held.length === 0 ? undefined : random.pick(held);
  }

  function rest(order: OrderRecord): void {
    const list = waiting.get(order.market.index);
    if (list === undefined) waiting.set(order.market.index, [order]);
    else list.push(order);
  }

  function placeLimit(): void {
    const market = random.pick(perps);
    if (market.isDelisted) return;
    const account = random.pick(load.dealersIn(market));
    if (venue.orders.openOf(account).length >= openOrdersAtMost) return;
    const isBuy = random.chance(0.5);
    const mark = venue.marks[market.index]!;
    const tick = Math.max(1, Math.round(mark * (1 + (isBuy ? -1 : 1) * distance())));
    const lots = Math.max(1, Math.round((random.logNormal(1_500, 1) * 1e6) / (tick * market.unit)));
    rest(
      venue.place({
        oid: venue.nextOrder(),
        account,
        market,
        isBuy,
        tick,
        lots,
        time: venue.now,
        tif: random.chance(0.3) ? 'Alo' : 'Gtc',
      }),
    );
  }

  function placeTrigger(): void {
    const account = someone();
    const held = somePosition(account);
    if (held === undefined || venue.orders.openOf(account).length >= openOrdersAtMost) return;
    const { market, lots } = held;
    const mark = venue.marks[market.index]!;
    const isTakeProfit = random.chance(0.5);
    const isAbove = lots > 0 === isTakeProfit;
    const tick = Math.max(1, Math.round(mark * (1 + (isAbove ? 1 : -1) * distance())));
    const isBuy = lots < 0;
    rest(
      venue.place({
        oid: venue.nextOrder(),
        account,
        market,
        isBuy,
        tick: Math.max(1, Math.round(tick * (isBuy ? 1.08 : 0.92))),
        lots: Math.abs(lots),
        time: venue.now,
        tif: null,
        reduceOnly: true,
        trigger: { tick, isAbove, isTakeProfit, isPosition: random.chance(0.6) },
      }),
    );
  }

  function cancelSome(): void {
    const lists = [...waiting.values()].filter(list => list.length > 0);
    if (lists.length === 0) return;
    const order = random.pick(random.pick(lists));
    if (order.isOpen) venue.close(order, 'canceled');
  }

  /** Fills, triggers and forgets waiting orders. */
  function reach(): void {
    for (const [index, list] of waiting) {
      const mark = venue.marks[index]!;
      let isDone = false;
      for (const order of list) {
        if (!order.isOpen) isDone = true;
        else if (order.trigger !== undefined) isDone = trigger(order, mark) || isDone;
        else if (order.isBuy ? mark <= order.tick : mark >= order.tick) {
          fill(order);
          isDone = true;
        }
      }
      if (!isDone) continue;
      const left = list.filter(({ isOpen }) => isOpen);
      if (left.length === 0) waiting.delete(index);
      else waiting.set(index, left);
    }
  }

  /** A market maker takes an order that the price has come to. */
  function fill(order: OrderRecord): void {
    const { account, market, isBuy, tick, left } = order;
    const takers = population.makers.filter(maker => maker !== account);
    const taker = random.pick(takers);
    const oid = venue.nextOrder();
    venue.match({
      market,
      tick,
      lots: left,
      takerBuys: !isBuy,
      taker,
      maker: account,
      takerOrder: oid,
      makerOrder: order.oid,
      transaction: venue.nextTransaction(),
    });
    order.left = 0;
    venue.close(order, 'filled');
    venue.record(
      { oid, account: taker, market, isBuy: !isBuy, tick, lots: left, time: venue.now, tif: 'Ioc' },
      0,
      'filled',
    );
  }

  function trigger(order: OrderRecord, mark: number): boolean {
    const { tick, isAbove } = order.trigger!;
    const { account, market } = order;
    const held = account.positions.get(market.index)?.lots ?? 0;
    if (held === 0 || held > 0 === order.isBuy) {
      venue.close(order, 'reduceOnlyCanceled');
      const cancelled = [{ coin: market.coin, oid: order.oid }];
      append(venue.block.userEvents, account.address, { nonUserCancel: cancelled });
      return true;
    }
    if (isAbove ? mark < tick : mark > tick) return false;
    venue.close(order, 'triggered');
    const lots = order.trigger!.isPosition ? Math.abs(held) : Math.min(Math.abs(held), order.lots);
    quotes.take({ taker: account, market, isBuy: order.isBuy, lots });
    return true;
  }

  function startTwap(): void {
    const market = random.pick(perps);
    if (market.isDelisted) return;
    const account = random.pick(load.dealersIn(market));
    const usd = random.logNormal(12_000, 0.8);
    const lots = Math.max(20, Math.round((usd * 1e6) / (venue.marks[market.index]! * market.unit)));
    const held = account.positions.get(market.index)?.lots ?? 0;
    const isBuy = held === 0 ? random.chance(0.5) : held < 0;
    twaps.start(account, market, isBuy ? lots : -lots, 5 + random.below(15));
  }

  function withdraw(): void {
    const account = someone();
    const micro = cents((freeOf(account) / 1e6) * random.between(0.005, 0.05));
    if (freeOf(account) > 10 * micro + 100e6) ledger.withdraw(account, micro);
  }

  function moveToSpot(): void {
    const account = someone();
    const micro = cents((account.collateral[0]! / 1e6) * 0.02);
    const toPerp = account.usdc > micro && random.chance(0.5);
    if (!account.isUnified && (toPerp || account.collateral[0]! > 20 * micro)) {
      ledger.classTransfer(account, micro, toPerp);
    }
  }

  function moveToSubAccount(): void {
    const subs = traders.filter(({ master }) => master !== undefined);
    if (subs.length === 0) return;
    const sub = random.pick(subs);
    const [from, to] = random.chance(0.5) ? [sub, sub.master!] : [sub.master!, sub];
    const micro = cents((freeOf(from) / 1e6) * 0.02);
    if (freeOf(from) > 20 * micro) ledger.subAccountTransfer(from, to, micro);
  }

  function moveToVault(): void {
    const open = population.vaults.filter(({ parent }) => parent === undefined);
    if (open.length === 0) return;
    const vault = random.pick(open);
    if (random.chance(0.3)) {
      const follower = random.pick([...vault.followers.keys()]);
      const micro = vault.take(follower, random.chance(0.4) ? 1 : 0.5, venue);
      if (micro > 0) ledger.vaultWithdraw(follower, vault.account, micro);
      return;
    }
    const account = someone();
    const micro = cents(random.logNormal(500, 1));
    if (account.kind === 'user' && freeOf(account) > 10 * micro && vault.put(account, micro, venue)) {
      ledger.vaultDeposit(account, vault.account, micro);
    }
  }

  function changeLeverage(): void {
    const account = someone();
    const held = somePosition(account);
    if (held === undefined) return;
    venue.book.position(account, held.market).leverage = 1 + random.below(held.market.maxLeverage);
  }

  function deleverageSomeone(): void {
    const account = someone();
    const held = somePosition(account);
    if (held !== undefined) force.autoDeleverage(account, held.market);
  }

  function netSomeVault(): void {
    const parents = population.vaults.filter(({ children }) => children.length > 0);
    if (parents.length > 0) force.netChildren(random.pick(parents));
  }

  function checkSome(elapsedMs: number): void {
    const { accounts } = venue.book;
    const count = Math.ceil((accounts.length * Math.min(elapsedMs, checkMs)) / checkMs);
    for (let i = 0; i < count; i++) {
      checked = (checked + 1) % accounts.length;
      force.check(accounts[checked]!);
    }
  }

  return {
    live(elapsedMs) {
      const seconds = Math.min(elapsedMs, 60_000) / 1_000;
      for (const { perSecond, happen } of happenings) {
        let chance = perSecond * seconds;
        for (; chance >= 1; chance--) happen();
        if (random.chance(chance)) happen();
      }
      reach();
      checkSome(elapsedMs);
    },
  };
}
