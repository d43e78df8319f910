import { account, accountLink, defineCollector, fill, order, position } from '../../../plugin-api/index.ts';
import { resolveEndpoints } from '../hyperliquid-connection/endpoints.ts';
import { createInfoClient } from '../hyperliquid-connection/info-client.ts';
import { createSocketPool } from '../hyperliquid-connection/socket-pool.ts';
import { tradersConfig } from './config.ts';
import { createOutbox } from './outbox.ts';
import { followTraders } from './traders.ts';

const emits = [position, account, order, fill, accountLink] as const;

/** This collector's part of what the exchange allows one address: one connection, and one more while it is replaced. */
const limits = {
  connections: 2,
  newConnectionsPerMinute: 6,
  subscriptions: 120,
  users: 10,
  framesPerMinute: 1_000,
};

/** Keeps positions, equity and orders of tracked traders exactly up to date, within the request budget. */
export const hyperliquidTraders = defineCollector({
  id: 'hyperliquid-traders',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Keeps positions, equity and orders of tracked traders exactly up to date, within the request budget.',
  config: tradersConfig,
  emits,
  async *collect(ctx) {
    const end = new AbortController();
    const signal = AbortSignal.any([ctx.signal, end.signal]);
    // Note: an attempt that failed must end what it began, which the collector's own signal does not.
    const attempt = Object.create(ctx, { signal: { value: signal } }) as typeof ctx;
    const { wsUrl, ...endpoints } = resolveEndpoints(ctx.config);
    const outbox = createOutbox<(typeof emits)[number]>(signal, { gap: ctx.gap });
    const client = createInfoClient(attempt, endpoints);
    const pool = createSocketPool(attempt, { wsUrl, connections: 1, limits });
    followTraders({ ctx: attempt, client, pool, tell: outbox.push }).catch(outbox.fail);
    try {
      yield* outbox.drain();
    } finally {
      end.abort();
      await pool.close();
    }
  },
});
