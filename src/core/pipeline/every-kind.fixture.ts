import * as z from 'zod';
import {
  category,
  defineClassifier,
  defineFeature,
  defineModel,
  defineSignal,
  emit,
  feature,
  hold,
  integer,
  number,
  oneOf,
  optional,
  score,
  signal,
  string,
  toNumber,
  trade,
  tradersOf,
} from '../../plugin-api/index.ts';

/*
 * One small plugin for each way in which the pipeline can be used, for tests of it.
 */

const header = { version: '1.0.0', api: '^1.0.0', doc: 'Serves a test.' } as const;

export const coinPrice = feature({
  id: 'coin.price',
  version: 1,
  entity: 'coin',
  doc: 'Last price.',
  fields: {
    price: number({ unit: 'USD', doc: 'Last price.' }),
    trades: integer({ unit: 'count', doc: 'Trades.' }),
  },
});
export const price = defineFeature({
  ...header,
  id: 'price',
  on: [trade],
  output: coinPrice,
  key: event => event.payload.coin,
  initial: () => ({ price: 0, trades: 0 }),
  update(state, event) {
    state.price = toNumber(event.payload.price);
    state.trades++;
  },
  value: state => ({ price: state.price, trades: state.trades }),
});

export const pairSize = feature({
  id: 'pair.size',
  version: 1,
  entity: 'trader:coin',
  emitted: 'event',
  doc: 'Signed size of a wallet in a coin.',
  fields: { size: number({ unit: 'coin', doc: 'Signed size.' }) },
});
export const size = defineFeature({
  ...header,
  id: 'size',
  on: [trade],
  output: pairSize,
  key: ({ payload }) => tradersOf(payload).map(wallet => [wallet, payload.coin] as const),
  initial: () => [0],
  update(state, event, ctx) {
    const [trader] = ctx.key;
    const amount = toNumber(event.payload.size);
    if (trader === event.payload.buyer) state[0] = (state[0] ?? 0) + amount;
    if (trader === event.payload.seller) state[0] = (state[0] ?? 0) - amount;
  },
  value: state => ({ size: state[0] ?? 0 }),
});

export const walletSummary = feature({
  id: 'wallet.summary',
  version: 1,
  entity: 'trader',
  doc: 'What a wallet did.',
  fields: {
    trades: integer({ unit: 'count', doc: 'Trades.' }),
    wakes: integer({ unit: 'count', doc: 'Times woken.' }),
    impact: number({ unit: 'USD', doc: 'Sum of price moves in the second after its trades.' }),
    dice: number({ unit: 'ratio', doc: 'A random number.' }),
    size: number({ unit: 'coin', doc: 'Size in the coin traded last.' }),
  },
});
/** Reads two features, asks to be woken, and throws dice. */
export const summary = defineFeature({
  ...header,
  id: 'summary',
  on: [trade],
  inputs: { price: coinPrice, size: pairSize },
  output: walletSummary,
  key: ({ payload }) => tradersOf(payload),
  initial: () => ({ trades: 0, wakes: 0, impact: 0, coin: '', before: 0, dice: 0, size: 0 }),
  update(state, event, ctx) {
    state.trades++;
    state.coin = event.payload.coin;
    state.before = ctx.inputs.price(state.coin)?.price ?? 0;
    state.size = ctx.inputs.size([ctx.key, state.coin])?.size ?? 0;
    state.dice = ctx.random();
    ctx.wakeAt(ctx.now + 1000);
  },
  wake(state, ctx) {
    state.wakes++;
    state.impact += (ctx.inputs.price(state.coin)?.price ?? 0) - state.before;
  },
  value: ({ trades, wakes, impact, dice, size }) => ({ trades, wakes, impact, dice, size }),
});

export const walletPoints = score({
  id: 'wallet.points',
  version: 1,
  entity: 'trader',
  doc: 'Points.',
  fields: { points: number({ unit: 'points', doc: 'Points.' }) },
});
export const points = defineModel({
  ...header,
  id: 'points',
  inputs: { summary: walletSummary },
  output: walletPoints,
  load: () => ({ factor: 2 }),
  // Asynchronous whenever the batch holds an odd number of rows, so that both ways are taken.
  score(rows, ctx) {
    const scores = rows.map(row => ({
      points: row.summary.trades * ctx.model.factor + row.summary.wakes + row.summary.dice,
    }));
    return rows.length % 2 === 1 ? Promise.resolve(scores) : scores;
  },
});

