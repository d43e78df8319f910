import { describe, expect, test } from 'vitest';
import {
  defineFeature,
  defineModel,
  defineSignal,
  emit,
  feature,
  hold,
  number,
  type Plugins,
  score,
  signal,
  trade,
} from '../plugin-api/index.ts';
import type { OutputBatch, TapeEvent } from './event.ts';
import {
  activity,
  coinPrice,
  echo,
  moodModel,
  moody,
  pairSize,
  points,
  pressure,
  price,
  size,
  summary,
  walletSummary,
} from './pipeline/every-kind.fixture.ts';
import { faultLimit, faultWindowMs } from './pipeline/faults.ts';
import { commandAt, timerAt, tradeAt } from './pipeline/random-tape.fixture.ts';
import { createPipeline } from './pipeline.ts';
import { makePlan } from './plan.ts';

/** A whole second of tape time, so that beats end at multiples of 1,000 after it. */
const start = Date.UTC(2025, 9, 10);

async function pipelineOf(plugins: Plugins, seed = 0) {
  const pipeline = createPipeline({ plan: makePlan({ plugins }), seed, strict: true });
  await pipeline.start();
  return pipeline;
}

async function outputsOf(plugins: Plugins, events: readonly TapeEvent[]): Promise<OutputBatch> {
  return (await pipelineOf(plugins)).process(events);
}

const header = { version: '1.0.0', api: '^1.0.0', doc: 'Serves a test.' } as const;
const noteRef = feature({
  id: 'wallet.note',
  version: 1,
  entity: 'trader',
  doc: 'A number.',
  fields: { value: number({ unit: 'ratio', doc: 'A number.' }) },
});

describe('a beat', () => {
  test('ends at the next whole second of tape time, when an event at or after it comes', async () => {
    const pipeline = await pipelineOf(price);
    const first = await pipeline.process([tradeAt(1, start + 100), tradeAt(2, start + 999)]);
    expect(first.latest).toEqual([]);
    const second = await pipeline.process([timerAt(3, start + 1000)]);
    expect(second.latest).toMatchObject([
      {
        plugin: 'price',
        key: 'BTC',
        seq: 2,
        tsIngest: start + 1000,
        row: { price: 100, trades: 2 },
        stale: false,
      },
    ]);
  });

  test('tells a row only when it has changed', async () => {
    const constant = defineFeature({
      ...header,
      id: 'constant',
      on: [trade],
      output: noteRef,
      key: event => event.payload.buyer ?? undefined,
      initial: () => ({}),
      update() {},
      value: () => ({ value: 1 }),
    });
    const pipeline = await pipelineOf(constant);
    const first = await pipeline.process([tradeAt(1, start), timerAt(2, start + 1000)]);
    const second = await pipeline.process([tradeAt(3, start + 1500), timerAt(4, start + 3000)]);
    expect([first.latest.length, second.latest.length]).toEqual([1, 0]);
  });

  test('tells a row that is made from its state, and what it triggers, only when it has changed', async () => {
    const evaluated: string[] = [];
    const parity = (emitted: 'beat' | 'event') => {
      const output = feature({
        id: `wallet.parity-${emitted}`,
        version: 1,
        entity: 'trader',
        emitted,
        doc: 'Whether the number of trades is odd, by fives.',
        fields: { odd: number({ unit: 'ratio', doc: 'One or zero.' }) },
      });
      return defineFeature({
        ...header,
        id: `parity-${emitted}`,
        on: [trade],
        output,
        key: event => event.payload.buyer ?? undefined,
        initial: () => ({ trades: 0 }),
        update(state) {
          state.trades++;
        },
        value: ({ trades }) => ({ odd: Math.floor(trades / 5) % 2 }),
      });
    };
    const features = [parity('beat'), parity('event')] as const;
    const watcher = defineSignal({
      ...header,
      id: 'watcher',
      trigger: [features[0].output, features[1].output],
      output: signal({
        id: 'wallet.watch',
        version: 1,
        entity: 'trader',
        doc: 'Nothing.',
        fields: { value: number({ unit: 'ratio', doc: 'A number.' }) },
      }),
      key: event => event.key,
      evaluate(_, event) {
        evaluated.push(`${event.type} ${event.seq}`);
        return hold('never');
      },
    });
    // One trade a second: zero after the first four, one from the fifth on, zero again from the tenth on.
    const events = Array.from({ length: 12 }, (_, at) => tradeAt(at + 1, start + at * 1000));
    const pipeline = await pipelineOf([...features, watcher]);
    const told: [string, number][] = [];
    const history: number[] = [];
    for (const event of [...events, timerAt(13, start + 12_000)]) {
      const batch = await pipeline.process([event]);
      for (const { plugin, seq } of batch.latest) told.push([plugin, seq]);
      for (const { seq } of batch.history) history.push(seq);
    }
    expect(told.filter(([plugin]) => plugin === 'parity-event').map(([, seq]) => seq)).toEqual([1, 5, 10]);
    expect(told.filter(([plugin]) => plugin === 'parity-beat').map(([, seq]) => seq)).toEqual([1, 5, 10]);
    expect(history).toEqual([1, 5, 10]);
    expect(evaluated).toHaveLength(6);
  });

  test('tells of several changes in one batch only the last', async () => {
    const { latest } = await outputsOf(price, [
      tradeAt(1, start, { price: '1' }),
      tradeAt(2, start + 1000, { price: '2' }),
      timerAt(3, start + 2000),
    ]);
    expect(latest).toMatchObject([{ seq: 2, row: { price: 2, trades: 2 } }]);
  });
});

