import type { GraphQLResolveInfo } from 'graphql';
import type { FeedFilter, FeedItem, FeedRow, FeedStream, GraphqlContext } from './context.ts';
import { connectionType } from './list-field.ts';
import * as listings from './listings.ts';
import { queryConnection } from './sql/connection.ts';
import { createParameters, createRowPlan, type Entity, planFields } from './sql/plan.ts';
import { queryOne } from './sql/query-one.ts';
import { compositeTypeOf, objectTypesOf, selectedFields } from './sql/selection.ts';
import { type FieldBuilder, type Stream, streamsOf } from './streams.ts';
import type { Types } from './types/types.ts';

/** Which stream a subscription follows, and which of its rows. What is the same for two requests may be executed once for both. */
export interface Following {
  readonly stream: FeedStream;
  readonly options: FeedFilter;
}

declare module 'graphql' {
  interface GraphQLFieldExtensions<_TSource, _TContext, _TArgs> {
    /** Of a subscription field: what it follows. Throws a failure for arguments that cannot be what was meant. */
    follow?: (args: Readonly<Record<string, unknown>>, context: GraphqlContext) => Following;
  }
}

/** Everything that can be followed. */
export function addSubscriptions(types: Types): void {
  const { builder } = types;
  builder.objectType(types.feedGap, {
    description: 'Rows between two cursors are no longer kept, so some may have been missed.',
    fields: t => ({
      from: t.exposeString('from', { description: 'The cursor that was asked for.' }),
      to: t.string({
        nullable: true,
        description: 'The first row that is still kept. Null when none is.',
        resolve: gap => gap.to ?? null,
      }),
      reason: t.exposeString('reason', { description: 'Why.' }),
    }),
  });
  for (const stream of streamsOf(types)) addStream(types, stream);
  addLeaderboardStream(types);
}

function addStream(
  types: Types,
  { name, stream, entity, item, type, description, args, follow }: Stream,
): void {
  const { builder } = types;
  const delivered = builder.objectRef<FeedItem>(type);
  builder.objectType(delivered, {
    description: 'One item of a stream: a row, or the statement that rows are missing.',
    fields: t => ({
      cursor: t.exposeString('cursor', { description: 'Pass it as `after` to go on behind this item.' }),
      item: (t as unknown as FieldBuilder).field({
        type: item,
        nullable: true,
        description: 'The row. Null when this item is a gap.',
        resolve: (event: FeedItem) => event.row ?? null,
      }),
      gap: t.field({
        type: types.feedGap,
        nullable: true,
        description: 'Set when `after` lies further back than rows are kept.',
        resolve: event => event.gap ?? null,
      }),
    }),
  });
  builder.subscriptionField(name, builderOfField => {
    const t = builderOfField as unknown as FieldBuilder;
    const following = (given: Record<string, never>, context: GraphqlContext): Following => ({
      stream,
      options: follow(given, context),
    });
    return t.field({
      type: delivered,
      description,
      args: { ...args(t), ...afterArg(t) },
      extensions: { follow: following },
      subscribe: (_root: unknown, given: Record<string, never>, context: GraphqlContext) => {
        const { options } = following(given, context);
        return context.feed.subscribe(stream, {
          ...options,
          after: (given.after as unknown as string | null) ?? undefined,
        });
      },
      resolve: (event: FeedItem, _args: unknown, context: GraphqlContext, info: GraphQLResolveInfo) =>
        withRelations(event, entity, { context, info }),
    });
  });
}

function addLeaderboardStream(types: Types): void {
  const { builder, enums } = types;
  const update = builder.objectRef<{ window: string; asOf: number }>('LeaderboardUpdate').implement({
    description: 'The leaderboard was computed anew.',
    fields: t => ({
      window: t.field({ type: enums.window, description: 'The window.', resolve: it => it.window as never }),
      asOf: t.field({
        type: 'Timestamp',
        description: 'Tape time at which it was computed.',
        resolve: it => it.asOf,
      }),
      top: (t as unknown as { connection(options: unknown, type: unknown): never }).connection(
        {
          type: types.leaderboardRow,
          description: 'Its best rows, by rank.',
          resolve: (
            parent: { window: string },
            args: object,
            { database }: GraphqlContext,
            info: GraphQLResolveInfo,
          ) => queryConnection(listings.leaderboard, { ...args, window: parent.window }, { database, info }),
        },
        connectionType(builder, types.leaderboardRow),
      ),
    }),
  });
  const delivered = builder.objectRef<{ cursor: string; item: { window: string; asOf: number } }>(
    'LeaderboardUpdated',
  );
  builder.objectType(delivered, {
    description: 'The newest state; states between two deliveries are left out.',
    fields: t => ({
      cursor: t.exposeString('cursor', {
        description: 'Pass it as `after`: nothing comes before there is a newer one.',
      }),
      item: t.field({ type: update, description: 'The update.', resolve: it => it.item }),
    }),
  });
  builder.subscriptionField('leaderboardUpdated', builderOfField => {
    const t = builderOfField as unknown as FieldBuilder;
    return t.field({
      type: delivered,
      description: 'Each time that the leaderboard was computed anew.',
      args: {
        window: t.arg({ type: enums.window, defaultValue: 'all', description: 'Of which window.' }),
        ...afterArg(t),
      },
      extensions: { follow: (): Following => ({ stream: 'leaderboard', options: {} }) },
      subscribe: (_root: unknown, { after }: { after?: string | null }, context: GraphqlContext) =>
        context.feed.subscribe('leaderboard', { after: after ?? undefined }),
      resolve: (event: FeedItem, { window }: { window?: string | null }) => ({
        cursor: event.cursor,
        item: { window: window ?? 'all', asOf: Number(event.row?.asOf) },
      }),
    });
  });
}

function afterArg(t: FieldBuilder): { readonly after: unknown } {
  return {
    after: t.arg.string({
      description: 'Go on behind the item with this cursor; without it, only what comes from now on.',
    }),
  };
}

/** The event, its row read again with what is selected around it, where the feed's own row does not hold that. */
async function withRelations(
  event: FeedItem,
  entity: Entity,
  { context, info }: { context: GraphqlContext; info: GraphQLResolveInfo },
): Promise<FeedItem> {
  if (event.row === undefined || !asksForRelations(entity, info)) return event;
  const { seq, index } = event.row as { seq: number; index: number };
  const row = await queryOne<FeedRow>(entity, { seq, index }, { context, info, inside: 'item' });
  return row === undefined
    ? event
    : { cursor: event.cursor, place: event.place, row: { ...event.row, ...row } };
}

const asked = new WeakMap<object, boolean>();

function asksForRelations(entity: Entity, info: GraphQLResolveInfo): boolean {
  // Note: one document is executed for each event; what it selects does not change, but for variables of `@include`.
  const known = asked.get(info.fieldNodes);
  if (known !== undefined) return known;
  const plan = createRowPlan(entity, createParameters(), '');
  const type = compositeTypeOf(info.parentType.getFields()[info.fieldName]!);
  for (const object of type ? objectTypesOf(type, info) : []) {
    for (const field of selectedFields(object, info.fieldNodes, info)) {
      const inner = compositeTypeOf(field.definition);
      if (field.definition.name === 'item' && inner) {
        planFields(plan, objectTypesOf(inner, info), field.nodes, info);
      }
    }
  }
  const relations = [...plan.selected.keys()].some(name => name.startsWith('@'));
  asked.set(info.fieldNodes, relations);
  return relations;
}
