import { readFile } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import type { OutputBatch } from '../../core/event.ts';
import { createPipeline, type Pipeline } from '../../core/pipeline.ts';
import { makePlan } from '../../core/plan.ts';
import type { Plugin } from '../../plugin-api/index.ts';
import type { Subject } from './subject.ts';

/** One output of the plugin under test, as it was when it came out. */
export interface RecordedOutput {
  readonly seq: number;
  readonly kind: 'row' | 'change' | 'signal' | 'alert' | 'decision' | 'fault';
  readonly key: string;
  readonly at: number;
  readonly content: unknown;
}

export interface Recording {
  readonly outputs: readonly RecordedOutput[];
  readonly faults: readonly { readonly handler: string; readonly message: string; readonly code: string }[];
}

export interface RunOptions {
  /** Events of one physical batch; default 1. */
  readonly batchSize?: number;
  /** Take a snapshot after this many events, and go on from it in a new pipeline. */
  readonly restoreAfter?: number;
  /** Run this in place of the plugin. */
  readonly replacement?: Plugin;
  /** Leave out these providers. */
  readonly without?: readonly string[];
}

/** Makes a pipeline of a subject. */
export async function pipelineOf(
  subject: Subject,
  { replacement, without = [] }: RunOptions = {},
): Promise<Pipeline> {
  const plugin = replacement ?? subject.plugin;
  const plan = makePlan({
    plugins: [...subject.providers.filter(provider => !without.includes(provider.id)), plugin],
    config: { [plugin.id]: subject.config },
  });
  const pipeline = createPipeline({ plan, seed: 1, readArtifact: artifact => readFile(artifact) });
  await pipeline.start();
  return pipeline;
}

/** Runs a subject over events and keeps what its plugin puts out. */
export async function record(
  subject: Subject,
  events = subject.tape,
  options: RunOptions = {},
): Promise<Recording> {
  const { batchSize = 1, restoreAfter } = options;
  const outputs: RecordedOutput[] = [];
  const faults: { handler: string; message: string; code: string }[] = [];
  let pipeline = await pipelineOf(subject, options);
  let from = 0;
  while (from < events.length) {
    const to = Math.min(
      events.length,
      from + batchSize,
      restoreAfter !== undefined && from < restoreAfter ? restoreAfter : Number.POSITIVE_INFINITY,
    );
    const batch = await pipeline.process(events.slice(from, to));
    collect(batch, subject.plugin.id, outputs, faults);
    from = to;
    if (from === restoreAfter) {
      // Note: the same bytes as in a snapshot file, so that what structured cloning loses is lost here too.
      const stored = deserialize(serialize(pipeline.snapshot()));
      pipeline = await pipelineOf(subject, options);
      pipeline.restore(stored);
    }
  }
  return { outputs, faults };
}

function collect(
  batch: OutputBatch,
  plugin: string,
  outputs: RecordedOutput[],
  faults: { handler: string; message: string; code: string }[],
): void {
  const take = (
    kind: RecordedOutput['kind'],
    each: { seq: number; key?: string | undefined; tsIngest: number; plugin: string },
    content: unknown,
  ) => {
    if (each.plugin !== plugin) return;
    outputs.push(structuredClone({ seq: each.seq, kind, key: each.key ?? '', at: each.tsIngest, content }));
  };
  for (const each of batch.latest) {
    // Note: a mark that comes without a row leaves the one that stands.
    if (each.row !== undefined || !each.stale) take('row', each, each.row);
  }
  for (const each of batch.history) take('change', each, { row: each.row, previous: each.previous });
  for (const each of batch.signals) take('signal', each, { row: each.row, trace: each.trace });
  for (const each of batch.alerts)
    take('alert', each, { severity: each.severity, title: each.title, row: each.row });
  for (const each of batch.decisions)
    take('decision', each, { emitted: each.emitted, because: each.trace.because });
  for (const each of batch.faults) {
    if (each.plugin !== plugin) continue;
    take('fault', each, { handler: each.handler, code: each.code });
    faults.push({ handler: each.handler, message: each.message, code: each.code });
  }
}

/** The last row of each key, and everything that is appended: what a database holds, whatever the batches were. */
export function finalState(outputs: readonly RecordedOutput[]): {
  readonly rows: Record<string, unknown>;
  readonly appended: readonly RecordedOutput[];
} {
  const rows: Record<string, unknown> = {};
  const decisions: Record<string, unknown> = {};
  const appended: RecordedOutput[] = [];
  for (const output of outputs) {
    if (output.kind === 'row' && output.content === undefined) delete rows[output.key];
    else if (output.kind === 'row') rows[output.key] = output.content;
    else if (output.kind === 'decision') decisions[output.key] = output.content;
    else appended.push(output);
  }
  const kinds = ['change', 'signal', 'alert', 'fault'];
  appended.sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.seq - b.seq);
  return { rows: sorted({ ...rows, ...prefixed('decision:', decisions) }), appended };
}

function prefixed(prefix: string, record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [prefix + key, value]));
}

function sorted(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