describe('a feature that is emitted per event', () => {
  test('keeps a row of history for each change of a key, and the wallet that trades with itself has none', async () => {
    const { history } = await outputsOf(size, [
      tradeAt(1, start, { size: '2' }),
      tradeAt(2, start, { size: '3', buyer: '0xa', seller: '0xa' }),
      tradeAt(3, start + 5, { size: '0.5', buyer: '0xb', seller: '0xa' }),
    ]);
    expect(history.map(({ seq, index, key, row }) => [seq, index, key, row])).toEqual([
      [1, 0, '0xa:BTC', { size: 2 }],
      [1, 1, '0xb:BTC', { size: -2 }],
      [3, 0, '0xb:BTC', { size: -1.5 }],
      [3, 1, '0xa:BTC', { size: 1.5 }],
    ]);
  });
});

describe('a feature that reads others', () => {
  test('sees their rows as they stand at the present event', async () => {
    // The size is read for the wallet and coin of the trade; sizes before it are 2 for the buyer and -2 for the seller.
    const events = [
      tradeAt(1, start, { size: '2' }),
      tradeAt(2, start + 1, { size: '3' }),
      timerAt(3, start + 1000),
    ];
    const { latest } = await outputsOf([summary, size, price], events);
    const rows = latest.filter(row => row.plugin === 'summary');
    expect(rows.map(({ key, row }) => [key, row?.size])).toEqual([
      ['0xa', 5],
      ['0xb', -5],
    ]);
  });

  test('is woken at the time that it asked for, before any event of that time', async () => {
    // Bought at 100; in the second after the trade the price goes to 104, and at its very end to 110, which counts no more.
    const events = [
      tradeAt(1, start + 200, { price: '100' }),
      tradeAt(2, start + 700, { price: '104', buyer: '0xc', seller: '0xd' }),
      tradeAt(3, start + 1200, { price: '110', buyer: '0xc', seller: '0xd' }),
      timerAt(4, start + 2000),
    ];
    const pipeline = await pipelineOf([summary, size, price]);
    await pipeline.process(events);
    expect(pipeline.row('wallet.summary', '0xa')).toMatchObject({ trades: 1, wakes: 1, impact: 4 });
  });
});

