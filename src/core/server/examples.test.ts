import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildSchema } from '../../schema/graphql/index.ts';
import { standardRefs } from '../../schema/graphql/print.ts';
import { examples } from './examples.ts';

describe('the example queries', () => {
  const schema = buildSchema({ refs: standardRefs });

  it.each(examples)('$title is valid', ({ query }) => {
    expect(validate(schema, parse(query))).toEqual([]);
  });
});
