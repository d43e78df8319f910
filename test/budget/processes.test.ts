import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabases } from '../support/postgres.ts';

interface Grant {
  readonly at: number;
  readonly weight: number;
  readonly process: number;
}

const children: ChildProcess[] = [];
const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** Runs processes that ask for more than there is, and kills one of them on the way. */
async function spendTogether(
  where: string,
  { perMinute, speed, seconds }: { perMinute: number; speed: number; seconds: number },
) {
  const granted: Grant[] = [];
  const started = await Promise.all(
    [0, 1, 2].map(async index => {
      const child = spawn(
        process.execPath,
        [path.join(import.meta.dirname, 'spender.ts'), where, String(perMinute), String(speed)],
        { stdio: ['pipe', 'pipe', 'inherit'] },
      );
      children.push(child);
      const lines = createInterface({ input: child.stdout });
      await new Promise(resolve => lines.once('line', resolve));
      lines.on('line', line => granted.push({ ...JSON.parse(line), process: index }));
      return child;
    }),
  );
  for (const child of started) child.stdin.write('go\n');
  await wait((seconds * 1_000) / 3);
  started[1]!.kill('SIGKILL');
  await wait((seconds * 2_000) / 3);
  for (const child of started) child.kill('SIGKILL');
  return granted.sort((a, b) => a.at - b.at);
}

function mostInAMinute(granted: readonly Grant[], minute = 60_000): number {
  let most = 0;
  let sum = 0;
  let from = 0;
  for (const { at, weight } of granted) {
    sum += weight;
    while (granted[from]!.at <= at - minute) sum -= granted[from++]!.weight;
    most = Math.max(most, sum);
  }
  return most;
}

describe('three processes', () => {
  it('share a budget through a file, and never exceed it, also when one is killed', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-budget-'));
    cleanUps.push(() => rm(folder, { recursive: true, force: true }));
    const speed = 30;
    const granted = await spendTogether(path.join(folder, 'requests.sqlite'), {
      ...{ perMinute: 960, speed, seconds: 10 },
    });
    // Note: what a process says it was granted may reach its standard output a few milliseconds late.
    expect(mostInAMinute(granted, 60_000 - 10 * speed)).toBeLessThanOrEqual(960);
    const minutes = (granted.at(-1)!.at - granted[0]!.at) / 60_000;
    const spent = granted.reduce((sum, { weight }) => sum + weight, 0);
    expect(minutes).toBeGreaterThan(3);
    expect(spent / minutes / 960).toBeGreaterThan(0.7);
    expect(new Set(granted.map(grant => grant.process)).size).toBe(3);
  });

  describe.each(testDatabases().filter(({ name }) => name === 'postgres'))('on $name', ({ create }) => {
    it('share a budget through the database', async () => {
      const database: TestDatabase = await create();
      cleanUps.push(() => database.drop());
      // The database's minute lasts a minute, so this is one window: no more than its size is granted in it.
      const granted = await spendTogether(database.url, { perMinute: 300, speed: 1, seconds: 12 });
      const spent = granted.reduce((sum, { weight }) => sum + weight, 0);
      expect(spent).toBeLessThanOrEqual(300);
      expect(spent).toBeGreaterThan(280);
      expect(new Set(granted.map(grant => grant.process)).size).toBe(3);
    });
  });
});
