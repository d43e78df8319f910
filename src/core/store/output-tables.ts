import { type RowOf, walletPosition } from '../../plugin-api/index.ts';
import * as tables from '../../schema/tables/index.ts';
import type { AlertRow, AnyRow, DecisionRow, FaultRow, HistoryRow, LatestRow, SignalRow } from '../event.ts';
import type { CopyBuffer } from './copy-buffer.ts';
import { copyTable } from './copy-table.ts';

/*
 * How outputs of the pipeline become rows. Items carry the run that they were made in.
 */

type Out = CopyBuffer;
type InRun<Item> = Item & { readonly run: string };

const place = {
  seq: (out: Out, item: { seq: number }) => out.integer64(item.seq),
  index: (out: Out, item: { index: number }) => out.integer64(item.index),
};
const placed = {
  ...place,
  tsEvent: (out: Out, item: { tsEvent: number }) => out.integer64(item.tsEvent),
  tsIngest: (out: Out, item: { tsIngest: number }) => out.integer64(item.tsIngest),
};
const ofRef = {
  plugin: (out: Out, item: { plugin: string }) => out.text(item.plugin),
  ref: (out: Out, item: { ref: { id: string } }) => out.text(item.ref.id),
  version: (out: Out, item: { ref: { version: number } }) => out.integer32(item.ref.version),
  key: (out: Out, item: { key: string }) => out.text(item.key),
};
const ofRun = { run: (out: Out, item: { run: string }) => out.text(item.run) };

export const latestRows = copyTable<typeof tables.rows, InRun<LatestRow>>(tables.rows, 'latest', {
  ...placed,
  ...ofRef,
  ...ofRun,
  entity: (out, item) => out.text(item.ref.entity),
  row: (out, item) => out.json(item.row),
  stale: (out, item) => out.boolean(item.stale),
});

export const historyRows = copyTable<typeof tables.history, InRun<HistoryRow>>(tables.history, 'append', {
  ...placed,
  ...ofRef,
  ...ofRun,
  row: (out, item) => out.json(item.row),
});

export const categoryEventRows = copyTable<typeof tables.categoryEvents, InRun<HistoryRow>>(
  tables.categoryEvents,
  'append',
  {
    ...placed,
    ...ofRef,
    ...ofRun,
    row: (out, item) => out.json(item.row),
    previous: (out, item) => out.json(item.previous),
  },
);

type PositionRow = RowOf<typeof walletPosition>;
export const isPosition = (item: { ref: { id: string; version: number } }) =>
  item.ref.id === walletPosition.id && item.ref.version === walletPosition.version;

/** An address and a coin joined by a colon, which coins may hold, too. */
export const addressOf = (key: string) => key.slice(0, key.indexOf(':'));
export const coinOf = (key: string) => key.slice(key.indexOf(':') + 1);

export type PositionItem = InRun<Omit<LatestRow, 'row'> & { readonly row: PositionRow }>;
export const positionRows = copyTable<typeof tables.positions, PositionItem>(tables.positions, 'latest', {
  ...placed,
  ...ofRun,
  address: (out, item) => out.text(addressOf(item.key)),
  coin: (out, item) => out.text(coinOf(item.key)),
  size: (out, { row }) => out.decimal(row.size),
  entryPrice: (out, { row }) => out.float(row.entryPrice),
  openedAt: (out, { row }) => out.integer64(row.openedAt),
  cumulativePnl: (out, { row }) => out.float(row.cumulativePnl),
  cumulativeFees: (out, { row }) => out.float(row.cumulativeFees),
  cumulativeFunding: (out, { row }) => out.float(row.cumulativeFunding),
  episodes: (out, { row }) => out.integer32(row.episodes),
  wins: (out, { row }) => out.integer32(row.wins),
  gaps: (out, { row }) => out.integer32(row.gaps),
  truncated: (out, { row }) => out.boolean(row.truncated),
  stale: (out, item) => out.boolean(item.stale),
  row: (out, item) => out.json(item.row),
});

