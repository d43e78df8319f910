import { SubscriptionClient, WebSocketTransport } from '@nktkas/hyperliquid';
import { expect, test } from 'vitest';
import { faultKinds, faultPlan, startExchangeProcess } from '../../src/testing/index.ts';

const durationMs = 9_000;

test('stands everything that goes wrong on it, and gives back all that clients held', {
  timeout: 60_000,
}, async () => {
  const exchange = await startExchangeProcess({
    seed: 8,
    markets: 'load',
    wallets: 40,
    tradesPerSecond: 400,
    coins: { perps: 12, builder: 6, spot: 6 },
    limits: { newConnectionsPerMinute: 500, weightPerMinute: 100_000 },
    cadences: { userStates: 200, contexts: 200 },
  });
  // Note: each client keeps connecting again, as it does when the real exchange fails.
  const transports = [1, 2, 3].map(
    () =>
      new WebSocketTransport({ url: exchange.wsUrl, timeout: 2_000, reconnect: { reconnectionDelay: 50 } }),
  );
  const [user = ''] = await exchange.users();
  let frames = 0;
  for (const transport of transports) {
    const client = new SubscriptionClient({ transport });
    const count = () => {
      frames += 1;
    };
    for (const coin of ['BTC', 'ETH', 'SOL']) await client.trades({ coin }, count, { onError: () => {} });
    await client.candle({ coin: 'BTC', interval: '1m' }, count, { onError: () => {} });
    await client.allDexsClearinghouseState({ user: user as `0x${string}` }, count, { onError: () => {} });
  }
  const asking = setInterval(() => {
    const body = JSON.stringify({ type: 'clearinghouseState', user });
    fetch(exchange.infoUrl, { method: 'POST', body })
      .then(response => response.text())
      .catch(() => {});
  }, 50);
  await exchange.run(faultPlan({ seed: 12, durationMs, everyMs: 200, longestMs: 800 }));
  await new Promise(resolve => setTimeout(resolve, durationMs + 1_500));
  clearInterval(asking);
  await exchange.clearFaults();

  const injected = await fetch(`${exchange.adminUrl}/faults`);
  const kinds = ((await injected.json()) as { injected: { fault: { kind: string } }[] }).injected;
  expect(new Set(kinds.map(({ fault }) => fault.kind))).toEqual(new Set(faultKinds));
  expect(frames).toBeGreaterThan(500);
  for (const transport of transports) transport.close();
  await expect
    .poll(async () => {
      const { connections, subscriptions, users, pendingPosts } = await exchange.limits();
      return [connections.used, subscriptions.used, users.used, pendingPosts.used];
    })
    .toEqual([0, 0, 0, 0]);
  const { clock, now } = await exchange.describe();
  expect(Math.abs(clock - now)).toBeLessThan(10_000);
  await exchange.stop();
});
