import type { Account } from './accounts.ts';
import { append } from './block-draft.ts';
import { wireDecimal, wireNumber, wireUsd } from './decimals.ts';
import type { Market } from './universe.ts';
import type { Venue } from './venue.ts';
import type { WireFunding } from './wire.ts';

/** Interest part of the rate per hour, and the bound of the rest, as on the real exchange. */
const interestPerHour = 0.0000125;
const clampPerHour = 0.0000625;
const periods = 8;
const rateDecimals = 10;
const keptRates = 1_000;
const keptPayments = 1_000;

export interface FundingRate {
  readonly time: number;
  readonly rate: number;
  readonly premium: string;
}

interface Payment {
  readonly time: number;
  readonly market: Market;
  readonly micro: number;
  readonly lots: number;
  readonly rate: string;
  readonly transaction: number;
}

/** Hourly funding: rates by market and what each account paid or got. */
export interface Funding {
  /** Notes premiums; called each few seconds of exchange time. */
  sample(): void;
  /** Pays at the end of an hour. */
  pay(): void;
  /** What would be paid now, and the premium as the wire writes it. */
  estimate(market: Market): { readonly rate: number; readonly premium: string };
  ratesOf(market: Market): readonly FundingRate[];
  /** Newest first. */
  paymentsOf(account: Account, most: number): readonly Payment[];
  /** Has the premium of a market read "NaN" until the next hour. */
  spoil(market: Market): void;
}

export function wirePayment({ time, market, micro, lots, rate }: Payment): WireFunding {
  return {
    time,
    coin: market.coin,
    usdc: wireUsd(micro),
    szi: wireDecimal(lots, market.sizeDecimals),
    fundingRate: rate,
    nSamples: null,
  };
}

export function createFunding(venue: Venue): Funding {
  const { markets } = venue.universe;
  const sums = new Float64Array(markets.length);
  let samples = 0;
  const rates: FundingRate[][] = markets.map(() => []);
  const payments = new Map<number, Payment[]>();
  const spoiled = new Set<number>();

  const premiumOf = (market: Market) =>
    venue.oracles[market.index]! === 0 ? 0 : venue.marks[market.index]! / venue.oracles[market.index]! - 1;
  const meanOf = (market: Market) => (samples === 0 ? premiumOf(market) : sums[market.index]! / samples);

  function rateOf(mean: number): number {
    const share = mean / periods;
    const rate = share + Math.max(-clampPerHour, Math.min(clampPerHour, interestPerHour - share));
    return Math.round(rate * 10 ** rateDecimals) / 10 ** rateDecimals;
  }

  const premiumText = (market: Market, mean: number) =>
    spoiled.has(market.index) ? 'NaN' : wireNumber(mean, rateDecimals);

  function payAccount(
    account: Account,
    hourly: Float64Array,
    texts: readonly string[],
    transaction: number,
  ): void {
    for (const position of account.positions.values()) {
      const { market, lots } = position;
      if (lots === 0) continue;
      const rate = hourly[market.index]!;
      const micro = -Math.round(lots * venue.oracles[market.index]! * market.unit * rate);
      if (micro === 0) continue;
      venue.book.pay(account, market.dex, micro);
      position.paidEver -= micro;
      position.paidSinceOpen -= micro;
      position.paidSinceChange -= micro;
      const payment = { time: venue.now, market, micro, lots, rate: texts[market.index]!, transaction };
      let own = payments.get(account.index);
      if (own === undefined) {
        own = [];
        payments.set(account.index, own);
      }
      own.push(payment);
      if (own.length >= keptPayments * 1.2) own.splice(0, own.length - keptPayments);
      append(venue.block.fundings, account.address, wirePayment(payment));
    }
  }

  return {
    sample() {
      samples++;
      for (const market of markets) {
        if (market.kind === 'perp' && !market.isDelisted) sums[market.index]! += premiumOf(market);
      }
    },
    pay() {
      const hourly = new Float64Array(markets.length);
      const texts: string[] = [];
      for (const market of markets) {
        if (market.kind !== 'perp' || market.isDelisted) continue;
        const mean = meanOf(market);
        const rate = rateOf(mean);
        hourly[market.index] = rate;
        texts[market.index] = wireNumber(rate, rateDecimals);
        const own = rates[market.index]!;
        own.push({ time: venue.now, rate, premium: premiumText(market, mean) });
        if (own.length > keptRates) own.splice(0, own.length - keptRates);
      }
      sums.fill(0);
      samples = 0;
      spoiled.clear();
      const transaction = venue.nextTransaction();
      for (const account of venue.book.accounts) payAccount(account, hourly, texts, transaction);
    },
    estimate(market) {
      const mean = meanOf(market);
      return { rate: rateOf(mean), premium: premiumText(market, premiumOf(market)) };
    },
    ratesOf: market => rates[market.index]!,
    paymentsOf: (account, most) => (payments.get(account.index) ?? []).slice(-most).reverse(),
    spoil: market => {
      spoiled.add(market.index);
    },
  };
}