describe('a wake', () => {
  const wakes: [number, string][] = [];
  const sleeper = defineFeature({
    ...header,
    id: 'sleeper',
    on: [trade],
    output: noteRef,
    key: event => event.payload.buyer ?? undefined,
    initial: () => ({ left: 2 }),
    update(_, event, ctx) {
      for (const delay of event.payload.price.split('.')) ctx.wakeAt(ctx.now + Number(delay));
    },
    wake(state, ctx) {
      wakes.push([ctx.now - start, ctx.key]);
      // A wish for the past is granted a millisecond later, so that tape time goes on.
      if (state.left-- > 0) ctx.wakeAt(0);
    },
    value: () => undefined,
  });

  test('comes in the order of time, also across seconds and when several are asked for at once', async () => {
    wakes.length = 0;
    await outputsOf(sleeper, [
      tradeAt(1, start, { buyer: '0xa', price: '2500.40' }),
      tradeAt(2, start, { buyer: '0xb', price: '40.90000' }),
      timerAt(3, start + 100_000),
    ]);
    expect(wakes).toEqual([
      [40, '0xa'],
      [40, '0xb'],
      [41, '0xa'],
      [41, '0xb'],
      [42, '0xa'],
      [42, '0xb'],
      [2500, '0xa'],
      [90_000, '0xb'],
    ]);
  });

  test('is refused in `value`, which changes nothing', async () => {
    const restless = {
      ...sleeper,
      value: (_: unknown, ctx: { wakeAt(time: number): void }) => ctx.wakeAt(0),
    };
    const { faults } = await outputsOf(restless as never, [tradeAt(1, start), timerAt(2, start + 1000)]);
    expect(faults).toMatchObject([{ handler: 'value', code: 'PLUGIN_THREW', key: '0xa' }]);
  });
});

describe('a model', () => {
  const batches: string[][] = [];
  const recorder = defineModel({
    ...header,
    id: 'recorder',
    inputs: { price: coinPrice },
    output: score({
      id: 'coin.points',
      version: 1,
      entity: 'coin',
      doc: 'Points.',
      fields: { points: number({ unit: 'points', doc: 'Points.' }) },
    }),
    score(rows) {
      batches.push(rows.map(row => row.key));
      return Promise.resolve(rows.map(row => ({ points: row.price.price * 2 })));
    },
  });

  test('is given all keys that changed in a beat in one batch, sorted, and may answer later', async () => {
    batches.length = 0;
    const { latest } = await outputsOf(
      [recorder, price],
      [
        tradeAt(1, start, { coin: 'SOL' }),
        tradeAt(2, start, { coin: 'BTC' }),
        tradeAt(3, start + 1000, { coin: 'SOL', price: '7' }),
        timerAt(4, start + 2000),
      ],
    );
    expect(batches).toEqual([['BTC', 'SOL'], ['SOL']]);
    const rows = latest.filter(row => row.plugin === 'recorder');
    expect(rows.map(({ key, row }) => [key, row?.points])).toEqual([
      ['BTC', 200],
      ['SOL', 14],
    ]);
  });

  test('that answers too few rows is at fault as a whole', async () => {
    const short = { ...recorder, score: () => [] } as never;
    const { faults } = await outputsOf([short, price], [tradeAt(1, start), timerAt(2, start + 1000)]);
    expect(faults).toMatchObject([{ handler: 'score', code: 'PLUGIN_OUTPUT_INVALID' }]);
    expect(faults[0]?.message).toContain('one row for each of 1 rows; found 0 rows');
  });

  test('that cannot be loaded is failed, told with the first event, and not called', async () => {
    const broken = { ...recorder, load: () => Promise.reject(new Error('no such file')) } as never;
    batches.length = 0;
    const pipeline = await pipelineOf([broken, price]);
    const { faults } = await pipeline.process([tradeAt(1, start), timerAt(2, start + 1000)]);
    expect(faults).toMatchObject([{ seq: 1, handler: 'load', message: 'Error: no such file' }]);
    expect(batches).toEqual([]);
    expect(pipeline.health().find(item => item.plugin === 'recorder')?.state).toBe('failed');
  });
});

