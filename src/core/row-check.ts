import type { Field, Fields } from '../plugin-api/index.ts';
import { compileCheck } from './row-compile.ts';

/** Says whether a row has exactly the fields of a ref, each with a fitting value. */
export type RowCheck = (row: unknown) => boolean;

const decimalPattern = /^-?(0|[1-9]\d*)(\.\d+)?$/;
const addressPattern = /^0x[0-9a-f]{40}$/;
const longestText = 4096;

/** What is wrong with a row, as one sentence, or `undefined` when it fits. */
export function rowProblem(fields: Fields, row: unknown, path = ''): string | undefined {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    return `${path === '' ? 'the row' : `\`${path}\``} must be an object; found ${shown(row)}`;
  }
  const values = row as Record<string, unknown>;
  for (const [name, field] of Object.entries(fields)) {
    const at = path === '' ? name : `${path}.${name}`;
    const problem = valueProblem(field, values[name], at);
    if (problem !== undefined) return problem;
  }
  for (const name of Object.keys(values)) {
    if (!Object.hasOwn(fields, name)) {
      return `\`${path === '' ? name : `${path}.${name}`}\` is not a field; known are ${Object.keys(fields).join(', ')}`;
    }
  }
  return undefined;
}

function valueProblem(field: Field, value: unknown, at: string): string | undefined {
  const fail = (expected: string) => `\`${at}\` must be ${expected}; found ${shown(value)}`;
  if (value === null) {
    return field.nullable === undefined ? fail(`${nounOf(field)} and is never null`) : undefined;
  }
  if (value === undefined) return `\`${at}\` is missing; it must be ${nounOf(field)}`;
  switch (field.kind) {
    case 'number':
    case 'integer':
    case 'time':
      if (typeof value !== 'number' || !Number.isFinite(value)) return fail(nounOf(field));
      if (field.kind !== 'number' && !Number.isSafeInteger(value)) return fail(nounOf(field));
      if (field.min !== undefined && value < field.min) return fail(`at least ${field.min}`);
      if (field.max !== undefined && value > field.max) return fail(`at most ${field.max}`);
      return undefined;
    case 'decimal':
      return typeof value === 'string' && decimalPattern.test(value) ? undefined : fail(nounOf(field));
    case 'string':
      return typeof value === 'string' && value.length <= longestText ? undefined : fail(nounOf(field));
    case 'oneOf':
      return typeof value === 'string' && field.values?.includes(value) ? undefined : fail(nounOf(field));
    case 'boolean':
      return typeof value === 'boolean' ? undefined : fail(nounOf(field));
    case 'address':
      return typeof value === 'string' && addressPattern.test(value) ? undefined : fail(nounOf(field));
    case 'vector': {
      if (!Array.isArray(value) || value.length !== field.length) return fail(nounOf(field));
      const wrong = value.findIndex(item => typeof item !== 'number' || !Number.isFinite(item));
      return wrong === -1
        ? undefined
        : `\`${at}[${wrong}]\` must be a finite number; found ${shown(value[wrong])}`;
    }
    case 'list': {
      if (!Array.isArray(value) || value.length > (field.length ?? 64)) return fail(nounOf(field));
      for (const [index, item] of value.entries()) {
        const problem = rowProblem(field.of ?? {}, item, `${at}[${index}]`);
        if (problem !== undefined) return problem;
      }
      return undefined;
    }
  }
}

function nounOf(field: Field): string {
  switch (field.kind) {
    case 'number':
      return 'a finite number';
    case 'integer':
      return 'a safe integer';
    case 'time':
      return 'milliseconds since 1970 as a safe integer';
    case 'decimal':
      return 'a decimal as text, such as "-12.50"';
    case 'string':
      return `text of at most ${longestText} characters`;
    case 'oneOf':
      return `one of ${(field.values ?? []).map(value => `"${value}"`).join(', ')}`;
    case 'boolean':
      return 'true or false';
    case 'address':
      return 'a lower-case address, 0x and 40 hexadecimal digits';
    case 'vector':
      return `exactly ${field.length} finite numbers`;
    case 'list':
      return `a list of at most ${field.length ?? 64} rows`;
  }
}

function shown(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'function') return 'a function';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/**
 * Makes the check of rows with exactly the given fields; a row must be made of its own properties. Use {@link rowProblem} to say
 * what is wrong with one that does not fit.
 */
export function rowCheck(fields: Fields): RowCheck {
  const check = compileCheck(fields);
  return row => check(row) !== 0;
}
