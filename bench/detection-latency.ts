/*
 * How old changes of positions and alerts are when a subscriber of graphql-ws has them: from the exchange's time, with 500 tracked
 * traders at 300 trades/s, more requests waiting than the exchange's limits let through, and the exchange, the platform and the client
 * each in a process of their own on one machine.
 *
 * BENCH_QUICK=1 measures 20 s instead of 60.
 */

import { measureDelivery } from '../test/live/delivery-latency.ts';
import { isQuick, report } from './support/report.ts';

const limits = { p50: 100, p99: 500, critical: 1_000 };

const { positions, alerts, waiting, stages, published } = await measureDelivery({
  tracked: 500,
  tradesPerSecond: 300,
  measureMs: isQuick ? 20_000 : 60_000,
});
const ratios = { p50: positions.p50 / limits.p50, p99: positions.p99 / limits.p99 };
report(
  'detection latency',
  `changes of tracked traders ${positions.p50} ms at the median (${ratios.p50.toFixed(2)} of ${limits.p50} ms), ${positions.p99} ms at p99 ` +
    `(${ratios.p99.toFixed(2)} of ${limits.p99} ms), of ${positions.count}; ${waiting.join(' and ')} requests waited`,
  { positions, ratios, waiting, stages },
);
const critical = alerts.CRITICAL;
report(
  'detection latency of critical alerts',
  critical === undefined
    ? 'there were none'
    : `${critical.p99} ms at p99 (${(critical.p99 / limits.critical).toFixed(2)} of ${limits.critical} ms), of ${critical.count}`,
  { alerts, published },
);
