import type { GraphQLResolveInfo } from 'graphql';
import { readAddress, readAtLeastZero, readCoin } from './arguments.ts';
import type { FeedCondition, FeedFilter, FeedItem, FeedRow, FeedStream, GraphqlContext } from './context.ts';
import { entities } from './entities.ts';
import { checkPlugin, checkRef } from './existence.ts';
import { connectionType } from './list-field.ts';
import * as listings from './listings.ts';
import { queryConnection } from './sql/connection.ts';
import { createParameters, createRowPlan, type Entity, planFields } from './sql/plan.ts';
import { queryOne } from './sql/query-one.ts';
import { compositeTypeOf, objectTypesOf, selectedFields } from './sql/selection.ts';
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

// Note: the subscriptions differ only in data, so they are made by one function that Pothos cannot type.
interface FieldBuilder {
  field(options: Record<string, unknown>): never;
  arg: {
    string(options: { description: string }): unknown;
    (options: Record<string, unknown>): unknown;
  };
}

interface Stream {
  readonly name: string;
  readonly stream: FeedStream;
  readonly entity: Entity;
  readonly item: { readonly name: string };
  readonly type: string;
  readonly description: string;
  readonly args: (t: FieldBuilder) => Record<string, unknown>;
  readonly follow: (args: Record<string, never>, context: GraphqlContext) => Following['options'];
}

/** Everything that can be followed. */
export function addSubscriptions(types: Types): void {
  const { builder, enums } = types;
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
  const about = 'Only about this wallet.';
  const market = 'Only about this market.';
  const streams: Stream[] = [
    {
      name: 'positionChanged',
      stream: 'positionEvents',
      entity: entities.positionEvents,
      item: types.positionEvent,
      type: 'PositionChanged',
      description: 'Changes of positions, each as soon as it is committed.',
      args: t => ({
        trader: t.arg.string({ description: about }),
        coin: t.arg.string({ description: market }),
        action: t.arg({ type: [enums.action], description: 'Only these.' }),
        minNotionalUsd: t.arg({
          type: 'Float',
          description: 'Only changes of at least this notional. Unit: USD.',
        }),
      }),
      follow: ({ trader, coin, action, minNotionalUsd }) => ({
        conditions: given(
          condition('address', trader, value => readAddress(value, 'trader')),
          condition('coin', coin, value => readCoin(value, 'coin')),
          anyOf('action', action),
          minNotionalUsd == null
            ? undefined
            : { property: 'notionalUsd', atLeast: readAtLeastZero(minNotionalUsd, 'minNotionalUsd') },
        ),
      }),
    },
    {
      name: 'signalEmitted',
      stream: 'signals',
      entity: entities.signals,
      item: types.signal,
      type: 'SignalEmitted',
      description: 'Signals, each as soon as it is committed.',
      args: t => ({
        ref: t.arg.string({ description: 'Only of this ref, such as `smart-money.bias`.' }),
        plugin: t.arg.string({ description: 'Only of this plugin.' }),
        coin: t.arg.string({ description: market }),
        trader: t.arg.string({ description: about }),
        action: t.arg.string({ description: 'Only rows whose field `action` is this, such as `BUY`.' }),
      }),
      follow: ({ ref, plugin, coin, trader, action }, context) => {
        checkRef(ref, types.refs, { kinds: ['signal'] });
        checkPlugin(plugin, context);
        return {
          conditions: given(
            condition('ref', ref),
            condition('plugin', plugin),
            condition('coin', coin, value => readCoin(value, 'coin')),
            condition('trader', trader, value => readAddress(value, 'trader')),
          ),
          matches: action == null ? undefined : row => (row.row as FeedRow).action === action,
        };
      },
    },
    {
      name: 'alertRaised',
      stream: 'alerts',
      entity: entities.alerts,
      item: types.alert,
      type: 'AlertRaised',
      description: 'Alerts, each as soon as it is committed.',
      args: t => ({
        severity: t.arg({ type: [enums.severity], description: 'Only these.' }),
        trader: t.arg.string({ description: about }),
        coin: t.arg.string({ description: market }),
      }),
      follow: ({ severity, trader, coin }) => ({
        conditions: given(
          anyOf('severity', severity),
          condition('trader', trader, value => readAddress(value, 'trader')),
          condition('coin', coin, value => readCoin(value, 'coin')),
        ),
      }),
    },
    {
      name: 'walletClassified',
      stream: 'categories',
      entity: entities.categoryEvents,
      item: types.categoryChange,
      type: 'WalletClassified',
      description: 'Changes of what classifiers say, each as soon as it is committed.',
      args: t => ({
        trader: t.arg.string({ description: about }),
        ref: t.arg.string({ description: 'Only of this ref, such as `wallet.categories`.' }),
        category: t.arg.string({ description: 'Only changes after which this category holds.' }),
      }),
      follow: ({ trader, ref, category }) => {
        checkRef(ref, types.refs, { kinds: ['category'] });
        return {
          conditions: given(
            condition('key', trader, value => readAddress(value, 'trader')),
            condition('ref', ref),
          ),
          matches: category == null ? undefined : row => holds(row, category),
        };
      },
    },
    {
      name: 'pluginFault',
      stream: 'faults',
      entity: entities.faults,
      item: types.fault,
      type: 'PluginFault',
      description: 'Faults of plugins, each as soon as it is committed.',
      args: t => ({ plugin: t.arg.string({ description: 'Only of this plugin.' }) }),
      follow: ({ plugin }, context) => {
        checkPlugin(plugin, context);
        return { conditions: given(condition('plugin', plugin)) };
      },
    },
  ];
  for (const stream of streams) addStream(types, stream);
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

function given(...conditions: (FeedCondition | undefined)[]): FeedCondition[] {
  return conditions.filter(one => one !== undefined);
}

function condition(
  property: string,
  value: string | null | undefined,
  read: (value: string) => string = text => text,
): FeedCondition | undefined {
  return value == null ? undefined : { property, anyOf: [read(value)] };
}

function anyOf(property: string, values: readonly string[] | null | undefined): FeedCondition | undefined {
  return values == null ? undefined : { property, anyOf: values };
}

function holds(row: FeedRow, category: string): boolean {
  const categories = (row.row as { categories?: readonly { category: string }[] } | null)?.categories ?? [];
  return categories.some(one => one.category === category);
}
