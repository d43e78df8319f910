import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type candidate, type Event, type RowOf, trade } from '../../../plugin-api/index.ts';
import { testCollectorContext } from '../../../testing/collector-context.ts';
import { type DiscoveryConfig, discoveryConfig } from './config.ts';
import { hyperliquidDiscovery } from './index.ts';

const noon = Date.UTC(2026, 0, 1, 12);
const ann = `0x${'a1'.repeat(20)}`;
const ben = `0x${'b2'.repeat(20)}`;
const cleo = `0x${'c3'.repeat(20)}`;
const dan = `0x${'d4'.repeat(20)}`;

interface Told {
  readonly tsEvent: number;
  readonly cursor?: string;
  readonly payload: RowOf<typeof candidate>;
}

/** What the exchange was asked for. */
let asked: string[];
let server: Server;
let infoUrl: string;
beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', chunk => {
      body += chunk;
    });
    request.on('end', () => {
      const { type, coin } = JSON.parse(body) as { type: string; coin: string };
      asked.push(`${type} ${coin}`);
      const last = {
        coin,
        side: 'B',
        px: '50.0',
        sz: '2.0',
        time: noon - 5_000,
        hash: `0x${'0'.repeat(64)}`,
        tid: 7,
      };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(coin === 'BTC' ? [{ ...last, users: [cleo, dan] }] : null));
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  infoUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/info`;
});
afterEach(() => new Promise<void>(resolve => server.close(() => resolve())));

let tradeId = 0;
function tradeOf(
  coin: string,
  buyer: string,
  seller: string,
  time: number,
  price = '100',
): Event<typeof trade> {
  const payload = {
    coin,
    price,
    size: '2',
    takerSide: 'buy',
    buyer,
    seller,
    tradeId: ++tradeId,
    hash: '',
  } as const;
  return { type: trade.id, key: coin, tsEvent: time, tsIngest: time, seq: tradeId, payload };
}

/** Runs the collector for so many seconds of a clock that its waits move on; `at` is what happens at a second. */
async function run(options: {
  readonly seconds: number;
  readonly config?: Partial<DiscoveryConfig>;
  readonly cursor?: string | undefined;
  readonly at?: (second: number, emit: (event: Event) => void, now: number) => void;
}) {
  const ended = new AbortController();
  let now = noon;
  let second = 0;
  const context = testCollectorContext(
    discoveryConfig.parse({ infoUrl, coins: ['BTC', 'ETH'], ...options.config }),
    {
      signal: ended.signal,
      cursor: options.cursor,
      get now() {
        return now;
      },
      async sleep(ms) {
        now += ms;
        options.at?.(second, event => context.emit(event), now);
        second++;
        // Note: what was asked of the exchange comes over a real socket.
        await new Promise(resolve => setTimeout(resolve, 0));
        if (second > options.seconds) ended.abort();
      },
    },
  );
  const told: Told[] = [];
  for await (const drafts of hyperliquidDiscovery.collect(context))
    told.push(...(drafts as unknown as Told[]));
  return told;
}

describe('discovery', () => {
  it('tells each wallet once, with when and where it was seen first', async () => {
    const told = await run({
      seconds: 5,
      at(second, emit) {
        if (second === 1) emit(tradeOf('BTC', ann, ben, noon + 900));
        if (second === 2) emit(tradeOf('ETH', ann, cleo, noon + 1_900));
      },
    });

    expect(told).toMatchObject([
      { tsEvent: noon + 900, payload: { user: ann, coin: 'BTC', seenIn: 'tape', notionalUsd: 200 } },
      { tsEvent: noon + 900, payload: { user: ben, coin: 'BTC', seenIn: 'tape', notionalUsd: 200 } },
      { tsEvent: noon + 1_900, payload: { user: cleo, coin: 'ETH', seenIn: 'tape', notionalUsd: 200 } },
    ]);
    expect(asked).toEqual([]);
  });

  it('looks only at the markets and the sizes that it is to look at', async () => {
    const told = await run({
      seconds: 3,
      config: { minNotionalUsd: 1_000 },
      at(second, emit) {
        if (second !== 1) return;
        emit(tradeOf('DOGE', ann, ann, noon, '5000'));
        emit(tradeOf('BTC', ben, ben, noon, '499'));
        emit(tradeOf('BTC', cleo, cleo, noon, '500'));
      },
    });

    expect(told.map(({ payload }) => payload.user)).toEqual([cleo]);
  });

  it('knows after a restart whom it had met', async () => {
    const talk = (second: number, emit: (event: Event) => void, now: number) => {
      if (second === 1) emit(tradeOf('BTC', ann, ben, now));
      if (second === 70) emit(tradeOf('BTC', ann, cleo, now));
    };
    const first = await run({ seconds: 75, at: talk });
    const second = await run({
      seconds: 5,
      cursor: first.findLast(({ cursor }) => cursor !== undefined)?.cursor,
      at: (moment, emit, now) => {
        if (moment === 1) for (const user of [ann, ben, cleo, dan]) emit(tradeOf('BTC', user, user, now));
      },
    });

    expect(first.map(({ payload }) => payload.user)).toEqual([ann, ben, cleo]);
    expect(second.map(({ payload }) => payload.user)).toEqual([dan]);
  });

  it('asks for the last trades only while the tape is silent, and then no more than once a minute', async () => {
    const told = await run({
      seconds: 300,
      at(second, emit, now) {
        if (second < 60 || second === 255) emit(tradeOf('BTC', ann, ben, now));
      },
    });

    expect(told.map(({ payload }) => [payload.user, payload.seenIn])).toEqual([
      [ann, 'tape'],
      [ben, 'tape'],
      [cleo, 'recent-trades'],
      [dan, 'recent-trades'],
    ]);
    expect(told.at(-1)).toMatchObject({ tsEvent: noon - 5_000, payload: { notionalUsd: 100 } });
    // Note: silent from second 60 on, down for sure from 180 on, and heard again at 255.
    expect(asked).toEqual(['recentTrades BTC', 'recentTrades ETH', 'recentTrades BTC', 'recentTrades ETH']);
  });

  it('takes one silent market among others for quiet, and asks about it once a quarter of an hour', async () => {
    await run({
      seconds: 1_900,
      at(second, emit, now) {
        if (second % 10 === 0) emit(tradeOf('ETH', ann, ben, now));
      },
    });

    expect(asked).toEqual(['recentTrades BTC', 'recentTrades BTC']);
  });
});