describe('a classifier', () => {
  test('is told what the category was, and a change of it is history', async () => {
    const plugins = [activity, points, summary, size, price];
    // Points are twice the trades, plus wakes, plus dice below 1; busy from 8. One trade a second: 2 at first, then 3 a second.
    const events = [0, 1, 2, 3].map(second => tradeAt(second + 1, start + second * 1000 + 500));
    const { history } = await outputsOf(plugins, [...events, timerAt(5, start + 6000)]);
    const changes = history.filter(row => row.plugin === 'activity' && row.key === '0xa');
    expect(changes.map(({ row, previous }) => [row, previous])).toEqual([
      [{ level: 'calm', before: 'none' }, undefined],
      [
        { level: 'busy', before: 'calm' },
        { level: 'calm', before: 'none' },
      ],
    ]);
  });
});

describe('a signal', () => {
  test('is triggered at once by events and by rows that are made per event', async () => {
    const { signals, decisions } = await outputsOf(
      [pressure, activity, points, summary, size, price],
      [tradeAt(1, start), tradeAt(2, start + 1)],
    );
    // Each trade triggers three times: itself and two sizes. Every third is emitted.
    expect(signals.map(({ seq, trace }) => [seq, trace.trigger])).toEqual([
      [1, 'pair.size'],
      [2, 'pair.size'],
    ]);
    expect(signals[0]?.trace).toEqual({
      because: 'the third, or time',
      trigger: 'pair.size',
      inputs: [{ ref: 'coin.price', key: 'BTC', row: { price: 100, trades: 1 } }],
    });
    expect(decisions).toMatchObject([{ key: 'BTC', emitted: true, seq: 2 }]);
  });

  test('is evaluated for all its keys, sorted, at each multiple of `every`, also where nothing else happens', async () => {
    const { signals } = await outputsOf(
      [pressure, activity, points, summary, size, price],
      [
        tradeAt(1, start + 1, { coin: 'ETH' }),
        tradeAt(2, start + 2, { coin: 'BTC' }),
        timerAt(3, start + 10_500),
      ],
    );
    const ticks = signals.filter(item => item.trace.trigger === 'tick');
    expect(ticks.map(({ key, tsIngest }) => [key, tsIngest - start])).toEqual([
      ['BTC', 5000],
      ['ETH', 5000],
      ['BTC', 10_000],
      ['ETH', 10_000],
    ]);
  });

  test('has each evaluation counted by its reason without numbers, however many there are of one key', async () => {
    const { output } = pressure;
    const counter = defineSignal({
      ...header,
      id: 'counter',
      trigger: [trade],
      output,
      key: event => event.payload.coin,
      evaluate(_, event) {
        const amount = Number((event as { payload?: { size: string } }).payload?.size);
        const because = `size ${amount} against 2.5e3`;
        return amount > 2 ? emit({ busy: 0, price: 1 }, because) : hold(because);
      },
    });
    const sizes = ['1', '2', '3', '2', '0.5'];
    const { decisions, decisionCounts } = await outputsOf(
      counter,
      sizes.map((size, at) => tradeAt(at + 1, start + at, { size })),
    );
    expect(decisions).toHaveLength(1);
    expect(decisionCounts).toEqual([
      { plugin: 'counter', emitted: true, because: 'size # against #', count: 1 },
      { plugin: 'counter', emitted: false, because: 'size # against #', count: 4 },
    ]);
  });

  test('that another signal triggers runs after it, whatever their names', async () => {
    const { signals } = await outputsOf(
      [echo, pressure, activity, points, summary, size, price],
      [tradeAt(1, start)],
    );
    expect(signals.map(({ plugin, key, row }) => [plugin, key, row])).toEqual([
      ['pressure', 'BTC', { busy: 0, price: 100 }],
      ['a-echo', '0xa:BTC', { price: 100 }],
    ]);
  });
});

