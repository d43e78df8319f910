import {
  type Address,
  address,
  boolean,
  decimal,
  integer,
  list,
  number,
  oneOf,
  string,
  time,
} from './fields.ts';
import { event } from './refs.ts';

/*
 * The standard events. A collector for any exchange emits these, so that every feature can read it.
 */

const sides = ['buy', 'sell'] as const;
const coin = string({ doc: "The market's name, such as `BTC`, `xyz:NVDA` or `PURR/USDC`." });
const user = address({ doc: 'The wallet.' });
const price = decimal({ unit: 'USD', doc: 'Price of one coin.' });
const size = decimal({ unit: 'coin', doc: 'Size, always positive.' });

/** One match on the public tape. Key: the coin. De-duplicated by coin, time and trade id. */
export const trade = event({
  id: 'trade',
  version: 1,
  entity: 'coin',
  doc: 'One match on the public tape, with both wallets where the venue names them.',
  fields: {
    coin,
    price,
    size,
    takerSide: oneOf(sides, { doc: "The taker's side." }),
    buyer: address({ doc: 'The wallet that bought.', nullable: 'the venue does not name its traders' }),
    seller: address({ doc: 'The wallet that sold.', nullable: 'the venue does not name its traders' }),
    tradeId: integer({
      unit: 'id',
      doc: "The exchange's id, unique only together with coin and time.",
      nullable: "the venue's ids are not numbers",
    }),
    hash: string({
      doc: "The taker's transaction; all zeros for TWAP slices.",
      nullable: 'the venue has no transactions',
    }),
  },
});

const nobody: readonly Address[] = [];

/** The wallets that a trade names: buyer and seller, one that traded with itself, or none where the venue names nobody. */
export function tradersOf({
  buyer,
  seller,
}: {
  readonly buyer: Address | null;
  readonly seller: Address | null;
}): readonly Address[] {
  if (buyer === null) return seller === null ? nobody : [seller];
  return seller === null || seller === buyer ? [buyer] : [buyer, seller];
}

/** One wallet's half of a trade, from the wallet's own feed. Key: the wallet. */
export const fill = event({
  id: 'fill',
  version: 1,
  entity: 'trader',
  doc: "One wallet's half of a trade, with what only its own feed tells.",
  fields: {
    user,
    coin,
    price,
    size,
    side: oneOf(sides, { doc: "The wallet's side." }),
    startPosition: decimal({
      unit: 'coin',
      doc: 'Signed position before the fill.',
      nullable: 'the feed does not say',
    }),
    direction: string({
      doc: "The exchange's display text, such as `Open Long`.",
      nullable: 'the feed does not say',
    }),
    closedPnl: decimal({
      unit: 'USD',
      doc: 'Realised price PnL of the closed part, before fees.',
      nullable: 'the feed does not say',
    }),
    fee: decimal({
      unit: 'feeToken',
      doc: 'Total fee, negative when a rebate.',
      nullable: 'the feed does not say',
    }),
    feeToken: string({ doc: 'The token the fee is paid in.', nullable: 'the feed does not say' }),
    crossed: boolean({ doc: 'True for the taker.', nullable: 'the feed does not say' }),
    hash: string({ doc: "The taker's transaction.", nullable: 'the feed does not say' }),
    orderId: integer({ unit: 'id', doc: "The wallet's order.", nullable: 'the feed does not say' }),
    tradeId: integer({
      unit: 'id',
      doc: 'The trade, shared by both halves.',
      nullable: 'the feed does not say',
    }),
    twapId: integer({
      unit: 'id',
      doc: 'The TWAP order that this is a slice of.',
      nullable: 'not a TWAP slice',
    }),
    liquidatedUser: address({
      doc: 'The wallet that was liquidated by this trade.',
      nullable: 'not a liquidation',
    }),
  },
});

/** A wallet's position as the exchange states it. Key: the wallet. */
export const position = event({
  id: 'position',
  version: 1,
  entity: 'trader',
  doc: "A wallet's position in one coin, as the exchange states it; a size of 0 means flat.",
  fields: {
    user,
    coin,
    size: decimal({ unit: 'coin', doc: 'Signed size, negative when short.' }),
    entryPrice: decimal({ unit: 'USD', doc: 'Mean price of entry.', nullable: 'flat' }),
    leverage: number({
      unit: 'ratio',
      doc: 'The leverage that is set.',
      nullable: 'flat or not told',
      min: 0,
    }),
    leverageType: oneOf(['cross', 'isolated'], { doc: 'Margin mode.', nullable: 'flat or not told' }),
    marginUsed: decimal({ unit: 'USD', doc: 'Margin held.', nullable: 'flat or not told' }),
    liquidationPrice: decimal({ unit: 'USD', doc: 'Estimated liquidation price.', nullable: 'none' }),
    unrealisedPnl: decimal({ unit: 'USD', doc: 'Unrealised PnL at the mark.', nullable: 'flat or not told' }),
    positionValue: decimal({
      unit: 'USD',
      doc: 'Absolute notional at the mark.',
      nullable: 'flat or not told',
    }),
  },
});

