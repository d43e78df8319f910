import type { CollectorContext } from '../../../plugin-api/index.ts';
import type { InfoClient } from '../hyperliquid-connection/info-types.ts';
import { isObject, shortText } from '../hyperliquid-messages/values.ts';
import { mainDex } from './markets.ts';
import { tokenPricesOf } from './token-prices.ts';

export interface MarketFactsOptions {
  readonly ctx: Pick<CollectorContext<unknown>, 'log' | 'sleep' | 'signal'>;
  readonly client: Pick<InfoClient, 'request'>;
  /** The exchanges to read, where the configuration names them. */
  readonly dexes: readonly string[] | undefined;
  /** Told when further perpetual exchanges have become known. */
  readonly dexesChanged: (dexes: readonly string[]) => void;
}

/** Which perpetual exchanges there are, and what tokens cost. */
export interface MarketFacts {
  dexes(): readonly string[];
  priceOf(token: string): number | undefined;
  /** Reads them anew, now and then. */
  run(): Promise<void>;
}

const readEveryMs = 600_000;
const retryMs = 5_000;

export function createMarketFacts({ ctx, client, dexes, dexesChanged }: MarketFactsOptions): MarketFacts {
  let known: readonly string[] = dexes ?? [mainDex];
  let prices: ReadonlyMap<string, number> = new Map();

  async function read(): Promise<void> {
    if (dexes === undefined) {
      const raw: unknown = await client.request({ type: 'perpDexs' }, { priority: 'high' });
      const names = dexNamesOf(raw);
      if (names.some(name => !known.includes(name))) {
        known = [mainDex, ...names];
        dexesChanged(known);
      }
    }
    prices = tokenPricesOf(await client.request({ type: 'spotMetaAndAssetCtxs' }, { priority: 'normal' }));
  }

  return {
    dexes: () => known,
    priceOf: token => prices.get(token),
    async run() {
      while (!ctx.signal.aborted) {
        try {
          await read();
          await ctx.sleep(readEveryMs);
        } catch (error) {
          if (ctx.signal.aborted) return;
          ctx.log.warn(
            'which exchanges there are and what tokens cost could not be read; it is tried again',
            {
              error,
            },
          );
          await ctx.sleep(retryMs);
        }
      }
    },
  };
}

/** The names in an answer of `perpDexs`; the main exchange, which is `null` there, has none. */
function dexNamesOf(raw: unknown): string[] {
  if (!Array.isArray(raw)) return [];
  return raw.flatMap(dex => (isObject(dex) ? (shortText(dex.name) ?? []) : []));
}
