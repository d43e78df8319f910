import type { FaultRow, HistoryRow, LatestRow, OutputBatch, Position, TapeEvent } from '../event.ts';
import { type Amendment, amendmentOf } from './amendments.ts';
import { saysSomethingElse } from './category-change.ts';
import type { CopyTable } from './copy-table.ts';
import * as events from './event-tables.ts';
import type { Filters } from './filters.ts';
import * as outputs from './output-tables.ts';
import type { Tracking, TrackingChange } from './tracking.ts';
import type { SeenTrader, TradersSeen } from './traders-seen.ts';
import { traderRows } from './traders-seen.ts';
import type { VolumeCount, Volumes } from './volumes.ts';

/** Rows of one table that a batch comes to. */
export interface TableRows {
  readonly table: CopyTable<never>;
  readonly items: readonly unknown[];
}

/** Everything that a batch comes to in the database, but for its checkpoint. */
export interface BatchRows {
  readonly tables: readonly TableRows[];
  /** Rows that are there and are withdrawn or marked stale. */
  readonly amendments: readonly Amendment[];
  readonly tracking: readonly TrackingChange[];
  /** What was not stored; what was is counted as it is written. */
  readonly left: readonly VolumeCount[];
  readonly decisionCounts: OutputBatch['decisionCounts'];
}

export interface BatchContext {
  readonly filters: Filters;
  readonly volumes: Volumes;
  readonly tracking: Tracking;
  readonly traders: TradersSeen;
  readonly run: string;
}

/** How events of which all are stored become rows, by type. */
const appended: Readonly<Record<string, CopyTable<never>>> = {
  fill: events.fillRows,
  candle: events.candleRows,
  funding: events.fundingRows,
  'funding-payment': events.fundingPaymentRows,
  transfer: events.transferRows,
  'core.gap': events.gapRows,
  'core.command': events.commandRows,
};

type LatestTable = readonly [table: CopyTable<never>, key: (event: TapeEvent) => string];

/** How events of which the last one is stored become rows, by type, and what the last one is counted by. */
const latest: Readonly<Record<string, readonly LatestTable[]>> = {
  account: [[events.accountRows, event => event.payload.user as string]],
  mark: [
    [events.markRows, event => event.payload.coin as string],
    [events.markDayRows, event => `${event.payload.coin} ${events.dayOf(event.tsEvent)}`],
  ],
  ticker: [[events.tickerRows, event => `${event.payload.coin} ${events.dayOf(event.tsEvent)}`]],
  metric: [[events.metricRows, ({ payload }) => `${payload.name} ${payload.period}`]],
  leaderboard: [
    [events.exchangeLeaderboardRows, event => `${event.payload.user} ${events.dayOf(event.tsEvent)}`],
  ],
};

/** The tables of what was told; of all others the rows are our own results. */
export const toldTables: ReadonlySet<string> = new Set(
  [
    ...[events.tradeRows, events.bookRows, events.positionSnapshotRows, events.orderRows],
    events.otherEventRows,
    outputs.positionEventRows,
    ...Object.values(appended),
  ].map(({ name }) => name),
);