/** A wallet's equity. Key: the wallet. */
export const account = event({
  id: 'account',
  version: 1,
  entity: 'trader',
  doc: "A wallet's equity, as the exchange states it.",
  fields: {
    user,
    accountValue: decimal({ unit: 'USD', doc: 'Equity over all markets, unrealised PnL included.' }),
    totalPnl: decimal({
      unit: 'USD',
      doc: "PnL since the account's beginning.",
      nullable: 'the source does not say',
    }),
  },
});

/** A state of one of a wallet's orders. Key: the wallet. */
export const order = event({
  id: 'order',
  version: 1,
  entity: 'trader',
  doc: "A change of one of a wallet's orders.",
  fields: {
    user,
    coin,
    orderId: integer({ unit: 'id', doc: "The exchange's id." }),
    side: oneOf(sides, { doc: "The order's side." }),
    orderType: string({ doc: 'Such as `Limit` or `Stop Market`.', nullable: 'the feed does not say' }),
    limitPrice: decimal({ unit: 'USD', doc: 'Limit price.' }),
    triggerPrice: decimal({ unit: 'USD', doc: 'Trigger price.', nullable: 'not a trigger order' }),
    size: decimal({ unit: 'coin', doc: 'Size still open.' }),
    originalSize: decimal({ unit: 'coin', doc: 'Size when placed.' }),
    reduceOnly: boolean({ doc: 'May only reduce a position.' }),
    status: string({ doc: 'Such as `open`, `filled`, `canceled`, `triggered`; an open set.' }),
    placedAt: time({ doc: 'When it was placed.' }),
  },
});

/** A completed candle. Key: the coin. */
export const candle = event({
  id: 'candle',
  version: 1,
  entity: 'coin',
  doc: 'A completed candle.',
  fields: {
    coin,
    interval: oneOf(['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '8h', '12h', '1d', '3d', '1w'], {
      doc: 'Its length.',
    }),
    openTime: time({ doc: 'Its beginning, inclusive.' }),
    closeTime: time({ doc: 'Its end, exclusive.' }),
    open: decimal({ unit: 'USD', doc: 'First price.' }),
    high: decimal({ unit: 'USD', doc: 'Highest price.' }),
    low: decimal({ unit: 'USD', doc: 'Lowest price.' }),
    close: decimal({ unit: 'USD', doc: 'Last price.' }),
    volume: decimal({ unit: 'coin', doc: 'Traded size.' }),
    trades: integer({ unit: 'count', doc: 'Number of trades.', nullable: 'the source does not say', min: 0 }),
  },
});

const level = {
  price,
  size,
  orders: integer({ unit: 'count', doc: 'Orders at this price.', nullable: 'the feed does not say' }),
};

/** An order book snapshot, best levels first. Key: the coin. */
export const book = event({
  id: 'book',
  version: 1,
  entity: 'coin',
  doc: 'An order book snapshot of at most 20 levels a side, or its top alone.',
  fields: {
    coin,
    bids: list(level, { length: 20, doc: 'Bids, highest first.' }),
    asks: list(level, { length: 20, doc: 'Asks, lowest first.' }),
  },
});

/** Prices and context of a market. Key: the coin. */
export const mark = event({
  id: 'mark',
  version: 1,
  entity: 'coin',
  doc: "A market's prices and context at a moment.",
  fields: {
    coin,
    mid: decimal({ unit: 'USD', doc: 'Mean of best bid and ask.', nullable: 'a side of the book is empty' }),
    mark: decimal({ unit: 'USD', doc: 'Mark price.', nullable: 'the source does not say' }),
    oracle: decimal({ unit: 'USD', doc: 'Oracle price.', nullable: 'the source does not say' }),
    openInterest: decimal({ unit: 'coin', doc: 'Open interest.', nullable: 'the source does not say' }),
    dayVolumeUsd: decimal({
      unit: 'USD',
      doc: 'Notional of the last 24 h.',
      nullable: 'the source does not say',
    }),
  },
});

