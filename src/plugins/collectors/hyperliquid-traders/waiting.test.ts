import { expect, it } from 'vitest';
import { fill, position } from '../../../plugin-api/index.ts';
import { type Collected, collected } from '../hyperliquid-messages/collected.ts';
import { applyTrade, presentSize } from './holding.ts';
import { createMissedFills } from './missed-fills.ts';
import { createOutbox } from './outbox.ts';
import { createStateReader } from './state-reader.ts';
import { dexStateOf, holdingOf, newTrader } from './trader-state.ts';

const user = `0x${'a'.repeat(40)}`;
const log = { debug() {}, info() {}, warn() {}, error() {} };
const never = new AbortController().signal;

it('keeps the last of each state and admits fills that it had to drop while nobody listened', async () => {
  const gaps: unknown[] = [];
  const outbox = createOutbox<typeof fill>(never, { gap: given => void gaps.push(given), mostWaiting: 8 });
  const of = (ref: typeof fill | typeof position, time: number) =>
    collected(ref, user, time, `${time}`, { coin: 'BTC' } as never) as Collected;
  for (let time = 1; time <= 8; time++) outbox.push([of(fill, time)]);
  for (let time = 9; time <= 11; time++) outbox.push([of(position, time)]);
  const { value } = await outbox.drain().next();
  // The ninth draft left 6: fills 4 to 8 and the position; then there was room for two more.
  expect((value ?? []).map((draft: { tsEvent: number }) => draft.tsEvent)).toEqual([
    4, 5, 6, 7, 8, 9, 10, 11,
  ]);
  expect(gaps).toEqual([
    { stream: 'fill', key: user, from: 1, to: 4, reason: 'too much waited while the collector was paused' },
  ]);
});

it('tries fills again that could not be fetched, and admits a gap at last', async () => {
  const end = new AbortController();
  const gaps: unknown[] = [];
  const clock = { now: 0 };
  let tries = 0;
  const missed = createMissedFills({
    clock,
    ctx: {
      ...{ log, reject() {}, signal: end.signal },
      gap(given) {
        gaps.push(given);
        end.abort();
      },
      async sleep(ms) {
        clock.now += ms;
      },
    },
    client: {
      // biome-ignore lint/correctness/useYield: it fails before it has a page.
      async *pages() {
        tries += 1;
        throw new Error('the exchange is away');
      },
    } as never,
    tell() {},
  });
  missed.ask(user, { from: 10, to: 20 });
  await missed.run();
  expect(tries).toBe(5);
  expect(gaps).toEqual([
    { stream: 'fill', key: user, from: 10, to: 20, reason: 'the fills could not be fetched' },
  ]);
  // 5 + 10 + 20 + 40 s
  expect(clock.now).toBe(75_000);
});

it("puts answers off that are older than the last, and follows the exchange's clock back when they go on", () => {
  const clock = { now: 0 };
  const trader = newTrader(user, { by: 'hand', tier: undefined, since: 0 });
  const state = dexStateOf(trader, '');
  const reader = createStateReader({
    ...{ clock, settleMs: 0, quietMs: 1_000, statementEveryMs: 600_000 },
    ctx: { log, reject() {}, signal: never, sleep: async () => {} },
    ...{ tell() {}, taken() {}, drifted() {}, isFollowed: () => true },
  });
  const answer = (time: number): void => {
    const raw = { marginSummary: { accountValue: '0.0' }, assetPositions: [] as unknown[], time };
    reader.receive(trader, '', raw, { askedAt: clock.now, receivedAt: time });
  };
  answer(7_200_000);
  for (const [now, notBefore] of [
    [1_000, 3_000],
    [3_000, 7_000],
    [7_000, 15_000],
  ] as const) {
    clock.now = now;
    answer(3_600_000 + now);
    expect(state.notBefore).toBe(notBefore);
    expect(state.readAt).toBe(7_200_000);
  }
  clock.now = 15_000;
  answer(3_615_000);
  expect(state.readAt).toBe(3_615_000);
  applyTrade(holdingOf(state, 'BTC'), 3_616_000, 5n);
  expect(presentSize(holdingOf(state, 'BTC'))).toBe(5n);
});
