import {
  category,
  defineClassifier,
  defineFeature,
  defineModel,
  feature,
  number,
  oneOf,
  optional,
  score,
  toNumber,
  trade,
  tradersOf,
} from '../../plugin-api/index.ts';

/*
 * Plugins that take their rows back. A wallet's bag holds what it bought, less what it sold; an empty one has no row.
 */

const header = { version: '1.0.0', api: '^1.0.0', doc: 'Serves a test.' } as const;
const fields = { size: number({ unit: 'coin', doc: 'What is in it.' }) };

export const walletBag = feature({ id: 'wallet.bag', version: 1, entity: 'trader', doc: 'A bag.', fields });
/** Its rows are made from its states. */
export const bag = defineFeature({
  ...header,
  id: 'bag',
  on: [trade],
  output: walletBag,
  key: ({ payload }) => tradersOf(payload),
  initial: () => [0],
  update(state, { payload }, ctx) {
    if (payload.price === '666') throw new Error('price 666 is cursed');
    const amount = toNumber(payload.size);
    if (ctx.key === payload.buyer) state[0] = (state[0] ?? 0) + amount;
    if (ctx.key === payload.seller) state[0] = (state[0] ?? 0) - amount;
  },
  value: ([size = 0]) => (size === 0 ? undefined : { size }),
});

export const walletPurse = feature({
  id: 'wallet.purse',
  version: 1,
  entity: 'trader',
  emitted: 'event',
  doc: 'A bag whose row is made at each event, and kept.',
  fields,
});
export const purse = defineFeature({
  ...header,
  id: 'purse',
  on: [trade],
  inputs: { bag: optional(walletBag) },
  output: walletPurse,
  key: ({ payload }) => tradersOf(payload),
  initial: () => ({}),
  update() {},
  value(_, ctx) {
    const row = ctx.inputs.bag(ctx.key);
    return row === undefined ? undefined : { size: Math.abs(row.size) };
  },
});

export const bagScore = score({
  id: 'bag.score',
  version: 1,
  entity: 'trader',
  doc: 'A score of bags below 100.',
  fields: { points: number({ unit: 'points', doc: 'Points.' }) },
});
export const bagModel = defineModel({
  ...header,
  id: 'bag-model',
  inputs: { bag: walletBag },
  output: bagScore,
  score: rows => rows.map(({ bag: { size } }) => (size < 100 ? { points: size * 10 } : undefined)),
});

export const bagKind = category({
  id: 'bag.kind',
  version: 1,
  entity: 'trader',
  doc: 'What kind of bag it is.',
  fields: { kind: oneOf(['light', 'heavy'], { doc: 'The kind.' }) },
});
export const bagClassifier = defineClassifier({
  ...header,
  id: 'bag-classifier',
  inputs: { score: bagScore },
  output: bagKind,
  classify({ score: { points } }) {
    if (points < 0) return undefined;
    return points < 50 ? { kind: 'light' } : { kind: 'heavy' };
  },
});

export const withdrawing = [bag, purse, bagModel, bagClassifier];
