import { createOpenGaps } from '../../src/core/gaps/open-gaps.ts';
import { openStore } from '../../src/core/store/store.ts';
import { exchangeTrades, type KnownTrade, knownTrade, type TradeFields } from './exchange-trades.ts';
import { databaseOf } from './platform-process.ts';

export interface Judgement {
  /** What is wrong, as sentences. */
  readonly problems: readonly string[];
  readonly trades: number;
  /** Of these, those that the platform lacks. */
  readonly missing: number;
  readonly gaps: number;
  readonly alerts: number;
  readonly reconciled: number;
}

interface StoredGap {
  readonly source: string;
  readonly stream: string;
  readonly scope: string | null;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  readonly healed: boolean;
}

const most = 5;

/**
 * Holds what the platform has stored, once it has ended, against what the exchange made: no trade twice or invented, none missing
 * but in a gap that was told and not healed, and no alert for what no trade or fill has changed.
 *
 * @param since - from when on trades are expected, exchange time in ms
 */
export async function judge(
  folder: string,
  { nodeFolder, since }: { readonly nodeFolder: string; readonly since: number },
): Promise<Judgement> {
  const store = await openStore({ url: databaseOf(folder) });
  try {
    const rows = await store.query<TradeFields>(
      `select coin, ts_event::float8 as time, price::text, size::text, buyer, seller from trades`,
    );
    const gaps = await store.query<StoredGap>(
      `select source, stream, scope, "from"::float8 as "from", "to"::float8 as "to", reason, healed from gaps order by seq`,
    );
    const problems: string[] = [];
    const made = (await exchangeTrades(nodeFolder)).filter(({ time }) => time >= since);
    const missing = compare(made, rows.map(knownTrade), problems);
    const isTold = toldBy(gaps);
    const silent = missing.filter(trade => !isTold(trade));
    for (const { text } of silent.slice(0, most)) problems.push(`a trade is missing in silence: ${text}`);
    if (silent.length > most) problems.push(`… and ${silent.length - most} more of ${made.length}`);

    for (const { stream, from, to } of gaps) {
      if (from > to) problems.push(`a gap of ${stream} ends before it begins: ${from} to ${to}`);
    }
    const alerts = await store.query<{ title: string; actions: string[] }>(
      `select a.title, array(select e.action from position_events e
         where e.address = a.trader and e.coin = a.coin and e.seq = a.signal_seq) as actions
       from alerts a where a.trader is not null`,
    );
    for (const { title, actions } of alerts) {
      if (actions.length > 0 && actions.every(action => action === 'RECONCILED'))
        problems.push(`an alert was raised for a reconciliation: ${title}`);
    }
    const named = await store.query<{ title: string }>(
      `select title from alerts where row->>'action' = 'RECONCILED'`,
    );
    for (const { title } of named) problems.push(`an alert names a reconciliation: ${title}`);
    const faults = await store.query<{ text: string }>(
      `select plugin || ' ' || handler || ': ' || message as text from faults`,
    );
    for (const { text } of faults.slice(0, most)) problems.push(`a plugin failed: ${text}`);
    const [{ count: reconciled } = { count: 0 }] = await store.query<{ count: number }>(
      `select count(*)::float8 as count from position_events where action = 'RECONCILED'`,
    );
    return {
      ...{ problems, reconciled, trades: made.length, missing: missing.length },
      ...{ gaps: gaps.length, alerts: alerts.length },
    };
  } finally {
    await store.close();
  }
}

/** What was made and is not there; notes what is there too often. */
function compare(
  made: readonly KnownTrade[],
  there: readonly KnownTrade[],
  problems: string[],
): KnownTrade[] {
  const counts = new Map<string, number>();
  for (const { text } of made) counts.set(text, (counts.get(text) ?? 0) + 1);
  const first = made.reduce((least, { time }) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const extra: string[] = [];
  for (const { text, time } of there) {
    const left = counts.get(text) ?? 0;
    if (left === 0 && time >= first) extra.push(text);
    counts.set(text, left - 1);
  }
  for (const text of extra.slice(0, most))
    problems.push(`a trade is there that was not made, or twice: ${text}`);
  if (extra.length > most) problems.push(`… and ${extra.length - most} more`);
  const missing: KnownTrade[] = [];
  for (const trade of made) {
    const left = counts.get(trade.text) ?? 0;
    if (left <= 0) continue;
    counts.set(trade.text, left - 1);
    missing.push(trade);
  }
  return missing;
}

/** Whether a trade lies in a gap that was told and not taken back. */
function toldBy(gaps: readonly StoredGap[]): (trade: KnownTrade) => boolean {
  const open = createOpenGaps({ streamsOf: () => new Set(['trade']), staleForMs: Number.POSITIVE_INFINITY });
  for (const gap of gaps) open.note(gap);
  const told = open.list().filter(({ stream }) => stream === 'trade');
  return ({ coin, time }) =>
    told.some(({ scope, from, to }) => (scope === null || scope === coin) && time >= from && time <= to);
}