describe('an alert', () => {
  const bell = signal({
    id: 'coin.bell',
    version: 1,
    entity: 'coin',
    doc: 'Rings.',
    fields: { price: number({ unit: 'USD', doc: 'Price.' }) },
  });
  const ringer = defineSignal({
    ...header,
    id: 'ringer',
    trigger: [trade],
    output: bell,
    key: event => event.payload.coin,
    evaluate: (_, event) =>
      event.type === 'tick' ? hold('never') : emit({ price: Number(event.payload.price) }, 'always'),
    alert: (row, ctx) => ({
      severity: 'HIGH',
      title: `${ctx.key} at ${row.price}`,
      expiresAfterMs: 60_000,
      cooldownMs: 1000,
      cooldownKey: ctx.key,
    }),
  });

  test('is raised for a signal, and not again with its key before its cooldown has passed on the tape', async () => {
    const { alerts, signals } = await outputsOf(ringer, [
      tradeAt(1, start),
      tradeAt(2, start + 999),
      tradeAt(3, start + 999, { coin: 'ETH' }),
      tradeAt(4, start + 1000, { price: '101' }),
    ]);
    expect(signals).toHaveLength(4);
    expect(alerts.map(({ seq, title, signal: origin }) => [seq, title, origin.seq])).toEqual([
      [1, 'BTC at 100', 1],
      [3, 'ETH at 100', 3],
      [4, 'BTC at 101', 4],
    ]);
    expect(alerts[0]?.signal).toEqual({ seq: signals[0]?.seq, index: signals[0]?.index });
  });

  test('that is no alert is a fault, and the signal stands', async () => {
    const wrong = { ...ringer, alert: () => ({ severity: 'URGENT' }) } as never;
    const { alerts, signals, faults } = await outputsOf(wrong, [tradeAt(1, start)]);
    expect([alerts.length, signals.length]).toEqual([0, 1]);
    expect(faults[0]?.message).toContain(
      '`severity` must be one of CRITICAL, HIGH, MEDIUM, LOW; found URGENT',
    );
  });
});

