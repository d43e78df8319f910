import { expectTypeOf, test } from 'vitest';

test('indexing an array may give undefined', () => {
  const fills: number[] = [];
  expectTypeOf(fills[0]).toEqualTypeOf<number | undefined>();
});
