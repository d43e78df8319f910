import { readFile } from 'node:fs/promises';
import {
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  parse,
  printType,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { decimal, feature, list, number, oneOf, score, string, vector } from '../../plugin-api/index.ts';
import { buildSchema } from './index.ts';
import { printedSchema, schemaFile, standardRefs } from './print.ts';

const mood = feature({
  id: 'my.mood',
  version: 1,
  entity: 'trader',
  doc: 'How a wallet seems to feel.',
  fields: {
    mood: oneOf(['very-calm', '2nd-thoughts'], { doc: 'The mood.', nullable: 'nobody has asked' }),
    strength: number({ unit: 'ratio', doc: 'How strong.', min: 0, max: 1 }),
    cost: decimal({ unit: 'USD', doc: 'What it costs.' }),
    shape: vector(3, { unit: 'ratio', doc: 'Its shape.' }),
    reasons: list({ word: string({ doc: 'A word.' }) }, { doc: 'Why.' }),
  },
});

describe('the schema', () => {
  const schema = buildSchema({ refs: standardRefs });

  it('is the one that is committed; run `node src/schema/graphql/print.ts` when it is not', async () => {
    expect(await readFile(schemaFile, 'utf8')).toBe(printedSchema());
  });

  it('documents every type, field and value of its own', () => {
    const paging = ['after', 'before', 'first', 'last', 'edges', 'nodes', 'pageInfo', 'node', 'cursor'];
    const silent: string[] = [];
    for (const type of Object.values(schema.getTypeMap())) {
      if (type.name.startsWith('__') || type.name === 'PageInfo') continue;
      if (!type.description && !/(Result|Interval)$/.test(type.name)) silent.push(type.name);
      if (isEnumType(type)) continue;
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      const { name, getFields } = type as GraphQLObjectType | GraphQLInterfaceType;
      for (const field of Object.values(getFields.call(type))) {
        if (!field.description && !paging.includes(field.name)) silent.push(`${name}.${field.name}`);
        for (const argument of field.args) {
          if (!argument.description && !paging.includes(argument.name)) {
            silent.push(`${name}.${field.name}(${argument.name})`);
          }
        }
      }
    }
    expect(silent).toEqual([]);
  });

  it('has all 36 wallet features, each with its unit and why it may be null', () => {
    const features = schema.getType('WalletFeatures') as GraphQLObjectType;
    const names = Object.keys(features.getFields()).filter(
      name => !['nullReasons', 'rowInfo'].includes(name),
    );
    expect(names).toHaveLength(36);
    expect(features.getFields().avgMarketImpact?.description).toMatch(/Unit: bps\. Null when: \w/);
  });

  it("has a type for a stranger's output, and a field for it on what it is about", () => {
    const strange = buildSchema({ refs: [...standardRefs, mood] });
    expect(printType(strange.getType('MyMood')!)).toBe(`"""
How a wallet seems to feel.

One row for each trader. The feature \`my.mood\`, version 1.
"""
type MyMood {
  """The mood. Null when: nobody has asked."""
  mood: MyMoodMood

  """How strong. Unit: ratio. From 0 to 1."""
  strength: Float!

  """What it costs. Unit: USD."""
  cost: Decimal!

  """Its shape. Unit: ratio."""
  shape: [Float!]!

  """Why."""
  reasons: [MyMoodReasons!]!

  """Each field that has no value now, and why."""
  nullReasons: [NullReason!]!

  """Where the row comes from."""
  rowInfo: RowInfo!
}`);
    expect(printType(strange.getType('MyMoodMood')!)).toContain('VERY_CALM\n  _2ND_THOUGHTS');
    const trader = strange.getType('Trader') as GraphQLObjectType;
    expect(String(trader.getFields().myMood?.type)).toBe('MyMood');
  });

  it('has two versions of a ref side by side', () => {
    const newer = feature({ ...mood, version: 2 });
    const both = buildSchema({ refs: [mood, newer] });
    const trader = both.getType('Trader') as GraphQLObjectType;
    expect(String(trader.getFields().myMood?.type)).toBe('MyMood');
    expect(String(trader.getFields().myMoodV1?.type)).toBe('MyMoodV1');
  });

  it('works without any plugin', () => {
    expect(buildSchema({ refs: [] }).getType('SignalEvidence')).toBeUndefined();
  });

  it.each([
    [score({ ...mood, id: 'my-mood' }), 'found that "MyMood" is taken by the ref "my.mood"'],
    [score({ ...mood, id: 'trader' }), 'found that "Trader" is taken by the platform'],
    [
      feature({ ...mood, id: 'your.mood', fields: { rowInfo: string({ doc: 'x' }) } }),
      'found "rowInfo" in "your.mood"',
    ],
  ])('says whose names clash', (ref, message) => {
    expect(() => buildSchema({ refs: [mood, ref] })).toThrow(message);
  });

  it('has no place for a query that asks for what is not there', () => {
    expect(
      validate(schema, parse('{ traders { ... on TraderConnection { nodes { mood } } } }')),
    ).toHaveLength(1);
  });
});
