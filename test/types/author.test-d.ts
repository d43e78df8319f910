import { describe, expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import {
  type Address,
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
  oneOf,
  optional,
  type Position,
  score,
  signal,
  smartMoneyBias,
  toNumber,
  trade,
  tradersOf,
  walletFeatures,
  walletPosition,
  walletScores,
} from './author-imports.ts';

/*
 * What an author of a plugin gets from the compiler. No plugin below has a type annotation; each `@ts-expect-error` is a mistake
 * that must not compile.
 */

const header = { version: '1.0.0', api: '^1.0.0', doc: 'Serves a test.' } as const;
const volume = feature({
  id: 'wallet.volume',
  version: 1,
  entity: 'trader',
  doc: 'Volume.',
  fields: {
    usd: number({ unit: 'USD', doc: 'Sum of notionals.' }),
    trades: integer({ unit: 'count', doc: 'Trades.', nullable: 'no trade yet' }),
    side: oneOf(['buyer', 'seller'], { doc: 'What it is more often.' }),
  },
});
const skill = score({
  id: 'wallet.skill',
  version: 1,
  entity: 'trader',
  doc: 'Skill.',
  fields: {
    skill: number({ unit: 'ratio', doc: 'Skill.' }),
    level: oneOf(['low', 'high'], { doc: 'Level.' }),
  },
});
const mood = category({
  id: 'wallet.mood',
  version: 1,
  entity: 'trader',
  doc: 'Mood.',
  fields: { mood: oneOf(['calm', 'busy'], { doc: 'Mood.' }) },
});
const hint = signal({
  id: 'coin.hint',
  version: 1,
  entity: 'coin',
  doc: 'A hint.',
  fields: { action: oneOf(['BUY', 'SELL'], { doc: 'What to do.' }) },
});
const pairHint = signal({ ...hint, id: 'pair.hint', entity: 'trader:coin' });

describe('a collector', () => {
  test('yields drafts of what it emits, with configuration of the type that its schema yields', () => {
    defineCollector({
      ...header,
      id: 'trades',
      emits: [trade],
      config: z.strictObject({ path: z.string(), speed: z.number().default(1) }),
      async *collect(ctx) {
        expectTypeOf(ctx.config).toEqualTypeOf<Readonly<{ path: string; speed: number }>>();
        expectTypeOf(ctx.cursor).toEqualTypeOf<string | undefined>();
        yield draft(trade, {
          key: 'BTC',
          tsEvent: 1,
          dedupe: '1',
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
  });

  test('cannot make a draft with a missing field, a wrong word or a wrong type', () => {
    const payload = {
      coin: 'BTC',
      price: '1',
      size: '1',
      takerSide: 'buy',
      buyer: '0x',
      seller: '0x',
      tradeId: 1,
      hash: '0x',
    } as const;
    const { hash: _, ...incomplete } = payload;
    const parts = { key: 'BTC', tsEvent: 1, dedupe: '1' };
    // @ts-expect-error the hash is missing
    draft(trade, { ...parts, payload: incomplete });
    // @ts-expect-error a side is buy or sell
    draft(trade, { ...parts, payload: { ...payload, takerSide: 'both' } });
    // @ts-expect-error prices are texts
    draft(trade, { ...parts, payload: { ...payload, price: 1 } });
  });

  test('cannot yield what it does not emit', () => {
    defineCollector({
      ...header,
      id: 'trades',
      emits: [trade],
      // @ts-expect-error a fill is not a trade
      async *collect() {
        yield draft(fill, {} as never);
      },
    });
  });
});

describe('a feature', () => {
  test('knows its events by their type, its state, its key, its configuration and its inputs', () => {
    defineFeature({
      ...header,
      id: 'volume',
      config: z.strictObject({ least: z.number().default(3) }),
      on: [trade, fill],
      inputs: { position: walletPosition, market: optional(marketState) },
      output: volume,
      key: event => (event.type === 'trade' ? tradersOf(event.payload) : event.payload.user),
      initial: () => ({ usd: 0, trades: 0 }),
      update(state, event, ctx) {
        expectTypeOf(state).toEqualTypeOf<{ usd: number; trades: number }>();
        expectTypeOf(ctx.key).toEqualTypeOf<string>();
        expectTypeOf(ctx.config.least).toEqualTypeOf<number>();
        if (event.type === 'trade') expectTypeOf(event.payload.buyer).toEqualTypeOf<Address | null>();
        else expectTypeOf(event.payload.crossed).toEqualTypeOf<boolean | null>();
        expectTypeOf(event.payload.coin).toEqualTypeOf<string>();
        const position = ctx.inputs.position([ctx.key, event.payload.coin]);
        expectTypeOf(position).toEqualTypeOf<Position | undefined>();
        expectTypeOf(ctx.inputs.market('BTC')?.mid).toEqualTypeOf<number | null | undefined>();
        state.usd += toNumber(event.payload.price);
        ctx.wakeAt(ctx.now + 1);
      },
      value(state) {
        const side = state.usd > 1 ? 'buyer' : 'seller';
        return { usd: state.usd, trades: state.trades === 0 ? null : state.trades, side };
      },
    });
  });

  test('may answer a word of a oneOf field without saying `as const`', () => {
    defineFeature({
      ...header,
      id: 'volume',
      on: [trade],
      output: volume,
      key: event => tradersOf(event.payload),
      initial: () => ({ usd: 0 }),
      update(state) {
        state.usd++;
      },
      value: state => ({ usd: state.usd, trades: null, side: state.usd > 3 ? 'buyer' : 'seller' }),
    });
  });

  test('cannot read a field that its event does not have', () => {
    defineFeature({
      ...header,
      id: 'volume',
      on: [trade],
      output: volume,
      // @ts-expect-error trades name buyer and seller, no user
      key: event => event.payload.user,
      initial: () => ({ usd: 0 }),
      update(state, event) {
        // @ts-expect-error a trade has no start position
        state.usd += event.payload.startPosition;
      },
      value: state => ({ usd: state.usd, trades: null, side: 'buyer' }),
    });
  });

  test('must reckon with venues that do not name their traders', () => {
    defineFeature({
      ...header,
      id: 'volume',
      on: [trade],
      output: volume,
      // @ts-expect-error the buyer may be null
      key: event => event.payload.buyer,
      initial: () => ({ usd: 0 }),
      update() {},
      value: state => ({ usd: state.usd, trades: null, side: 'buyer' as const }),
    });
  });

  test('cannot leave out a field of its output, add one, or answer null where the field has no reason for it', () => {
    const parts = {
      ...header,
      id: 'volume',
      on: [trade],
      output: volume,
      key: () => '0x',
      initial: () => ({ usd: 0 }),
      update() {},
    } as const;
    // @ts-expect-error the side is missing
    defineFeature({ ...parts, value: state => ({ usd: state.usd, trades: 1 }) });
    // @ts-expect-error usd is never null
    defineFeature({ ...parts, value: state => ({ usd: null, trades: state.usd, side: 'buyer' }) });
    // @ts-expect-error it is a buyer or a seller
    defineFeature({ ...parts, value: state => ({ usd: state.usd, trades: 1, side: 'maker' }) });
  });

  test('cannot read scores, which come after it', () => {
    defineFeature({
      ...header,
      id: 'volume',
      on: [trade],
      // @ts-expect-error a score is no feature
      inputs: { skill },
      output: volume,
      key: event => tradersOf(event.payload),
      initial: () => ({ usd: 0 }),
      update() {},
      value: state => ({ usd: state.usd, trades: null, side: 'buyer' as const }),
    });
  });

  test('of a wallet and coin is keyed by both', () => {
    defineFeature({
      ...header,
      id: 'pair-volume',
      on: [trade],
      output: feature({ ...volume, id: 'pair.volume', entity: 'trader:coin' }),
      key: event => tradersOf(event.payload).map(wallet => [wallet, event.payload.coin] as const),
      initial: () => ({ usd: 0 }),
      update(state, _, ctx) {
        expectTypeOf(ctx.key).toEqualTypeOf<readonly [trader: string, coin: string]>();
        state.usd++;
      },
      value: state => ({ usd: state.usd, trades: null, side: state.usd > 1 ? 'buyer' : 'seller' }),
    });
  });

  test('reads neither clock, network nor secrets from its context', () => {
    defineFeature({
      ...header,
      id: 'volume',
      on: [trade],
      output: volume,
      key: event => tradersOf(event.payload),
      initial: () => ({ usd: 0 }),
      update(_, __, ctx) {
        expectTypeOf<keyof typeof ctx>().toEqualTypeOf<
          'now' | 'config' | 'log' | 'random' | 'key' | 'inputs' | 'wakeAt'
        >();
      },
      value: state => ({ usd: state.usd, trades: null, side: state.usd > 1 ? 'buyer' : 'seller' }),
    });
  });
});

describe('a model', () => {
  test('may read optional inputs, which may be missing', () => {
    defineModel({
      ...header,
      id: 'points',
      inputs: { behaviour: walletFeatures, scores: optional(walletScores) },
      output: score({
        ...skill,
        id: 'wallet.points',
        fields: { points: number({ unit: 'points', doc: 'Points.' }) },
      }),
      score: rows =>
        rows.map(row => {
          expectTypeOf(row.scores?.bot).toEqualTypeOf<number | undefined>();
          return { points: row.behaviour.txCount + (row.scores?.bot ?? 0) };
        }),
    });
  });

  test('may answer words and read optional inputs, written as arrow function or method', () => {
    const parts = {
      ...header,
      id: 'skill',
      inputs: { behaviour: walletFeatures, scores: optional(walletScores) },
      output: skill,
    } as const;
    defineModel({
      ...header,
      id: 'skill',
      inputs: { behaviour: walletFeatures, scores: optional(walletScores) },
      output: skill,
      score: rows =>
        rows.map(({ behaviour, scores }) => {
          expectTypeOf(scores?.bot).toEqualTypeOf<number | undefined>();
          return scores === undefined ? undefined : { skill: behaviour.txCount, level: 'high' };
        }),
    });
    defineModel({
      ...header,
      id: 'skill',
      config: z.strictObject({ border: z.number().default(9) }),
      inputs: { behaviour: walletFeatures, scores: optional(walletScores) },
      output: skill,
      score(rows, ctx) {
        return rows.map(({ behaviour }) => ({
          skill: behaviour.txCount,
          level: behaviour.txCount > ctx.config.border ? 'high' : 'low',
        }));
      },
    });
    // @ts-expect-error there is no such level
    defineModel({ ...parts, score: rows => rows.map(() => ({ skill: 1, level: 'medium' })) });
    // @ts-expect-error an optional row may be missing
    defineModel({ ...parts, score: rows => rows.map(row => ({ skill: row.scores.bot, level: 'low' })) });
  });

  test('that loads something answers words and reads optional inputs when these are constants', () => {
    const scores = optional(walletScores);
    defineModel({
      ...header,
      id: 'skill',
      inputs: { behaviour: walletFeatures, scores },
      output: skill,
      load: bytes => ({ factor: bytes?.length ?? 2 }),
      score: (rows, ctx) =>
        rows.map(row => {
          expectTypeOf(ctx.model).toEqualTypeOf<{ factor: number }>();
          if (row.scores === undefined || row.behaviour.txCount < ctx.model.factor) return undefined;
          return { skill: row.scores.bot, level: row.scores.bot > 0.5 ? 'high' : 'low' };
        }),
    });
  });

  test('scores rows of its inputs with what it has loaded', () => {
    defineModel({
      ...header,
      id: 'skill',
      inputs: { behaviour: walletFeatures },
      output: skill,
      load: async () => ({ factor: 2 }),
      score: (rows, ctx) =>
        rows.map(row => {
          expectTypeOf(row.behaviour.burstiness).toEqualTypeOf<number | null>();
          expectTypeOf(ctx.model).toEqualTypeOf<{ factor: number }>();
          if (row.behaviour.txCount < ctx.model.factor) return undefined;
          return {
            skill: row.behaviour.txCount,
            level: row.behaviour.txCount > 9 ? 'high' : 'low',
          };
        }),
    });
  });

  test('cannot read a signal', () => {
    defineModel({
      ...header,
      id: 'skill',
      // @ts-expect-error data flows from models to signals, not back
      inputs: { bias: smartMoneyBias },
      output: skill,
      score: () => [],
    });
  });

  test('cannot read an event or a category', () => {
    // @ts-expect-error events are read by features
    defineModel({ ...header, id: 'skill', inputs: { trade }, output: skill, score: () => [] });
    // @ts-expect-error categories come after scores
    defineModel({ ...header, id: 'skill', inputs: { mood }, output: skill, score: () => [] });
  });

  test('cannot provide a feature', () => {
    // @ts-expect-error its output is a score
    defineModel({ ...header, id: 'skill', inputs: { walletFeatures }, output: volume, score: () => [] });
  });

  test('cannot answer rows without a field', () => {
    defineModel({
      ...header,
      id: 'skill',
      inputs: { behaviour: walletFeatures },
      output: skill,
      // @ts-expect-error the level is missing
      score: rows => rows.map(row => ({ skill: row.behaviour.txCount })),
    });
  });
});

describe('a classifier', () => {
  test('is told its inputs and what the category was', () => {
    defineClassifier({
      ...header,
      id: 'mood',
      inputs: { behaviour: walletFeatures, skill: optional(skill) },
      output: mood,
      classify(inputs, previous, ctx) {
        expectTypeOf(previous?.mood).toEqualTypeOf<'calm' | 'busy' | undefined>();
        expectTypeOf(inputs.skill?.skill).toEqualTypeOf<number | undefined>();
        expectTypeOf(ctx.key).toEqualTypeOf<string>();
        const next = inputs.behaviour.txCount > 3 ? 'busy' : 'calm';
        return next === previous?.mood ? previous : { mood: next };
      },
    });
  });

  test('cannot answer another word, or read a signal', () => {
    defineClassifier({
      ...header,
      id: 'mood',
      inputs: { behaviour: walletFeatures },
      output: mood,
      // @ts-expect-error there is no such mood
      classify: inputs => ({ mood: inputs.behaviour.txCount > 3 ? 'wild' : 'calm' }),
    });
    // @ts-expect-error signals come after categories
    defineClassifier({ ...header, id: 'mood', inputs: { hint }, output: mood, classify: () => undefined });
  });
});

describe('a signal', () => {
  test('is triggered by events and rows, and evaluated also when time passes', () => {
    defineSignal({
      ...header,
      id: 'hint',
      trigger: [walletPosition, trade],
      inputs: { skill },
      output: hint,
      key: event => {
        if (event.type === 'trade') return event.payload.coin;
        expectTypeOf(event.key).toEqualTypeOf<readonly [trader: string, coin: string]>();
        return event.key[1];
      },
      initial: () => ({ last: 0 }),
      reduce(state, event, ctx) {
        if (event.type === 'wallet.position') state.last += event.payload.gaps;
        expectTypeOf(ctx.inputs.skill('0x')?.level).toEqualTypeOf<'low' | 'high' | undefined>();
      },
      evaluate(state, event) {
        expectTypeOf(event.type).toEqualTypeOf<'wallet.position' | 'trade' | 'tick'>();
        return state.last > 1 ? emit({ action: state.last > 5 ? 'BUY' : 'SELL' }, 'high') : hold('low');
      },
      every: '5m',
      alert: (row, ctx) => {
        expectTypeOf(row.action).toEqualTypeOf<'BUY' | 'SELL'>();
        return {
          severity: 'LOW',
          title: ctx.key,
          expiresAfterMs: 1,
          cooldownMs: 1,
          cooldownKey: ctx.key,
        };
      },
    });
  });

  test('cannot emit another word, tick at no duration, or be keyed by the wrong entity', () => {
    const parts = { ...header, id: 'hint', trigger: [trade], output: hint } as const;
    defineSignal({
      ...parts,
      key: event => event.payload.coin,
      // @ts-expect-error the action is BUY or SELL
      evaluate: () => emit({ action: 'WAIT' }, 'x'),
    });
    // @ts-expect-error a number without a unit is no duration
    defineSignal({ ...parts, key: event => event.payload.coin, evaluate: () => hold('x'), every: '5' });
    defineSignal({
      ...header,
      id: 'hint',
      trigger: [trade],
      output: pairHint,
      // @ts-expect-error a wallet and a coin make the key
      key: event => event.payload.coin,
      evaluate: () => hold('x'),
    });
  });
});
