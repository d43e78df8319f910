import { type Field, number } from '../fields.ts';

/** An amount in USD; nullable where a reason is given. */
export function usd(doc: string): Field<number>;
export function usd(doc: string, nullable: string): Field<number | null>;
export function usd(doc: string, nullable?: string): Field<number> | Field<number | null> {
  return nullable === undefined ? number({ unit: 'USD', doc }) : number({ unit: 'USD', doc, nullable });
}
