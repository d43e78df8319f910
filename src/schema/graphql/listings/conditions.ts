import { checkRange, readAddress, readAtLeastZero, readCoin } from '../arguments.ts';
import { bound, pathTo, plainColumn, type RowPlan } from '../sql/plan.ts';
import type { Direction } from '../types/enums.ts';

/** An argument that may be left out. */
export type Maybe<T> = T | null | undefined;

export interface TimeArgs {
  readonly from?: Maybe<number>;
  readonly to?: Maybe<number>;
}
export interface DirectionArgs {
  readonly direction?: Maybe<Direction>;
}
export interface SubjectArgs {
  readonly trader?: Maybe<string>;
  readonly coin?: Maybe<string>;
}

/** Collects conditions; an argument that was left out adds none. */
export function conditions(row: RowPlan) {
  const list: string[] = [];
  const at = (name: string) => pathTo(row, name);
  const column = (property: string) => plainColumn(row, property);
  const self = {
    list,
    equal(property: string, value: Maybe<string | number | boolean>) {
      if (value != null) list.push(`${column(property)} = ${bound(row, property, value)}`);
      return self;
    },
    anyOf(property: string, values: Maybe<readonly string[]>) {
      if (values != null) list.push(`${column(property)} = any(${row.parameters.bind(values)}::text[])`);
      return self;
    },
    /** For a column that is a list of words. */
    overlaps(property: string, values: Maybe<readonly string[]>) {
      if (values != null) list.push(`${column(property)} && ${row.parameters.bind(values)}::text[]`);
      return self;
    },
    address(property: string, value: Maybe<string>, argument = 'trader') {
      return self.equal(property, value == null ? value : readAddress(value, at(argument)));
    },
    coin(property: string, value: Maybe<string>) {
      return self.equal(property, value == null ? value : readCoin(value, at('coin')));
    },
    atLeast(property: string, value: Maybe<number>, argument: string) {
      if (value == null) return self;
      const least = readAtLeastZero(value, at(argument));
      list.push(`${column(property)} >= ${bound(row, property, least)}`);
      return self;
    },
    time(property: string, { from, to }: TimeArgs) {
      checkRange(from, to, at('from'));
      if (from != null) list.push(`${column(property)} >= ${bound(row, property, from)}`);
      if (to != null) list.push(`${column(property)} < ${bound(row, property, to)}`);
      return self;
    },
    sql(condition: string | undefined) {
      if (condition !== undefined) list.push(condition);
      return self;
    },
  };
  return self;
}

/** The usual direction of what happens in time. */
export const newestFirst = ({ direction }: DirectionArgs) => direction !== 'ascending';

/** Rows of wallets that a category holds of. */
export function hasCategory(category: Maybe<string>, column: string, row: RowPlan): string | undefined {
  if (category == null) return undefined;
  const holds = row.parameters.bind(JSON.stringify([{ category }]));
  return `${column}->'categories' @> ${holds}::jsonb`;
}
