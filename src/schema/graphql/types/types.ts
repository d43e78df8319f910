import type { InferSelectModel } from 'drizzle-orm';
import type { Ref } from '../../../plugin-api/index.ts';
import type * as tables from '../../tables/index.ts';
import type { Builder } from '../builder.ts';
import type { ConfigurationEntry, FeedGap, JobView, PluginView, StorageStatistics } from '../context.ts';
import { type DerivedType, deriveTypes } from '../derived.ts';
import type { trackedTraderColumns } from '../entities.ts';
import { createEnums } from './enums.ts';

export type Rows = {
  readonly [Name in keyof typeof tables]: InferSelectModel<(typeof tables)[Name]>;
};

/** The names that refs' types may not have. */
const names = {
  trader: 'Trader',
  coin: 'Coin',
  market: 'Market',
  mark: 'Mark',
  position: 'Position',
  statedPosition: 'StatedPosition',
  positionEvent: 'PositionEvent',
  fill: 'Fill',
  trade: 'Trade',
  candle: 'Candle',
  order: 'Order',
  book: 'Book',
  fundingRate: 'FundingRate',
  ticker: 'Ticker',
  markDay: 'MarkDay',
  leaderboardRow: 'LeaderboardRow',
  signal: 'Signal',
  alert: 'Alert',
  decision: 'Decision',
  decisionCount: 'DecisionCount',
  trace: 'DecisionTrace',
  categoryChange: 'CategoryChange',
  storedRow: 'StoredRow',
  fault: 'Fault',
  gap: 'Gap',
  run: 'Run',
  job: 'Job',
  plugin: 'Plugin',
  configurationEntry: 'ConfigurationEntry',
  statistics: 'StorageStatistics',
  report: 'WalletReport',
  feedGap: 'FeedGap',
  trackedTrader: 'TrackedTrader',
  selectionVerdict: 'SelectionVerdict',
} as const;

/** The object types of one schema, named first and given their fields afterwards, since they point at each other. */
export type Types = ReturnType<typeof createTypes>;

export function createTypes(builder: Builder, refs: readonly Ref[]) {
  const stored = refs.filter(ref => ref.kind !== 'event');
  return {
    builder,
    refs,
    enums: createEnums(builder),
    derived: deriveTypes(builder, stored, new Set<string>(Object.values(names))) as readonly DerivedType[],
    trader: builder.objectRef<Rows['traders']>(names.trader),
    coin: builder.objectRef<{ coin: string }>(names.coin),
    market: builder.objectRef<object>(names.market),
    mark: builder.objectRef<Rows['marks']>(names.mark),
    position: builder.objectRef<Rows['positions']>(names.position),
    statedPosition: builder.objectRef<Rows['positionSnapshots']>(names.statedPosition),
    positionEvent: builder.objectRef<Rows['positionEvents']>(names.positionEvent),
    fill: builder.objectRef<Rows['fills']>(names.fill),
    trade: builder.objectRef<Rows['trades']>(names.trade),
    candle: builder.objectRef<Rows['candles']>(names.candle),
    order: builder.objectRef<Rows['orders']>(names.order),
    book: builder.objectRef<Rows['books']>(names.book),
    fundingRate: builder.objectRef<Rows['funding']>(names.fundingRate),
    ticker: builder.objectRef<Rows['tickers']>(names.ticker),
    markDay: builder.objectRef<Rows['markDays']>(names.markDay),
    leaderboardRow: builder.objectRef<Rows['leaderboard']>(names.leaderboardRow),
    signal: builder.objectRef<Rows['signals']>(names.signal),
    alert: builder.objectRef<Rows['alerts']>(names.alert),
    decision: builder.objectRef<Rows['decisions']>(names.decision),
    decisionCount: builder.objectRef<Rows['decisionCounts']>(names.decisionCount),
    trace: builder.objectRef<unknown>(names.trace),
    categoryChange: builder.objectRef<Rows['categoryEvents']>(names.categoryChange),
    storedRow: builder.objectRef<Rows['rows']>(names.storedRow),
    fault: builder.objectRef<Rows['faults']>(names.fault),
    gap: builder.objectRef<Rows['gaps']>(names.gap),
    run: builder.objectRef<Rows['runs']>(names.run),
    job: builder.objectRef<JobView>(names.job),
    plugin: builder.objectRef<PluginView>(names.plugin),
    configurationEntry: builder.objectRef<ConfigurationEntry>(names.configurationEntry),
    statistics: builder.objectRef<StorageStatistics>(names.statistics),
    report: builder.objectRef<Rows['traders']>(names.report),
    feedGap: builder.objectRef<FeedGap>(names.feedGap),
    trackedTrader: builder.objectRef<InferSelectModel<typeof trackedTraderColumns>>(names.trackedTrader),
    selectionVerdict: builder.objectRef<Rows['selection']>(names.selectionVerdict),
  };
}
