import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import {
  category,
  defineClassifier,
  defineCollector,
  defineFeature,
  defineModel,
  defineSignal,
  event,
  feature,
  hold,
  integer,
  number,
  optional,
  type Plugin,
  type StandardSchema,
  score,
  signal,
  string,
  trade,
} from '../plugin-api/index.ts';
import type { PlanProblem } from './errors.ts';
import { makePlan, PlanError, type PlanInput } from './plan.ts';

const header = { version: '1.0.0', api: '^1.0.0', doc: 'Does something.' } as const;
const count = { count: integer({ unit: 'count', doc: 'How many.' }) };
const featureRef = <const Id extends string>(id: Id, version = 1) =>
  feature({ id, version, entity: 'trader', doc: 'Counts.', fields: count });

interface FeatureParts {
  readonly id?: string;
  readonly output?: ReturnType<typeof featureRef>;
  readonly inputs?: Record<string, ReturnType<typeof featureRef>>;
}
const makeFeature = ({
  id = 'counter',
  output = featureRef('wallet.count'),
  inputs = {},
}: FeatureParts = {}) =>
  defineFeature({
    ...header,
    id,
    on: [trade],
    inputs,
    output,
    key: trades => trades.payload.buyer ?? undefined,
    initial: () => ({ count: 0 }),
    update(state) {
      state.count++;
    },
    value: state => ({ count: state.count }),
  });

const points = score({
  id: 'wallet.points',
  version: 1,
  entity: 'trader',
  doc: 'Points.',
  fields: { points: number({ unit: 'points', doc: 'Points.' }) },
});
const makeModel = (id = 'pointer', output = points) =>
  defineModel({
    ...header,
    id,
    inputs: { counts: featureRef('wallet.count') },
    output,
    score: rows => rows.map(row => ({ points: row.counts.count })),
  });
const kindOfWallet = category({
  id: 'wallet.kind',
  version: 1,
  entity: 'trader',
  doc: 'A kind.',
  fields: { kind: string({ doc: 'Its name.' }) },
});
const classifier = defineClassifier({
  ...header,
  id: 'classifier',
  inputs: { points },
  output: kindOfWallet,
  classify: () => ({ kind: 'any' }),
});
const hint = signal({
  id: 'coin.hint',
  version: 1,
  entity: 'coin',
  doc: 'A hint.',
  fields: { strength: number({ unit: 'ratio', doc: 'How strong.' }) },
});
const makeSignal = (id = 'hinter') =>
  defineSignal({
    ...header,
    id,
    trigger: [trade],
    inputs: { kind: kindOfWallet },
    output: hint,
    key: trades => trades.payload.coin,
    evaluate: () => hold('never'),
  });
const collector = defineCollector({
  ...header,
  id: 'trades',
  emits: [trade],
  async *collect() {},
});

function problemsOf(input: PlanInput): readonly PlanProblem[] {
  try {
    makePlan(input);
  } catch (error) {
    if (error instanceof PlanError) return error.problems;
    throw error;
  }
  return [];
}
const codesOf = (...plugins: Plugin[]) => problemsOf({ plugins }).map(problem => problem.code);

