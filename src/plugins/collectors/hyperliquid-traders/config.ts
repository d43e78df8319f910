import * as z from 'zod';
import { endpointsSchema } from '../hyperliquid-connection/endpoints.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const duration = (defaultMs: number, doc: string) => z.int().min(0).default(defaultMs).describe(doc);

const settings = z.strictObject({
  ...endpointsSchema,
  positions: z.boolean().default(true).describe('Keep the positions and the equity of tracked traders.'),
  orders: z
    .boolean()
    .default(true)
    .describe('Keep the open orders of tracked traders, and what becomes of them.'),
  fills: z
    .boolean()
    .default(true)
    .describe('Take in the fills of the largest traders as they happen, and of others after a gap.'),
  relations: z
    .boolean()
    .default(true)
    .describe('Find sub-accounts and child vaults of tracked traders and follow them, too.'),
  dexes: z
    .array(z.string())
    .optional()
    .describe('The perpetual exchanges to read; `""` is the main one. Default: all there are.'),
  requestsAtOnce: z
    .int()
    .min(2)
    .max(32)
    .default(6)
    .describe('Requests that may be on their way at the same time.'),
  pinnedUsers: z
    .int()
    .min(0)
    .max(10)
    .default(5)
    .describe('Largest traders whose state, orders and fills the socket tells all the time.'),
  rotatingUsers: z
    .int()
    .min(0)
    .max(10)
    .default(4)
    .describe(
      'Further places on the socket through which all traders are passed, to read their whole state.',
    ),
  visitMs: duration(2 * second, 'How long a trader stays in a rotating place at least.'),
  settleMs: duration(
    2 * second,
    'How long an answer waits for trades that happened before it and are still on their way.',
  ),
  quietMs: duration(second, 'How long a trader must not have traded before a change is confirmed.'),
  confirmWithinMs: duration(
    10 * second,
    'A change is confirmed after this time even if the trader goes on trading.',
  ),
  staleAfterMs: duration(5 * minute, 'How old the state of an exchange that a trader uses may become.'),
  unusedStaleAfterMs: duration(
    2 * hour,
    'How old the state of an exchange that a trader does not use may become.',
  ),
  statementEveryMs: duration(
    10 * minute,
    'How often a position that has not changed is stated all the same.',
  ),
  accountEveryMs: duration(minute, "How often a trader's equity is stated at most."),
  ordersEveryMs: duration(30 * minute, "How old the list of a trader's open orders may become."),
  ordersPerTrader: z
    .int()
    .min(1)
    .max(5_000)
    .default(200)
    .describe('Newest open orders that are kept of each trader.'),
  relationsEveryMs: duration(24 * hour, "How often a trader's other accounts are looked for."),
  maxRelated: z
    .int()
    .min(0)
    .default(500)
    .describe('Accounts of tracked traders that are followed besides, at most.'),
  whaleAccountValue: z
    .number()
    .positive()
    .default(10_000_000)
    .describe('Equity in USD from which changes are confirmed before those of others.'),
});

/** The wallets of which one address may have subscriptions, as the exchange documents it. */
const mostUsers = 10;

export const tradersConfig = settings.refine(
  ({ pinnedUsers, rotatingUsers }) => pinnedUsers + rotatingUsers <= mostUsers,
  { error: `expected \`pinnedUsers\` and \`rotatingUsers\` to be ${mostUsers} together at most` },
);

export type TradersConfig = Readonly<z.output<typeof tradersConfig>>;
