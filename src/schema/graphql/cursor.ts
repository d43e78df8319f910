import { InputError, shown } from './failure.ts';

/** A value that rows are ordered by. */
export type CursorValue = string | number | boolean | null;

/** Writes where a row stands in an order: the order's name, then the values that it is ordered by. */
export function writeCursor(order: string, values: readonly CursorValue[]): string {
  return Buffer.from(JSON.stringify([order, ...values])).toString('base64url');
}

/**
 * Reads a cursor back.
 *
 * @throws InputError `CURSOR_MALFORMED` when it is not one of ours, `CURSOR_FOREIGN` when it belongs to another order.
 */
export function readCursor(
  text: string,
  {
    order,
    accepts,
    argument,
  }: {
    readonly order: string;
    /** For each value of the order, whether it can be one. */
    readonly accepts: readonly ((value: CursorValue) => boolean)[];
    readonly argument: string;
  },
): readonly CursorValue[] {
  const parts = partsOf(text);
  const [name, ...values] = parts ?? [];
  const valid =
    name !== order || (values.length === accepts.length && accepts.every((fits, at) => fits(values[at]!)));
  if (parts === undefined || !valid) {
    throw new InputError({
      code: 'CURSOR_MALFORMED',
      argument,
      expected: 'a cursor that an answer of this field gave',
      found: shown(text),
      whatToDo: 'Pass a `cursor`, `startCursor` or `endCursor` unchanged, or leave the argument out.',
    });
  }
  if (name !== order) {
    throw new InputError({
      code: 'CURSOR_FOREIGN',
      argument,
      expected: `a cursor of the order "${order}"`,
      found: `one of "${String(name)}"`,
      whatToDo: 'Use a cursor only with the field, the sorting and the filters that it came from.',
    });
  }
  return values;
}

function partsOf(text: string): [string, ...CursorValue[]] | undefined {
  if (!/^[A-Za-z0-9_-]{4,1024}$/.test(text)) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    const valid =
      Array.isArray(parts) &&
      typeof parts[0] === 'string' &&
      parts.every(part => part === null || ['string', 'number', 'boolean'].includes(typeof part));
    return valid ? (parts as [string, ...CursorValue[]]) : undefined;
  } catch {
    return undefined;
  }
}