describe('a fault', () => {
  test('is a row with plugin, handler, code and key; the other plugins go on', async () => {
    const { faults, latest } = await outputsOf(
      [moody, price],
      [tradeAt(1, start, { size: '3' }), timerAt(2, start + 1000)],
    );
    expect(faults).toEqual([
      {
        seq: 1,
        index: 0,
        plugin: 'moody',
        handler: 'update',
        code: 'PLUGIN_THREW',
        message: 'Error: size 3 is too much',
        key: '0xa',
        tsIngest: start,
      },
    ]);
    expect(latest.map(row => row.plugin)).toEqual(['price']);
  });

  test('leaves the last row, stale, and so those that depend on it, until the plugin succeeds again', async () => {
    const pipeline = await pipelineOf([moody, moodModel]);
    const tell = async (seq: number, second: number, parts = {}) => {
      const events = [
        tradeAt(seq, start + second * 1000, parts),
        timerAt(seq + 1, start + second * 1000 + 1000),
      ];
      const { latest } = await pipeline.process(events);
      return latest.map(({ plugin, row, stale }) => [plugin, row?.mood ?? row?.points, stale]);
    };
    expect(await tell(1, 0)).toEqual([
      ['moody', 1, false],
      ['mood-model', 1, false],
    ]);
    expect(await tell(3, 2, { size: '3' })).toEqual([
      ['moody', 1, true],
      ['mood-model', 1, true],
    ]);
    expect(await tell(5, 4)).toEqual([
      ['moody', 2, false],
      ['mood-model', 2, false],
    ]);
  });

  test('is what NaN is, and the row is not told', async () => {
    const events = [1, 2, 3, 4, 5].map(seq => tradeAt(seq, start));
    const { faults, latest } = await outputsOf(moody, [...events, timerAt(6, start + 1000)]);
    expect(faults).toMatchObject([{ handler: 'value', code: 'PLUGIN_OUTPUT_INVALID', key: '0xa' }]);
    expect(faults[0]?.message).toBe('wallet.mood: `mood` must be a finite number; found NaN.');
    expect(latest).toEqual([]);
  });

  test('is what an invalid row is, and the row that was told last stands, stale', async () => {
    const events = [1, 2, 3, 4].map(seq => tradeAt(seq, start));
    const invalid = [tradeAt(6, start + 1000), timerAt(7, start + 2000)];
    const pipeline = await pipelineOf(moody);
    await pipeline.process([...events, timerAt(5, start + 1000)]);
    // The row cannot be made of the state any more, so it is marked without being told again.
    const { latest } = await pipeline.process(invalid);
    expect(latest).toMatchObject([{ key: '0xa', row: undefined, stale: true }]);
    const again = await pipeline.process([tradeAt(8, start + 3000), timerAt(9, start + 4000)]);
    expect(again.latest).toMatchObject([{ key: '0xa', row: { mood: 6 }, stale: false }]);

    const atOnce = await outputsOf(moody, [...events, timerAt(5, start + 1000), ...invalid]);
    expect(atOnce.latest).toMatchObject([{ key: '0xa', row: { mood: 4 }, stale: true }]);
  });

  test('too often makes a plugin degraded: it is not called until it is resumed', async () => {
    const pipeline = await pipelineOf(moody);
    const failing = Array.from({ length: faultLimit + 5 }, (_, at) =>
      tradeAt(at + 1, start + at, { size: '3' }),
    );
    const { faults } = await pipeline.process(failing);
    expect(faults.map(fault => fault.code)).toEqual([
      ...Array(faultLimit).fill('PLUGIN_THREW'),
      'PLUGIN_DEGRADED',
    ]);
    expect(pipeline.health()).toEqual([{ plugin: 'moody', state: 'degraded', faults: faultLimit }]);
    await pipeline.process([
      commandAt(100, start + 2000, 'resume-plugin', 'moody'),
      tradeAt(101, start + 2000, { buyer: '0xc' }),
      timerAt(102, start + 3000),
    ]);
    expect(pipeline.health()[0]?.state).toBe('running');
    expect(pipeline.row('wallet.mood', '0xc')).toEqual({ mood: 1 });
  });

  test('now and then does not', async () => {
    const gap = Math.ceil(faultWindowMs / (faultLimit - 1)) + 1;
    const failing = Array.from({ length: 50 }, (_, at) => tradeAt(at + 1, start + at * gap, { size: '3' }));
    const pipeline = await pipelineOf(moody);
    expect((await pipeline.process(failing)).faults).toHaveLength(50);
    expect(pipeline.health()[0]?.state).toBe('running');
  });

  test('is a key that does not fit the output', async () => {
    const lost = { ...price, key: () => ['BTC', 7] } as never;
    const { faults } = await outputsOf(lost, [tradeAt(1, start)]);
    expect(faults).toMatchObject([{ handler: 'key', code: 'PLUGIN_KEY_INVALID' }]);
  });

  test('is an attempt to change an input', async () => {
    const meddler = defineFeature({
      ...header,
      id: 'meddler',
      on: [trade],
      output: noteRef,
      key: event => event.payload.buyer ?? undefined,
      initial: () => ({}),
      update(_, event) {
        (event.payload as { price: string }).price = '0';
      },
      value: () => ({ value: 1 }),
    });
    const { faults } = await outputsOf(meddler, [tradeAt(1, start)]);
    expect(faults[0]?.message).toMatch(/read only/);
  });
});

