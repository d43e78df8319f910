import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CollectorContext, leaderboard, Rejection, RowOf, vault } from '../../../plugin-api/index.ts';
import { testCollectorContext } from '../../../testing/collector-context.ts';
import { type LeaderboardConfig, leaderboardConfig } from './config.ts';
import { hyperliquidLeaderboard } from './index.ts';

const noon = Date.UTC(2026, 0, 1, 12);
const addressOf = (number: number) => `0x${number.toString(16).padStart(40, '0')}`;

interface Row {
  readonly ethAddress: string;
  readonly accountValue: string;
  readonly windowPerformances: unknown;
  readonly prize: number;
  readonly displayName: unknown;
}
const figures = (pnl: string, roi: string, vlm: string) => ({ pnl, roi, vlm });
const row = (number: number, over: Partial<Row> = {}): Row => ({
  ethAddress: addressOf(number),
  accountValue: '1000.5',
  windowPerformances: [
    ['day', figures('1.5', '0.001', '10.0')],
    ['week', figures('-2.5', '-0.002', '20.0')],
    ['month', figures('3.5', '0.003', '30.0')],
    ['allTime', figures('4.5', '0.004', '40.0')],
  ],
  prize: 0,
  displayName: null,
  ...over,
});

/** The statistics host, as a test wants it. */
interface Host {
  rows: readonly unknown[];
  vaults: readonly unknown[];
  etag: string | undefined;
  modified: string | undefined;
  fails: boolean;
  /** Requests so far, such as `GET /leaderboard`. */
  readonly asked: string[];
  url: string;
}

