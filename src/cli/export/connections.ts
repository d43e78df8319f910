import { UserError } from '../../core/errors.ts';

/** What can be exported: a table, or the latest rows of a ref. */
export interface Connection {
  readonly name: string;
  readonly table: string;
  /** The ref whose rows are meant, when the table holds those of many. */
  readonly ref?: string;
  readonly doc: string;
}

const tables: readonly (readonly [name: string, table: string, doc: string])[] = [
  ['trades', 'trades', 'matches on the public tape, as far as the storage policy keeps them'],
  ['fills', 'fills', "wallets' halves of trades, from their own feeds"],
  ['candles', 'candles', 'completed candles'],
  ['books', 'books', 'order book snapshots'],
  ['funding', 'funding', 'funding rates'],
  ['fundingPayments', 'funding_payments', 'funding that wallets received or paid'],
  ['orders', 'orders', 'changes of orders'],
  ['positionSnapshots', 'position_snapshots', 'positions as the exchange stated them'],
  ['transfers', 'transfers', 'token transfers on HyperEVM'],
  ['accounts', 'accounts', "wallets' equity, as last told"],
  ['marks', 'marks', 'last prices of each coin'],
  ['metrics', 'metrics', 'on-chain and sentiment metrics'],
  ['exchangeLeaderboard', 'exchange_leaderboard', "the exchange's own leaderboard, by day"],
  ['traders', 'traders', 'every wallet ever seen'],
  ['positions', 'positions', 'the last position of each wallet and coin'],
  ['positionEvents', 'position_events', 'changes of positions'],
  ['signals', 'signals', 'emitted signals with their decision traces'],
  ['alerts', 'alerts', 'alerts'],
  ['categoryChanges', 'category_events', 'changes of categories'],
  ['decisions', 'decisions', 'the last evaluation of each signal and key'],
  ['leaderboard', 'leaderboard', 'the leaderboard as last computed, by window'],
  ['faults', 'faults', 'plugins that failed'],
  ['gaps', 'gaps', 'intervals in which events may be missing'],
  ['runs', 'runs', 'starts of the platform'],
];

const refs: readonly (readonly [name: string, ref: string, doc: string])[] = [
  ['features', 'wallet.features', 'how wallets behave: the 36 features'],
  ['performance', 'wallet.performance', 'how well wallets do'],
  ['categories', 'wallet.categories', 'what kinds of trader wallets are'],
  ['scores', 'trader.score', 'trader scores'],
  ['weights', 'trader.weight', 'trader weights'],
  ['tiers', 'trader.tier', 'tracking tiers and tags'],
  ['markets', 'market.state', 'what each coin is doing'],
];

export const connections: readonly Connection[] = [
  ...tables.map(([name, table, doc]) => ({ name, table, doc })),
  ...refs.map(([name, ref, doc]) => ({ name, table: 'rows', ref, doc })),
];

/** Finds a connection by its name, or the rows of a ref by its id (a dotted name). */
export function connectionOf(name: string): Connection {
  const known = connections.find(connection => connection.name === name || connection.ref === name);
  if (known !== undefined) return known;
  if (name.includes('.')) return { name, table: 'rows', ref: name, doc: `rows of ${name}` };
  const near = connections.find(connection =>
    connection.name.toLowerCase().startsWith(name.toLowerCase().slice(0, 3)),
  );
  throw new UserError(
    'EXPORT_UNKNOWN',
    `Expected the name of a connection, found ${JSON.stringify(name)}.` +
      `${near === undefined ? '' : ` Did you mean ${near.name}?`} Known are ${connections.map(each => each.name).join(', ')}, and the ` +
      'id of any ref, such as wallet.features.',
  );
}