/** What a market has done in the last 24 hours. Key: the coin. */
export const ticker = event({
  id: 'ticker',
  version: 1,
  entity: 'coin',
  doc: 'What a market has done in the last 24 hours, told about once a minute.',
  fields: {
    coin,
    price: decimal({ unit: 'USD', doc: 'Price of one coin.' }),
    previousPrice: decimal({
      unit: 'USD',
      doc: 'Price 24 hours before.',
      nullable: 'the source does not say',
    }),
    dayVolume: decimal({
      unit: 'coin',
      doc: 'Size traded in the last 24 hours.',
      nullable: 'the source does not say',
    }),
    dayVolumeUsd: decimal({
      unit: 'USD',
      doc: 'Notional of the last 24 hours.',
      nullable: 'the source does not say',
    }),
  },
});

/** A funding rate of a market. Key: the coin. */
export const funding = event({
  id: 'funding',
  version: 1,
  entity: 'coin',
  doc: "A market's funding rate, per hour.",
  fields: {
    coin,
    rate: number({ unit: 'ratio per hour', doc: 'Longs pay shorts when it is positive.' }),
    premium: number({ unit: 'ratio', doc: 'Premium over the oracle.', nullable: 'the source does not say' }),
  },
});

/** A funding payment of a wallet. Key: the wallet. */
export const fundingPayment = event({
  id: 'funding-payment',
  version: 1,
  entity: 'trader',
  doc: 'Funding that a wallet received or paid.',
  fields: {
    user,
    coin,
    amount: decimal({ unit: 'USD', doc: 'Positive when received.' }),
    positionSize: decimal({ unit: 'coin', doc: 'Signed position it was paid on.' }),
    rate: number({ unit: 'ratio per hour', doc: 'The rate.', nullable: 'the source does not say' }),
  },
});

const performance = (window: string) =>
  ({
    pnl: decimal({ unit: 'USD', doc: `PnL of the ${window}.` }),
    roi: decimal({ unit: 'ratio', doc: `ROI of the ${window}, as a fraction.` }),
    volume: decimal({ unit: 'USD', doc: `Notional traded in the ${window}.` }),
  }) as const;
const day = performance('last day');
const week = performance('last week');
const month = performance('last month');
const all = performance('whole life');

/** One row of the exchange's own leaderboard. Key: the wallet. */
export const leaderboard = event({
  id: 'leaderboard',
  version: 1,
  entity: 'trader',
  doc: "One row of the exchange's own leaderboard.",
  fields: {
    user,
    displayName: string({ doc: 'The name that the wallet shows.', nullable: 'none' }),
    accountValue: decimal({ unit: 'USD', doc: 'Equity.' }),
    dayPnl: day.pnl,
    dayRoi: day.roi,
    dayVolume: day.volume,
    weekPnl: week.pnl,
    weekRoi: week.roi,
    weekVolume: week.volume,
    monthPnl: month.pnl,
    monthRoi: month.roi,
    monthVolume: month.volume,
    allPnl: all.pnl,
    allRoi: all.roi,
    allVolume: all.volume,
  },
});

/** A value of an on-chain or sentiment metric. Key: the word `market`. */
export const metric = event({
  id: 'metric',
  version: 1,
  entity: 'market',
  doc: 'A value of an on-chain or sentiment metric.',
  fields: {
    name: string({ doc: 'Such as `cbbi` or `fear-greed`.' }),
    value: number({ unit: 'as the metric defines', doc: 'The value.' }),
    period: time({ doc: 'The beginning of the day or hour that it is for.' }),
  },
});

/** A token transfer on HyperEVM. Key: the wallet that it concerns. */
export const transfer = event({
  id: 'transfer',
  version: 1,
  entity: 'trader',
  doc: 'An ERC-20 transfer or a contract call of a wallet on HyperEVM.',
  fields: {
    user,
    counterparty: address({ doc: 'The other wallet or contract.' }),
    contract: address({ doc: 'The contract that the wallet called; the zero address when it called none.' }),
    token: string({ doc: 'Symbol or address of the token.', nullable: 'a call that moved no token' }),
    amount: decimal({
      unit: 'token',
      doc: 'Amount, negative when sent.',
      nullable: 'a call that moved no token',
    }),
    valueUsd: number({ unit: 'USD', doc: 'Absolute value.', nullable: 'the token has no price' }),
    hash: string({ doc: 'The transaction.' }),
  },
});

/** A wallet that discovery had not met before. Key: the wallet. */
export const candidate = event({
  id: 'candidate',
  version: 1,
  entity: 'trader',
  doc: 'A wallet that discovery had not met before, and where it was seen.',
  fields: {
    user,
    coin: string({ doc: 'The market in which it traded.' }),
    seenIn: oneOf(['tape', 'recent-trades'], {
      doc: "Where: in a trade on the tape, or, while the tape had none, in the exchange's last trades.",
    }),
    notionalUsd: number({ unit: 'USD', doc: 'Notional of that trade.', min: 0 }),
  },
});

