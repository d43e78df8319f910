import { z } from 'zod';

/** Where the value of a field comes from: a column by its name, or more. */
const source = z.union([
  z.string().min(1),
  z.strictObject({
    column: z.string().min(1),
    /** What stands in the column, and what it means here. What is not named is taken as it is. */
    values: z.record(z.string(), z.string()).optional(),
    /** Values that mean "not known". */
    unknown: z.array(z.string()).optional(),
    /** Looks the value up in a second CSV file, such as wallet numbers in a table of addresses. */
    join: z
      .strictObject({
        /** The file, from the folder that the fills are in. */
        file: z.string().min(1),
        key: z.string().min(1),
        value: z.string().min(1),
      })
      .optional(),
  }),
  z.strictObject({ constant: z.string() }),
]);

export type Source = z.infer<typeof source>;

/** The mapping of a table of fills: which column holds which field. Only the first six are required. */
export const fillMapping = z.strictObject({
  user: source,
  coin: source,
  /** `B` or `buy`, `A` or `sell`. */
  side: source,
  price: source,
  size: source,
  /** Milliseconds since 1970. */
  time: source,
  startPosition: source.optional(),
  direction: source.optional(),
  closedPnl: source.optional(),
  fee: source.optional(),
  feeToken: source.optional(),
  /** True for the taker: `true`, `1`; or `false`, `0`. */
  crossed: source.optional(),
  hash: source.optional(),
  orderId: source.optional(),
  tradeId: source.optional(),
  twapId: source.optional(),
  /** The wallet that was liquidated. */
  liquidatedUser: source.optional(),
  /**
   * A fill whose direction begins with this and that shrinks its position is a liquidation of its own wallet, where the table
   * says nothing more exact.
   */
  liquidationPrefix: z.string().min(1).optional(),
});

export type FillMapping = z.infer<typeof fillMapping>;
export type FillField = Exclude<keyof FillMapping, 'liquidationPrefix'>;

/** The mappings that come with the collector, by name. */
export const shippedMappings = {
  /** `w,coin,side,dir,px,sz,time,sp,pnl,fee,x,oid,tid`, with wallet numbers explained in `wallets.csv.gz` beside it. */
  'vault-fills': {
    user: { column: 'w', join: { file: 'wallets.csv.gz', key: 'w', value: 'address' } },
    coin: 'coin',
    side: 'side',
    direction: 'dir',
    price: 'px',
    size: 'sz',
    time: 'time',
    startPosition: 'sp',
    closedPnl: 'pnl',
    fee: 'fee',
    feeToken: { constant: 'USDC' },
    crossed: 'x',
    orderId: 'oid',
    tradeId: 'tid',
    liquidationPrefix: 'Liquidated',
  },
} as const satisfies Record<string, FillMapping>;

export type ShippedMapping = keyof typeof shippedMappings;
export const shippedMappingNames = Object.keys(shippedMappings) as [ShippedMapping, ...ShippedMapping[]];

/** The columns of the main file that a mapping needs, each once. */
export function columnsOf(mapping: FillMapping): string[] {
  const names = new Set<string>();
  for (const value of Object.values(mapping) as (Source | undefined)[]) {
    if (value === mapping.liquidationPrefix || value === undefined) continue;
    if (typeof value === 'string') names.add(value);
    else if ('column' in value) names.add(value.column);
  }
  return [...names];
}
