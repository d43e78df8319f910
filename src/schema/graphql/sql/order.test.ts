import { PGlite } from '@electric-sql/pglite';
import { doublePrecision, integer, snakeCase, text } from 'drizzle-orm/pg-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beyond, type OrderedBy, orderList } from './order.ts';

const table = snakeCase.table('rows_to_order', {
  id: integer().primaryKey(),
  group: text(),
  value: doublePrecision(),
});

describe('an order with values that may be null', () => {
  let database: PGlite;
  beforeAll(async () => {
    database = await PGlite.create();
    await database.exec('create table rows_to_order (id int primary key, "group" text, value float8)');
  });
  afterAll(() => database.close());

  const rows = fc.array(
    fc.record({
      group: fc.option(fc.constantFrom('a', 'b')),
      value: fc.option(fc.constantFrom(-1.5, 0, 1e300)),
    }),
    { maxLength: 12 },
  );
  const directions = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean());

  it('splits the rows at any of them into those before, it, and those after', async () => {
    await fc.assert(
      fc.asyncProperty(rows, directions, async (values, [group, value, id]) => {
        const ordered: OrderedBy = {
          ...{ table, alias: 't' },
          terms: [
            { property: 'group', descending: group },
            { property: 'value', descending: value },
            { property: 'id', descending: id },
          ],
        };
        await database.exec('truncate rows_to_order');
        for (const [at, row] of values.entries()) {
          await database.query('insert into rows_to_order values ($1, $2, $3)', [at, row.group, row.value]);
        }
        const idsOf = async (reversed: boolean, condition = 'true', parameters: unknown[] = []) => {
          const result = await database.query<{ id: number }>(
            `select id from rows_to_order t where ${condition} order by ${orderList(ordered, reversed)}`,
            parameters,
          );
          return result.rows.map(row => row.id);
        };
        const all = await idsOf(false);
        expect((await idsOf(true)).reverse()).toEqual(all);
        for (const [at, row] of values.entries()) {
          const place = all.indexOf(at);
          for (const [side, reversed, expected] of [
            ['after', false, all.slice(place + 1)],
            ['before', true, all.slice(0, place).reverse()],
          ] as const) {
            const parameters: unknown[] = [];
            const condition = beyond(
              ordered,
              [row.group, row.value, at],
              side,
              given => `$${parameters.push(given)}`,
            );
            expect(await idsOf(reversed, condition, parameters)).toEqual(expected);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});
