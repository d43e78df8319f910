import type { Field, Fields } from '../plugin-api/index.ts';

/*
 * Checks and comparisons of rows as straight-line code, one property after the other, made once for each ref. A loop over a
 * ref's fields that looks each one up by its name takes eight times as long, and every row that a plugin makes is checked.
 */

type Check = (row: unknown) => boolean;
type Comparison = (a: unknown, b: unknown) => boolean;

/** What the made code may call. */
const tools = { isDecimal, isAddress, isVector, isList, sameList };
const toolNames = Object.keys(tools);

function make<F>(argumentNames: string, body: string, constants: readonly unknown[]): F {
  // Note: the text holds nothing from outside but field names and words, each written by JSON.stringify, and numbers.
  const maker = new Function(...toolNames, 'constants', `return (${argumentNames}) => { ${body} };`);
  return maker(...Object.values(tools), constants) as F;
}

/** Says whether a row has exactly the given fields, each with a fitting value. */
export function compileCheck(fields: Fields): Check {
  const constants: unknown[] = [];
  const lines = ["if (typeof row !== 'object' || row === null) return false;", 'let value;'];
  for (const [name, field] of Object.entries(fields)) {
    lines.push(`value = row[${JSON.stringify(name)}];`, `if (${failing(field, constants)}) return false;`);
  }
  const count = Object.keys(fields).length;
  lines.push('let count = 0;', 'for (const name in row) count++;', `return count === ${count};`);
  return make<Check>('row', lines.join('\n'), constants);
}

function failing(field: Field, constants: unknown[]): string {
  const wrong = wrongValue(field, constants);
  return field.nullable === undefined ? wrong : `value !== null && (${wrong})`;
}

function wrongValue(field: Field, constants: unknown[]): string {
  const text = "typeof value !== 'string'";
  switch (field.kind) {
    case 'number':
      // Note: the difference is NaN for NaN and for both infinities.
      return `typeof value !== 'number' || value - value !== 0${beyond(field)}`;
    case 'integer':
    case 'time':
      return `typeof value !== 'number' || !Number.isSafeInteger(value)${beyond(field)}`;
    case 'decimal':
      return `${text} || !isDecimal(value)`;
    case 'string':
      return `${text} || value.length > 4096`;
    case 'oneOf':
      return (field.values ?? []).map(word => `value !== ${JSON.stringify(word)}`).join(' && ') || 'true';
    case 'boolean':
      return 'value !== true && value !== false';
    case 'address':
      return `${text} || !isAddress(value)`;
    case 'vector':
      return `!isVector(value, ${field.length})`;
    case 'list': {
      const check = `constants[${constants.push(compileCheck(field.of ?? {})) - 1}]`;
      return `!isList(value, ${field.length ?? 64}, ${check})`;
    }
  }
}

function beyond({ min, max }: Field): string {
  return `${min === undefined ? '' : ` || value < ${min}`}${max === undefined ? '' : ` || value > ${max}`}`;
}

/** Says whether two rows with the given fields hold the same values, lists and vectors included. */
export function compileComparison(fields: Fields): Comparison {
  const constants: unknown[] = [];
  const lines: string[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const key = `[${JSON.stringify(name)}]`;
    if (field.kind === 'list' || field.kind === 'vector') {
      const same = field.of === undefined ? Object.is : compileComparison(field.of);
      const compare = `constants[${constants.push(same) - 1}]`;
      lines.push(`if (!sameList(a${key}, b${key}, ${compare})) return false;`);
    } else lines.push(`if (a${key} !== b${key}) return false;`);
  }
  return make<Comparison>('a, b', `${lines.join('\n')}\nreturn true;`, constants);
}

/** Whether text is a decimal: an optional sign, digits without a leading zero, and perhaps a point and digits. */
function isDecimal(text: string): boolean {
  const { length } = text;
  let at = length > 0 && text.charCodeAt(0) === 45 ? 1 : 0;
  const first = text.charCodeAt(at);
  if (!(first >= 48 && first <= 57)) return false;
  at++;
  if (first !== 48) while (at < length && isDigit(text.charCodeAt(at))) at++;
  if (at === length) return true;
  if (text.charCodeAt(at) !== 46 || at + 1 === length) return false;
  for (at++; at < length; at++) if (!isDigit(text.charCodeAt(at))) return false;
  return true;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isAddress(text: string): boolean {
  if (text.length !== 42 || text.charCodeAt(0) !== 48 || text.charCodeAt(1) !== 120) return false;
  for (let at = 2; at < 42; at++) {
    const code = text.charCodeAt(at);
    if (!(isDigit(code) || (code >= 97 && code <= 102))) return false;
  }
  return true;
}

function isVector(value: unknown, length: number): boolean {
  if (!Array.isArray(value) || value.length !== length) return false;
  for (let at = 0; at < length; at++) {
    const item: unknown = value[at];
    if (typeof item !== 'number' || item - item !== 0) return false;
  }
  return true;
}

function isList(value: unknown, longest: number, check: Check): boolean {
  if (!Array.isArray(value) || value.length > longest) return false;
  for (let at = 0; at < value.length; at++) if (!check(value[at])) return false;
  return true;
}

function sameList(a: unknown, b: unknown, same: Comparison): boolean {
  if (a === b) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (!same(a[at], b[at])) return false;
  return true;
}
