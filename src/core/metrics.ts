import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { BudgetStatus } from './collectors/request-budget.ts';
import type { OutputBatch } from './event.ts';
import type { SourceCounts } from './ingest.ts';
import type { Stage } from './writer.ts';

/** What is read when the metrics are asked for. */
export interface MetricSources {
  readonly sources: () => ReadonlyMap<string, SourceCounts>;
  readonly queueDepth: () => number;
  /** Events that ingest remembers, so that it knows them when they come again. */
  readonly rememberedEvents: () => number;
  readonly subscribers: () => number;
  readonly tapeBytes: () => number;
  readonly tapeSeq: () => number;
  readonly committedSeq: () => number;
  /** ms by which the newest committed event is behind the clock; `undefined` while history is replayed. */
  readonly lagMs: () => number | undefined;
  readonly plugins: () => readonly {
    readonly id: string;
    readonly state: string;
    readonly faults: number;
    readonly calls: number;
    readonly totalMs: number;
    readonly rejected?: number | undefined;
  }[];
  readonly budgets: () => Promise<readonly BudgetStatus[]>;
  /** Rows that the storage policy kept, dropped or replaced, by table. */
  readonly storage: () => Promise<
    readonly { readonly table: string; readonly outcome: string; readonly count: number }[]
  >;
  /** Gaps that are not healed and make rows stale. */
  readonly openGaps: () => number;
}

/** Measurements of one application, in a registry of its own. */
export interface Metrics {
  readonly registry: Registry;
  stage(stage: Stage, ms: number): void;
  batch(batch: OutputBatch): void;
  /** From the exchange's time until something was committed or delivered. */
  latency(stage: 'committed' | 'delivered', stream: string, ms: number): void;
  job(id: string, outcome: 'succeeded' | 'failed', ms: number): void;
  /** Says where the values come from that are only read when they are asked for. */
  observe(sources: MetricSources): void;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
}

