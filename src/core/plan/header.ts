import semver from 'semver';
import { apiVersion, type Plugin } from '../../plugin-api/index.ts';
import { durationMs } from '../duration.ts';
import type { Problems } from './problems.ts';

const kebabCase = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

const handlers = {
  collector: ['collect'],
  feature: ['key', 'initial', 'update', 'value'],
  model: ['score'],
  classifier: ['classify'],
  signal: ['key', 'evaluate'],
} as const satisfies Record<Plugin['kind'], readonly string[]>;

/** A plugin's id for messages, also when it has none. */
export function idOf(plugin: Plugin): string {
  return typeof plugin?.id === 'string' && plugin.id !== '' ? plugin.id : '(a plugin without an id)';
}

/** Whether something is a plugin at all, so that the rest of it can be looked at. */
export function checkKind(plugin: Plugin, problems: Problems): boolean {
  if (typeof plugin === 'object' && plugin !== null && Object.hasOwn(handlers, plugin.kind)) return true;
  const found = typeof plugin === 'object' && plugin !== null ? `kind ${String(plugin.kind)}` : typeof plugin;
  problems.add(
    'PLAN_KIND_UNKNOWN',
    [idOf(plugin)],
    `${idOf(plugin)}: expected a plugin made by defineCollector, defineFeature, defineModel, defineClassifier or defineSignal; ` +
      `found ${found}. Export what one of these functions returns.`,
  );
  return false;
}

/** Checks what a plugin says of itself. */
export function checkHeader(plugin: Plugin, apiRange: string | undefined, problems: Problems): void {
  const id = idOf(plugin);
  if (typeof plugin.id !== 'string' || !kebabCase.test(plugin.id)) {
    problems.add(
      'PLAN_ID_INVALID',
      [id],
      `${id}: a plugin's id is kebab-case, such as wallet-ledger; found ${JSON.stringify(plugin.id)}. Rename it.`,
    );
  }
  if (semver.valid(plugin.version) === null) {
    problems.add(
      'PLAN_VERSION_INVALID',
      [id],
      `${id}: \`version\` must be a semantic version, such as 1.0.0; found ${JSON.stringify(plugin.version)}.`,
    );
  }
  checkApiRange(plugin, apiRange, problems);
  if (typeof plugin.doc !== 'string' || plugin.doc.trim() === '') {
    problems.add('PLAN_DOC_MISSING', [id], `${id}: \`doc\` must say in a sentence what the plugin does.`);
  }
  for (const handler of handlers[plugin.kind]) {
    if (typeof (plugin as unknown as Record<string, unknown>)[handler] !== 'function') {
      problems.add(
        'PLAN_HANDLER_MISSING',
        [id],
        `${id}: a ${plugin.kind} must have the function \`${handler}\`; add it.`,
      );
    }
  }
  checkDurations(plugin, problems);
}

function checkApiRange(plugin: Plugin, override: string | undefined, problems: Problems): void {
  const id = idOf(plugin);
  const range = override ?? plugin.api;
  const where = override === undefined ? '`api`' : `the override \`apiRange.${id}\``;
  if (typeof range !== 'string' || semver.validRange(range) === null || range.trim() === '') {
    problems.add(
      'PLAN_API_RANGE',
      [id],
      `${id}: ${where} must be a range of plugin API versions, such as ^${apiVersion}; found ${JSON.stringify(range)}.`,
    );
  } else if (!semver.satisfies(apiVersion, range)) {
    problems.add(
      'PLAN_API_RANGE',
      [id],
      `${id}: ${where} is ${range}, and this is plugin API ${apiVersion}. Install a version of the plugin for this API, or, ` +
        `if you know that it works, override the range: overrides.apiRange["${id}"] = "^${apiVersion}".`,
    );
  }
}

function checkDurations(plugin: Plugin, problems: Problems): void {
  const durations: [string, unknown][] = [];
  if (plugin.kind === 'signal') durations.push(['every', plugin.every]);
  if (plugin.kind === 'collector') durations.push(['staleAfter', plugin.staleAfter]);
  if (plugin.kind === 'feature' && plugin.warmup !== 'all' && plugin.warmup !== 0) {
    durations.push(['warmup', plugin.warmup]);
  }
  for (const [name, duration] of durations) {
    if (duration === undefined) continue;
    try {
      durationMs(String(duration));
    } catch (error) {
      problems.add(
        'PLAN_DURATION_INVALID',
        [plugin.id],
        `${plugin.id}: \`${name}\`: ${(error as Error).message}`,
      );
    }
  }
}