/** A vault, of which the address trades like a wallet. Key: the vault's address. */
export const vault = event({
  id: 'vault',
  version: 1,
  entity: 'trader',
  doc: 'A vault: an address that trades like a wallet with the money of its depositors.',
  fields: {
    user: address({ doc: "The vault's address." }),
    name: string({ doc: 'Its name.', nullable: 'none that can be shown' }),
    leader: address({ doc: 'The wallet that leads it.' }),
    valueUsd: decimal({ unit: 'USD', doc: 'What is deposited in it.', nullable: 'the source does not say' }),
    isClosed: boolean({ doc: 'Whether it is closed.' }),
    relationship: oneOf(['normal', 'parent', 'child'], {
      doc: 'Whether it is part of another, or made up of others.',
    }),
    createdAt: time({ doc: 'When it was made.', nullable: 'the source does not say' }),
  },
});

/** Whose account a wallet is. Key: the wallet. */
export const accountLink = event({
  id: 'account-link',
  version: 1,
  entity: 'trader',
  doc: 'Whose account a wallet is, so that what one owner moves between accounts is told from what others do.',
  fields: {
    user: address({ doc: 'The account.' }),
    owner: address({ doc: 'The wallet that it belongs to.' }),
    relation: oneOf(['sub-account', 'child-vault', 'agent'], {
      doc: 'A sub-account of its master, a child of a parent vault, or an agent that signs for its master.',
    }),
    name: string({ doc: "The account's name.", nullable: 'none, or not told' }),
  },
});

/** A block of a chain. Key: the word `market`. */
export const block = event({
  id: 'block',
  version: 1,
  entity: 'market',
  doc: 'A block of a chain, up to which everything has been read.',
  fields: {
    chainId: integer({ unit: 'id', doc: 'The chain, such as 999 for HyperEVM.' }),
    number: integer({ unit: 'count', doc: 'Its height.', min: 0 }),
    hash: string({ doc: 'Its hash.' }),
    transactions: integer({
      unit: 'count',
      doc: 'Transactions in it.',
      nullable: 'they are not read',
      min: 0,
    }),
  },
});

/** An interval in which events may be missing. Key: the stream's name. Made by the core. */
export const gap = event({
  id: 'core.gap',
  version: 1,
  entity: 'market',
  doc: 'An interval in which events of a stream may be missing.',
  fields: {
    stream: string({ doc: 'The event that may be missing, such as `trade`.' }),
    scope: string({ doc: 'The coin or wallet concerned.', nullable: 'all of them' }),
    from: time({ doc: 'Beginning, inclusive.' }),
    to: time({ doc: 'End, exclusive.' }),
    reason: string({ doc: 'What happened.' }),
    healed: boolean({ doc: 'True when the missing events were fetched after all.' }),
  },
});

/** A failure of a collector. Key: the collector's id. Made by the core. */
export const collectorFault = event({
  id: 'core.fault',
  version: 1,
  entity: 'market',
  doc: 'A failure of a collector, kept on the tape beside what it brought.',
  fields: {
    plugin: string({ doc: "The collector's id." }),
    code: string({ doc: 'Stable, documented in docs/errors.md; `PLUGIN_THREW` for any other error.' }),
    message: string({ doc: 'What happened.' }),
  },
});

/** The passing of tape time while nothing else happens, and jobs that are due. Made by the core. */
export const timer = event({
  id: 'core.timer',
  version: 1,
  entity: 'market',
  doc: 'The passing of tape time; closes beats when nothing else happens.',
  fields: { name: string({ doc: '`beat`, or the id of the job that is due.' }) },
});

/** An operator's act that changes results. Made by the core. */
export const command = event({
  id: 'core.command',
  version: 1,
  entity: 'market',
  doc: "An operator's act that changes results, kept on the tape so that a replay repeats it.",
  fields: {
    name: oneOf(['track-trader', 'untrack-trader', 'pause-plugin', 'resume-plugin'], {
      doc: 'What was done.',
    }),
    target: string({ doc: 'The address or the plugin id concerned.' }),
    by: oneOf(['hand', 'selection'], {
      doc: 'Who decided it.',
      nullable: 'told before this was kept; it was done by hand',
    }),
    tier: oneOf(['alert', 'core', 'extended'], {
      doc: 'The tier that a trader was selected for.',
      nullable: 'done by hand, or not about tracking',
    }),
  },
});

/** Every standard event that a collector may emit. */
export const standardEvents = [
  trade,
  fill,
  position,
  account,
  order,
  candle,
  book,
  mark,
  ticker,
  funding,
  fundingPayment,
  leaderboard,
  metric,
  transfer,
  candidate,
  vault,
  accountLink,
  block,
] as const;
/** Events that only the core makes. */
export const coreEvents = [gap, collectorFault, timer, command] as const;
