import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RequestPriority } from '../../../plugin-api/index.ts';
import { type ManualClock, manualClock } from '../../../testing/manual-clock.ts';
import { silentLog } from '../../log.ts';
import type { BudgetLedger } from './ledger.ts';
import { createMemoryLedger } from './memory-ledger.ts';
import { createSharedBudget, type SharedBudget } from './shared-budget.ts';

interface Granted {
  readonly at: number;
  readonly weight: number;
  readonly name: string;
}

function setUp(perMinute: number, { owners = 1, ledger }: { owners?: number; ledger?: BudgetLedger } = {}) {
  const clock = manualClock(1_000_000);
  const shared = ledger ?? createMemoryLedger(clock);
  const granted: Granted[] = [];
  const budgets = Array.from({ length: owners }, (_, index) =>
    createSharedBudget({
      ...{ name: 'test', size: { perMinute }, owner: `${index}`, ledger: shared, clock, log: silentLog },
      random: () => 0,
    }),
  );
  const ask = (
    name: string,
    weight: number,
    priority: RequestPriority,
    { budget = budgets[0]!, signal }: { budget?: SharedBudget; signal?: AbortSignal } = {},
  ): Promise<void> =>
    budget
      .take({ weight, priority, ...(signal && { signal }) })
      .then(() => void granted.push({ at: clock.now(), weight, name }));
  const names = () => granted.map(({ name }) => name);
  return { clock, budget: budgets[0]!, budgets, ask, granted, names };
}

/** Passes time in small steps, so that whatever waits is woken when it is due. */
async function pass(clock: ManualClock, ms: number, step = 50): Promise<void> {
  for (let passed = 0; passed < ms; passed += step) await clock.advance(step);
}

/** The most weight within any minute. */
function mostInAMinute(granted: readonly Granted[]): number {
  const sorted = granted.toSorted((a, b) => a.at - b.at);
  let most = 0;
  let sum = 0;
  let from = 0;
  for (const { at, weight } of sorted) {
    sum += weight;
    while (sorted[from]!.at <= at - 60_000) sum -= sorted[from++]!.weight;
    most = Math.max(most, sum);
  }
  return most;
}

