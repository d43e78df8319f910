import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testCollectorContext } from '../../../testing/collector-context.ts';
import { type Exchange, startExchange } from '../../../testing/exchange/index.ts';
import { conformance } from '../../../testing/index.ts';
import { tradersConfig } from './config.ts';
import { hyperliquidTraders } from './index.ts';

describe('hyperliquid-traders', () => {
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await startExchange({
      markets: 'load',
      wallets: 60,
      coins: { perps: 4, builder: 4, spot: 2 },
    });
  });
  afterAll(() => exchange.stop());

  // C09, C11 and C12 read what a collector brings by itself; this one brings nothing but what it is told to track, and goes on where the
  // exchange stands, not at a cursor. What it brings is tested against the exchange.
  const checks = conformance(hyperliquidTraders).filter(({ id }) => !['C09', 'C11', 'C12'].includes(id));
  for (const check of checks) it(check.name, check.run);

  it('stops within a second of the abort, at work and while it cannot reach anything', async () => {
    for (const url of [exchange.infoUrl, 'http://127.0.0.1:9/info']) {
      const abort = new AbortController();
      const config = tradersConfig.parse({ infoUrl: url, wsUrl: exchange.wsUrl });
      const ctx = testCollectorContext(config, { signal: abort.signal });
      ctx.track(
        exchange.state.users.slice(0, 5).map(address => ({ address, by: 'selection', tier: undefined })),
      );
      const ended = (async () => {
        for await (const _ of hyperliquidTraders.collect(ctx as never));
      })();
      await new Promise(resolve => setTimeout(resolve, 1_500));
      const startedAt = performance.now();
      abort.abort();
      await ended;
      expect(performance.now() - startedAt).toBeLessThan(1_000);
    }
  });
});
