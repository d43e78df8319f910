import {
  type CollectorContext,
  candidate,
  type Draft,
  defineCollector,
  draft,
  type Event,
  toNumber,
  trade,
  tradersOf,
} from '../../../plugin-api/index.ts';
import { resolveEndpoints } from '../hyperliquid-connection/endpoints.ts';
import { createInfoClient } from '../hyperliquid-connection/info-client.ts';
import type { InfoClient } from '../hyperliquid-connection/info-types.ts';
import { decodeTrade } from '../hyperliquid-messages/trades.ts';
import { type DiscoveryConfig, discoveryConfig } from './config.ts';
import { createMetWallets } from './met-wallets.ts';

type Context = CollectorContext<DiscoveryConfig>;
type Candidate = Draft<typeof candidate>;

/** How long candidates wait for others, so that they are brought in together. */
const gatherMs = 1_000;
/** When what was met is kept for the first time: at first nearly everybody is new. */
const firstSaveMs = 60_000;
/** Candidates that may wait; those beyond are met at their next trade. */
const mostWaiting = 10_000;

/** Looks for wallets that were not met before, on the tape and, while it is silent, in the exchange's last trades. */
export const hyperliquidDiscovery = defineCollector({
  id: 'hyperliquid-discovery',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Finds wallets that were not met before in the trades of chosen markets, and says where they were seen.',
  config: discoveryConfig,
  emits: [candidate],
  staleAfter: '6h',
  collect,
});

async function* collect(ctx: Context): AsyncGenerator<readonly Candidate[]> {
  const { config } = ctx;
  const { infoUrl, statsUrl } = resolveEndpoints(config);
  let client: InfoClient | undefined;
  const met = createMetWallets(config.remember);
  if (ctx.cursor !== undefined) met.restore(ctx.cursor);
  const startedAt = ctx.now;
  /** When each market last had a trade on the tape. */
  const tradedAt = new Map(config.coins.map(coin => [coin, startedAt]));
  let waiting: Candidate[] = [];

  const meet = (found: {
    readonly user: string;
    readonly coin: string;
    readonly time: number;
    readonly notionalUsd: number;
    readonly seenIn: 'tape' | 'recent-trades';
  }): void => {
    if (found.notionalUsd < config.minNotionalUsd || waiting.length >= mostWaiting || !met.add(found.user))
      return;
    const { time, ...payload } = found;
    waiting.push(
      draft(candidate, { key: found.user, tsEvent: time, dedupe: `${found.user}:${time}`, payload }),
    );
  };

  ctx.follow(trade, ({ payload, tsEvent }: Event<typeof trade>) => {
    if (!tradedAt.has(payload.coin)) return;
    tradedAt.set(payload.coin, ctx.now);
    const notionalUsd = toNumber(payload.price) * toNumber(payload.size);
    const found = { coin: payload.coin, time: tsEvent, notionalUsd, seenIn: 'tape' } as const;
    for (const user of tradersOf(payload)) meet({ ...found, user });
  });

  /** Has the exchange's last trades stand in for those of the tape. */
  async function lookAt(names: readonly string[]): Promise<void> {
    const asked = client ?? createInfoClient(ctx, { infoUrl, statsUrl });
    client = asked;
    for (const coin of names) {
      try {
        const trades = await asked.request({ type: 'recentTrades', coin }, { priority: 'low', attempts: 1 });
        for (const raw of trades ?? []) meetTraders(raw, coin);
      } catch (error) {
        if (ctx.signal.aborted) return;
        ctx.log.warn('the last trades of a silent market could not be read', { coin, error });
      }
    }
  }
  const meetTraders = (raw: unknown, coin: string): void => {
    const decoded = decodeTrade(raw);
    if (typeof decoded === 'string') {
      ctx.reject({ source: `recentTrades ${coin}`, reason: decoded });
      return;
    }
    const { price, size } = decoded.payload;
    const notionalUsd = toNumber(price) * toNumber(size);
    const found = { coin, time: decoded.tsEvent, notionalUsd, seenIn: 'recent-trades' } as const;
    for (const user of tradersOf(decoded.payload)) meet({ ...found, user });
  };

  /** The markets whose last trades are asked for now. */
  const silentCoins = (isSweep: boolean): readonly string[] => {
    const since = ctx.now - config.silentSeconds * 1_000;
    const silent = [...tradedAt].flatMap(([coin, at]) => (at <= since ? [coin] : []));
    // Note: while others trade, a market is more likely quiet than its connection down.
    const isDown = silent.length === tradedAt.size;
    if (!isSweep && !(isDown && ctx.now - askedAt >= config.whileSilentSeconds * 1_000)) return [];
    if (silent.length > 0) askedAt = ctx.now;
    return silent;
  };

  const sweepMs = config.everyMinutes * 60_000;
  let sweptAt = startedAt;
  let askedAt = startedAt;
  let saveAt = startedAt + Math.min(sweepMs, firstSaveMs);
  let looking: Promise<void> | undefined;
  while (!ctx.signal.aborted) {
    await ctx.sleep(gatherMs);
    if (ctx.signal.aborted) break;
    const isSweep = ctx.now - sweptAt >= sweepMs;
    if (isSweep) sweptAt = ctx.now;
    if (looking === undefined) {
      const silent = silentCoins(isSweep);
      // Note: requests wait for their turn; what the tape brings meanwhile does not.
      if (silent.length > 0) {
        looking = lookAt(silent).finally(() => {
          looking = undefined;
        });
      }
    }
    if (waiting.length === 0) continue;
    const found = waiting;
    waiting = [];
    // Note: what is remembered is large, so it goes onto the tape once a sweep; after a start a few are met twice.
    if (ctx.now >= saveAt) {
      found.push({ ...found.pop()!, cursor: met.save() });
      saveAt = ctx.now + sweepMs;
    }
    yield found;
  }
  await looking;
}