describe('a set of plugins that fits', () => {
  const all = [collector, makeFeature(), makeModel(), classifier, makeSignal()];

  test('is planned by stage', () => {
    const plan = makePlan({ plugins: all.toReversed() });
    expect(plan.plugins.map(item => [item.plugin.id, item.order])).toEqual([
      ['trades', 0],
      ['counter', 1],
      ['pointer', 2],
      ['classifier', 3],
      ['hinter', 4],
    ]);
    expect(plan.features.map(item => item.plugin.id)).toEqual(['counter']);
    expect(plan.signals.map(item => item.plugin.id)).toEqual(['hinter']);
  });

  test('may be nested arrays, as packages export them', () => {
    const plan = makePlan({ plugins: [[collector, [makeFeature()]], makeModel()] });
    expect(plan.plugins).toHaveLength(3);
  });

  test('gives the same plan in every order of registration', () => {
    const chain = [
      makeFeature({ id: 'z-first', output: featureRef('z.first') }),
      makeFeature({ id: 'a-last', output: featureRef('a.last'), inputs: { first: featureRef('z.first') } }),
      makeFeature({ id: 'b-apart', output: featureRef('b.apart') }),
      ...all,
    ];
    const expected = makePlan({ plugins: chain });
    expect(expected.features.map(item => item.plugin.id)).toEqual([
      'b-apart',
      'counter',
      'z-first',
      'a-last',
    ]);
    fc.assert(
      fc.property(fc.shuffledSubarray(chain, { minLength: chain.length }), plugins => {
        const plan = makePlan({ plugins });
        expect(plan.plugins.map(item => item.plugin.id)).toEqual(
          expected.plugins.map(item => item.plugin.id),
        );
        expect(plan.configHash).toBe(expected.configHash);
        expect([...plan.refs.keys()]).toEqual([...expected.refs.keys()]);
      }),
      { numRuns: 50 },
    );
  });

  test('knows who provides each ref', () => {
    const plan = makePlan({ plugins: [...all, { ...collector, id: 'more-trades' } as Plugin] });
    expect(plan.providers.get('trade')).toEqual(['more-trades', 'trades']);
    expect(plan.providers.get('wallet.count')).toEqual(['counter']);
  });

  test('leaves disabled plugins out', () => {
    const plan = makePlan({ plugins: all, disabled: ['hinter'] });
    expect(plan.signals).toEqual([]);
  });
});

describe('configuration', () => {
  const configured = (config: StandardSchema) => ({ ...makeFeature(), config }) as Plugin;
  const strict = z.strictObject({
    limit: z.number().default(3),
    nested: z.strictObject({ list: z.array(z.number()).default([1]) }).prefault({}),
  });

  test('is completed with defaults and frozen to its depth', () => {
    const config = makePlan({ plugins: configured(strict) }).features[0]?.config as z.output<typeof strict>;
    expect(config).toEqual({ limit: 3, nested: { list: [1] } });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.nested.list)).toBe(true);
  });

  test('changes the hash of the plan, in no matter which order its keys are written', () => {
    const hashOf = (config: unknown) =>
      makePlan({ plugins: configured(strict), config: { counter: config } }).configHash;
    expect(hashOf({ limit: 4, nested: { list: [2] } })).toBe(hashOf({ nested: { list: [2] }, limit: 4 }));
    expect(hashOf({ limit: 4 })).not.toBe(hashOf({ limit: 5 }));
  });

  test('with a wrong value is refused with its path', () => {
    const [problem] = problemsOf({
      plugins: configured(strict),
      config: { counter: { nested: { list: ['one'] } } },
    });
    expect(problem?.code).toBe('PLAN_CONFIG_INVALID');
    expect(problem?.message).toContain('`nested.list.0`');
  });

  test('with an unknown key is refused', () => {
    const [problem] = problemsOf({ plugins: configured(strict), config: { counter: { limits: 4 } } });
    expect(problem).toMatchObject({ code: 'PLAN_CONFIG_INVALID', plugins: ['counter'] });
  });

  test('of a plugin that takes none is refused', () => {
    expect(problemsOf({ plugins: makeFeature(), config: { counter: { limit: 1 } } })[0]?.code).toBe(
      'PLAN_CONFIG_INVALID',
    );
  });

  test('whose schema would accept a misspelt key is refused', () => {
    expect(codesOf(configured(z.object({ limit: z.number().default(3) })))).toEqual([
      'PLAN_CONFIG_NOT_STRICT',
    ]);
  });

  test('whose schema answers later is refused', () => {
    const later = z.strictObject({ limit: z.number().default(3) }).refine(async () => true);
    const standard: StandardSchema = {
      '~standard': { version: 1, vendor: 'test', validate: async value => ({ value }) },
    };
    expect(codesOf(configured(standard))).toContain('PLAN_CONFIG_ASYNC');
    expect(codesOf(configured(later))).not.toEqual([]);
  });

  test('for a plugin that is not there is refused, whether given, overridden or disabled', () => {
    const problems = problemsOf({
      plugins: makeFeature(),
      config: { conter: {} },
      overrides: { apiRange: { caunter: '*' } },
      disabled: ['cuonter'],
    });
    expect(problems.map(problem => [problem.code, problem.plugins[0]])).toEqual([
      ['PLAN_CONFIG_UNKNOWN_PLUGIN', 'caunter'],
      ['PLAN_CONFIG_UNKNOWN_PLUGIN', 'conter'],
      ['PLAN_CONFIG_UNKNOWN_PLUGIN', 'cuonter'],
    ]);
    expect(problems[0]?.message).toContain('Known are counter');
  });
});

