import { Command } from 'commander';
import { readLatency } from '../core/latency.ts';
import type { Store } from '../core/store/store.ts';
import { addConfigOptions, type ConfigFlags } from './config-options.ts';
import { bytes, fixed, grouped, moment, percent } from './numbers.ts';
import { withDatabase } from './open-database.ts';
import type { Terminal } from './terminal.ts';
import { textTable } from './text-table.ts';

interface StatsFlags extends ConfigFlags {
  readonly json?: true;
}

/** `hypersonar stats`: what the database holds. */
export function statsCommand(terminal: Terminal): Command {
  const command = new Command('stats').option('--json', 'as JSON').action((flags: StatsFlags) =>
    withDatabase(flags, async store => {
      const statistics = await readStatistics(store);
      terminal.out(flags.json ? JSON.stringify(statistics, null, 2) : statisticsText(statistics));
    }),
  );
  return addConfigOptions(command, ['config', 'database']);
}

type Statistics = Awaited<ReturnType<typeof readStatistics>>;

interface Latency {
  readonly what: string;
  readonly count: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

const percentiles = (column: string) =>
  ['0.5', '0.9', '0.99', '1']
    .map(share => `percentile_disc(${share}) within group (order by ${column})`)
    .map((text, index) => `${text}::float8 as ${['p50', 'p90', 'p99', 'max'][index]}`)
    .join(', ');

async function readStatistics(store: Store) {
  const storage = await store.statistics();
  const latency = await store.query<Latency>(
    `select 'position events' as what, count(*)::float8 as count, ${percentiles('latency_ms')} from position_events
     union all
     select 'alerts ' || severity, count(*)::float8, ${percentiles('latency_ms')} from alerts group by severity
     order by 1`,
  );
  const categories = await store.query<{ category: string; wallets: number }>(
    `select c->>'category' as category, count(*)::float8 as wallets
     from rows, jsonb_array_elements(row->'categories') c
     where ref = 'wallet.categories' group by 1 order by 2 desc, 1`,
  );
  const wallets = await store.query<{ wallets: number }>(
    `select count(*)::float8 as wallets from rows where ref = 'wallet.features'`,
  );
  const runs = await store.query<{ id: string; mode: string; startedAt: number; endedAt: number | null }>(
    `select id, mode, started_at::float8 as "startedAt", ended_at::float8 as "endedAt" from runs order by started_at desc limit 5`,
  );
  return {
    ...storage,
    checkpoint: await store.checkpoint(),
    latency,
    live: await readLatency(store),
    wallets: wallets[0]?.wallets ?? 0,
    categories,
    runs,
  };
}

/** What the process measured that ran last, or runs. */
function liveLatencyText(live: Statistics['live']): string[] {
  if (live === undefined || live.entries.length === 0) return [];
  return [
    `While live (measured until ${moment(live.at)}), from the exchange's time until the results were committed, or a subscription's item was delivered, in ms:`,
    textTable(
      [
        { title: 'until', text: entry => entry.stage },
        { title: 'what', text: entry => entry.stream },
        { title: 'count', align: 'right', text: entry => grouped(entry.count) },
        { title: 'p50', align: 'right', text: entry => fixed(entry.p50, 0) },
        { title: 'p90', align: 'right', text: entry => fixed(entry.p90, 0) },
        { title: 'p99', align: 'right', text: entry => fixed(entry.p99, 0) },
        { title: 'max', align: 'right', text: entry => fixed(entry.max, 0) },
      ],
      live.entries,
    ),
  ];
}

function statisticsText(statistics: Statistics): string {
  const tables = statistics.tables.filter(table => table.rows > 0);
  const sections = [
    `Database: ${statistics.engine}, ${bytes(statistics.databaseBytes)}, everything up to event ${grouped(statistics.checkpoint)} is stored.`,
    textTable(
      [
        { title: 'table', text: table => table.table },
        { title: 'rows', align: 'right', text: table => grouped(table.rows) },
        { title: 'size', align: 'right', text: table => bytes(table.bytes) },
      ],
      tables,
    ),
    `What the storage policy kept of what was told: ${percent(statistics.storedShare)} of the bytes of storing everything.`,
    textTable(
      [
        { title: 'table', text: filter => filter.filter },
        { title: 'kept', align: 'right', text: filter => grouped(filter.kept) },
        { title: 'dropped', align: 'right', text: filter => grouped(filter.dropped) },
        { title: 'share', align: 'right', text: filter => percent(filter.share) },
        { title: 'kept', align: 'right', text: filter => bytes(filter.keptBytes) },
        { title: 'dropped', align: 'right', text: filter => bytes(filter.droppedBytes) },
      ],
      statistics.filters,
    ),
    ...liveLatencyText(statistics.live),
    "Detection latency, from the exchange's time to the tape, in ms:",
    textTable(
      [
        { title: 'what', text: row => row.what },
        { title: 'count', align: 'right', text: row => grouped(row.count) },
        { title: 'p50', align: 'right', text: row => fixed(row.p50, 0) },
        { title: 'p90', align: 'right', text: row => fixed(row.p90, 0) },
        { title: 'p99', align: 'right', text: row => fixed(row.p99, 0) },
        { title: 'max', align: 'right', text: row => fixed(row.max, 0) },
      ],
      statistics.latency,
    ),
    `Categories of ${grouped(statistics.wallets)} wallets (a wallet may have several):`,
    textTable(
      [
        { title: 'category', text: row => row.category },
        { title: 'wallets', align: 'right', text: row => grouped(row.wallets) },
        {
          title: 'share',
          align: 'right',
          text: row => percent(statistics.wallets === 0 ? null : row.wallets / statistics.wallets),
        },
      ],
      statistics.categories,
    ),
    'Last runs:',
    textTable(
      [
        { title: 'run', text: run => run.id },
        { title: 'mode', text: run => run.mode },
        { title: 'started', text: run => moment(run.startedAt) },
        { title: 'ended', text: run => moment(run.endedAt) },
      ],
      statistics.runs,
    ),
  ];
  return sections.join('\n\n');
}
