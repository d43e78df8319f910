import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { standardCollectors } from '../../src/cli/start/live-collectors.ts';
import { builtInPlugins } from '../../src/core/app.ts';
import { runCommand } from './run-command.ts';

vi.setConfig({ testTimeout: 120_000 });

let cwd = '';
beforeAll(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'hypersonar-cli-'));
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

const run = (...words: string[]) => runCommand(words, { cwd });

describe('the command line', () => {
  it('lists its commands and says with which to begin', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const name of [
      'start',
      'demo',
      'exchange',
      'replay',
      'check',
      'explain',
      'report',
      'export',
      'stats',
    ]) {
      expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
    expect(out).toContain('hypersonar demo');
  });

  it('explains each command with its options', async () => {
    const options = {
      start: '--no-collect',
      demo: '--rate',
      exchange: '--faults',
      replay: '--verify',
      check: '--seed',
      explain: '--format',
      report: '--html',
      export: '--format',
      stats: '--json',
    };
    for (const [name, option] of Object.entries(options)) {
      const { code, out } = await run(name, '--help');
      expect(code, name).toBe(0);
      expect(out, name).toContain(`hypersonar ${name}`);
      expect(out, name).toContain(option);
    }
  });

  it('shows every option of the configuration with its environment variable', async () => {
    const { out } = await run('start', '--help');
    expect(out).toMatch(/server\.port +PORT +default 4400/);
    expect(out).toMatch(/database\.url\s+DATABASE_URL/);
  });

  it('prints its version', async () => {
    const { code, out } = await run('--version');
    expect(code).toBe(0);
    expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('suggests the command and the option that were meant, and exits with 2', async () => {
    const command = await run('explian');
    expect(command.code).toBe(2);
    expect(command.err).toContain('Did you mean explain?');
    const option = await run('start', '--prot', '3');
    expect(option.code).toBe(2);
    expect(option.err).toContain('Did you mean --port?');
  });

  const allOff = standardCollectors
    .filter(id => builtInPlugins.some(plugin => plugin.id === id))
    .flatMap(id => ['--set', `plugins.${id}.enabled=false`]);
  it('says what to do when every collector is disabled, with no stack', async () => {
    const { code, err } = await run('start', ...allOff);
    expect(code).toBe(1);
    expect(err).toContain('NOTHING_TO_COLLECT');
    expect(err).toContain('hypersonar demo');
    expect(err).not.toMatch(/^\s+at /m);
  });

  it('shows where an error comes from when it is asked to', async () => {
    const { err } = await run('start', '--verbose', ...allOff);
    expect(err).toMatch(/^\s+at /m);
  });

  it('refuses an address that is none, by the flag that named it', async () => {
    for (const [flag, text] of [
      ['--exchange', 'localhost:4100'],
      ['--serve-info', 'ftp://node'],
      ['--network', 'moonnet'],
    ]) {
      const { code, err } = await run('start', flag!, text!);
      expect(code).toBe(1);
      expect(err).toContain('CONFIG_INVALID');
      expect(err).toContain(flag);
    }
  });

  it('refuses an unknown option of the configuration by its name', async () => {
    const { code, err } = await run('explain', '--set', 'server.prot=4100');
    expect(code).toBe(1);
    expect(err).toContain('server.prot');
  });

  it('does not make an empty database where it should read one', async () => {
    for (const words of [['stats'], ['report'], ['export', 'trades', '--out', 'x.csv']]) {
      const { code, err } = await run(...words);
      expect(code).toBe(1);
      expect(err).toContain('Expected a database with results');
    }
  });
});

describe('explain', () => {
  it('prints every stage with what each plugin reads and provides', async () => {
    const { code, out } = await run('explain', '--all');
    expect(code).toBe(0);
    expect(out).toMatch(/wallet-ledger \d+\.\d+\.\d+: /);
    expect(out).toMatch(/provides wallet\.position@1/);
    expect(out).toMatch(/simulated-history 1\.0\.0/);
  });

  it('draws the plan as a Mermaid chart', async () => {
    const { out } = await run('explain', '--format', 'mermaid');
    expect(out).toMatch(/^flowchart LR/);
    expect(out).toContain('wallet_ledger["wallet-ledger"]');
    expect(out).toMatch(/wallet_behaviour -->\|wallet\.features\| n_wallet_categories/);
  });
});

describe('check', () => {
  it('passes a built-in plugin, check by check', async () => {
    const { code, out } = await run('check', 'trader-score');
    expect(out).toMatch(/ok {5}C04 /);
    expect(out).toMatch(/(\d+) of \1 checks passed/);
    expect(code).toBe(0);
  });

  it('fails a plugin that reads the clock, and says which check found it', async () => {
    const file = path.resolve(import.meta.dirname, '../fixtures/plugins/reads-the-clock.ts');
    const { code, out } = await run('check', file);
    expect(code).toBe(1);
    expect(out).toMatch(/FAILED C10/);
  });

  it('says what it expected where there is no plugin', async () => {
    const { code, err } = await run('check', 'no-such-plugin');
    expect(code).toBe(1);
    expect(err).toContain('PLUGIN_NOT_FOUND');
    expect(err).toContain('wallet-ledger');
  });
});
