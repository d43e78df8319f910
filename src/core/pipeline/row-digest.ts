import type { Field, Fields } from '../../plugin-api/index.ts';
import { isAddress, isList, isVector } from '../row-compile.ts';

/*
 * Rows that are made again where they are needed are not kept; a hash stands for the row that was told last. It is made in one
 * pass with the check of the row, as straight-line code, since both read every value of every row.
 */

/**
 * 32 bits that are equal for equal rows, and not 0; 0 for a row that does not fit its fields, or whose properties stand in another
 * order.
 */
export type Digest = (row: unknown) => number;

const multipliers = [0x9e3779b1, 0x85ebca6b, 0xcc9e2d51, 0xc2b2ae35] as const;
const tools = { isAddress, isVector, isList, decimalHash, textHash };

export function compileDigest(fields: Fields, fits: (fields: Fields) => unknown): Digest {
  const constants: unknown[] = [];
  const lines: string[] = [];
  const others: string[] = [];
  let count = 0;
  for (const [name, field] of Object.entries(fields)) {
    lines.push(`value = row[${JSON.stringify(name)}];`);
    const place = `numbers[${count}]`;
    const absent = field.nullable === undefined ? '' : `if (value === null) ${place} = NaN; else `;
    switch (field.kind) {
      case 'number':
      case 'integer':
      case 'time':
        // Note: 0 and -0 are one number; adding 0 makes them one pattern of bits.
        lines.push(`${absent} if (${wrongNumber(field)}) return 0; else ${place} = value + 0;`);
        count++;
        break;
      case 'boolean':
        lines.push(
          `${absent} if (value === true) ${place} = 1; else if (value === false) ${place} = 0; else return 0;`,
        );
        count++;
        break;
      case 'oneOf': {
        const words = (field.values ?? []).map(
          (word, at) => `if (value === ${JSON.stringify(word)}) ${place} = ${at};`,
        );
        lines.push(`${absent} ${[...words, 'return 0;'].join(' else ')}`);
        count++;
        break;
      }
      default: {
        const other = `o${others.length}`;
        others.push(other);
        const none = field.nullable === undefined ? '' : `if (value === null) ${other} = 0x5bd1e995; else `;
        lines.push(`${none} ${otherHash(field, other, constants, fits)}`);
      }
    }
  }
  // Note: an even number of numbers, so that four words always stand there.
  const numbers = new Float64Array(count + (count % 2));
  const mixes: string[] = [];
  for (let word = 0; word < numbers.length * 2; word += 4) {
    for (const [lane, name] of ['a', 'b', 'c', 'd'].entries()) {
      // Note: four mixtures side by side, since each has to wait for what was mixed before.
      mixes.push(mixing(name, `words[${word + lane}]`, multipliers[lane] as number));
    }
  }
  const names = Object.keys(fields);
  const maker = new Function(
    ...[...Object.keys(tools), 'constants', 'names', 'numbers', 'words'],
    `return row => {
      if (typeof row !== 'object' || row === null) return 0;
      let value${others.map(name => `, ${name} = 0`).join('')};
      ${lines.join('\n')}
      let count = 0;
      for (const name in row) if (name !== names[count++]) return 0;
      if (count !== ${names.length}) return 0;
      let a = 1, b = 2, c = 3, d = 4;
      ${mixes.join('\n')}
      ${others.map(name => mixing('a', name, multipliers[0])).join('\n')}
      ${mixing('a', 'b', multipliers[1])}
      ${mixing('a', 'c', multipliers[2])}
      ${mixing('a', 'd', multipliers[3])}
      return a | 0 || 1;
    };`,
  );
  const words = new Int32Array(numbers.buffer);
  return maker(...Object.values(tools), constants, names, numbers, words) as Digest;
}

function mixing(into: string, word: string, multiplier: number): string {
  return `${into} = Math.imul(${into} ^ ${word}, ${multiplier}); ${into} ^= ${into} >>> 15;`;
}

function wrongNumber({ kind, min, max }: Field): string {
  const wrong = kind === 'number' ? 'value - value !== 0' : '!Number.isSafeInteger(value)';
  const range = `${min === undefined ? '' : ` || value < ${min}`}${max === undefined ? '' : ` || value > ${max}`}`;
  return `typeof value !== 'number' || ${wrong}${range}`;
}

function otherHash(
  field: Field,
  name: string,
  constants: unknown[],
  fits: (fields: Fields) => unknown,
): string {
  const text = "typeof value !== 'string'";
  const hashed = `return 0; else ${name} = textHash(value);`;
  switch (field.kind) {
    case 'decimal':
      return `if (${text} || (${name} = decimalHash(value)) === 0) return 0;`;
    case 'address':
      return `if (${text} || !isAddress(value)) ${hashed}`;
    case 'vector':
      return `if (!isVector(value, ${field.length})) ${hashed}`;
    case 'list': {
      const check = `constants[${constants.push(fits(field.of ?? {})) - 1}]`;
      return `if (!isList(value, ${field.length ?? 64}, ${check})) ${hashed}`;
    }
    default:
      return `if (${text} || value.length > 4096) ${hashed}`;
  }
}

/** Mixes the characters of a decimal; 0 when it is none: an optional sign, digits without a leading zero, perhaps a point and digits. */
function decimalHash(text: string): number {
  const { length } = text;
  let at = length > 0 && text.charCodeAt(0) === 45 ? 1 : 0;
  let hash = Math.imul(0x9e3779b1 ^ length ^ (at << 8), multipliers[1]);
  const first = text.charCodeAt(at);
  let code = first;
  const start = at;
  while (code >= 48 && code <= 57) {
    hash = Math.imul(hash ^ code, 0x01000193);
    code = text.charCodeAt(++at);
  }
  if (at === start || (first === 48 && at > start + 1)) return 0;
  if (at < length) {
    if (code !== 46 || at + 1 === length) return 0;
    hash = Math.imul(hash ^ at, multipliers[2]);
    for (at++; at < length; at++) {
      code = text.charCodeAt(at);
      if (!(code >= 48 && code <= 57)) return 0;
      hash = Math.imul(hash ^ code, 0x01000193);
    }
  }
  return hash ^ (hash >>> 15) || 1;
}

function textHash(item: unknown): number {
  const text = typeof item === 'string' ? item : (JSON.stringify(item) ?? '');
  let hash = Math.imul(0x9e3779b1 ^ text.length, multipliers[1]);
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 15);
}
