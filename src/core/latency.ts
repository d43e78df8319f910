import type { Clock } from './clock.ts';
import type { OutputBatch } from './event.ts';
import type { JobStore } from './jobs.ts';

/** How long it took from an exchange's time until something was done, in ms. */
export interface LatencySummary {
  /** `committed`: its results are in the database. `delivered`: it was sent to those who subscribe to it. */
  readonly stage: 'committed' | 'delivered';
  /** An event's type, or a subscription's stream; of alerts with their severity. */
  readonly stream: string;
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Measures detection latency while live. */
export interface Latency {
  committed(batch: Pick<OutputBatch, 'events'>): void;
  delivered(stream: string, row: Readonly<Record<string, unknown>>): void;
  summaries(): readonly LatencySummary[];
}

export interface LatencyOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Whether time passes here as it does at the exchange. */
  readonly isLive: () => boolean;
  readonly observe?: (stage: LatencySummary['stage'], stream: string, ms: number) => void;
}

export function createLatency({ clock, isLive, observe }: LatencyOptions): Latency {
  const histograms = { committed: new Map<string, Histogram>(), delivered: new Map<string, Histogram>() };

  function record(stage: LatencySummary['stage'], stream: string, ms: number): void {
    // Note: an exchange's clock may be ahead of ours; that is no latency.
    const latency = Math.max(0, ms);
    let histogram = histograms[stage].get(stream);
    if (histogram === undefined) {
      histogram = createHistogram();
      histograms[stage].set(stream, histogram);
    }
    histogram.record(latency);
    observe?.(stage, stream, latency);
  }

  return {
    committed({ events }) {
      if (!isLive()) return;
      const now = clock.now();
      for (const { type, source, tsEvent } of events) {
        if (source !== 'core') record('committed', type, now - tsEvent);
      }
    },
    delivered(stream, row) {
      if (!isLive() || typeof row.tsEvent !== 'number') return;
      const name = stream === 'alerts' ? `alerts ${row.severity}` : stream;
      record('delivered', name, clock.now() - row.tsEvent);
    },
    summaries: () =>
      (['committed', 'delivered'] as const).flatMap(stage =>
        [...histograms[stage]]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([stream, histogram]) => ({
            ...{ stage, stream, count: histogram.count, max: histogram.max },
            p50: histogram.quantile(0.5),
            p90: histogram.quantile(0.9),
            p99: histogram.quantile(0.99),
          })),
      ),
  };
}

interface Histogram {
  record(ms: number): void;
  readonly count: number;
  readonly max: number;
  /** Exact to 5 %, never below the true value. */
  quantile(share: number): number;
}

/** Each bucket ends 5 % above the one before it; the last one takes all that is longer than a day. */
const growth = 1.05;
const buckets = Math.ceil(Math.log(86_400_000) / Math.log(growth)) + 2;

export function createHistogram(): Histogram {
  const counts = new Float64Array(buckets);
  let count = 0;
  let max = 0;
  return {
    record(ms) {
      const bucket = ms <= 1 ? 0 : Math.ceil(Math.log(ms) / Math.log(growth));
      counts[Math.min(bucket, buckets - 1)]!++;
      count++;
      if (ms > max) max = ms;
    },
    get count() {
      return count;
    },
    get max() {
      return max;
    },
    quantile(share) {
      let rest = Math.ceil(share * count);
      for (let bucket = 0; bucket < buckets; bucket++) {
        rest -= counts[bucket]!;
        if (rest <= 0) return Math.min(max, growth ** bucket);
      }
      return max;
    },
  };
}

/** What `hypersonar stats` shows of a process that measured. */
export interface StoredLatency {
  readonly run: string;
  readonly at: number;
  readonly entries: readonly LatencySummary[];
}

export async function storeLatency(store: JobStore, latency: StoredLatency): Promise<void> {
  await store.query(
    `insert into meta (key, value) values ('latency', $1::text::jsonb)
     on conflict (key) do update set value = excluded.value`,
    [JSON.stringify(latency)],
  );
}

export async function readLatency(store: JobStore): Promise<StoredLatency | undefined> {
  const [row] = await store.query<{ value: StoredLatency }>(`select value from meta where key = 'latency'`);
  return row?.value;
}
