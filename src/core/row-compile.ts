import type { Field, Fields } from '../plugin-api/index.ts';

/*
 * Checks of rows as straight-line code, one property after the other, made once for each ref. A loop over a
 * ref's fields that looks each one up by its name takes eight times as long, and every row that a plugin makes is checked.
 */

/** 0: the row does not fit. 1: it fits, and its properties stand in the order of the fields. 2: it fits in another order. */
export type Fit = 0 | 1 | 2;
type Check = (row: unknown) => Fit;

/** What the made code may call. */
const tools = { isDecimal, isAddress, isVector, isList };
const toolNames = Object.keys(tools);

function make(body: string, constants: readonly unknown[]): Check {
  // Note: the text holds nothing from outside but field names and words, each written by JSON.stringify, and numbers.
  const maker = new Function(...toolNames, 'constants', `return row => { ${body} };`);
  return maker(...Object.values(tools), constants) as Check;
}

/** Says whether a row has exactly the given fields, each with a fitting value, and in which order. */
export function compileCheck(fields: Fields): Check {
  const constants: unknown[] = [];
  const lines = ["if (typeof row !== 'object' || row === null) return 0;", 'let value;'];
  for (const [name, field] of Object.entries(fields)) {
    lines.push(`value = row[${JSON.stringify(name)}];`, `if (${failing(field, constants)}) return 0;`);
  }
  const names = Object.keys(fields);
  const place = `constants[${constants.push(names) - 1}]`;
  lines.push(
    `const names = ${place};`,
    'let count = 0;',
    'let ordered = 1;',
    'for (const name in row) if (name !== names[count++]) ordered = 2;',
    `return count === ${names.length} ? ordered : 0;`,
  );
  return make(lines.join('\n'), constants);
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

export function isAddress(text: string): boolean {
  if (text.length !== 42 || text.charCodeAt(0) !== 48 || text.charCodeAt(1) !== 120) return false;
  for (let at = 2; at < 42; at++) {
    const code = text.charCodeAt(at);
    if (!(isDigit(code) || (code >= 97 && code <= 102))) return false;
  }
  return true;
}

export function isVector(value: unknown, length: number): boolean {
  if (!Array.isArray(value) || value.length !== length) return false;
  for (let at = 0; at < length; at++) {
    const item: unknown = value[at];
    if (typeof item !== 'number' || item - item !== 0) return false;
  }
  return true;
}

export function isList(value: unknown, longest: number, check: Check): boolean {
  if (!Array.isArray(value) || value.length > longest) return false;
  for (let at = 0; at < value.length; at++) if (check(value[at]) === 0) return false;
  return true;
}
