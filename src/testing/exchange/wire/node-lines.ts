import * as z from 'zod';
import { ledgerUpdate } from './ledger.ts';
import { address, coin, decimal, hash, pairOf, side, whole } from './primitives.ts';
import { fill, frontendOrder } from './users.ts';

/** UTC without a zone, with digits down to nanoseconds. */
const isoTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?$/);

const party = z.looseObject({
  user: address,
  start_pos: decimal,
  oid: whole,
  twap_id: whole.nullable(),
  cloid: z.string().nullable(),
});

const events = {
  node_fills: pairOf(address, fill),
  node_trades: z.looseObject({
    coin,
    side,
    time: isoTime,
    px: decimal,
    sz: decimal,
    hash,
    trade_dir_override: z.string(),
    side_info: z.tuple([party, party]),
  }),
  node_order_statuses: z.looseObject({
    time: isoTime,
    user: address,
    status: z.string(),
    order: frontendOrder,
  }),
  misc_events: z.looseObject({
    time: isoTime,
    hash,
    inner: z.union([
      z.looseObject({
        LedgerUpdate: z.looseObject({ users: z.array(address), delta: ledgerUpdate.shape.delta }),
      }),
      z.looseObject({ Funding: z.looseObject({ deltas: z.array(z.looseObject({ user: address, coin })) }) }),
      z.looseObject({ CDeposit: z.unknown() }).refine(inner => inner.CDeposit !== undefined),
    ]),
  }),
} as const;

/** Lines of a node's files by the name of their folder. */
export const nodeLineSchemas: Readonly<Record<keyof typeof events, z.ZodType>> = events;

/** Lines of the files by block. */
export const nodeBlockSchemas = Object.fromEntries(
  Object.entries(events).map(([kind, event]) => [
    kind,
    z.looseObject({
      local_time: isoTime,
      block_time: isoTime,
      block_number: whole,
      events: z.array(event as z.ZodType).min(1),
    }),
  ]),
) as unknown as Readonly<Record<keyof typeof events, z.ZodType>>;
