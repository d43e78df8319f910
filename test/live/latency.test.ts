import { expect, test } from 'vitest';
import { measureDelivery } from './delivery-latency.ts';

/*
 * What is claimed of these times is measured by bench/detection-latency.ts, alone on a machine; here only that everything arrives, in
 * times that no busy machine excuses, and that the platform publishes what a client sees.
 */

test('changes of positions and alerts are delivered as they happen, and published as a client measures them', {
  timeout: 300_000,
}, async () => {
  const found = await measureDelivery({ tracked: 120, tradesPerSecond: 100, measureMs: 15_000 });

  expect(found.positions.count).toBeGreaterThan(500);
  expect(found.positions.p50).toBeLessThan(2_000);
  expect(found.positions.p99).toBeLessThan(10_000);
  expect(found.alerts.CRITICAL?.count).toBeGreaterThan(0);
  expect(found.alerts.CRITICAL?.p99).toBeLessThan(10_000);

  const published = found.published.find(
    ({ stage, stream }) => stage === 'delivered' && stream === 'positionChanged',
  );
  // Note: what the platform has sent when the client has gone was delivered to nobody.
  expect(Math.abs((published?.count ?? 0) - found.told.count)).toBeLessThan(0.02 * found.told.count + 50);
  expect(found.inMetrics).toBeGreaterThan(0.9 * found.told.count);
  for (const share of ['p50', 'p99'] as const) {
    expect(published?.[share]).toBeLessThan(found.told[share] * 1.1 + 100);
    expect(published?.[share]).toBeGreaterThan(found.told[share] * 0.8 - 100);
  }
});
