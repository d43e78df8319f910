import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Asked, readPages } from './info-pages.ts';
import type { InfoBody, PagedType } from './info-types.ts';

type Row = Readonly<Record<string, unknown>>;
const user = `0x${'a'.repeat(40)}`;

/** The exchange's paging, written down from its documentation: both bounds count, the oldest first, at most so many rows. */
function exchangeOf(rows: readonly Row[], most: number, timeOf = (row: Row) => row.time as number) {
  const asked: InfoBody[] = [];
  const ask = async (body: InfoBody): Promise<Asked> => {
    asked.push(body);
    const { startTime, endTime } = (body.req ?? body) as { startTime: number; endTime: number };
    const within = rows.filter(row => timeOf(row) >= startTime && timeOf(row) <= endTime);
    const answer = body.reversed === true ? within.toReversed().slice(0, most) : within.slice(0, most);
    return { answer, rows: answer.length };
  };
  return { ask, asked };
}

async function readAll(
  ask: (body: InfoBody) => Promise<Asked>,
  type: PagedType,
  of: object,
  range = { from: 0, to: 10_000 },
) {
  const pages: (readonly Row[])[] = [];
  const holes: unknown[] = [];
  const options = { priority: 'low', incomplete: (hole: unknown) => holes.push(hole) } as const;
  for await (const page of readPages(ask, type, of as never, range, options))
    pages.push(page as readonly Row[]);
  return { pages, rows: pages.flat(), holes };
}

/** Fills at times, whose ids are their places, in the exchange's order. */
const fillsAt = (times: readonly number[]): Row[] =>
  times.map((time, place) => ({
    coin: 'BTC',
    time,
    tid: 1_000_000 - place,
    oid: place,
    startPosition: '0.0',
    sz: '1',
  }));