const states = ['planned', 'starting', 'running', 'degraded', 'paused', 'stopped', 'failed'];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'hypersonar_' });
  let observed: MetricSources | undefined;

  const events = new Counter({
    name: 'hypersonar_events_total',
    help: 'Events committed, by type.',
    labelNames: ['type'],
    registers,
  });
  const outputs = new Counter({
    name: 'hypersonar_outputs_total',
    help: 'Rows committed, by kind.',
    labelNames: ['kind'],
    registers,
  });
  const batchSize = new Histogram({
    name: 'hypersonar_batch_events',
    help: 'Events per batch.',
    buckets: [1, 10, 100, 500, 1_000, 2_000, 5_000, 10_000],
    registers,
  });
  const stageSeconds = new Histogram({
    name: 'hypersonar_stage_seconds',
    help: 'Time that a batch spends in each stage.',
    labelNames: ['stage'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const jobSeconds = new Histogram({
    name: 'hypersonar_job_seconds',
    help: 'Time that jobs take.',
    labelNames: ['job', 'outcome'],
    buckets: [0.01, 0.1, 0.5, 1, 5, 30, 120],
    registers,
  });

  const latencySeconds = new Histogram({
    name: 'hypersonar_latency_seconds',
    help: "From the exchange's time until an event's results were committed, or a subscription's item delivered.",
    labelNames: ['stage', 'stream'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers,
  });

  const read = (
    name: string,
    help: string,
    labelNames: string[],
    collect: (gauge: Gauge, from: MetricSources) => void | Promise<void>,
  ): void => {
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      async collect() {
        this.reset();
        if (observed !== undefined) await collect(this, observed);
      },
    });
  };
  const perSource = (name: string, help: string, value: (counts: SourceCounts) => number): void =>
    read(name, help, ['source'], (gauge, from) => {
      for (const [source, counts] of from.sources()) gauge.set({ source }, value(counts));
    });
  perSource('hypersonar_source_accepted', 'Drafts that became events.', counts => counts.accepted);
  perSource('hypersonar_source_duplicates', 'Drafts that had been seen before.', counts => counts.duplicates);
  perSource('hypersonar_source_rejected', 'Drafts that did not fit their ref.', counts => counts.rejected);
  perSource('hypersonar_source_clamped', 'Declared times that went backwards.', counts => counts.clamped);
  read('hypersonar_queue_items', 'Drafts that wait for the writer.', [], (gauge, from) =>
    gauge.set(from.queueDepth()),
  );
  read(
    'hypersonar_remembered_events',
    'Events that are remembered, so that they are known when they come again.',
    [],
    (gauge, from) => gauge.set(from.rememberedEvents()),
  );
  read('hypersonar_feed_subscribers', 'Subscriptions that are open.', [], (gauge, from) =>
    gauge.set(from.subscribers()),
  );
  read('hypersonar_tape_bytes', 'Size of the tape.', [], (gauge, from) => gauge.set(from.tapeBytes()));
  read('hypersonar_tape_seq', 'The newest event on the tape.', [], (gauge, from) =>
    gauge.set(from.tapeSeq()),
  );
  read('hypersonar_committed_seq', 'The newest event whose outputs are committed.', [], (gauge, from) =>
    gauge.set(from.committedSeq()),
  );
  read(
    'hypersonar_lag_seconds',
    'How far the newest committed event is behind the clock.',
    [],
    (gauge, from) => {
      const lag = from.lagMs();
      if (lag !== undefined) gauge.set(lag / 1_000);
    },
  );
  read(
    'hypersonar_plugin_state',
    '1 for the state that a plugin is in.',
    ['plugin', 'state'],
    (gauge, from) => {
      for (const { id, state } of from.plugins()) {
        for (const each of states) gauge.set({ plugin: id, state: each }, each === state ? 1 : 0);
      }
    },
  );
  const perPlugin = (
    name: string,
    help: string,
    value: (plugin: ReturnType<MetricSources['plugins']>[number]) => number,
  ): void =>
    read(name, help, ['plugin'], (gauge, from) => {
      for (const plugin of from.plugins()) gauge.set({ plugin: plugin.id }, value(plugin));
    });
  perPlugin('hypersonar_plugin_faults', 'Faults since the start.', plugin => plugin.faults);
  perPlugin('hypersonar_plugin_calls', 'Calls of handlers since the start.', plugin => plugin.calls);
  perPlugin(
    'hypersonar_plugin_seconds',
    'Time in handlers since the start.',
    plugin => plugin.totalMs / 1_000,
  );
  perPlugin(
    'hypersonar_plugin_rejected',
    'Unreadable input reported by a collector.',
    plugin => plugin.rejected ?? 0,
  );

  const perBudget = (name: string, help: string, value: (budget: BudgetStatus) => number): void =>
    read(name, help, ['budget'], async (gauge, from) => {
      for (const budget of await from.budgets()) gauge.set({ budget: budget.name }, value(budget));
    });
  perBudget(
    'hypersonar_request_budget_per_minute',
    'Weight that may be spent within any minute.',
    it => it.perMinute,
  );
  perBudget(
    'hypersonar_request_budget_used',
    'Weight spent within the last minute or set aside.',
    it => it.used,
  );
  perBudget('hypersonar_request_budget_left', 'Weight that may be spent at once.', it => it.left);
  perBudget(
    'hypersonar_request_budget_refusals',
    'How often the server refused for too many requests.',
    it => it.refusals,
  );
  read(
    'hypersonar_request_budget_waiting',
    'Requests of this process that wait.',
    ['budget', 'priority'],
    async (gauge, from) => {
      for (const { name, waiting } of await from.budgets()) {
        for (const { priority, count } of waiting) gauge.set({ budget: name, priority }, count);
      }
    },
  );

  read(
    'hypersonar_storage_rows',
    'Rows that the storage policy kept or dropped, or was told of tables that hold the last word, since the database was made.',
    ['table', 'outcome'],
    async (gauge, from) => {
      for (const { table, outcome, count } of await from.storage()) gauge.set({ table, outcome }, count);
    },
  );
  read('hypersonar_open_gaps', 'Gaps that are not healed and make rows stale.', [], (gauge, from) =>
    gauge.set(from.openGaps()),
  );

  return {
    registry,
    stage: (stage, ms) => stageSeconds.observe({ stage }, ms / 1_000),
    batch(batch) {
      batchSize.observe(batch.events.length);
      const byType = new Map<string, number>();
      for (const { type } of batch.events) byType.set(type, (byType.get(type) ?? 0) + 1);
      for (const [type, count] of byType) events.inc({ type }, count);
      for (const kind of ['latest', 'history', 'signals', 'alerts', 'decisions', 'faults'] as const) {
        if (batch[kind].length > 0) outputs.inc({ kind }, batch[kind].length);
      }
    },
    latency: (stage, stream, ms) => latencySeconds.observe({ stage, stream }, ms / 1_000),
    job: (job, outcome, ms) => jobSeconds.observe({ job, outcome }, ms / 1_000),
    observe(sources) {
      observed = sources;
    },
    text: () => registry.metrics(),
  };
}
