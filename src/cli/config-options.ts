import type { Command } from 'commander';
import { type ConfigInput, configOptions } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import { type LoadedConfig, loadConfig } from '../core/load-config.ts';

/** What {@link addConfigOptions} puts on a command. */
export interface ConfigFlags {
  readonly config?: string;
  readonly database?: string;
  readonly tape?: string;
  readonly host?: string;
  readonly port?: string;
  readonly logLevel?: string;
  readonly set?: readonly string[];
}

const flags = {
  config: ['-c, --config <file>', 'configuration file (default: hypersonar.config.{ts,js,mjs,json} here)'],
  database: ['--database <url>', 'pglite://<folder>, pglite-memory:// or postgres://…'],
  tape: ['--tape <folder>', 'where events are kept; `memory` for nowhere'],
  host: ['--host <address>', 'address to listen on'],
  port: ['-p, --port <number>', 'port to listen on; 0 for a free one'],
  logLevel: ['--log-level <level>', 'lowest level that is written to the log'],
} as const;

/** Adds the flags that set configuration, and `--set` for all the rest. */
export function addConfigOptions(command: Command, names: readonly (keyof typeof flags)[]): Command {
  for (const name of names) command.option(flags[name][0], flags[name][1]);
  return command.option(
    '--set <option=value...>',
    'any option of the configuration, such as server.port=4100; values are JSON or plain text',
  );
}

/** Documents every option of the configuration after a command's help. */
export function addConfigHelp(command: Command): Command {
  return command.addHelpText(
    'after',
    () => `\nConfiguration, by file, environment or --set:\n${configText()}`,
  );
}

function configText(): string {
  return configOptions
    .map(option => {
      const text = option.secret ? 'none' : JSON.stringify(option.default);
      const standard = text.length > 40 ? 'see docs' : text;
      return `  ${option.path}   ${option.environment.at(-1)}   default ${standard}\n      ${option.doc}`;
    })
    .join('\n');
}

/** The configuration of a command: defaults, file, environment, and above all what the command line says. */
export function loadConfigOf(options: ConfigFlags, above: ConfigInput = {}): Promise<LoadedConfig> {
  return loadConfig({ file: options.config, options: configInputOf(options, above) });
}

/** What the command line says, as a configuration. */
export function configInputOf(options: ConfigFlags, above: ConfigInput = {}): ConfigInput {
  const tree: Tree = structuredClone(withoutPlugins(above));
  if (options.database !== undefined) setAt(tree, 'database.url', options.database);
  if (options.tape !== undefined) setAt(tree, 'tape.folder', options.tape === 'memory' ? null : options.tape);
  if (options.host !== undefined) setAt(tree, 'server.host', options.host);
  if (options.port !== undefined) setAt(tree, 'server.port', numberOr(options.port));
  if (options.logLevel !== undefined) setAt(tree, 'log.level', options.logLevel);
  for (const text of options.set ?? []) {
    const split = text.indexOf('=');
    if (split <= 0) {
      throw new UserError(
        'CONFIG_INVALID',
        `Expected --set option=value, found ${JSON.stringify(text)}. Write it such as --set server.port=4100.`,
      );
    }
    setAt(tree, text.slice(0, split), parsedValue(text.slice(split + 1)));
  }
  return { ...(tree as ConfigInput), ...(above.use === undefined ? {} : { use: above.use }) };
}

type Tree = Record<string, unknown>;

// Note: plugins hold functions, which cannot be cloned.
function withoutPlugins({ use: _, ...rest }: ConfigInput): Tree {
  return rest;
}

function numberOr(text: string): unknown {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function setAt(tree: Tree, dotted: string, value: unknown): void {
  const names = dotted.split('.');
  let at = tree;
  for (const name of names.slice(0, -1)) {
    if (typeof at[name] !== 'object' || at[name] === null) at[name] = {};
    at = at[name] as Tree;
  }
  at[names.at(-1)!] = value;
}