describe('a request budget', () => {
  it('grants at once what is left, and then waits until the minute has passed', async () => {
    const { clock, ask, granted } = setUp(100);
    const started = clock.now();
    for (let i = 0; i < 6; i++) void ask(`${i}`, 20, 'urgent');
    await clock.advance(0);
    expect(granted.map(({ at }) => at - started)).toEqual([0, 0, 0, 0, 0]);
    await pass(clock, 59_900);
    expect(granted).toHaveLength(5);
    await pass(clock, 1_000);
    expect(granted).toHaveLength(6);
  });

  it('keeps a tenth of each minute for urgent requests, so that one finds it however many others have come', async () => {
    const { clock, ask, names } = setUp(100);
    for (let i = 0; i < 12; i++) void ask(`high ${i}`, 10, 'high');
    await pass(clock, 3_000);
    expect(names()).toHaveLength(9);
    void ask('urgent', 10, 'urgent');
    await clock.advance(0);
    expect(names().at(-1)).toBe('urgent');
    // As late as they may without a minute being exceeded.
    await pass(clock, 61_000);
    expect(names()).toHaveLength(13);
  });

  it('serves the more urgent first, and requests of one priority as they came', async () => {
    const { clock, ask, names } = setUp(10);
    await ask('first', 10, 'urgent');
    for (const priority of ['low', 'normal', 'high', 'urgent'] as const) {
      void ask(`${priority} 1`, 5, priority);
      void ask(`${priority} 2`, 5, priority);
    }
    await pass(clock, 6 * 60_000);
    expect(names()).toEqual([
      'first',
      ...['urgent 1', 'urgent 2', 'high 1', 'high 2', 'normal 1', 'normal 2', 'low 1', 'low 2'],
    ]);
  });

  it('lets none wait for ever, however many more urgent ones come', async () => {
    const { clock, ask, granted } = setUp(60);
    void ask('big and low', 50, 'low');
    const started = clock.now();
    for (let i = 0; i < 300; i++) {
      // Twice what the budget has.
      void ask('urgent', 1, 'urgent');
      void ask('urgent', 1, 'urgent');
      await pass(clock, 1_000, 250);
    }
    const low = granted.find(({ name }) => name === 'big and low');
    // It ages to the rank of urgent ones in 45 s, and has to wait then until 50 of 60 have passed.
    expect(low!.at - started).toBeLessThan(45_000 + 61_000);
    expect(mostInAMinute(granted)).toBeLessThanOrEqual(60);
  });

  it('spreads normal and low requests evenly, so that an urgent one finds something left', async () => {
    const { clock, ask, granted } = setUp(600);
    for (let i = 0; i < 2_000; i++) void ask('normal', 2, 'normal');
    await pass(clock, 61_000);
    const perSecond = new Map<number, number>();
    for (const { at, weight } of granted) {
      const second = Math.floor((at - 1_000_000) / 1_000);
      perSecond.set(second, (perSecond.get(second) ?? 0) + weight);
    }
    // 90 % of 600 in a minute is 9 in a second; 30 more at the beginning.
    expect(perSecond.get(0)).toBeLessThanOrEqual(30 + 9 + 2);
    for (let second = 1; second < 60; second++) {
      expect(perSecond.get(second)).toBeGreaterThanOrEqual(6);
      expect(perSecond.get(second)).toBeLessThanOrEqual(12);
    }
    const asked = clock.now();
    const urgent = ask('urgent', 2, 'urgent');
    await pass(clock, 100, 10);
    await urgent;
    expect(granted.find(({ name }) => name === 'urgent')!.at - asked).toBeLessThanOrEqual(10);
  });

  it('gives a backlog nearly all of a minute, minute after minute', async () => {
    const { clock, ask, granted } = setUp(960);
    for (let i = 0; i < 4_000; i++) void ask('normal', 2, 'normal');
    await pass(clock, 5 * 60_000);
    const spent = granted.reduce((sum, { weight }) => sum + weight, 0);
    expect(spent / 5 / 960).toBeGreaterThan(0.88);
    expect(mostInAMinute(granted)).toBeLessThanOrEqual(960);
  });

  it('has later requests wait for what an answer was charged for', async () => {
    const { clock, budget, ask, granted } = setUp(100);
    await ask('page', 20, 'high');
    budget.charge(100);
    void ask('next', 20, 'high');
    await pass(clock, 59_000);
    expect(granted).toHaveLength(1);
    expect(await budget.status()).toMatchObject({ used: 120, left: 0 });
    await pass(clock, 2_000);
    expect(granted).toHaveLength(2);
  });

  it('asks nothing after a refusal for as long as the server says, and a growing time when it does not', async () => {
    const { clock, budget, ask, granted } = setUp(100);
    const waits: number[] = [];
    for (const retryAfter of [7_000, undefined, undefined]) {
      budget.refused(retryAfter);
      budget.refused(retryAfter);
      await clock.advance(0);
      const asked = clock.now();
      void ask('after', 1, 'urgent');
      await pass(clock, 45_000);
      waits.push(granted.at(-1)!.at - asked);
    }
    // The second and third refusals in a row: 20 s and 40 s, with no jitter as the random number is 0.
    expect(waits).toEqual([7_000, 20_000, 40_000]);
    budget.accepted();
    budget.refused();
    await clock.advance(0);
    const asked = clock.now();
    void ask('after', 1, 'urgent');
    await pass(clock, 45_000);
    expect(granted.at(-1)!.at - asked).toBe(10_000);
    expect((await budget.status()).refusals).toBe(4);
  });

  it('has other processes wait after a refusal, too', async () => {
    const { clock, budgets, ask, granted } = setUp(100, { owners: 2 });
    budgets[0]!.refused(10_000);
    await clock.advance(0);
    const asked = clock.now();
    void ask('other', 1, 'urgent', { budget: budgets[1]! });
    await pass(clock, 20_000);
    expect(granted[0]!.at - asked).toBeGreaterThanOrEqual(10_000);
  });

  it('forgets a request that is given up, and refuses one that could never be granted', async () => {
    const { clock, budget, ask, granted } = setUp(10);
    await ask('first', 10, 'urgent');
    const stop = new AbortController();
    const given = ask('given up', 10, 'urgent', { signal: stop.signal });
    const next = ask('next', 10, 'low');
    stop.abort(new Error('stopped'));
    await expect(given).rejects.toThrow('stopped');
    await pass(clock, 70_000);
    await next;
    expect(granted.map(({ name }) => name)).toEqual(['first', 'next']);
    await expect(budget.take({ weight: 11, priority: 'low' })).rejects.toMatchObject({
      code: 'REQUEST_WEIGHT_INVALID',
    });
  });

  it('keeps what was spent when the ledger could not be told', async () => {
    const clock = manualClock(1_000_000);
    const inner = createMemoryLedger(clock);
    let isGone = false;
    const ledger: BudgetLedger = {
      exchange: request => (isGone ? Promise.reject(new Error('gone')) : inner.exchange(request)),
      read: () => inner.read(),
    };
    const budget = createSharedBudget({
      ...{ name: 'test', size: { perMinute: 100 }, owner: 'a', ledger, clock, log: silentLog },
      random: () => 0,
    });
    await budget.take({ weight: 40, priority: 'high' });
    isGone = true;
    budget.charge(70);
    await pass(clock, 5_000);
    isGone = false;
    const waiting = budget.take({ weight: 1, priority: 'high' });
    await pass(clock, 2_000);
    expect((await budget.status()).used).toBe(110);
    await pass(clock, 60_000);
    await waiting;
  });

  it('asks the ledger once for many requests that come one by one', async () => {
    const clock = manualClock(1_000_000);
    const inner = createMemoryLedger(clock);
    let exchanges = 0;
    const ledger: BudgetLedger = {
      exchange(request) {
        exchanges++;
        return inner.exchange(request);
      },
      read: () => inner.read(),
    };
    const { ask, granted } = setUp(960, { ledger });
    for (let i = 0; i < 100; i++) await ask('one', 2, 'high');
    expect(granted).toHaveLength(100);
    // A chunk is a fortieth of 960, which is 12 requests; once the even flow is used up, each is asked for.
    expect(exchanges).toBeLessThanOrEqual(100 - 20);
  });

  it('says how many wait', async () => {
    const { clock, budget, ask } = setUp(10);
    await ask('first', 10, 'urgent');
    void ask('a', 5, 'low');
    void ask('b', 5, 'low');
    void ask('c', 5, 'high');
    await clock.advance(0);
    expect((await budget.status()).waiting).toEqual([
      { priority: 'urgent', count: 0 },
      { priority: 'high', count: 1 },
      { priority: 'normal', count: 0 },
      { priority: 'low', count: 2 },
    ]);
  });

  it('never exceeds its size within any minute, whoever asks when for what', async () => {
    const request = fc.record({
      afterMs: fc.oneof(
        fc.constant(0),
        fc.integer({ min: 0, max: 3_000 }),
        fc.integer({ min: 0, max: 40_000 }),
      ),
      weight: fc.integer({ min: 1, max: 60 }),
      priority: fc.constantFrom<RequestPriority>('urgent', 'high', 'normal', 'low'),
      owner: fc.nat(2),
      givesUpAfterMs: fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined, freq: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 60, max: 300 }),
        fc.array(request, { minLength: 1, maxLength: 60 }),
        async (perMinute, requests) => {
          const { clock, budgets, ask, granted } = setUp(perMinute, { owners: 3 });
          let open = 0;
          for (const { afterMs, weight, priority, owner, givesUpAfterMs } of requests) {
            await pass(clock, afterMs, 400);
            const stop = new AbortController();
            if (givesUpAfterMs !== undefined) void clock.sleep(givesUpAfterMs).then(() => stop.abort());
            open++;
            ask('any', weight, priority, { budget: budgets[owner]!, signal: stop.signal })
              .catch(() => undefined)
              .finally(() => open--);
          }
          const total = requests.reduce((sum, { weight }) => sum + weight, 0);
          await pass(clock, (Math.ceil(total / perMinute) + 3) * 120_000, 500);
          expect(open).toBe(0);
          expect(mostInAMinute(granted)).toBeLessThanOrEqual(perMinute);
        },
      ),
      {
        numRuns: 60,
        examples: [
          // Spent a minute after the grants, but less than a minute after the requests had left.
          [
            60,
            [
              [0, 23, 'low', 1],
              [0, 20, 'urgent', 1],
              [0, 17, 'urgent', 0],
              [1, 1, 'urgent', 0],
            ].map(([afterMs, weight, priority, owner]) => ({
              ...{ afterMs: afterMs as number, weight: weight as number, owner: owner as number },
              ...{ priority: priority as RequestPriority, givesUpAfterMs: undefined },
            })),
          ],
        ],
      },
    );
  });
});
