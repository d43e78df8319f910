import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningCommand, startCommand } from './run-command.ts';

let cwd = '';
let demo: RunningCommand;
let url = '';
beforeAll(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'hypersonar-cli-'));
  // No network: the demo must not need one. The system's own temporary folder is replaced by an empty one.
  demo = startCommand(['demo', '--port', '0', '--days', '2', '--wallets', '80'], {
    cwd,
    environment: { TMPDIR: cwd, http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' },
  });
  const [, found] = await demo.shown(/Page +(http:\/\/[^/\s]+)\//);
  url = found!;
});
afterAll(async () => {
  demo.child.kill('SIGKILL');
  await demo.ended;
  await rm(cwd, { recursive: true, force: true });
});

async function ask<T>(query: string): Promise<T> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await response.json()) as { data: T; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

describe('demo', () => {
  it('says at once that everything is simulated, and where to look', () => {
    expect(demo.err).toContain('SIMULATED');
    expect(demo.err).toContain(`${url}/graphql`);
  });

  it('serves a page that says so, too', async () => {
    const response = await fetch(`${url}/`);
    expect(response.status).toBe(200);
    expect((await response.text()).toLowerCase()).toContain('simulated');
  });

  it('tells in GraphQL that it is simulated, and its counts grow', async () => {
    await demo.shown(/the market goes on in real time/);
    const { about } = await ask<{ about: { mode: string } }>('{ about { mode } }');
    expect(about.mode.toLowerCase()).toBe('simulated');
    const count = async () =>
      (await ask<{ storage: { checkpoint: number } }>('{ storage { checkpoint } }')).storage.checkpoint;
    const before = await count();
    await pause(3_000);
    expect(await count()).toBeGreaterThan(before);
  });

  it('has traders with names, categories and positions', async () => {
    const { leaderboard } = await ask<{
      leaderboard: { edges: { node: { trader: { address: string } } }[] };
    }>(
      '{ leaderboard(first: 5) { ... on LeaderboardRowConnection { edges { node { trader { address } } } } } }',
    );
    expect(leaderboard.edges).toHaveLength(5);
  });

  it('stops soon after Ctrl+C, cleanly, and leaves nothing behind', async () => {
    const asked = performance.now();
    demo.child.kill('SIGINT');
    const { code, err } = await demo.ended;
    expect(code).toBe(0);
    expect(performance.now() - asked).toBeLessThan(60_000);
    expect(err).toContain('nothing is kept');
    expect(err).not.toMatch(/^\s+at /m);
    // Node keeps compiled code for the next start, in the system's temporary folder.
    expect((await readdir(cwd)).filter(name => name !== 'node-compile-cache')).toEqual([]);
  });
});
