import { stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { builtInPlugins } from '../core/app.ts';
import { UserError } from '../core/errors.ts';
import type { Plugin, Plugins } from '../plugin-api/index.ts';
import { flattenPlugins, runConformance } from '../testing/index.ts';
import { CommandEnd, exitCodes } from './failure.ts';
import type { Terminal } from './terminal.ts';

interface CheckFlags {
  readonly config?: string;
  readonly seed: string;
  readonly drafts: string;
}

/** `hypersonar check`: the conformance kit on a plugin. */
export function checkCommand(terminal: Terminal): Command {
  return new Command('check')
    .argument('<plugin>', "a module's file, a package, or the id of a built-in plugin")
    .option('--config <json>', 'configuration of the plugin, as JSON')
    .option('--seed <number>', 'seed of the tape that it is checked on', '1')
    .option('--drafts <number>', 'how many drafts of a collector are compared; a live one never ends', '2000')
    .action((named: string, flags: CheckFlags) => check(named, flags, terminal));
}

async function check(named: string, flags: CheckFlags, terminal: Terminal): Promise<void> {
  const plugins = await pluginsOf(named);
  const config = flags.config === undefined ? undefined : parsedConfig(flags.config);
  // What a plugin reads is provided by its own package, or else by stand-ins of the kit.
  let failed = 0;
  for (const plugin of plugins) {
    terminal.out(`${plugin.id} ${plugin.version} (${plugin.kind}): ${plugin.doc}`);
    const results = await runConformance(
      plugin,
      {
        seed: countOf('--seed', flags.seed),
        drafts: countOf('--drafts', flags.drafts),
        with: plugins.filter(other => other !== plugin && other.kind !== 'collector'),
        ...(config === undefined ? {} : { config }),
      },
      ({ name, passed, detail }) => {
        terminal.out(`  ${passed ? 'ok    ' : 'FAILED'} ${name}`);
        if (detail !== undefined) terminal.out(`         ${detail.replaceAll('\n', '\n         ')}`);
      },
    );
    const bad = results.filter(result => !result.passed).length;
    failed += bad;
    terminal.out(`  ${results.length - bad} of ${results.length} checks passed.`);
  }
  if (failed > 0) throw new CommandEnd(exitCodes.failure);
}

async function pluginsOf(named: string): Promise<readonly Plugin[]> {
  const builtIn = builtInPlugins.find(plugin => plugin.id === named);
  if (builtIn !== undefined) return [builtIn];
  const file = path.resolve(named);
  const isFile = (await stat(file).catch(() => undefined)) !== undefined;
  const module = (await import(isFile ? pathToFileURL(await entryOf(file)).href : named).catch(
    (cause: unknown) => {
      throw new UserError(
        'PLUGIN_NOT_FOUND',
        `Expected a plugin in ${named}, found that it cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}. ` +
          `Name a module's file, an installed package, or one of the built-in plugins: ${builtInPlugins.map(plugin => plugin.id).join(', ')}.`,
        { cause },
      );
    },
  )) as Record<string, unknown>;
  const plugins = [...new Set(Object.values(module).flatMap(value => pluginsIn(value)))];
  if (plugins.length > 0) return plugins;
  throw new UserError(
    'PLUGIN_NOT_FOUND',
    `Expected ${named} to export a plugin, made with defineCollector, defineFeature, defineModel, defineClassifier or defineSignal; ` +
      `found ${Object.keys(module).join(', ') || 'no exports'}.`,
  );
}

/** A folder is a package: its `package.json` says what is loaded. */
async function entryOf(place: string): Promise<string> {
  if (!(await stat(place)).isDirectory()) return place;
  const manifest = (
    await import(pathToFileURL(path.join(place, 'package.json')).href, { with: { type: 'json' } }).catch(
      () => ({ default: {} }),
    )
  ).default as { main?: string; exports?: unknown };
  const exported = (manifest.exports as Record<string, unknown> | undefined)?.['.'] ?? manifest.exports;
  const entry =
    typeof exported === 'string'
      ? exported
      : ((exported as Record<string, string> | undefined)?.default ?? manifest.main ?? 'index.ts');
  return path.join(place, entry);
}

function pluginsIn(value: unknown): readonly Plugin[] {
  if (Array.isArray(value)) return value.flatMap(pluginsIn);
  const isPlugin =
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    ['collector', 'feature', 'model', 'classifier', 'signal'].includes(value.kind as string);
  return isPlugin ? flattenPlugins(value as Plugins) : [];
}

function parsedConfig(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UserError(
      'CONFIG_INVALID',
      `Expected --config as JSON, found ${text}. Write it such as --config '{"path":"x"}'.`,
      {
        cause,
      },
    );
  }
}

function countOf(flag: string, text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new UserError('CONFIG_INVALID', `Expected ${flag} as a whole number from 0, found ${text}.`);
}
