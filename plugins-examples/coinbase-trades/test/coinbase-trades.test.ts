import { testCollectorContext } from 'hypersonar/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { config as schema } from '../src/config.ts';
import coinbaseTrades from '../src/index.ts';
import { type Collecting, startCollecting } from './collecting.ts';
import { firstId, start, startVenue, type Venue, type VenueOptions } from './venue.ts';

const product = 'BTC-USD';
const coin = 'coinbase:BTC-USD';
/** Ids of the venue's trades by their numbers, both inclusive. */
const ids = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => firstId + from - 1 + i);

let venue: Venue;
let collecting: Collecting | undefined;

/** Starts a venue with three past trades and, unless told otherwise, a collector that has heard of the last. */
async function begin(options: Partial<VenueOptions> = {}, config: object = {}): Promise<Collecting> {
  venue = await startVenue({ products: [product], ...options });
  collecting = startCollecting({
    ...config,
    products: [product],
    feedUrl: venue.feedUrl,
    restUrl: venue.restUrl,
  });
  await vi.waitFor(() => expect(collecting?.ids()).toEqual([firstId + 2]));
  return collecting;
}

afterEach(async () => {
  await collecting?.stop();
  collecting = undefined;
  await venue?.stop();
});

describe('a trade', () => {
  it('keeps the digits, takes the other side than the maker, and names nobody', async () => {
    const { drafts } = await begin();
    venue.trade(product, 2);
    await vi.waitFor(() => expect(drafts).toHaveLength(3));
    // Note: number 4 has a buying maker, so that the taker sold; number 5 a selling one.
    expect(drafts.slice(1)).toEqual([
      expect.objectContaining({
        key: coin,
        tsEvent: start + 1_000,
        dedupe: `${coin}:${firstId + 3}`,
        payload: {
          coin,
          price: '80004.10',
          size: '4.50000000',
          takerSide: 'sell',
          buyer: null,
          seller: null,
          tradeId: firstId + 3,
          hash: null,
        },
      }),
      expect.objectContaining({
        payload: expect.objectContaining({ size: '0.00000001', takerSide: 'buy' }),
      }),
    ]);
  });

  it('is rejected with the reason when it is not what the venue documents; other kinds of frame are nobody’s concern', async () => {
    const { rejections, drafts } = await begin();
    venue.send('{"type":"match","trade_id":"7"}');
    venue.send('not JSON');
    venue.send('{"type":"ticker","price":"1"}');
    venue.send('null');
    venue.trade(product, 1);
    await vi.waitFor(() => expect(drafts).toHaveLength(2));
    expect(rejections.map(each => each.reason)).toEqual([
      'expected a match as the venue documents it, found {"type":"match","trade_id":"7"}',
      'expected JSON, found "not JSON"',
    ]);
  });
});

describe('trades that did not come', () => {
  it('are fetched and passed on in their place, and the gap is told as healed', async () => {
    const { gaps, ids: found } = await begin();
    venue.trade(product, 2, { lost: true });
    venue.trade(product, 1);
    await vi.waitFor(() => expect(found()).toEqual(ids(3, 6)));
    const interval = { stream: 'trade', key: coin, from: start + 750, to: start + 1_500 };
    const reason = `trades ${firstId + 3} to ${firstId + 4} did not come`;
    expect(gaps).toEqual([
      { ...interval, reason, healed: false },
      { ...interval, reason, healed: true },
    ]);
    expect(venue.asked).toEqual([`/products/BTC-USD/trades?limit=1000&after=${firstId + 5}`]);
  });

  it('are revealed by two heartbeats where nothing follows them', async () => {
    const { ids: found, gaps } = await begin();
    venue.trade(product, 1, { lost: true });
    venue.heartbeat(product);
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(venue.asked).toEqual([]);
    venue.heartbeat(product);
    await vi.waitFor(() => expect(found()).toEqual(ids(3, 4)));
    expect(gaps.map(gap => gap.healed)).toEqual([false, true]);
  });

  it('while there was no connection are fetched page by page once there is one', async () => {
    const { ids: found, warnings } = await begin({ pageRows: 4 });
    venue.drop();
    venue.trade(product, 10);
    await vi.waitFor(() => expect(found()).toEqual(ids(3, 13)));
    expect(warnings).toEqual(['the connection is made again']);
    // Note: number 13 came as the last match; of 4 to 12 each page holds four, and the last one a known trade, too.
    expect(venue.asked.map(path => Number(/after=(\d+)/.exec(path)?.[1]) - firstId + 1)).toEqual([13, 9, 5]);
  });

  it('are fetched again after refusals, and the venue’s limit is kept in mind', async () => {
    const { ids: found, gaps } = await begin();
    venue.refuse(429, 2);
    venue.trade(product, 1, { lost: true });
    venue.trade(product, 1);
    await vi.waitFor(() => expect(found()).toEqual(ids(3, 5)));
    expect(venue.asked).toHaveLength(3);
    expect(gaps.map(gap => gap.healed)).toEqual([false, true]);
  });

  it('are left out, and the gap stays, where they cannot be fetched in time', async () => {
    const { ids: found, gaps } = await begin({}, { healWithinMs: 100 });
    venue.refuse(503, 1_000);
    venue.trade(product, 1, { lost: true });
    venue.trade(product, 2);
    expect(found()).toEqual([firstId + 2]);
    await vi.waitFor(() => expect(found()).toEqual([firstId + 2, firstId + 4, firstId + 5]));
    expect(gaps).toEqual([expect.objectContaining({ from: start + 750, to: start + 1_250, healed: false })]);
    venue.trade(product, 1);
    await vi.waitFor(() => expect(found().at(-1)).toBe(firstId + 6));
  });

  it('are fetched as far as allowed: the newest come, and only the rest stays a gap', async () => {
    const { ids: found, gaps } = await begin({ pageRows: 3 }, { mostPages: 2 });
    venue.trade(product, 10, { lost: true });
    venue.trade(product, 1);
    await vi.waitFor(() => expect(found()).toEqual([firstId + 2, ...ids(8, 14)]));
    expect(gaps.map(({ from, to, healed }) => [from, to, healed])).toEqual([
      [start + 750, start + 3_500, false],
      [start + 2_000, start + 3_500, true],
    ]);
  });
});

