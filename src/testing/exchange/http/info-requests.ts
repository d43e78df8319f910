import * as z from 'zod';

/*
 * Which requests `POST /info` takes, what they must have, and what they cost.
 */

// Note: unknown fields are ignored, as the exchange ignores them.
const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform(text => text.toLowerCase());
const time = z.number().int().min(0);
const user = { user: address };
const dex = {
  dex: z
    .string()
    .nullish()
    .transform(name => name ?? ''),
};
const coin = { coin: z.string() };
const range = { startTime: time, endTime: time.nullish() };
const interval = z.enum([
  ...['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '8h', '12h', '1d', '3d', '1w', '1M'],
] as [string, ...string[]]);

/** Rows per unit of extra weight. */
type RowCharge = 20 | 60;

interface InfoRequestType {
  readonly shape: z.ZodType<Record<string, unknown>>;
  /** Charged before the answer. */
  readonly weight: number;
  /** One more is charged, after the answer, for each so many rows of it. */
  readonly rowsPerWeight?: RowCharge;
}

const cheap = 2;
const usual = 20;

function takes(fields: z.ZodRawShape, weight = usual, rowsPerWeight?: RowCharge): InfoRequestType {
  return { shape: z.object(fields), weight, ...(rowsPerWeight === undefined ? {} : { rowsPerWeight }) };
}

const byType: Readonly<Record<string, InfoRequestType>> = {
  meta: takes(dex),
  allPerpMetas: takes({}),
  metaAndAssetCtxs: takes(dex),
  spotMeta: takes({}),
  spotMetaAndAssetCtxs: takes({}),
  perpDexs: takes({}),
  perpDexStatus: takes({ dex: z.string() }),
  perpDexLimits: takes({ dex: z.string() }),
  perpsAtOpenInterestCap: takes(dex),
  allMids: takes(dex, cheap),
  l2Book: takes(
    {
      ...coin,
      nSigFigs: z.literal([2, 3, 4, 5]).nullish(),
      mantissa: z.literal([1, 2, 5]).nullish(),
    },
    cheap,
  ),
  candleSnapshot: takes({ req: z.object({ ...coin, interval, ...range }) }, usual, 60),
  recentTrades: takes(coin, usual, 20),
  fundingHistory: takes({ ...coin, ...range }, usual, 20),
  predictedFundings: takes({}),
  exchangeStatus: takes({}, cheap),
  liquidatable: takes({}),
  outcomeMeta: takes({}),
  gossipRootIps: takes({}),
  validatorSummaries: takes({}),
  clearinghouseState: takes({ ...user, ...dex }, cheap),
  spotClearinghouseState: takes(user, cheap),
  userAbstraction: takes(user),
  openOrders: takes({ ...user, ...dex }),
  frontendOpenOrders: takes({ ...user, ...dex }),
  orderStatus: takes(
    { ...user, oid: z.union([z.number().int().min(0), z.string().regex(/^0x[0-9a-fA-F]{32}$/)]) },
    cheap,
  ),
  historicalOrders: takes(user, usual, 20),
  userFills: takes({ ...user, aggregateByTime: z.boolean().nullish() }, usual, 20),
  userFillsByTime: takes(
    { ...user, ...range, aggregateByTime: z.boolean().nullish(), reversed: z.boolean().nullish() },
    usual,
    20,
  ),
  userTwapSliceFills: takes(user, usual, 20),
  userTwapSliceFillsByTime: takes({ ...user, ...range, aggregateByTime: z.boolean().nullish() }, usual, 20),
  twapHistory: takes(user, usual, 20),
  userFunding: takes({ ...user, startTime: time.nullish(), endTime: time.nullish() }, usual, 20),
  userNonFundingLedgerUpdates: takes(
    { ...user, startTime: time.nullish(), endTime: time.nullish() },
    usual,
    20,
  ),
  portfolio: takes(user),
  webData2: takes(user),
  subAccounts: takes(user),
  subAccounts2: takes(user),
  userRole: takes(user, 60),
  vaultDetails: takes({ vaultAddress: address, user: address.nullish() }),
  vaultSummaries: takes({}),
  userVaultEquities: takes(user),
  leadingVaults: takes(user),
  userRateLimit: takes(user),
  userFees: takes(user),
  activeAssetData: takes({ ...user, ...coin }),
  extraAgents: takes(user),
  referral: takes(user),
  delegations: takes(user),
};

/** Names of all requests that are answered. */
export const infoRequestTypes: readonly string[] = Object.keys(byType);

/** A request as the exchange understands it. */
export interface NormalInfoRequest {
  readonly type: string;
  /** With known fields only, addresses in lower case. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly weight: number;
  readonly rowsPerWeight: number | undefined;
}

/** Reads a request; undefined where the exchange would answer 422. */
export function normaliseInfoRequest(raw: unknown): NormalInfoRequest | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { type } = raw as { readonly type?: unknown };
  const known = typeof type === 'string' && Object.hasOwn(byType, type) ? byType[type] : undefined;
  if (known === undefined) return undefined;
  const parsed = known.shape.safeParse(raw);
  if (!parsed.success) return undefined;
  // Note: fields that are null mean what absent ones do.
  const fields = Object.entries(parsed.data).filter(([, value]) => value !== undefined && value !== null);
  return {
    type: type as string,
    body: { type, ...Object.fromEntries(fields) },
    weight: known.weight,
    rowsPerWeight: known.rowsPerWeight,
  };
}

/** What a request of a type costs before rows; 20 for types that are not known. */
export function weightOf(type: string): number {
  return (Object.hasOwn(byType, type) ? byType[type]?.weight : undefined) ?? usual;
}