describe('fills', () => {
  test('of any distribution over milliseconds are read once each, in the order of the exchange', async () => {
    await fc.assert(
      fc.asyncProperty(
        // Groups of fills within one millisecond, among them some that nearly fill, fill or overfill a page of 2,000.
        fc.array(
          fc.record({
            gap: fc.integer({ min: 1, max: 3 }),
            count: fc.oneof(
              { weight: 6, arbitrary: fc.integer({ min: 1, max: 900 }) },
              { weight: 2, arbitrary: fc.integer({ min: 1_990, max: 2_010 }) },
              { weight: 1, arbitrary: fc.integer({ min: 2_500, max: 3_990 }) },
            ),
          }),
          { maxLength: 8 },
        ),
        async groups => {
          let time = 10;
          const times = groups.flatMap(({ gap, count }) => {
            time += gap;
            return Array.from({ length: count }, () => time);
          });
          const fills = fillsAt(times);
          const { ask } = exchangeOf(fills, 2_000);
          const { rows, pages, holes } = await readAll(ask, 'userFillsByTime', { user });
          expect(rows.map(({ oid }) => oid)).toEqual(fills.map(({ oid }) => oid));
          expect(pages.every(page => page.length > 0)).toBe(true);
          expect(holes).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('of more than both ends of one millisecond show are said to be incomplete', async () => {
    const fills = fillsAt([1, ...Array.from({ length: 4_500 }, () => 5), 6]);
    const { ask } = exchangeOf(fills, 2_000);
    const { rows, holes } = await readAll(ask, 'userFillsByTime', { user });
    expect(holes).toEqual([{ from: 5, to: 6 }]);
    // The first and the last 2,000 of the millisecond, and the two others.
    expect(rows).toHaveLength(4_002);
    expect(rows.at(-1)!.oid).toBe(4_501);
  });

  test('within exactly one page take one request, and one more when the page is full', async () => {
    for (const [count, requests] of [
      [1_999, 1],
      [2_000, 2],
      [2_001, 2],
    ] as const) {
      const { ask, asked } = exchangeOf(fillsAt(Array.from({ length: count }, (_, n) => n)), 2_000);
      const { rows } = await readAll(ask, 'userFillsByTime', { user });
      expect(rows).toHaveLength(count);
      expect(asked).toHaveLength(requests);
    }
  });

  test('go on at the last millisecond of a page, both ends of the range included', async () => {
    const { ask, asked } = exchangeOf(fillsAt(Array.from({ length: 2_500 }, (_, n) => 100 + n)), 2_000);
    const { rows } = await readAll(ask, 'userFillsByTime', { user }, { from: 100, to: 2_599 });
    expect(rows).toHaveLength(2_500);
    expect(asked).toEqual([
      { type: 'userFillsByTime', user, startTime: 100, endTime: 2_599 },
      { type: 'userFillsByTime', user, startTime: 2_099, endTime: 2_599 },
    ]);
  });

  test('without a trade are told apart by where the position stood', async () => {
    const fills = ['1.0', '2.0'].map(startPosition => ({
      coin: 'BTC',
      time: 5,
      tid: 0,
      oid: 0,
      startPosition,
      sz: '1',
    }));
    const padding = fillsAt(Array.from({ length: 1_999 }, () => 4));
    const { ask } = exchangeOf([...padding, ...fills], 2_000);
    const { rows } = await readAll(ask, 'userFillsByTime', { user });
    expect(rows.slice(-2).map(({ startPosition }) => startPosition)).toEqual(['1.0', '2.0']);
    expect(rows).toHaveLength(2_001);
  });

  test('of slices of one trade id in two TWAPs are both kept', async () => {
    const [fill] = fillsAt([5]);
    const { ask } = exchangeOf(
      [
        { fill, twapId: 1 },
        { fill, twapId: 2 },
      ],
      2_000,
      row => (row.fill as Row).time as number,
    );
    const { rows } = await readAll(ask, 'userTwapSliceFillsByTime', { user });
    expect(rows.map(({ twapId }) => twapId)).toEqual([1, 2]);
  });

  test('that were all wrong on a full page end the reading with an error, not in silence', async () => {
    await expect(
      readAll(async () => ({ answer: [], rows: 2_000 }), 'userFillsByTime', { user }),
    ).rejects.toMatchObject({ kind: 'malformed' });
  });

  test('some of which were wrong on a full page do not end it early', async () => {
    const fills = fillsAt(Array.from({ length: 3_000 }, (_, n) => n));
    const { ask } = exchangeOf(fills, 2_000);
    const withoutFirst = async (body: InfoBody): Promise<Asked> => {
      const { answer, rows } = await ask(body);
      return { answer: (answer as Row[]).filter(({ oid }) => oid !== 0), rows };
    };
    const { rows } = await readAll(withoutFirst, 'userFillsByTime', { user });
    expect(rows).toHaveLength(2_999);
  });
});

describe('other rows', () => {
  test('of funding rates are read 500 at a time', async () => {
    const rates = Array.from({ length: 1_201 }, (_, hour) => ({ coin: 'BTC', time: hour * 3 }));
    const { ask, asked } = exchangeOf(rates, 500);
    const { rows } = await readAll(ask, 'fundingHistory', { coin: 'BTC' });
    expect(rows).toEqual(rates);
    // 500, 499 more, 202 more: the first row of each further page is the last of the page before.
    expect(asked).toHaveLength(3);
  });

  test('of funding payments in several coins at the same time are all kept', async () => {
    const payments = Array.from({ length: 1_300 }, (_, n) => ({
      time: Math.floor(n / 300),
      delta: { coin: `C${n % 300}` },
    }));
    const { ask } = exchangeOf(payments, 500);
    const { rows } = await readAll(ask, 'userFunding', { user });
    expect(rows).toEqual(payments);
  });

  test('of candles are asked for by coin and interval, the bar that holds the start included', async () => {
    const bars = Array.from({ length: 6_000 }, (_, n) => ({ t: n * 60, s: 'BTC' }));
    const asked: InfoBody[] = [];
    const ask = async (body: InfoBody): Promise<Asked> => {
      asked.push(body);
      const { startTime, endTime } = body.req as { startTime: number; endTime: number };
      const answer = bars.filter(({ t }) => t + 59 >= startTime && t <= endTime).slice(0, 5_000);
      return { answer, rows: answer.length };
    };
    const { rows } = await readAll(
      ask,
      'candleSnapshot',
      { coin: 'BTC', interval: '1m' },
      { from: 90, to: 360_000 },
    );
    expect(rows).toEqual(bars.slice(1));
    expect(asked[0]).toEqual({
      type: 'candleSnapshot',
      req: { coin: 'BTC', interval: '1m', startTime: 90, endTime: 360_000 },
    });
    expect(asked).toHaveLength(2);
  });

  test('of which there are none take one request', async () => {
    const { ask, asked } = exchangeOf([], 500);
    expect((await readAll(ask, 'userNonFundingLedgerUpdates', { user })).rows).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  test('that a server which does not know the coin has not are none', async () => {
    expect(
      (await readAll(async () => ({ answer: null, rows: 0 }), 'fundingHistory', { coin: 'NONE' })).rows,
    ).toEqual([]);
  });
});
