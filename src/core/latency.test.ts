import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../testing/manual-clock.ts';
import type { TapeEvent } from './event.ts';
import { createHistogram, createLatency } from './latency.ts';

describe('detection latency', () => {
  it('is told for each type of event and each stream, alerts by severity', () => {
    const clock = manualClock(10_000);
    const latency = createLatency({ clock, isLive: () => true });
    const event = (type: string, tsEvent: number, source = 'test') =>
      ({ type, tsEvent, source }) as TapeEvent;
    latency.committed({
      events: [event('trade', 9_900), event('trade', 9_000), event('core.timer', 0, 'core')],
    });
    latency.delivered('alerts', { severity: 'CRITICAL', tsEvent: 9_800 });
    latency.delivered('faults', { tsIngest: 1 });
    expect(latency.summaries()).toEqual([
      // Within 5 % above 100 ms, and no more than the largest.
      expect.objectContaining({ stage: 'committed', stream: 'trade', count: 2, max: 1_000, p99: 1_000 }),
      expect.objectContaining({
        stage: 'delivered',
        stream: 'alerts CRITICAL',
        count: 1,
        p50: 200,
        max: 200,
      }),
    ]);
  });

  it('is not measured while history passes', () => {
    const latency = createLatency({ clock: manualClock(), isLive: () => false });
    latency.committed({ events: [{ type: 'trade', tsEvent: 0, source: 'test' } as TapeEvent] });
    latency.delivered('signals', { tsEvent: 0 });
    expect(latency.summaries()).toEqual([]);
  });
});

describe('a histogram', () => {
  it('has quantiles that are at most 5 % too large, and never too small', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 80_000_000, noNaN: true }), { minLength: 1, maxLength: 200 }),
        fc.constantFrom(0.5, 0.9, 0.99, 1),
        (values, share) => {
          const histogram = createHistogram();
          for (const value of values) histogram.record(value);
          const exact = values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1]!;
          expect(histogram.quantile(share)).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
          expect(histogram.quantile(share)).toBeLessThanOrEqual(exact * 1.0501);
        },
      ),
    );
  });
});
