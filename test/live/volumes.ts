import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startExchangeProcess } from '../../src/testing/index.ts';
import { runCommand } from '../cli/run-command.ts';
import { chooseLargest } from './soak/choose-traders.ts';
import { startPlatform } from './soak/platform.ts';
import { track } from './soak/track.ts';

/*
 * What the storage filters keep on a day of the local exchange: its real mean rate, all of its markets, and the largest traders
 * tracked, through the real collectors for some minutes; `hypersonar stats` says what was kept. Rows of which one a day is kept
 * (tickers, marks, the leaderboard) are then counted for a whole day.
 */

const help = `Usage: node test/live/volumes.ts [options]

  --minutes <n>   how long (10)
  --rate <n>      trades per second (61, the exchange's mean)
  --wallets <n>   wallets that trade (20000)
  --tracked <n>   traders that are tracked, the largest first (500)
  --help`;

const { values } = parseArgs({
  options: {
    ...{ minutes: { type: 'string', default: '10' }, rate: { type: 'string', default: '61' } },
    ...{ wallets: { type: 'string', default: '20000' }, tracked: { type: 'string', default: '500' } },
    help: { type: 'boolean' },
  },
});
if (values.help === true) {
  console.log(help);
  process.exit(0);
}

interface Filter {
  readonly filter: string;
  readonly kept: number;
  readonly dropped: number;
  readonly keptBytes: number;
  readonly droppedBytes: number;
}

/** Tables of which a day has so many rows however long it is looked at. */
const oncePerDay = new Set(['tickers', 'marks', 'accounts', 'exchange_leaderboard', 'commands', 'funding']);

const folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-volumes-'));
const exchange = await startExchangeProcess({
  ...{ seed: 7, markets: 'both', tradesPerSecond: Number(values.rate), wallets: Number(values.wallets) },
  leaderboardRows: 50_000,
});
try {
  const platform = await startPlatform({ folder, exchangeUrl: exchange.infoUrl.replace(/\/info$/, '') });
  const began = Date.now();
  await track(platform, await chooseLargest(exchange, Number(values.tracked)));
  while (Date.now() < began + Number(values.minutes) * 60_000) {
    await new Promise(resolve => setTimeout(resolve, 1_000));
  }
  const seconds = (Date.now() - began) / 1_000;
  await platform.stop();
  const { out } = await runCommand(
    ['stats', '--json', '--database', `pglite://${path.join(folder, 'database')}`],
    { cwd: folder },
  );
  const { filters, storedShare } = JSON.parse(out) as { filters: Filter[]; storedShare: number };
  const day = 86_400 / seconds;
  const ofDay = filters.map(each => {
    const { filter, keptBytes, droppedBytes } = each;
    const kept = keptBytes * (oncePerDay.has(filter) ? 1 : day);
    return { filter, kept, all: (keptBytes + droppedBytes) * (isTold(filter) ? day : 1), rows: each };
  });
  const sum = (value: (of: (typeof ofDay)[number]) => number, but: readonly string[] = []) =>
    ofDay.filter(({ filter }) => !but.includes(filter)).reduce((total, each) => total + value(each), 0);
  const share = (but: readonly string[] = []) => sum(({ kept }) => kept, but) / sum(({ all }) => all, but);
  const mb = (bytes: number) => (bytes / 1e6).toFixed(1).padStart(9);
  for (const { filter, kept, all, rows } of ofDay) {
    console.log(
      `${filter.padEnd(22)} ${String(rows.kept).padStart(8)} kept ${String(rows.dropped).padStart(8)} dropped; ` +
        `of a day ${mb(kept)} of ${mb(all)} MB, ${((kept / all) * 100).toFixed(1)} %`,
    );
  }
  const percent = (value: number) => `${(value * 100).toFixed(1)} %`;
  console.log(
    `stored: ${percent(storedShare)} in ${(seconds / 60).toFixed(1)} minutes; of a day ${percent(share())}, ` +
      `${percent(share(['marks']))} without prices (target: 17 %)`,
  );
  console.log(
    JSON.stringify({
      name: 'volumes',
      seconds,
      storedShare,
      ofDay: share(),
      withoutPrices: share(['marks']),
      filters,
    }),
  );
} finally {
  await exchange.stop();
  await rm(folder, { recursive: true, force: true });
}

/** Whether more of it is told as time passes; the leaderboard is told whole once a day, and then only what changes. */
function isTold(filter: string): boolean {
  return filter !== 'exchange_leaderboard' && filter !== 'commands';
}
