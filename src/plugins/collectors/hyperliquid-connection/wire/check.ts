import type * as z from 'zod';

/*
 * Judging what the exchange says by its schema. What passes is handed on as it came; keys that no schema knows pass too.
 */

/** What is wrong with a value, as one sentence that holds none of it but the place; `undefined` when nothing is. */
export function problemOf(schema: z.ZodType, value: unknown): string | undefined {
  const result = schema.safeParse(value);
  if (result.success) return undefined;
  const issue = result.error.issues[0];
  const place = issue?.path.map(String).join('.') ?? '';
  return `${place === '' ? 'it' : `\`${place}\``}: ${issue?.message ?? 'does not fit'}`;
}

/** How many elements of a list are looked at for unknown keys, from each end. */
const looksAt = 20;

/** The keys of a value that its schema does not know, as paths such as `fills[].px`. */
export function unknownKeys(schema: z.ZodType, value: unknown, path = ''): Set<string> {
  const found = new Set<string>();
  visit(schema, value, path, found);
  return found;
}

function visit(schema: z.ZodType, value: unknown, path: string, found: Set<string>): void {
  const { def } = schema._zod as { readonly def: SchemaDefinition };
  if (def.innerType !== undefined) {
    visit(def.innerType, value, path, found);
  } else if (def.type === 'object' && isRecord(value)) {
    for (const [key, inner] of Object.entries(value)) {
      const at = path === '' ? key : `${path}.${key}`;
      const known = def.shape?.[key];
      if (known === undefined) found.add(at);
      else visit(known, inner, at, found);
    }
  } else if (def.type === 'record' && isRecord(value)) {
    for (const inner of Object.values(value).slice(0, looksAt))
      visit(def.valueType!, inner, `${path}{}`, found);
  } else if (def.type === 'array' && Array.isArray(value)) {
    const sample =
      value.length <= 2 * looksAt ? value : [...value.slice(0, looksAt), ...value.slice(-looksAt)];
    for (const inner of sample) visit(def.element!, inner, `${path}[]`, found);
  } else if (def.type === 'tuple' && Array.isArray(value)) {
    for (const [place, inner] of value.entries()) {
      const item = def.items?.[place] ?? def.rest ?? undefined;
      if (item !== undefined) visit(item, inner, `${path}[${place}]`, found);
    }
  } else if (def.type === 'union') {
    const fitting = def.options?.find(option => option.safeParse(value).success);
    if (fitting !== undefined) visit(fitting, value, path, found);
  }
}

/** The parts of Zod's own description of a schema that lead to the schemas within it. */
interface SchemaDefinition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly valueType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly items?: readonly z.ZodType[];
  readonly rest?: z.ZodType | null;
  readonly options?: readonly z.ZodType[];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
