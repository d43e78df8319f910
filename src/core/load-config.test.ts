import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configOptions } from './config.ts';
import { configOf, loadConfig } from './load-config.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-config-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const load = (environment: Record<string, string> = {}, options = {}) =>
  loadConfig({ folder, environment, options });
const file = (content: unknown) =>
  writeFile(
    path.join(folder, 'hypersonar.config.json'),
    typeof content === 'string' ? content : JSON.stringify(content),
  );

describe('the configuration', () => {
  it('has a default and a sentence for every option', async () => {
    const { config, entries } = await load();
    expect(config.tape.hours).toBe(48);
    expect(entries).toHaveLength(configOptions.length);
    for (const { path: name, doc, source } of entries) {
      expect(doc, name).toMatch(/^.{10,}[.,;]$|^….+[.]$/s);
      expect(source).toBe('default');
    }
  });

  it('takes options before the environment, the environment before the file, the file before defaults', async () => {
    await file({ server: { port: 1, host: 'a.example' }, seed: 1, log: { level: 'debug' } });
    const { config, entries } = await load({ PORT: '2', HYPERSONAR_SEED: '2' }, { seed: 3 });
    expect([config.server.port, config.server.host, config.seed, config.log.level]).toEqual([
      2,
      'a.example',
      3,
      'debug',
    ]);
    const sourceOf = (name: string) => entries.find(entry => entry.path === name)?.source;
    expect(['server.port', 'server.host', 'seed', 'tape.hours'].map(sourceOf)).toEqual([
      'environment',
      'file',
      'option',
      'default',
    ]);
  });

  it('reads a typed file with plugins of its own', async () => {
    await writeFile(
      path.join(folder, 'hypersonar.config.ts'),
      `const config: object = { use: [{ id: 'mine' }], tape: { hours: 12 as number } };\nexport default config;\n`,
    );
    const { config, use } = await load();
    expect(config.tape.hours).toBe(12);
    expect(use).toEqual([[{ id: 'mine' }], []]);
  });

  it('names every problem at once: what was expected, what was found and where', async () => {
    await file({
      tape: { hours: -1, fsnyc: 'batch' },
      srever: {},
      plugins: { 'wallet-ledger': { enabeld: true } },
    });
    const failure = await load({
      PORT: 'http',
      HYPERSONAR_TAPE_HUORS: '3',
      HYPERSONAR_SERVER_TOKEN: 'short',
    }).catch(error => error);
    expect(failure.code).toBe('CONFIG_INVALID');
    const problems = failure.message.split('\n').map((line: string) => line.trim());
    for (const expected of [
      /^HYPERSONAR_TAPE_HUORS: no option.*Did you mean HYPERSONAR_TAPE_HOURS\?$/,
      /^tape\.hours: .*found -1 in .*hypersonar\.config\.json\. How long events are held/,
      /^tape\.fsnyc: no such option\. Known here: folder, hours.*Did you mean fsync\?$/,
      /^srever: no such option\..*Did you mean server\?$/,
      /^plugins\.wallet-ledger\.enabeld: no such option\..*Did you mean enabled\?$/,
      /^server\.port: .*found "http" in the environment variable PORT/,
      /^server\.token: .*found \(hidden\)/,
    ]) {
      expect(problems).toContainEqual(expect.stringMatching(expected));
    }
  });

  it('says which file it could not read, and why', async () => {
    await file('{ "tape": ');
    await expect(load()).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
      message: expect.stringContaining('hypersonar.config.json'),
    });
    await expect(loadConfig({ folder, file: 'gone.json', environment: {} })).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
    });
  });

  it('hides secrets and passwords in what it shows', async () => {
    const { entries, config } = await load({
      HYPERSONAR_SERVER_TOKEN: 'a-token-of-many-letters',
      DATABASE_URL: 'postgres://me:topsecret@db.example/hyper',
    });
    expect(config.server.token).toBe('a-token-of-many-letters');
    const text = JSON.stringify(entries);
    expect(text).not.toContain('many-letters');
    expect(text).not.toContain('topsecret');
    expect(text).toContain('postgres://me:(hidden)@db.example/hyper');
  });

  it('adds what a caller says about a plugin to what the file says about it', async () => {
    await file({ plugins: { a: { required: true, config: { x: 1 } }, b: { enabled: false } } });
    const { config } = await load({}, { plugins: { a: { config: { x: 2 } } } });
    expect(config.plugins.a).toMatchObject({ required: true, config: { x: 2 } });
    expect(config.plugins.b).toMatchObject({ enabled: false });
  });

  it('given by a program alone, reads neither files nor the environment', () => {
    expect(configOf({ tape: { folder: null } }).config.tape.folder).toBeNull();
    expect(() => configOf({ tape: { hours: 0 } })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});
