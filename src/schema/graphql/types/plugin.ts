import { checkPlugin } from '../existence.ts';
import type { Types } from './types.ts';

const orNull = <T>(value: T | undefined): T | null => value ?? null;

/** Plugins, with their state. */
export function addPlugin(types: Types): void {
  const { builder } = types;
  const progress = builder
    .objectRef<{ done: number; total: number | undefined; unit: string }>('CollectorProgress')
    .implement({
      description: 'How far a bounded source has been read.',
      fields: t => ({
        done: t.field({ type: 'SafeInteger', description: 'Read so far.', resolve: it => it.done }),
        total: t.field({
          type: 'SafeInteger',
          nullable: true,
          description: 'All of it. Null when it is not known.',
          resolve: it => orNull(it.total),
        }),
        unit: t.exposeString('unit', { description: '`bytes` or `rows`.' }),
      }),
    });
  builder.objectType(types.plugin, {
    description: 'A plugin of the present run.',
    fields: t => ({
      id: t.exposeString('id', { description: 'Its id.' }),
      kind: t.exposeString('kind', {
        description: '`collector`, `feature`, `model`, `classifier` or `signal`.',
      }),
      version: t.exposeString('version', { description: 'Its own version.' }),
      doc: t.exposeString('doc', { description: 'What it does.' }),
      state: t.exposeString('state', {
        description: '`planned`, `starting`, `running`, `degraded`, `paused`, `stopped` or `failed`.',
      }),
      reason: t.string({
        nullable: true,
        description: 'Why it is degraded or failed. Null when it is not.',
        resolve: plugin => orNull(plugin.reason),
      }),
      configuration: t.field({
        type: 'JSON',
        nullable: true,
        description: 'Its effective configuration; secrets are hidden.',
        resolve: plugin => plugin.configuration,
      }),
      reads: t.stringList({ description: 'Refs that it reads.', resolve: plugin => [...plugin.reads] }),
      provides: t.stringList({
        description: 'Refs that it provides.',
        resolve: plugin => [...plugin.provides],
      }),
      faults: t.exposeInt('faults', { description: 'Faults since the start.' }),
      calls: t.field({
        type: 'SafeInteger',
        description: 'Handler calls since the start.',
        resolve: plugin => plugin.calls,
      }),
      totalMs: t.exposeFloat('totalMs', {
        description: 'Time spent in its handlers since the start. Unit: ms.',
      }),
      progress: t.field({
        type: progress,
        nullable: true,
        description: 'Of a collector with a bounded source: how far it has read.',
        resolve: plugin => orNull(plugin.progress),
      }),
      rejected: t.int({
        nullable: true,
        description: 'Of a collector: input that could not be read and was skipped.',
        resolve: plugin => orNull(plugin.rejected),
      }),
    }),
  });
  builder.queryFields(t => ({
    plugins: t.field({
      type: [types.plugin],
      description: 'Every plugin of the present run, with its state.',
      args: { kind: t.arg({ type: types.enums.pluginKind, description: 'Only of this kind.' }) },
      resolve: (_root, { kind }, context) =>
        context.plugins().filter(plugin => kind == null || plugin.kind === kind),
    }),
    plugin: t.field({
      type: types.plugin,
      description: 'One plugin.',
      args: { id: t.arg.string({ required: true, description: 'Its id.' }) },
      errors: {},
      resolve: (_root, { id }, context) => {
        checkPlugin(id, context, 'id');
        return context.plugins().find(plugin => plugin.id === id)!;
      },
    }),
  }));
}

/** Jobs, with their last and next run. */
export function addJob(types: Types): void {
  const { builder } = types;
  builder.objectType(types.job, {
    description: 'Scheduled work.',
    fields: t => ({
      id: t.exposeString('id', { description: 'Its id.' }),
      doc: t.exposeString('doc', { description: 'What it does.' }),
      schedule: t.exposeString('schedule', { description: 'When it runs, on tape time.' }),
      running: t.exposeBoolean('running', { description: 'Whether it runs now.' }),
      lastRun: t.field({
        type: 'Timestamp',
        nullable: true,
        description: 'When it ran last. Null before the first time.',
        resolve: job => orNull(job.lastRun),
      }),
      nextRun: t.field({
        type: 'Timestamp',
        nullable: true,
        description: 'When it is due. Null when it is not scheduled.',
        resolve: job => orNull(job.nextRun),
      }),
      durationMs: t.float({
        nullable: true,
        description: 'How long the last run took. Unit: ms.',
        resolve: job => orNull(job.durationMs),
      }),
      outcome: t.string({
        nullable: true,
        description: 'How the last run ended.',
        resolve: job => orNull(job.outcome),
      }),
      error: t.string({
        nullable: true,
        description: 'Why the last run failed. Null when it did not.',
        resolve: job => orNull(job.error),
      }),
    }),
  });
  builder.queryField('jobs', t =>
    t.field({
      type: [types.job],
      description: 'Scheduled work, with its last and next run.',
      resolve: async (_root, _args, context) => [...(await context.jobs())],
    }),
  );
}