export const walletActivity = category({
  id: 'wallet.activity',
  version: 1,
  entity: 'trader',
  doc: 'How busy a wallet is.',
  fields: {
    level: oneOf(['calm', 'busy'], { doc: 'How busy.' }),
    before: string({ doc: 'The level before.' }),
  },
});
const unknown = category({
  id: 'wallet.unknown',
  version: 1,
  entity: 'trader',
  doc: 'Provided by nobody.',
  fields: { level: string({ doc: 'A level.' }) },
});
export const activity = defineClassifier({
  ...header,
  id: 'activity',
  config: z.strictObject({ busyFrom: z.number().default(8) }),
  inputs: { points: walletPoints, unknown: optional(unknown) },
  output: walletActivity,
  classify(inputs, previous, ctx) {
    const level = inputs.points.points >= ctx.config.busyFrom ? 'busy' : 'calm';
    return level === previous?.level ? previous : { level, before: previous?.level ?? 'none' };
  },
});

export const coinPressure = signal({
  id: 'coin.pressure',
  version: 1,
  entity: 'coin',
  doc: 'Who pushes a coin.',
  fields: {
    busy: integer({ unit: 'count', doc: 'Busy wallets.' }),
    price: number({ unit: 'USD', doc: 'Price.' }),
  },
});
/** Triggered by an event, by rows made at once, by categories at the end of a beat, and by time. */
export const pressure = defineSignal({
  ...header,
  id: 'pressure',
  trigger: [trade, pairSize, walletActivity],
  inputs: { price: coinPrice, activity: walletActivity },
  output: coinPressure,
  every: '5s',
  key: event => {
    if (event.type === 'trade') return event.payload.coin;
    return event.type === 'pair.size' ? event.key[1] : ['BTC', 'ETH'];
  },
  initial: () => ({ busy: [] as string[], seen: 0 }),
  reduce(state, event) {
    state.seen++;
    if (event.type !== 'wallet.activity') return;
    state.busy = state.busy.filter(trader => trader !== event.key);
    if (event.payload.level === 'busy') state.busy.push(event.key);
  },
  evaluate(state, event, ctx) {
    const now = ctx.inputs.price(ctx.key);
    for (const trader of state.busy) ctx.inputs.activity(trader);
    if (event.type !== 'tick' && state.seen % 3 !== 0) return hold('not the third');
    return now === undefined
      ? hold('no price')
      : emit({ busy: state.busy.length, price: now.price }, 'the third, or time');
  },
  alert: (row, ctx) =>
    row.busy < 1
      ? undefined
      : {
          severity: 'LOW',
          title: `${row.busy} busy wallets`,
          coin: ctx.key,
          expiresAfterMs: 60_000,
          cooldownMs: 3000,
          cooldownKey: ctx.key,
        },
});

export const coinEcho = signal({
  id: 'coin.echo',
  version: 1,
  entity: 'trader:coin',
  doc: 'Repeats another signal.',
  fields: { price: number({ unit: 'USD', doc: 'Price.' }) },
});
/** Triggered by another signal; keyed by a pair. */
export const echo = defineSignal({
  ...header,
  id: 'a-echo',
  trigger: [coinPressure],
  inputs: { pressure: coinPressure },
  output: coinEcho,
  key: event => [['0xa', event.key] as const],
  evaluate: (_, event, ctx) =>
    event.type === 'tick'
      ? hold('never')
      : emit({ price: ctx.inputs.pressure(ctx.key[1])?.price ?? -1 }, 'repeated'),
});

/** Throws and answers nonsense, for some wallets. */
export const walletMood = feature({
  id: 'wallet.mood',
  version: 1,
  entity: 'trader',
  doc: 'Fails at times.',
  fields: { mood: number({ unit: 'ratio', doc: 'A mood.' }) },
});
export const moody = defineFeature({
  ...header,
  id: 'moody',
  on: [trade],
  output: walletMood,
  key: ({ payload }) => payload.buyer ?? undefined,
  initial: () => ({ trades: 0 }),
  update(state, { payload }) {
    if (payload.size === '3') throw new Error('size 3 is too much');
    state.trades++;
  },
  value: state => ({ mood: state.trades % 5 === 0 ? Number.NaN : state.trades }),
});
export const moodPoints = score({
  id: 'mood.points',
  version: 1,
  entity: 'trader',
  doc: 'Depends on what fails.',
  fields: { points: number({ unit: 'points', doc: 'Points.' }) },
});
export const moodModel = defineModel({
  ...header,
  id: 'mood-model',
  inputs: { mood: walletMood },
  output: moodPoints,
  score: rows => rows.map(row => ({ points: row.mood.mood })),
});

export const everyKind = [price, size, summary, points, activity, pressure, echo, moody, moodModel];
