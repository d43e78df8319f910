import * as z from 'zod';
import {
  category,
  defineClassifier,
  defineCollector,
  defineFeature,
  defineModel,
  defineSignal,
  draft,
  emit,
  feature,
  fill,
  hold,
  integer,
  marketState,
  number,
  optional,
  score,
  signal,
  smartMoneyBias,
  string,
  toNumber,
  trade,
  walletFeatures,
  walletPosition,
  walletScores,
} from '../../src/plugin-api/index.ts';

const out = feature({
  id: 'x.y',
  version: 1,
  entity: 'trader',
  doc: 'd',
  fields: { a: number({ unit: 'USD', doc: 'd' }), b: integer({ unit: 'count', doc: 'd', nullable: 'none' }) },
});
export const f = defineFeature({
  id: 'f',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'd',
  config: z.strictObject({ alpha: z.number().default(3) }),
  on: [trade, fill],
  inputs: { pos: walletPosition, m: optional(marketState) },
  output: out,
  key: event => (event.type === 'trade' ? [event.payload.buyer, event.payload.seller] : event.payload.user),
  initial: () => ({ n: 0, sum: 0 }),
  update(state, event, ctx) {
    state.n += ctx.config.alpha;
    if (event.type === 'trade') state.sum += toNumber(event.payload.price) * toNumber(event.payload.size);
    else if (event.payload.crossed === null) state.sum++;
    const p = ctx.inputs.pos([ctx.key, event.payload.coin]);
    if (p?.action === 'FLIP') ctx.wakeAt(ctx.now + 1);
    const m = ctx.inputs.m(event.payload.coin);
    state.sum += m?.mid ?? 0;
  },
  value: state => ({ a: state.sum, b: state.n }),
});
const s = score({
  id: 's.t',
  version: 1,
  entity: 'trader',
  doc: 'd',
  fields: { v: number({ unit: 'ratio', doc: 'd' }) },
});
export const m = defineModel({
  id: 'm',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'd',
  inputs: { w: walletFeatures, x: optional(walletScores) },
  output: s,
  load: () => ({ k: 1 }),
  score: (rows, ctx) => rows.map(r => ({ v: r.w.txCount + ctx.model.k + (r.x?.bot ?? 0) })),
});
const c = category({
  id: 'c.t',
  version: 1,
  entity: 'trader',
  doc: 'd',
  fields: { v: string({ doc: 'd' }) },
});
export const cl = defineClassifier({
  id: 'c',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'd',
  inputs: { w: walletFeatures, s: optional(s) },
  output: c,
  classify: (inputs, previous) => (inputs.w.txCount > 3 ? { v: previous?.v ?? 'x' } : undefined),
});
const sg = signal({
  id: 'g.t',
  version: 1,
  entity: 'coin',
  doc: 'd',
  fields: { v: number({ unit: 'ratio', doc: 'd' }) },
});
export const sig = defineSignal({
  id: 'g',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'd',
  trigger: [walletPosition, trade],
  inputs: { s },
  output: sg,
  key: e => (e.type === 'trade' ? e.payload.coin : e.key[1]),
  initial: () => ({ last: 0 }),
  reduce(state, event, ctx) {
    state.last = ctx.inputs.s('0x')?.v ?? 0;
    if (event.type === 'wallet.position') state.last += event.payload.gaps;
  },
  evaluate: state => (state.last > 1 ? emit({ v: state.last }, 'high') : hold('low')),
  every: '5m',
});
export const col = defineCollector({
  id: 'k',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'd',
  emits: [trade],
  config: z.strictObject({ path: z.string() }),
  async *collect(ctx) {
    yield draft(trade, {
      key: 'BTC',
      tsEvent: 1,
      dedupe: ctx.config.path,
      payload: {
        coin: 'BTC',
        price: '1',
        size: '1',
        takerSide: 'buy',
        buyer: '0x',
        seller: '0x',
        tradeId: 1,
        hash: '0x',
      },
    });
  },
});
// errors
export const bad1 = defineFeature({
  id: 'f',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'd',
  on: [trade],
  output: out,
  // @ts-expect-error wrong field
  key: event => event.payload.nosuch,
  initial: () => ({ n: 0 }),
  update(state) {
    state.n++;
  },
  // @ts-expect-error missing output
  value: state => ({ a: state.n }),
});
export const bad2 = defineModel({
  id: 'm',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'd',
  // @ts-expect-error a model cannot read a signal
  inputs: { b: smartMoneyBias },
  output: s,
  score: () => [],
});
