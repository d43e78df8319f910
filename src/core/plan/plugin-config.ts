import type { Plugin, SchemaIssue, StandardSchema } from '../../plugin-api/index.ts';
import type { Problems } from './problems.ts';

// Note: no operator writes this key, so that a schema which accepts it accepts every misspelling.
const unknownKey = 'unknown-key-probe';

/** Checks a plugin's configuration and returns what its handlers see: complete with defaults, and frozen. */
export function planConfig(plugin: Plugin, given: unknown, problems: Problems): unknown {
  const input = given ?? {};
  const schema: StandardSchema | undefined = plugin.config;
  if (typeof input !== 'object' || Array.isArray(input)) {
    problems.add(
      'PLAN_CONFIG_INVALID',
      [plugin.id],
      `${plugin.id}: the configuration must be an object; found ${JSON.stringify(input)}.`,
    );
    return Object.freeze({});
  }
  if (schema === undefined) {
    const keys = Object.keys(input);
    if (keys.length > 0) {
      problems.add(
        'PLAN_CONFIG_INVALID',
        [plugin.id],
        `${plugin.id} has no configuration; found ${keys.map(key => `\`${key}\``).join(', ')}. Remove it.`,
      );
    }
    return Object.freeze({});
  }
  const result = validate(plugin, schema, input, problems);
  if (result === undefined) return Object.freeze({});
  const probe = validate(plugin, schema, { ...input, [unknownKey]: 0 }, problems);
  if (probe !== undefined && probe.issues === undefined) {
    problems.add(
      'PLAN_CONFIG_NOT_STRICT',
      [plugin.id],
      `${plugin.id}: its configuration schema accepts unknown keys, so that a misspelt setting would be ignored. ` +
        'Make the schema strict, for instance with z.strictObject.',
    );
  }
  if (result.issues !== undefined) {
    for (const issue of result.issues) {
      problems.add(
        'PLAN_CONFIG_INVALID',
        [plugin.id],
        `${plugin.id}: configuration${pathText(issue)}: ${issue.message}. Correct it in the configuration of ${plugin.id}.`,
      );
    }
    return Object.freeze({});
  }
  return frozenCopy(result.value);
}

function validate(plugin: Plugin, schema: StandardSchema, input: unknown, problems: Problems) {
  let result: ReturnType<StandardSchema['~standard']['validate']>;
  try {
    result = schema['~standard'].validate(input);
  } catch (error) {
    problems.add(
      'PLAN_CONFIG_INVALID',
      [plugin.id],
      `${plugin.id}: its configuration schema failed: ${(error as Error).message}`,
    );
    return undefined;
  }
  if (result instanceof Promise) {
    // Note: nobody waits for it any more, so its rejection must not end the process.
    result.catch(() => undefined);
    problems.add(
      'PLAN_CONFIG_ASYNC',
      [plugin.id],
      `${plugin.id}: its configuration schema answers with a promise; use only synchronous checks.`,
    );
    return undefined;
  }
  return result;
}

function pathText(issue: SchemaIssue): string {
  const keys = (issue.path ?? []).map(part => String(typeof part === 'object' ? part.key : part));
  return keys.length === 0 ? '' : ` \`${keys.join('.')}\``;
}

/** A copy of plain data in which nothing can be changed. Other objects, such as a URL, are kept as they are. */
function frozenCopy(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy));
  if (typeof value !== 'object' || value === null) return value;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.freeze(
    Object.fromEntries(Object.entries(value).map(([key, item]) => [key, frozenCopy(item)])),
  );
}
