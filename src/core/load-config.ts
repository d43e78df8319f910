import { access } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugins } from '../plugin-api/index.ts';
import { type Config, type ConfigInput, type ConfigOption, configOptions, configSchema } from './config.ts';
import { problemOf, suggestion, type Tree, valueAt } from './config-problems.ts';
import { UserError } from './errors.ts';
import { hideCredentials } from './log.ts';

export interface LoadConfigOptions {
  /** A configuration file; by default the first of `hypersonar.config.{ts,js,mjs,json}` in `folder` that exists. */
  readonly file?: string | undefined;
  /** Default: the working folder. */
  readonly folder?: string;
  /** Default: the environment of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Options set by the caller, such as from the command line; they win over everything. */
  readonly options?: ConfigInput;
}

export type ConfigSource = 'default' | 'file' | 'environment' | 'option';

/** A checked configuration and where it comes from. */
export interface LoadedConfig {
  readonly config: Config;
  /** Plugins that the file brings. */
  readonly use: Plugins;
  readonly file: string | undefined;
  readonly entries: readonly ConfigEntry[];
}

/** The effective value of one option. */
export interface ConfigEntry {
  readonly path: string;
  /** Secrets are replaced by `(hidden)`. */
  readonly value: unknown;
  readonly source: ConfigSource;
  readonly doc: string;
  readonly environment: string;
}

const fileNames = ['ts', 'js', 'mjs', 'json'].map(extension => `hypersonar.config.${extension}`);
/** Variables of our own that are no options. */
const otherVariables = /^HYPERSONAR_(SECRET_.+|DATA|PGLITE_TEMPLATES|CONFIG|BUNDLED_NODE|TEST_.+)$/;

/**
 * Reads the configuration file and the environment, and checks them. Options of the caller come first, then the environment, then
 * the file, then the defaults.
 *
 * @throws UserError `CONFIG_UNREADABLE` for a file that cannot be read, `CONFIG_INVALID` with every problem at once.
 */
export async function loadConfig(options: LoadConfigOptions = {}): Promise<LoadedConfig> {
  const environment = options.environment ?? process.env;
  const file = await findFile(options.file ?? environment.HYPERSONAR_CONFIG, options.folder ?? process.cwd());
  const { use: fileUse = [], ...fromFile } = file === undefined ? {} : await readConfigFile(file);
  const { use: optionUse = [], ...fromOptions } = options.options ?? {};
  return checkConfig({
    fromFile: fromFile as Tree,
    fromOptions: fromOptions as Tree,
    environment,
    file,
    use: [fileUse, optionUse],
  });
}

/** Checks a configuration that is given by the program alone: neither files nor the environment are read. */
export function configOf(input: ConfigInput = {}): LoadedConfig {
  const { use = [], ...fromOptions } = input;
  return checkConfig({
    fromFile: {},
    fromOptions: fromOptions as Tree,
    environment: {},
    file: undefined,
    use,
  });
}

async function findFile(named: string | undefined, folder: string): Promise<string | undefined> {
  if (named !== undefined) return path.resolve(folder, named);
  for (const name of fileNames) {
    const file = path.join(folder, name);
    const exists = await access(file).then(
      () => true,
      () => false,
    );
    if (exists) return file;
  }
  return undefined;
}

async function readConfigFile(file: string): Promise<ConfigInput> {
  let content: unknown;
  try {
    const attributes = file.endsWith('.json') ? { with: { type: 'json' } } : {};
    const module = await import(pathToFileURL(file).href, attributes);
    content = module.default;
  } catch (error) {
    throw new UserError(
      'CONFIG_UNREADABLE',
      `Expected to read the configuration file ${file}, found: ${(error as Error).message}. Correct it, or name another one ` +
        'with --config or HYPERSONAR_CONFIG.',
      { cause: error },
    );
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new UserError(
      'CONFIG_UNREADABLE',
      `Expected ${file} to have the configuration as its default export, found ${content === undefined ? 'none' : typeof content}. ` +
        'Write `export default defineConfig({ ... })`.',
    );
  }
  return content as ConfigInput;
}