describe('a trade that the venue itself has forgotten', () => {
  it('is left out, and only what is behind it counts as healed', async () => {
    const { ids: found, gaps } = await begin();
    venue.forget(product, firstId + 4);
    venue.trade(product, 3, { lost: true });
    venue.trade(product, 1);
    await vi.waitFor(() => expect(found()).toEqual([...ids(3, 4), ...ids(6, 7)]));
    expect(gaps.map(({ from, to, healed }) => [from, to, healed])).toEqual([
      [start + 750, start + 1_750, false],
      [start + 1_500, start + 1_750, true],
    ]);
  });
});

describe('a match that comes late', () => {
  it('is put in its place without being told twice', async () => {
    const { ids: found } = await begin();
    const late = venue.trade(product, 1, { lost: true });
    venue.trade(product, 1);
    venue.resend(product, late[0]!);
    venue.resend(product, firstId);
    venue.trade(product, 1);
    await vi.waitFor(() => expect(found()).toEqual(ids(3, 6)));
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(found()).toEqual(ids(3, 6));
  });
});

describe('a connection', () => {
  it('on which nothing is heard any more is replaced', async () => {
    const { warnings } = await begin({}, { silenceMs: 100 });
    venue.mute();
    await vi.waitFor(() => expect(warnings.length).toBeGreaterThan(0));
    await vi.waitFor(() => expect(venue.connections).toBe(1));
  });

  it('is refused with the reason where the venue does not list a product', async () => {
    venue = await startVenue({ products: [product] });
    const { feedUrl, restUrl } = venue;
    collecting = startCollecting({ products: [product, 'NONE-USD'], feedUrl, restUrl });
    await vi.waitFor(() => expect(collecting?.failure).toBeDefined());
    expect(String(collecting.failure)).toContain('"Failed to subscribe: NONE-USD is not a valid product"');
  });
});

describe('a restart', () => {
  it('goes on from its cursor and fetches what was missed, with nothing twice', async () => {
    const before = await begin();
    venue.trade(product, 2);
    await vi.waitFor(() => expect(before.ids()).toEqual(ids(3, 5)));
    await before.stop();
    venue.trade(product, 4);
    const { feedUrl, restUrl } = venue;
    collecting = startCollecting({ products: [product], feedUrl, restUrl }, before.drafts.at(-1)?.cursor);
    await vi.waitFor(() => expect(collecting?.ids()).toEqual(ids(6, 9)));
    expect(collecting.gaps).toEqual([
      expect.objectContaining({ from: start + 1_250, to: start + 2_250, healed: false }),
      expect.objectContaining({ healed: true }),
    ]);
  });

  it('begins anew from a cursor that it cannot read', async () => {
    venue = await startVenue({ products: [product] });
    const { feedUrl, restUrl } = venue;
    collecting = startCollecting({ products: [product], feedUrl, restUrl }, '{"BTC-USD":"yesterday"}');
    await vi.waitFor(() => expect(collecting?.ids()).toEqual([firstId + 2]));
  });
});

it('tells a backfill what traded in an interval, its end excluded', async () => {
  venue = await startVenue({ products: [product, 'ETH-USD'], past: 9, pageRows: 4 });
  const { feedUrl, restUrl } = venue;
  const ctx = testCollectorContext(schema.parse({ products: [product, 'ETH-USD'], feedUrl, restUrl }));
  const found: string[] = [];
  for await (const batch of coinbaseTrades.backfill!(ctx, { from: start + 1_000, to: start + 2_000 })) {
    for (const draft of Array.isArray(batch) ? batch : [batch]) found.push(draft.dedupe);
  }
  expect(found).toEqual([coin, 'coinbase:ETH-USD'].flatMap(name => ids(4, 7).map(id => `${name}:${id}`)));
});

it.each([
  [{ products: ['BTC-EUR'] }, 'since prices on the tape are in USD; found BTC-EUR'],
  [{ products: [] }, 'products'],
  [{ products: ['BTC-USD', 'BTC-USD'] }, 'each product once'],
  [{ feedUrl: 'https://example.org' }, 'a WebSocket address'],
  [{ product: 'BTC-USD' }, 'product'],
])('refuses the configuration %j and says why', (wrong, reason) => {
  expect(schema.safeParse(wrong).error?.message).toContain(reason);
});