describe('a paused plugin', () => {
  test('is not called until it is resumed, and what depends on its rows stands still', async () => {
    const pipeline = await pipelineOf([moody, moodModel]);
    await pipeline.process([
      tradeAt(1, start),
      commandAt(2, start + 1000, 'pause-plugin', 'moody'),
      tradeAt(3, start + 1000),
      timerAt(4, start + 3000),
    ]);
    expect(pipeline.row('wallet.mood', '0xa')).toEqual({ mood: 1 });
    expect(pipeline.health()).toContainEqual({ plugin: 'moody', state: 'paused', faults: 0 });
    await pipeline.process([
      commandAt(5, start + 4000, 'resume-plugin', 'moody'),
      tradeAt(6, start + 4000),
      timerAt(7, start + 6000),
    ]);
    expect(pipeline.row('mood.points', '0xa')).toEqual({ points: 2 });
  });
});

describe('the pipeline', () => {
  test('refuses events that are out of order', async () => {
    const pipeline = await pipelineOf(price);
    await pipeline.process([tradeAt(2, start)]);
    expect(() => pipeline.process([tradeAt(2, start + 1)])).toThrow(/Expected an event after 2/);
    expect(() => pipeline.process([tradeAt(3, start - 1)])).toThrow(/not before time/);
  });

  test('refuses to process while it waits for a model', async () => {
    const pipeline = await pipelineOf([points, summary, size, price]);
    // One wallet trades with itself: a batch of one row, for which this model answers later.
    const events = [tradeAt(1, start, { seller: '0xa' }), timerAt(2, start + 1000)];
    const pending = pipeline.process(events);
    expect(pending).toBeInstanceOf(Promise);
    expect(() => pipeline.process([timerAt(3, start + 2000)])).toThrow(/before its last answer/);
    await pending;
    await pipeline.process([timerAt(3, start + 2000)]);
  });

  test('counts calls, and measures time by the stopwatch that it is given', async () => {
    let reading = 0;
    const pipeline = createPipeline({ plan: makePlan({ plugins: price }), stopwatch: () => reading++ });
    await pipeline.process([tradeAt(1, start), tradeAt(2, start)]);
    expect(pipeline.timings()).toEqual([{ plugin: 'price', calls: 2, totalMs: 2 }]);
  });

  test('throws the same dice for the same seed, wallet and event, whoever else trades', async () => {
    const dice = async (seed: number, events: readonly TapeEvent[]) => {
      const pipeline = await pipelineOf([summary, size, price], seed);
      await pipeline.process([...events, timerAt(9, start + 1000)]);
      return pipeline.row(walletSummary.id, '0xa')?.dice;
    };
    const alone = await dice(1, [tradeAt(5, start)]);
    expect(await dice(1, [tradeAt(4, start, { buyer: '0xc', seller: '0xd' }), tradeAt(5, start)])).toBe(
      alone,
    );
    expect(await dice(2, [tradeAt(5, start)])).not.toBe(alone);
  });

  test('refuses a snapshot of another plan, naming what differs', async () => {
    const { snapshot } = await pipelineOf(price);
    const other = await pipelineOf([price, size]);
    expect(() => other.restore(snapshot())).toThrow(/size@1.0.0 pair.size@1/);
  });

  test('hands out rows whose fields stand in the order of the ref, however the plugin wrote them', async () => {
    const reversed = {
      ...price,
      value: (state: { price: number }) => ({ trades: 1, price: state.price }),
    } as never;
    const { latest } = await outputsOf(reversed, [tradeAt(1, start), timerAt(2, start + 1000)]);
    expect(Object.keys(latest[0]?.row ?? {})).toEqual(Object.keys(coinPrice.fields));
  });

  test('finds the row of a wallet and coin whose name has a colon', async () => {
    const pipeline = await pipelineOf(size);
    await pipeline.process([tradeAt(1, start, { coin: 'xyz:NVDA', size: '4' })]);
    expect(pipeline.row(pairSize.id, '0xa:xyz:NVDA')).toEqual({ size: 4 });
    expect(pipeline.row(pairSize.id, '0xz:BTC')).toBeUndefined();
  });
});
