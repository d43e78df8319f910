import type { RequestPriority } from '../../../plugin-api/index.ts';
import type { InfoClient } from '../hyperliquid-connection/info-types.ts';
import { isObject, type JsonObject, wholeNumber } from '../hyperliquid-messages/values.ts';

export type MarketKind = 'perp' | 'builder' | 'spot';

/** A market that can be traded. */
export interface Market {
  /** Its name in subscriptions and events, such as `BTC`, `xyz:NVDA` or `@107`. */
  readonly coin: string;
  readonly kind: MarketKind;
  /** The builder exchange; empty for the main one and for spot. */
  readonly dex: string;
  /** Digits after the point that sizes have. */
  readonly decimals: number;
  /** Notional of the last 24 h in USD, as far as it is known. */
  readonly dayVolumeUsd: number;
}

/** All markets of the exchange, and what is needed to read contexts that name none. */
export interface Universe {
  readonly markets: readonly Market[];
  /** By builder exchange (empty for the main one): the coins at each place, delisted ones among them. */
  readonly places: ReadonlyMap<string, readonly string[]>;
}

/** Asks for all markets: three requests. Volumes of perpetuals are those that `volumeOf` knows. */
export async function readUniverse(
  info: InfoClient,
  volumeOf: (coin: string) => number,
  priority: RequestPriority,
): Promise<Universe> {
  const [dexes, metas, spot] = await Promise.all([
    info.request({ type: 'perpDexs' }, { priority }),
    info.request({ type: 'allPerpMetas' }, { priority }),
    info.request({ type: 'spotMetaAndAssetCtxs' }, { priority }),
  ]);
  // Note: markets that one odd answer leaves out would count as delisted, and their subscriptions would be closed.
  if (
    dexes === null ||
    metas === null ||
    metas.length === 0 ||
    dexes.length !== metas.length ||
    spot === null
  ) {
    const count = (list: readonly unknown[] | null) => (list === null ? 'null' : list.length);
    throw new Error(
      `Expected as many lists of perpetuals as exchanges, and spot pairs; found ${count(metas)} lists, ${count(dexes)} exchanges ` +
        `and ${spot === null ? 'no' : 'some'} spot pairs.`,
    );
  }
  const names = dexes.map(dex => (isObject(dex) ? String(dex.name) : ''));
  const places = new Map<string, readonly string[]>();
  const markets: Market[] = [];
  for (const [index, meta] of metas.entries()) {
    const dex = names[index]!;
    const listed = (isObject(meta) ? (meta.universe as unknown as readonly JsonObject[]) : undefined) ?? [];
    places.set(
      dex,
      listed.map(({ name }) => String(name)),
    );
    for (const { name, szDecimals, isDelisted } of listed) {
      if (isDelisted === true) continue;
      const coin = String(name);
      const kind = dex === '' ? 'perp' : 'builder';
      markets.push({ coin, kind, dex, decimals: wholeNumber(szDecimals) ?? 0, dayVolumeUsd: volumeOf(coin) });
    }
  }
  markets.push(...spotMarkets(spot as unknown as readonly [JsonObject, readonly JsonObject[]]));
  return { markets, places };
}

// Note: contexts of spot pairs do not stand in the order of the pairs; each names its own.
function spotMarkets([meta, contexts]: readonly [JsonObject, readonly JsonObject[]]): Market[] {
  const volumes = new Map(contexts.map(({ coin, dayNtlVlm }) => [String(coin), Number(dayNtlVlm)]));
  const tokens = new Map(
    ((meta.tokens ?? []) as readonly JsonObject[]).map(({ index, szDecimals }) => [
      index,
      wholeNumber(szDecimals) ?? 0,
    ]),
  );
  return ((meta.universe ?? []) as readonly JsonObject[]).map(({ name, tokens: pair }) => {
    const coin = String(name);
    const volume = volumes.get(coin) ?? 0;
    return {
      coin,
      kind: 'spot',
      dex: '',
      decimals: tokens.get((pair as readonly unknown[] | undefined)?.[0]) ?? 0,
      dayVolumeUsd: Number.isFinite(volume) ? volume : 0,
    };
  });
}