describe('a problem is found', () => {
  const altered = (parts: object) => ({ ...makeFeature(), ...parts }) as unknown as Plugin;

  test.each([
    ['an id that is not kebab-case', { id: 'Counter' }, 'PLAN_ID_INVALID'],
    ['a version that is no semantic version', { version: '1' }, 'PLAN_VERSION_INVALID'],
    ['a range that this API is not in', { api: '^2.0.0' }, 'PLAN_API_RANGE'],
    ['a range that is none', { api: 'latest, please' }, 'PLAN_API_RANGE'],
    ['a plugin without documentation', { doc: ' ' }, 'PLAN_DOC_MISSING'],
    ['a missing function', { update: undefined }, 'PLAN_HANDLER_MISSING'],
    ['something that is no plugin', { kind: 'gadget' }, 'PLAN_KIND_UNKNOWN'],
    ['a warm-up that is no duration', { warmup: '3 days' }, 'PLAN_DURATION_INVALID'],
    ['a ref that is none', { output: 'wallet.count' }, 'PLAN_REF_INVALID'],
  ])('in %s', (_, parts, code) => {
    expect(codesOf(altered(parts))).toContain(code);
  });

  test('in a range that does not fit, unless the operator overrides it', () => {
    const plugins = altered({ api: '^2.0.0' });
    expect(problemsOf({ plugins, overrides: { apiRange: { counter: '^1.0.0' } } })).toEqual([]);
  });

  test('in a field without documentation, unit or reason to be null', () => {
    const fields = {
      count: integer({ unit: '', doc: 'How many.' }),
      mean: number({ unit: 'USD', doc: '' }),
      last: number({ unit: 'USD', doc: 'Last.', nullable: '' }),
    };
    expect(codesOf(altered({ output: { ...featureRef('wallet.count'), fields } }))).toEqual([
      'PLAN_DOC_MISSING',
      'PLAN_DOC_MISSING',
      'PLAN_DOC_MISSING',
    ]);
  });

  test('in a field of a list without documentation', () => {
    const inner = { 'Bad-Name': integer({ unit: 'count', doc: 'How many.' }) };
    const fields = { items: { kind: 'list', doc: 'Items.', length: 4, of: inner } };
    const [problem] = problemsOf({ plugins: altered({ output: { ...featureRef('wallet.count'), fields } }) });
    expect(problem).toMatchObject({ code: 'PLAN_FIELD_INVALID' });
    expect(problem?.message).toContain('wallet.count.items.Bad-Name');
  });

  test('in two plugins with one id', () => {
    expect(codesOf(makeFeature(), makeFeature({ output: featureRef('wallet.other') }))).toEqual([
      'PLAN_ID_DUPLICATE',
    ]);
  });

  test('in two providers of one ref, naming both', () => {
    const [problem] = problemsOf({ plugins: [makeFeature(), makeFeature({ id: 'second' })] });
    expect(problem).toMatchObject({ code: 'PLAN_PROVIDER_DUPLICATE', plugins: ['counter', 'second'] });
    expect(problem?.message).toContain('wallet.count is provided by counter and second');
  });

  test('in an input that nobody provides, unless it is optional', () => {
    const [problem] = problemsOf({ plugins: [makeModel()] });
    expect(problem).toMatchObject({ code: 'PLAN_PROVIDER_MISSING', plugins: ['pointer'] });
    expect(problem?.message).toContain('wallet.count');
    const relaxed = defineFeature({
      ...makeFeature(),
      inputs: { other: optional(featureRef('wallet.other')) },
    } as never) as Plugin;
    expect(codesOf(relaxed)).toEqual([]);
  });

  test('in two versions of one ref', () => {
    const reader = makeFeature({
      id: 'reader',
      output: featureRef('wallet.read'),
      inputs: { counts: featureRef('wallet.count', 2) },
    });
    const [problem] = problemsOf({ plugins: [makeFeature(), reader] });
    expect(problem?.code).toBe('PLAN_VERSION_CONFLICT');
    expect(problem?.message).toContain('version 1 by counter; version 2 by reader');
  });

  test('in two meanings of one version of a ref', () => {
    const other = feature({
      id: 'wallet.count',
      version: 1,
      entity: 'trader',
      doc: 'Counts.',
      fields: { count: number({ unit: 'count', doc: 'How many.' }) },
    });
    const reader = makeFeature({
      id: 'reader',
      output: featureRef('wallet.read'),
      inputs: { counts: other },
    });
    expect(codesOf(makeFeature(), reader)).toEqual(['PLAN_REF_MISMATCH']);
  });

  test('not in two equal copies of a ref, as two packages bring them', () => {
    const copy = { ...trade, doc: 'The same, told otherwise.', fields: { ...trade.fields } };
    expect(codesOf(collector, { ...collector, id: 'copy', emits: [copy] } as Plugin)).toEqual([]);
  });

  test('in plugins that read each other', () => {
    const ring = ['a', 'b', 'c'].map((id, index, ids) =>
      makeFeature({
        id: `ring-${id}`,
        output: featureRef(`ring.${id}`),
        inputs: { before: featureRef(`ring.${ids[(index + 2) % 3]}`) },
      }),
    );
    const [problem] = problemsOf({ plugins: ring });
    expect(problem).toMatchObject({ code: 'PLAN_CYCLE', plugins: ['ring-a', 'ring-b', 'ring-c'] });
    expect(problem?.message).toContain('ring-a -> ring-b -> ring-c -> ring-a');
  });

  test('in a plugin that reads its own output', () => {
    expect(codesOf(makeFeature({ inputs: { self: featureRef('wallet.count') } }))).toEqual(['PLAN_CYCLE']);
  });

  test('in a model that reads a signal, for authors without types', () => {
    const reader = { ...makeModel(), inputs: { hint } } as unknown as Plugin;
    expect(problemsOf({ plugins: [reader] }).map(problem => problem.code)).toContain('PLAN_INPUT_KIND');
  });

  test('in an output of the wrong kind', () => {
    expect(codesOf({ ...makeFeature(), output: points } as unknown as Plugin)).toEqual(['PLAN_OUTPUT_KIND']);
  });

  test('in inputs that a key of the output does not name', () => {
    const ofCoin = score({ ...points, id: 'coin.points', entity: 'coin' });
    const problems = problemsOf({ plugins: [makeFeature(), makeModel('pointer', ofCoin as never)] });
    expect(problems.map(problem => problem.code)).toEqual(['PLAN_ENTITY_MISMATCH', 'PLAN_ENTITY_MISMATCH']);
    expect(problems[0]?.plugins).toEqual(['pointer']);
  });

  test('in a collector that emits an event of the core', () => {
    const own = event({
      id: 'core.beat',
      version: 1,
      entity: 'market',
      doc: 'A beat.',
      fields: { name: string({ doc: 'Its name.' }) },
    });
    expect(codesOf({ ...collector, emits: [own] } as Plugin)).toEqual(['PLAN_REF_RESERVED']);
  });

  test('in refs whose GraphQL types would have one name', () => {
    const other = makeFeature({ id: 'other', output: featureRef('wallet-count') });
    const [problem] = problemsOf({ plugins: [makeFeature(), other] });
    expect(problem).toMatchObject({ code: 'PLAN_NAME_CONFLICT', plugins: ['counter', 'other'] });
    expect(problem?.message).toContain('WalletCount');
  });

  test('together with all others, in an order of their own', () => {
    const plugins = [
      makeModel(),
      { ...makeFeature(), output: featureRef('x.y'), version: 'x', api: '^9.0.0' } as Plugin,
    ];
    const problems = problemsOf({ plugins });
    expect(problems.map(problem => problem.code)).toEqual([
      'PLAN_API_RANGE',
      'PLAN_VERSION_INVALID',
      'PLAN_PROVIDER_MISSING',
    ]);
    expect(problemsOf({ plugins: plugins.toReversed() })).toEqual(problems);
    expect(() => makePlan({ plugins })).toThrow(/3 problems/);
  });
});
