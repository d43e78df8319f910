import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  answerWeight,
  requestWeight,
} from '../src/plugins/collectors/hyperliquid-connection/request-weight.ts';
import { discoveryConfig } from '../src/plugins/collectors/hyperliquid-discovery/config.ts';
import { leaderboardConfig } from '../src/plugins/collectors/hyperliquid-leaderboard/config.ts';
import { marketConfig } from '../src/plugins/collectors/hyperliquid-market/config.ts';
import { tradersConfig } from '../src/plugins/collectors/hyperliquid-traders/config.ts';

const page = path.join(import.meta.dirname, '../docs/live.md');
const table = /<!-- costs -->\n([\s\S]*?)<!-- \/costs -->/;
const perMinute = 1_200;
const minute = 60_000;
const markets = 790;

const market = marketConfig.parse({});
const traders = tradersConfig.parse({});
const leaderboard = leaderboardConfig.parse({});
const discovery = discoveryConfig.parse({});

interface Cost {
  readonly what: string;
  readonly where: string;
  readonly weight: number;
  /** Requests in a minute; undefined where it depends on what happens. */
  readonly perMinute?: number;
  readonly cadence: string;
}

const weightOf = (type: string) => requestWeight({ type });
const every = (ms: number) => {
  if (ms >= 3_600_000) return `${ms / 3_600_000} h`;
  return ms >= minute ? `${ms / minute} min` : `${ms / 1_000} s`;
};
/** An hour of one market: sixty minutes are counted at a time. */
const hourOfCandles =
  weightOf('candleSnapshot') + answerWeight({ type: 'candleSnapshot' }, Array.from({ length: 60 }));
const audits =
  market.auditBusiest / (market.auditEveryMs / minute) +
  (markets - market.auditBusiest) / ((6 * market.auditEveryMs) / minute);

const costs: readonly Cost[] = [
  {
    what: 'trades, prices, books and contexts of all markets',
    where: `socket, ${market.connections} connections, up to ${market.subscriptions} subscriptions`,
    weight: 0,
    cadence: 'as they happen',
    perMinute: 0,
  },
  {
    what: `comparing counts of trades, ${markets} markets`,
    where: '`candleSnapshot`',
    weight: hourOfCandles,
    perMinute: audits,
    cadence: `${market.auditBusiest} busiest each ${every(market.auditEveryMs)}, others each ${every(6 * market.auditEveryMs)}`,
  },
  {
    what: 'minutes whose trades may be missing',
    where: '`candleSnapshot`',
    weight: hourOfCandles,
    cadence: 'after a hole, at low priority',
  },
  {
    what: 'markets that are new or gone',
    where: '`perpDexs`, `allPerpMetas`, `spotMetaAndAssetCtxs`',
    weight: 3 * weightOf('spotMeta'),
    perMinute: minute / market.universeEveryMs,
    cadence: `each ${every(market.universeEveryMs)}`,
  },
  {
    what: 'funding rates paid, 460 perpetuals',
    where: '`fundingHistory`',
    weight: weightOf('fundingHistory') + 1,
    perMinute: 460 / (8 * 60),
    cadence: 'each 8 h',
  },
  {
    what: 'a tracked trader whose position changed',
    where: '`clearinghouseState`',
    weight: weightOf('clearinghouseState'),
    cadence: `${every(traders.quietMs)} after the last trade, ${every(traders.confirmWithinMs)} at most`,
  },
  {
    what: 'all tracked traders in turn',
    where: `socket, ${traders.rotatingUsers} places of ${every(traders.visitMs)} each, ${traders.pinnedUsers} for the largest`,
    weight: 0,
    cadence: `500 in about ${Math.ceil((500 * traders.visitMs) / traders.rotatingUsers / minute)} min`,
    perMinute: 0,
  },
  {
    what: 'tracked traders whom the socket did not reach in time',
    where: '`clearinghouseState`',
    weight: weightOf('clearinghouseState'),
    cadence: `when older than ${every(traders.staleAfterMs)}`,
  },
  {
    what: 'an address added by hand',
    where: '`userRole`',
    weight: weightOf('userRole'),
    cadence: 'once',
  },
  {
    what: 'the leaderboard',
    where: 'a file of the statistics host',
    weight: 0,
    perMinute: 0,
    cadence: `looked at each ${leaderboard.everyMinutes} min, fetched when it has changed`,
  },
  {
    what: 'last trades of markets that have gone silent',
    where: '`recentTrades`',
    weight: weightOf('recentTrades') + 1,
    cadence: `each ${discovery.whileSilentSeconds} s, after ${discovery.silentSeconds} s of silence, ${discovery.coins.length} markets`,
  },
];

function costTable(): string {
  const rows = costs.map(({ what, where, weight, perMinute: often, cadence }) => {
    const share = often === undefined ? 'as needed' : `${((weight * often * 100) / perMinute).toFixed(1)} %`;
    return `| ${what} | ${where} | ${weight} | ${cadence} | ${share} |`;
  });
  return [
    '| what | where | weight | how often | of 1,200 a minute |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

describe('what is asked of the exchange', () => {
  it('is what docs/live.md says (UPDATE_DOCS=1 writes it)', async () => {
    const text = await readFile(page, 'utf8');
    if (process.env.UPDATE_DOCS === '1') {
      await writeFile(page, text.replace(table, `<!-- costs -->\n${costTable()}<!-- /costs -->`));
    } else {
      expect(table.exec(text)?.[1]).toBe(costTable());
    }
  });

  it('leaves most of the weight for changes of positions', () => {
    const steady = costs.reduce((sum, { weight, perMinute: often = 0 }) => sum + weight * often, 0);
    expect(steady).toBeLessThan(perMinute / 4);
  });
});
