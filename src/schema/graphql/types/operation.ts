import { faults as faultTable, gaps as gapTable, runs as runTable } from '../../tables/index.ts';
import type { StorageFilterView } from '../context.ts';
import { checkPlugin, checkStream } from '../existence.ts';
import { rootList } from '../list-field.ts';
import * as listings from '../listings.ts';
import { outputFields, tableFields } from '../table-fields.ts';
import { directionArg } from './arguments.ts';
import { addJob, addPlugin } from './plugin.ts';
import type { Types } from './types.ts';

const orNull = <T>(value: T | undefined): T | null => value ?? null;

/** What the platform tells of itself. */
export function addOperation(types: Types): void {
  const { builder } = types;
  addPlugin(types);
  addJob(types);
  builder.objectType(types.configurationEntry, {
    description: 'One setting as it is in force.',
    fields: t => ({
      path: t.exposeString('path', { description: 'Dotted, such as `server.port`.' }),
      value: t.field({
        type: 'JSON',
        nullable: true,
        description: 'Its value; `"(hidden)"` for a secret that is set.',
        resolve: entry => entry.value,
      }),
      source: t.exposeString('source', {
        description: 'Who set it: `default`, `file`, `environment` or `option`.',
      }),
      doc: t.exposeString('doc', { description: 'What it does.' }),
      environment: t.string({
        nullable: true,
        description: 'The environment variable that sets it.',
        resolve: entry => orNull(entry.environment),
      }),
    }),
  });
  const tableStatistics = builder
    .objectRef<{ name: string; rows: number; bytes: number }>('TableStatistics')
    .implement({
      description: 'How much a table holds.',
      fields: t => ({
        name: t.exposeString('name', { description: 'The table.' }),
        rows: t.field({
          type: 'SafeInteger',
          description: 'Its rows; an estimate on large tables.',
          resolve: table => table.rows,
        }),
        bytes: t.field({
          type: 'SafeInteger',
          description: 'Its size with its indexes.',
          resolve: table => table.bytes,
        }),
      }),
    });
  const filter = builder.objectRef<StorageFilterView>('StorageFilter').implement({
    description:
      'What the storage policy did with the rows that one table could hold, since the database was made.',
    fields: t => ({
      table: t.exposeString('filter', { description: 'The table.' }),
      kept: t.field({ type: 'SafeInteger', description: 'Rows that were stored.', resolve: it => it.kept }),
      dropped: t.field({
        type: 'SafeInteger',
        description: 'Rows that were not; of tables that hold only the last word, those that were replaced.',
        resolve: it => it.dropped,
      }),
      share: t.exposeFloat('share', {
        nullable: true,
        description: 'Share of the rows that were stored. Null when there were none.',
      }),
      keptBytes: t.field({
        type: 'SafeInteger',
        description: 'Size of the stored rows as they are sent to the database. Unit: bytes.',
        resolve: it => it.keptBytes,
      }),
      droppedBytes: t.field({
        type: 'SafeInteger',
        description: 'Size of the others, by a sample of one in sixteen. Unit: bytes.',
        resolve: it => it.droppedBytes,
      }),
    }),
  });
  builder.objectType(types.statistics, {
    description: 'How much is stored.',
    fields: t => ({
      engine: t.exposeString('engine', { description: '`pglite` or `postgres`.' }),
      bytes: t.field({
        type: 'SafeInteger',
        description: 'The size of the database.',
        resolve: all => all.bytes,
      }),
      checkpoint: t.field({
        type: 'SafeInteger',
        description: 'The last event on the tape whose outputs are committed.',
        resolve: all => all.checkpoint,
      }),
      tables: t.field({
        type: [tableStatistics],
        description: 'Each table.',
        resolve: all => [...all.tables],
      }),
      filters: t.field({
        type: [filter],
        description: 'What the storage policy kept and dropped, by table.',
        resolve: all => [...all.filters],
      }),
      storedShare: t.exposeFloat('storedShare', {
        nullable: true,
        description:
          'Bytes that were stored, of the bytes of storing everything. Null when nothing was told.',
      }),
    }),
  });
  builder.objectType(types.fault, {
    description: 'A handler that threw, or answered what its ref does not allow.',
    fields: t =>
      tableFields(t, faultTable, {
        seq: outputFields.seq,
        index: outputFields.index,
        ingestTime: outputFields.ingestTime,
        plugin: 'Whose.',
        handler: 'Which function.',
        code: 'Stable, documented in docs/errors.md.',
        message: 'What happened.',
        key: 'For which key. Null when it was for none.',
        run: 'The run it happened in.',
      }),
  });
  builder.objectType(types.gap, {
    description: 'An interval in which events may be missing.',
    fields: t =>
      tableFields(t, gapTable, {
        seq: 'Its place on the tape.',
        eventTime: outputFields.eventTime,
        ingestTime: outputFields.ingestTime,
        source: 'The collector that reported it.',
        stream: 'The event that may be missing, such as `trade`.',
        scope: 'The coin or wallet concerned. Null: all of them.',
        from: { doc: 'Beginning, inclusive.', type: 'Timestamp' },
        to: { doc: 'End, exclusive.', type: 'Timestamp' },
        reason: 'What happened.',
        healed: 'True when the missing events were fetched after all.',
      }),
  });
  builder.objectType(types.run, {
    description: 'A start of the platform, with all that decides its results.',
    fields: t =>
      tableFields(t, runTable, {
        id: 'Its id; outputs name it.',
        startedAt: { doc: 'When.', type: 'Timestamp' },
        endedAt: { doc: 'When it ended. Null while it runs, or when it was killed.', type: 'Timestamp' },
        mode: '`live`, `replay` or `demo`.',
        manifest: 'Versions, configuration hash, artifact hashes, seed.',
      }),
  });
  const about = builder
    .objectRef<{ name: string; version: string; mode: string; startedAt: number; run: string; now: number }>(
      'About',
    )
    .implement({
      description: 'What runs here.',
      fields: t => ({
        name: t.exposeString('name', { description: 'The product.' }),
        version: t.exposeString('version', { description: 'Its version.' }),
        mode: t.exposeString('mode', {
          description:
            '`live`, `replay` of history, or `simulated`: then nothing here happened on a real market.',
        }),
        simulated: t.boolean({
          description: 'True when the market is made up.',
          resolve: it => it.mode === 'simulated',
        }),
        startedAt: t.field({
          type: 'Timestamp',
          description: 'When this process started.',
          resolve: it => it.startedAt,
        }),
        now: t.field({
          type: 'Timestamp',
          description: 'The present time of this process.',
          resolve: it => it.now,
        }),
        run: t.exposeString('run', { description: 'The present run.' }),
        checkpoint: t.field({
          type: 'SafeInteger',
          description: 'The last event on the tape whose outputs are committed; 0 for none.',
          resolve: async (_about, _args, { database }) => {
            const [row] = await database.query<{ value: { seq: number } }>(
              `select value from "meta" where key = 'checkpoint'`,
            );
            return row?.value.seq ?? 0;
          },
        }),
      }),
    });
  builder.queryFields(t => ({
    about: t.field({
      type: about,
      description: 'What runs here, and on what kind of tape.',
      resolve: (_root, _args, { about: it, clock }) => ({ ...it, now: clock.now() }),
    }),
    storage: t.field({
      type: types.statistics,
      description: 'How much is stored.',
      resolve: (_root, _args, context) => context.statistics(),
    }),
    configuration: t.field({
      type: [types.configurationEntry],
      description: 'Every setting as it is in force; secrets are hidden.',
      resolve: (_root, _args, context) => [...context.configuration()],
    }),
    faults: rootList(builder, t, {
      node: types.fault,
      listing: listings.faults,
      description:
        'Faults of plugins, newest first. Their cursors are those of the subscription `pluginFault`.',
      args: {
        plugin: t.arg.string({ description: 'Only of this plugin.' }),
        ...directionArg(t, types.enums),
      },
      before: (args: listings.FaultArgs, context) => {
        checkPlugin(args.plugin, context);
        return undefined;
      },
    }),
    gaps: rootList(builder, t, {
      node: types.gap,
      listing: listings.gaps,
      description: 'Intervals in which events may be missing, newest first.',
      args: {
        stream: t.arg.string({ description: 'Only of this stream, such as `trade`.' }),
        scope: t.arg.string({
          description: 'Only those of this coin or wallet, and those of all coins and wallets.',
        }),
        healed: t.arg.boolean({ description: 'Only those that were, or were not, filled since.' }),
        from: t.arg({ type: 'Timestamp', description: 'Only those that end after this moment.' }),
        to: t.arg({ type: 'Timestamp', description: 'Only those that begin before this moment.' }),
        ...directionArg(t, types.enums),
      },
      empty: ({ stream }, context) => checkStream(stream, context),
    }),
    runs: rootList(builder, t, {
      node: types.run,
      listing: listings.runs,
      description: 'Starts of the platform, newest first.',
    }),
  }));
}
