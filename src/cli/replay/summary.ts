import type { App } from '../../core/app.ts';
import { dollars, duration, fixed, grouped, moment, percent } from '../numbers.ts';
import { textTable } from '../text-table.ts';

/** What came of a replay. */
export interface ReplaySummary {
  readonly events: number;
  /** Events that this run added; fewer than `events` when an earlier one was continued. */
  readonly newEvents: number;
  readonly elapsedMs: number;
  readonly tapeFrom: number | null;
  readonly tapeTo: number | null;
  readonly byEvent: readonly Counted[];
  readonly wallets: number;
  readonly rejected: readonly { readonly source: string; readonly rows: number }[];
  readonly gaps: number;
  readonly faults: number;
  readonly positions: { readonly pairs: number; readonly disagreements: number };
  readonly categories: readonly Counted[];
  readonly signals: readonly Counted[];
  readonly alerts: readonly Counted[];
  readonly leaderboard: readonly LeaderboardLine[];
}

interface Counted {
  readonly name: string;
  readonly count: number;
}

interface LeaderboardLine {
  readonly rank: number;
  readonly address: string;
  readonly score: number | null;
  readonly pnl: number;
  readonly roi: number | null;
  readonly winRate: number | null;
  readonly sharpe: number | null;
  readonly trades: number;
  readonly tier: string;
  readonly categories: readonly string[];
}

export async function readSummary(
  app: App,
  { elapsedMs, newRows }: { readonly elapsedMs: number; readonly newRows: number },
): Promise<ReplaySummary> {
  const query = <T>(sql: string) => app.store.query<T>(sql);
  const one = async (sql: string): Promise<number> => (await query<{ n: number }>(sql))[0]?.n ?? 0;
  const byEvent: Counted[] = [];
  for (const [name, table] of [
    ['trades', 'trades'],
    ['fills', 'fills'],
    ['candles', 'candles'],
    ['funding rates', 'funding'],
    ['position events', 'position_events'],
  ] as const) {
    byEvent.push({ name, count: await one(`select count(*)::float8 as n from ${table}`) });
  }
  const [span] = await query<{ from: number | null; to: number | null }>(
    `select (select min(first_seen)::float8 from traders) as "from", (select max(ts_event)::float8 from positions) as "to"`,
  );
  const [positions] = await query<{ pairs: number; disagreements: number }>(
    `select count(*)::float8 as pairs, coalesce(sum(gaps), 0)::float8 as disagreements from positions`,
  );
  return {
    events: app.committedSeq,
    newEvents: newRows,
    elapsedMs,
    tapeFrom: span?.from ?? null,
    tapeTo: span?.to ?? app.tapeTime ?? null,
    byEvent,
    wallets: await one('select count(*)::float8 as n from traders'),
    rejected: app
      .plugins()
      .filter(plugin => (plugin.rejected ?? 0) > 0)
      .map(plugin => ({ source: plugin.id, rows: plugin.rejected ?? 0 })),
    gaps: await one('select count(*)::float8 as n from gaps'),
    faults: await one('select count(*)::float8 as n from faults'),
    positions: positions ?? { pairs: 0, disagreements: 0 },
    categories: await query<Counted>(
      `select c->>'category' as name, count(*)::float8 as count from rows, jsonb_array_elements(row->'categories') c
       where ref = 'wallet.categories' group by 1 order by 2 desc, 1`,
    ),
    signals: await query<Counted>(
      `select ref || coalesce(' ' || (row->>'action'), '') as name, count(*)::float8 as count from signals group by 1 order by 1`,
    ),
    alerts: await query<Counted>(
      `select severity as name, count(*)::float8 as count from alerts group by 1
       order by array_position(array['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'], severity::text)`,
    ),
    leaderboard: await query<LeaderboardLine>(
      `select rank, address, score, pnl, roi, win_rate as "winRate", sharpe, trades::float8 as trades, tier, categories
       from leaderboard where "window" = 'all' order by rank limit 10`,
    ),
  };
}

export function summaryText(summary: ReplaySummary): string {
  const { newEvents, elapsedMs, events } = summary;
  const rate = elapsedMs > 0 ? newEvents / (elapsedMs / 1_000) : 0;
  const lines = [
    newEvents === 0
      ? `All ${grouped(events)} events were there already.`
      : `${grouped(newEvents)} events in ${duration(elapsedMs)}, ${grouped(rate)} per second.` +
        (newEvents === events ? '' : ` ${grouped(events)} in all.`),
    `From ${moment(summary.tapeFrom)} to ${moment(summary.tapeTo)} UTC.`,
    `Stored: ${counts(summary.byEvent)}.`,
    `${grouped(summary.wallets)} wallets, ${grouped(summary.positions.pairs)} positions; ` +
      `${grouped(summary.positions.disagreements)} times a start position disagreed with the reconstruction.`,
  ];
  if (summary.rejected.length > 0) {
    lines.push(
      `Skipped as malformed: ${summary.rejected.map(({ source, rows }) => `${grouped(rows)} of ${source}`).join(', ')}.`,
    );
  }
  if (summary.gaps > 0) lines.push(`${grouped(summary.gaps)} gaps; see the gaps query.`);
  if (summary.faults > 0) lines.push(`${grouped(summary.faults)} faults of plugins; see the faults query.`);
  lines.push(`Signals: ${counts(summary.signals)}.`, `Alerts: ${counts(summary.alerts)}.`);
  if (summary.categories.length > 0) {
    lines.push('', 'Categories (a wallet may have several):', categoryTable(summary));
  }
  if (summary.leaderboard.length > 0)
    lines.push('', 'Leaderboard, all time:', leaderboardTable(summary.leaderboard));
  return lines.join('\n');
}

function counts(items: readonly Counted[]): string {
  const some = items.filter(item => item.count > 0);
  return some.length === 0 ? 'none' : some.map(({ name, count }) => `${grouped(count)} ${name}`).join(', ');
}

function categoryTable({ categories, wallets }: ReplaySummary): string {
  return textTable(
    [
      { title: 'category', text: row => row.name },
      { title: 'wallets', align: 'right', text: row => grouped(row.count) },
      { title: 'share', align: 'right', text: row => percent(wallets === 0 ? null : row.count / wallets) },
    ],
    categories,
  );
}

function leaderboardTable(rows: readonly LeaderboardLine[]): string {
  return textTable(
    [
      { title: '#', align: 'right', text: row => String(row.rank) },
      { title: 'wallet', text: row => row.address },
      { title: 'score', align: 'right', text: row => fixed(row.score, 1) },
      { title: 'PnL', align: 'right', text: row => dollars(row.pnl) },
      { title: 'ROI', align: 'right', text: row => percent(row.roi) },
      { title: 'wins', align: 'right', text: row => percent(row.winRate) },
      { title: 'Sharpe', align: 'right', text: row => fixed(row.sharpe, 2) },
      { title: 'trades', align: 'right', text: row => grouped(row.trades) },
      { title: 'categories', text: row => row.categories.slice(0, 2).join(', ') },
    ],
    rows,
  );
}