let server: Server;
let host: Host;
beforeEach(async () => {
  host = { rows: [], vaults: [], etag: undefined, modified: undefined, fails: false, asked: [], url: '' };
  server = createServer((request, response) => {
    host.asked.push(`${request.method} ${request.url}`);
    if (host.fails) {
      response.writeHead(502).end('Bad Gateway');
      return;
    }
    if (host.etag !== undefined) response.setHeader('etag', host.etag);
    if (host.modified !== undefined) response.setHeader('last-modified', host.modified);
    if (request.method === 'HEAD') {
      const known = host.etag !== undefined && request.headers['if-none-match'] === host.etag;
      response
        .writeHead(host.etag === undefined && host.modified === undefined ? 404 : known ? 304 : 200)
        .end();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(request.url?.endsWith('/vaults') ? host.vaults : { leaderboardRows: host.rows }),
    );
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  host.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise<void>(resolve => server.close(() => resolve())));

type Told = {
  readonly ref: { readonly id: string };
  readonly key: string;
  readonly tsEvent: number;
  readonly dedupe: string;
  readonly cursor?: string;
  readonly payload: RowOf<typeof leaderboard> & RowOf<typeof vault>;
};

/**
 * Runs the collector through so many looks, with a clock that its waits move on. `between` is done before each look but the first.
 */
async function run(
  options: {
    readonly config?: Partial<LeaderboardConfig>;
    readonly looks: number;
    readonly cursor?: string | undefined;
    readonly from?: number;
    readonly between?: (look: number) => void;
  } & Partial<Pick<CollectorContext<unknown>, 'gap'>>,
) {
  const ended = new AbortController();
  const rejections: Rejection[] = [];
  const told: Told[][] = [[]];
  const waits: number[] = [];
  let now = options.from ?? noon;
  const config = leaderboardConfig.parse({ statsUrl: host.url, vaults: false, ...options.config });
  const context = testCollectorContext(config, {
    signal: ended.signal,
    cursor: options.cursor,
    reject: rejection => rejections.push(rejection),
    ...(options.gap && { gap: options.gap }),
    get now() {
      return now;
    },
    async sleep(ms) {
      now += ms;
      waits.push(ms);
      // Note: between chunks it waits for tenths of seconds, between looks for minutes.
      if (ms < 10_000) return;
      if (told.length === options.looks) ended.abort();
      else {
        told.push([]);
        options.between?.(told.length);
      }
    },
  });
  for await (const drafts of hyperliquidLeaderboard.collect(context))
    told.at(-1)!.push(...(drafts as Told[]));
  return { told, rejections, waits, cursor: told.flat().findLast(one => one.cursor !== undefined)?.cursor };
}

describe('the leaderboard', () => {
  it('is told row by row, with every figure as it is written', async () => {
    host.rows = [row(1, { displayName: 'Ann', accountValue: '1e3' })];
    const { told } = await run({ looks: 1 });

    expect(told).toMatchObject([
      [
        {
          ref: { id: 'leaderboard' },
          key: addressOf(1),
          tsEvent: noon,
          payload: {
            ...{ user: addressOf(1), displayName: 'Ann', accountValue: '1000' },
            ...{ dayPnl: '1.5', dayRoi: '0.001', dayVolume: '10.0' },
            ...{ weekPnl: '-2.5', weekRoi: '-0.002', weekVolume: '20.0' },
            ...{ monthPnl: '3.5', monthRoi: '0.003', monthVolume: '30.0' },
            ...{ allPnl: '4.5', allRoi: '0.004', allVolume: '40.0' },
          },
        },
      ],
    ]);
  });

  it('is looked at each five minutes, and of each look only the rows that changed are told', async () => {
    host.rows = [row(1), row(2), row(3)];
    const { told, waits } = await run({
      looks: 3,
      config: { rowsPerSecond: 1_000 },
      between(look) {
        if (look === 2) host.rows = [row(3), row(2, { accountValue: '1000.6' }), row(1), row(4)];
      },
    });

    expect(told.map(look => look.map(({ key }) => Number(key)))).toEqual([[1, 2, 3], [2, 4], []]);
    // Note: the three rows of the first look took 3 / 1,000 s, the two of the second 2 / 1,000 s.
    expect(waits.filter(ms => ms > 10_000)).toEqual([299_997, 299_998, 300_000]);
  });

  it('is not fetched again while the server says that it is the same', async () => {
    host.rows = [row(1)];
    host.etag = '"one"';
    const { told } = await run({
      looks: 4,
      between(look) {
        if (look === 3) {
          host.etag = '"two"';
          host.rows = [row(1, { accountValue: '7' })];
        }
      },
    });

    expect(told.map(({ length }) => length)).toEqual([1, 0, 1, 0]);
    expect(host.asked.filter(one => one.startsWith('GET'))).toHaveLength(2);
  });

  it('is as old as the server says, and is not fetched again after a restart that finds it the same', async () => {
    host.rows = [row(1)];
    host.modified = new Date(noon - 60_000).toUTCString();
    const first = await run({ looks: 1 });
    const second = await run({ looks: 2, cursor: first.cursor, from: noon + 600_000 });

    expect(first.told).toMatchObject([[{ tsEvent: noon - 60_000 }]]);
    expect(second.told).toEqual([[], []]);
    expect(host.asked.filter(one => one.startsWith('GET'))).toHaveLength(1);
  });

  it('is told whole once in each day, so that each day can be kept', async () => {
    host.rows = [row(1), row(2)];
    host.etag = '"one"';
    const { told } = await run({
      looks: 4,
      from: Date.UTC(2026, 0, 1, 23, 52),
    });

    expect(told.map(({ length }) => length)).toEqual([2, 0, 2, 0]);
    expect(new Set(told.flat().map(({ dedupe }) => dedupe)).size).toBe(4);
  });

  it('loses rows that make no sense, each counted, and keeps the others', async () => {
    host.rows = [
      row(1),
      { ...row(2), ethAddress: '0x12' },
      row(3, { accountValue: 'a lot' }),
      row(4, { windowPerformances: [['day', figures('1', '1', '1')]] }),
      'nothing',
      row(1, { accountValue: '5' }),
      row(6, { displayName: 17 }),
      row(7),
    ];
    const { told, rejections } = await run({ looks: 1 });

    expect(told[0]?.map(({ key }) => Number(key))).toEqual(expect.arrayContaining([1, 7]));
    expect(told[0]?.map(({ key }) => Number(key))).not.toEqual(expect.arrayContaining([3]));
    expect(told[0]!.length + rejections.length).toBe(8);
    expect(told[0]?.find(({ key }) => key === addressOf(1))?.payload.accountValue).toBe('1000.5');
  });

  it('can be narrowed to the largest accounts', async () => {
    host.rows = [3, 9, 5, 1, 7].map(number => row(number, { accountValue: `${number}000` }));

    const top = await run({ looks: 1, config: { top: 2 } });
    const rich = await run({ looks: 1, config: { minAccountValueUsd: 5_000 } });

    expect(top.told[0]?.map(({ key }) => Number(key))).toEqual([9, 7]);
    expect(rich.told[0]?.map(({ key }) => Number(key))).toEqual([9, 5, 7]);
  });

  it('comes in no faster than is asked for', async () => {
    host.rows = Array.from({ length: 1_000 }, (_, index) => row(index + 1));
    const { told, waits } = await run({ looks: 1, config: { rowsPerSecond: 500 } });

    expect(told[0]).toHaveLength(1_000);
    expect(waits.slice(0, -1)).toEqual([400, 400, 400, 400, 400]);
  });

  it('leaves a gap while it cannot be read, and heals it with the next view', async () => {
    host.rows = [row(1)];
    const gaps: object[] = [];
    const { told } = await run({
      looks: 4,
      gap: gap => gaps.push(gap),
      between(look) {
        host.fails = look === 2 || look === 3;
      },
    });

    expect(told.map(({ length }) => length)).toEqual([1, 0, 0, 0]);
    expect(gaps).toMatchObject([
      { stream: 'leaderboard', from: noon, reason: expect.stringContaining('502') },
      { stream: 'leaderboard', from: noon, healed: true },
    ]);
  });

  it('says so when it cannot be read at first', async () => {
    host.fails = true;
    await expect(run({ looks: 1 })).rejects.toThrow(/502/);
  });

  it('is not taken for empty when the file is', async () => {
    await expect(run({ looks: 1 })).rejects.toThrow(/Expected rows/);
  });
});

describe('vaults', () => {
  const vaultRow = (number: number, over: object = {}) => ({
    summary: {
      name: 'Slow and steady',
      vaultAddress: addressOf(number),
      leader: addressOf(99),
      tvl: '1000.5',
      isClosed: false,
      relationship: { type: 'normal' },
      createTimeMillis: 1_700_000_000_000,
      ...over,
    },
    apr: 0.1,
    pnls: [],
  });

  it('are told once a day, then those that changed', async () => {
    host.rows = [row(1)];
    host.vaults = [vaultRow(11), vaultRow(12, { relationship: { type: 'child' } })];
    const { told } = await run({
      looks: 4,
      config: { leaderboard: false, vaults: true, everyMinutes: 720 },
      between(look) {
        if (look === 3) host.vaults = [vaultRow(11), vaultRow(12, { tvl: '5' })];
      },
    });

    expect(told.map(look => look.map(({ key }) => Number(key)))).toEqual([[11, 12], [], [12], []]);
    expect(told[0]?.[1]?.payload).toEqual({
      user: addressOf(12),
      name: 'Slow and steady',
      leader: addressOf(99),
      valueUsd: '1000.5',
      isClosed: false,
      relationship: 'child',
      createdAt: 1_700_000_000_000,
    });
    expect(host.asked).toEqual(['GET /vaults', 'GET /vaults']);
  });
});
