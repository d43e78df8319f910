import { readAddress, readAtLeastZero, readCoin } from './arguments.ts';
import type { FeedCondition, FeedFilter, FeedRow, FeedStream, GraphqlContext } from './context.ts';
import { entities } from './entities.ts';
import { checkPlugin, checkRef } from './existence.ts';
import type { Entity } from './sql/plan.ts';
import type { Types } from './types/types.ts';

// Note: the subscriptions differ only in data, so they are made by one function that Pothos cannot type.
export interface FieldBuilder {
  field(options: Record<string, unknown>): never;
  arg: {
    string(options: { description: string }): unknown;
    (options: Record<string, unknown>): unknown;
  };
}

/** An append-only stream as a subscription. */
export interface Stream {
  readonly name: string;
  readonly stream: FeedStream;
  readonly entity: Entity;
  readonly item: { readonly name: string };
  readonly type: string;
  readonly description: string;
  readonly args: (t: FieldBuilder) => Record<string, unknown>;
  readonly follow: (args: Record<string, never>, context: GraphqlContext) => FeedFilter;
}

/** Every append-only stream that can be followed. */
export function streamsOf(types: Types): Stream[] {
  const { enums } = types;
  const about = 'Only about this wallet.';
  const market = 'Only about this market.';
  return [
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
