import type { z } from 'zod';
import { configOptions, pluginOptions } from './config.ts';
import type { ConfigSource } from './load-config.ts';

export type Tree = Record<string, unknown>;

/** One problem as a sentence: what was expected, what was found and where. */
export function problemOf(
  issue: z.core.$ZodIssue,
  merged: Tree,
  from: { sources: Map<string, ConfigSource>; variables: Map<string, string>; file: string | undefined },
): string {
  const where = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const siblings = knownNames(where);
    return issue.keys
      .map(key => {
        const full = where === '' ? key : `${where}.${key}`;
        return `${full}: no such option. Known here: ${siblings.join(', ')}.${suggestion(key, siblings)}`;
      })
      .join('\n  ');
  }
  const option = configOptions.find(({ path }) => where === path || where.startsWith(`${path}.`));
  const source = from.sources.get(option?.path ?? '') ?? 'file';
  const origin =
    source === 'environment'
      ? `the environment variable ${from.variables.get(option!.path)}`
      : source === 'option'
        ? 'an option of the caller'
        : (from.file ?? 'the configuration');
  const found = option?.secret === true ? '(hidden)' : JSON.stringify(valueAt(merged, where));
  const meaning = option === undefined ? '' : ` ${option.doc}`;
  return `${where}: ${issue.message.replace(/^Invalid input: /, '')}; found ${found} in ${origin}.${meaning}`;
}

function knownNames(prefix: string): string[] {
  const inside =
    prefix === '' ? configOptions : configOptions.filter(({ path }) => path.startsWith(`${prefix}.`));
  const start = prefix === '' ? 0 : prefix.length + 1;
  const names = inside.map(({ path }) => path.slice(start).split('.')[0]!);
  if (prefix.startsWith('plugins.')) {
    return Object.keys(pluginOptions.shape);
  }
  return [...new Set(prefix === '' ? [...names, 'use'] : names)];
}

/** The known name that a mistyped one is nearest to, as a question. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = known
    .map(candidate => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return near !== undefined && near.distance <= Math.max(2, name.length / 4)
    ? ` Did you mean ${near.candidate}?`
    : '';
}

/** The number of letters to add, remove or change (Levenshtein, 1965). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(change, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous.at(-1)!;
}

/** The value at a dotted path. */
export function valueAt(tree: Tree, dotted: string): unknown {
  let at: unknown = tree;
  for (const name of dotted.split('.')) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Tree)[name];
  }
  return at;
}