/** Sorts what a batch holds by table, in the order in which tables are written. */
export function rowsOfBatch(batch: OutputBatch, context: BatchContext): BatchRows {
  const { filters, volumes, tracking, traders, run } = context;
  const changes = tracking.begin(batch);
  const rows = new Map<CopyTable<never>, unknown[]>();
  const last = new Map<CopyTable<never>, Map<string, unknown>>();

  const add = (table: CopyTable<never>, item: unknown) => {
    const items = rows.get(table);
    if (items === undefined) rows.set(table, [item]);
    else items.push(item);
  };
  const keep = (table: CopyTable<never>, key: string, item: unknown) => {
    let items = last.get(table);
    if (items === undefined) {
      items = new Map();
      last.set(table, items);
    }
    items.set(key, item);
  };

  /** Adds a row, or counts it where it is filtered out. */
  const addIf = (keeps: boolean, table: CopyTable<never>, item: { readonly seq: number }) => {
    if (keeps) add(table, item);
    else volumes.count('dropped', table, item);
  };

  let nextChange = 0;
  const { history } = batch;
  const takeHistory = (beforeSeq: number) => {
    for (; nextChange < history.length && history[nextChange]!.seq < beforeSeq; nextChange++) {
      const item = history[nextChange]!;
      tracking.advance(item.seq);
      addHistory(item);
    }
  };
  const addHistory = (item: HistoryRow) => {
    if (outputs.isPosition(item)) {
      // Note: that a position was withdrawn is told by the latest row.
      if (item.row === undefined) return;
      keepNewest(item.key, { ...item, stale: false });
      if (item.row.action !== null) {
        addIf(filters.keepsPositionEvent(item.key), outputs.positionEventRows, item);
      }
    } else if (item.ref.kind !== 'category') add(outputs.historyRows, { ...item, run });
    else if (saysSomethingElse(item)) add(outputs.categoryEventRows, { ...item, run });
  };
  const keepNewest = (key: string, item: LatestRow) => {
    const before = last.get(outputs.positionRows)?.get(key) as LatestRow | undefined;
    if (before === undefined || !isAfter(before, item)) keep(outputs.positionRows, key, { ...item, run });
  };

  // Note: outputs of an event come after it, and what they change about tracking holds from the next event on.
  for (const event of batch.events) {
    takeHistory(event.seq);
    tracking.advance(event.seq);
    traders.see(event);
    switch (event.type) {
      case 'trade':
        addIf(filters.keepsTrade(event), events.tradeRows, event);
        break;
      case 'book':
        addIf(filters.keepsBook(event), events.bookRows, event);
        break;
      case 'position':
        addIf(filters.keepsSnapshot(event), events.positionSnapshotRows, event);
        break;
      case 'order':
        addIf(filters.keepsOrder(event), events.orderRows, event);
        break;
      case 'core.timer':
        break;
      case 'core.fault':
        add(outputs.faultRows, { ...faultOf(event), run });
        break;
      default: {
        const all = appended[event.type];
        const one = latest[event.type];
        if (all !== undefined) add(all, event);
        else if (one !== undefined) {
          for (const [table, key] of one) keep(table, key(event), event);
          volumes.count('told', one[0]![0], event);
        } else add(events.otherEventRows, event);
      }
    }
  }
  takeHistory(Number.POSITIVE_INFINITY);

  const amendments: Amendment[] = [];
  for (const item of batch.latest) {
    if (item.row === undefined) {
      if (outputs.isPosition(item) && !item.stale) last.get(outputs.positionRows)?.delete(item.key);
      amendments.push(amendmentOf(item, run));
    } else if (outputs.isPosition(item)) keepNewest(item.key, item);
    else keep(outputs.latestRows, `${item.ref.id} ${item.ref.version} ${item.key}`, { ...item, run });
  }
  for (const item of batch.signals) add(outputs.signalRows, { ...item, run });
  for (const item of batch.alerts) add(outputs.alertRows, { ...item, run });
  for (const item of batch.faults) add(outputs.faultRows, { ...item, run });
  for (const item of batch.decisions)
    keep(outputs.decisionRows, `${item.plugin} ${item.key}`, { ...item, run });
  for (const [table, items] of last) rows.set(table, [...items.values()]);
  const seen: SeenTrader[] = traders.take();
  if (seen.length > 0) rows.set(traderRows, seen);

  return {
    // Merges first: the database is at them while the rows of the next table are encoded.
    tables: [...rows]
      .map(([table, items]) => ({ table, items }))
      .sort((a, b) => Number(a.table.append) - Number(b.table.append)),
    amendments,
    tracking: changes,
    left: volumes.take(),
    decisionCounts: batch.decisionCounts,
  };
}

/** A collector's fault as a row. It comes before all outputs of its place on the tape. */
function faultOf({ seq, tsIngest, payload }: TapeEvent): FaultRow {
  const { plugin, code, message } = payload as Record<'plugin' | 'code' | 'message', string>;
  return { seq, index: -1, tsIngest, plugin, handler: 'collect', code, message, key: undefined };
}

function isAfter(a: Position, b: Position): boolean {
  return a.seq > b.seq || (a.seq === b.seq && a.index > b.index);
}
