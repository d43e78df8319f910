import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningCommand, runCommand, startCommand } from './run-command.ts';
import { writeRecording } from './simulated-recording.ts';

vi.setConfig({ testTimeout: 120_000 });

let cwd = '';
const running: RunningCommand[] = [];
beforeAll(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'hypersonar-cli-'));
  await writeRecording(path.join(cwd, 'recording'), { days: 0.2 });
  await writeFile(
    path.join(cwd, 'hypersonar.config.json'),
    JSON.stringify({
      log: { level: 'warn' },
      storage: { trackAll: true },
      plugins: { recording: { config: { path: 'recording' } } },
    }),
  );
});
afterAll(async () => {
  for (const command of running) command.child.kill('SIGKILL');
  await rm(cwd, { recursive: true, force: true });
});

function start(...words: string[]): RunningCommand {
  const command = startCommand(['start', '--port', '0', ...words], { cwd });
  running.push(command);
  return command;
}

async function tradersAt(url: string): Promise<number> {
  const query = '{ traders(first: 5) { ... on TraderConnection { edges { node { address } } } } }';
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data } = (await response.json()) as { data: { traders: { edges: unknown[] } } };
  return data.traders.edges.length;
}

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

describe('start', () => {
  it('runs what the configuration file says, and stops cleanly on SIGTERM', async () => {
    const command = start();
    const [, url] = await command.shown(/(http:\/\/[^/\s]+)\/ · collectors: recording/);
    for (let tries = 0; (await tradersAt(url!)) < 5 && tries < 100; tries++) await pause(200);
    expect(await tradersAt(url!)).toBe(5);
    command.child.kill('SIGTERM');
    const { code, err } = await command.ended;
    expect(code).toBe(0);
    expect(err).not.toMatch(/^\s+at /m);
  });

  it('serves what the database holds without collecting', async () => {
    const command = start('--no-collect');
    const [, url] = await command.shown(/(http:\/\/[^/\s]+)\/ · collectors: none/);
    expect(await tradersAt(url!)).toBe(5);
    command.child.kill('SIGINT');
    expect((await command.ended).code).toBe(0);
  });

  it('comes up at once with nothing configured and no exchange, says what it cannot reach, and when it can', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-cli-'));
    const free = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => free.once('listening', resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise(resolve => free.close(resolve));
    const command = startCommand(['start', '--port', '0', '--exchange', `http://127.0.0.1:${port}`], {
      cwd: folder,
    });
    running.push(command);
    const [, url] = await command.shown(/(http:\/\/[^/\s]+)\/ · collectors: .*hyperliquid-market/);
    expect(await tradersAt(url!)).toBe(0);
    await command.shown(new RegExp(`Cannot reach 127.0.0.1:${port}: the connection was refused`));
    await command.shown(/hypersonar demo/);
    const ready = await fetch(`${url}/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).toContain('hyperliquid-market has brought nothing yet');
    const health = await fetch(`${url}/health`);
    expect(health.status).toBe(200);

    const back = createServer((_request, response) => response.writeHead(502).end()).listen(
      port,
      '127.0.0.1',
    );
    await command.shown(new RegExp(`127.0.0.1:${port} can be reached again`));
    back.close();
    command.child.kill('SIGTERM');
    expect((await command.ended).code).toBe(0);
    await rm(folder, { recursive: true, force: true });
  });

  it('names the port that is taken and what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, err } = await runCommand(['start', '--port', String(port)], { cwd });
    other.close();
    expect(code).toBe(1);
    expect(err).toContain('PORT_UNAVAILABLE');
    expect(err).toContain(`127.0.0.1:${port}`);
    expect(err).toContain('--port');
  });
});