interface Parts {
  readonly fromFile: Tree;
  readonly fromOptions: Tree;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file: string | undefined;
  readonly use: Plugins;
}

function checkConfig({ fromFile, fromOptions, environment, file, use }: Parts): LoadedConfig {
  const problems: string[] = [];
  const sources = new Map<string, ConfigSource>();
  const variables = new Map<string, string>();
  const merged = structuredCloneTree(fromFile);
  for (const option of configOptions) {
    if (valueAt(fromFile, option.path) !== undefined) sources.set(option.path, 'file');
    const variable = option.environment.find(name => environment[name] !== undefined);
    if (variable !== undefined) {
      setAt(merged, option.path, parseVariable(environment[variable]!, option));
      sources.set(option.path, 'environment');
      variables.set(option.path, variable);
    }
    const given = valueAt(fromOptions, option.path);
    if (given !== undefined) {
      setAt(merged, option.path, option.path === 'plugins' ? mergePlugins(merged.plugins, given) : given);
      sources.set(option.path, 'option');
    }
  }
  copyUnknown(fromOptions, merged);
  const known = new Set(configOptions.flatMap(option => option.environment));
  for (const name of Object.keys(environment)) {
    if (name.startsWith('HYPERSONAR_') && !known.has(name) && !otherVariables.test(name)) {
      problems.push(`${name}: no option has this environment variable.${suggestion(name, [...known])}`);
    }
  }

  const result = configSchema.safeParse(merged);
  for (const issue of result.error?.issues ?? []) {
    problems.push(problemOf(issue, merged, { sources, variables, file }));
  }
  if (problems.length > 0 || !result.success) {
    throw new UserError(
      'CONFIG_INVALID',
      `The configuration has ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}.\n` +
        problems.map(problem => `  ${problem}`).join('\n'),
      { details: { problems } },
    );
  }
  const config = deepFreeze(result.data);
  return {
    config,
    use,
    file,
    entries: configOptions.map(option => ({
      path: option.path,
      value: shownValue(option, valueAt(config as unknown as Tree, option.path)),
      source: sources.get(option.path) ?? 'default',
      doc: option.doc,
      environment: option.environment.at(-1)!,
    })),
  };
}

/** What the caller says about a plugin is added to what the file says about it. */
function mergePlugins(before: unknown, given: unknown): unknown {
  if (!isTree(before) || !isTree(given)) return given;
  const both = { ...before };
  for (const [id, said] of Object.entries(given)) {
    const known = both[id];
    both[id] = isTree(known) && isTree(said) ? { ...known, ...said } : said;
  }
  return both;
}

/** A variable is text; what reads as a number, a truth value, null or an object is meant as one where the option is none. */
function parseVariable(text: string, option: ConfigOption): unknown {
  const isText = typeof option.default === 'string' && text !== 'null';
  if (isText || option.secret) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function shownValue(option: ConfigOption, value: unknown): unknown {
  if (option.secret && value !== null) return '(hidden)';
  return typeof value === 'string' ? hideCredentials(value) : value;
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

/** Options that do not exist are kept, so that the check can refuse them by name. */
function copyUnknown(from: Tree, to: Tree): void {
  for (const [name, value] of Object.entries(from)) {
    if (value === undefined) continue;
    if (!(name in to)) to[name] = value;
    else if (isTree(value) && isTree(to[name]) && name !== 'plugins') copyUnknown(value, to[name] as Tree);
  }
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function structuredCloneTree(tree: Tree): Tree {
  return Object.fromEntries(
    Object.entries(tree).map(([name, value]) => [name, isTree(value) ? structuredCloneTree(value) : value]),
  );
}

function deepFreeze<T>(value: T): T {
  // Note: only what the schema made; plugin configurations may hold anything and are frozen by the planner.
  if (isTree(value) && Object.getPrototypeOf(value) === Object.prototype) {
    for (const [name, item] of Object.entries(value)) if (name !== 'config') deepFreeze(item);
    Object.freeze(value);
  }
  return value;
}