export type PositionEventItem = Omit<HistoryRow, 'row'> & { readonly row: PositionRow };
export const positionEventRows = copyTable<typeof tables.positionEvents, PositionEventItem>(
  tables.positionEvents,
  'append',
  {
    ...placed,
    address: (out, item) => out.text(addressOf(item.key)),
    coin: (out, item) => out.text(coinOf(item.key)),
    action: (out, { row }) => out.text(row.action),
    sizeBefore: (out, { row }) => out.decimal(row.sizeBefore),
    sizeAfter: (out, { row }) => out.decimal(row.size),
    price: (out, { row }) => out.float(row.price),
    notionalUsd: (out, { row }) => out.float(row.notionalUsd),
    realisedPnl: (out, { row }) => out.float(row.realisedPnl),
    source: (out, { row }) => out.text(row.source),
    latencyMs: (out, item) => out.integer64(item.tsIngest - item.row.eventTime),
  },
);

const textOf = (row: AnyRow, field: string) => {
  const value = row[field];
  return typeof value === 'string' ? value : null;
};

/** The trader that a signal is about: by its key, else by its row's field `trader`. */
function traderOf(item: SignalRow): string | null {
  if (item.ref.entity === 'trader') return item.key;
  return item.ref.entity === 'trader:coin' ? addressOf(item.key) : textOf(item.row, 'trader');
}

/** The coin that a signal is about: by its key, else by its row's field `coin`. */
function signalCoin(item: SignalRow): string | null {
  if (item.ref.entity === 'coin') return item.key;
  return item.ref.entity === 'trader:coin' ? coinOf(item.key) : textOf(item.row, 'coin');
}

export const signalRows = copyTable<typeof tables.signals, InRun<SignalRow>>(tables.signals, 'append', {
  ...placed,
  ...ofRef,
  ...ofRun,
  coin: (out, item) => out.text(signalCoin(item)),
  trader: (out, item) => out.text(traderOf(item)),
  row: (out, item) => out.json(item.row),
  trace: (out, item) => out.json(item.trace),
});

export const alertRows = copyTable<typeof tables.alerts, InRun<AlertRow>>(tables.alerts, 'append', {
  ...placed,
  ...ofRun,
  plugin: ofRef.plugin,
  ref: ofRef.ref,
  key: ofRef.key,
  severity: (out, item) => out.text(item.severity),
  title: (out, item) => out.text(item.title),
  trader: (out, item) => out.text(item.trader),
  coin: (out, item) => out.text(item.coin),
  expiresAt: (out, item) => out.integer64(item.tsIngest + item.expiresAfterMs),
  row: (out, item) => out.json(item.row),
  signalSeq: (out, item) => out.integer64(item.signal.seq),
  signalIndex: (out, item) => out.integer64(item.signal.index),
  latencyMs: (out, item) => out.integer64(item.tsIngest - item.tsEvent),
});

export const decisionRows = copyTable<typeof tables.decisions, InRun<DecisionRow>>(
  tables.decisions,
  'latest',
  {
    ...placed,
    ...ofRun,
    plugin: ofRef.plugin,
    ref: ofRef.ref,
    key: ofRef.key,
    emitted: (out, item) => out.boolean(item.emitted),
    because: (out, item) => out.text(item.trace.because),
    trace: (out, item) => out.json(item.trace),
  },
);

export const faultRows = copyTable<typeof tables.faults, InRun<FaultRow>>(tables.faults, 'append', {
  ...place,
  ...ofRun,
  tsIngest: (out, item) => out.integer64(item.tsIngest),
  plugin: (out, item) => out.text(item.plugin),
  handler: (out, item) => out.text(item.handler),
  code: (out, item) => out.text(item.code),
  message: (out, item) => out.text(item.message),
  key: (out, item) => out.text(item.key),
});
