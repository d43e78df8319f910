import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { startCommand } from './run-command.ts';

const cwd = tmpdir();
const small = ['exchange', '--markets', 'load', '--wallets', '20', '--coins', '6,4,2'];

test('runs a local exchange until it is stopped, and says what came of it', async () => {
  const command = startCommand([...small, '--port', '0', '--rate', '50', '--limits', '0.5'], { cwd });
  const [, infoUrl] = await command.shown(/infoUrl +(\S+)/);
  const ask = () => fetch(infoUrl as string, { method: 'POST', body: '{"type":"exchangeStatus"}' });
  expect(await (await ask()).json()).toEqual({ time: expect.any(Number), specialStatuses: null });
  const limits = await fetch(`${new URL('/admin/limits', infoUrl)}`);
  expect(await limits.json()).toMatchObject({ limits: { weightPerMinute: { limit: 600, used: 2 } } });
  command.child.kill('SIGINT');
  const { code, err } = await command.ended;
  expect(code).toBe(0);
  expect(err).toMatch(/Stopped\. block 1,07\d,\d{3},\d{3} .* 1 requests .* nothing refused/);
});

test('says that its port is taken, and how to take another', async () => {
  const first = startCommand([...small, '--port', '0'], { cwd });
  const [, port] = await first.shown(/infoUrl +http:\/\/127\.0\.0\.1:(\d+)/);
  const second = await startCommand([...small, '--port', port as string], { cwd }).ended;
  expect(second.code).toBe(1);
  expect(second.err).toContain(
    `Expected to listen on 127.0.0.1:${port}, found that another process listens there`,
  );
  first.child.kill('SIGTERM');
  await first.ended;
});

test.each([
  [['--limits', 'many'], 'Expected --limits as exchange, off or a factor, found many.'],
  [['--faults', 'drop,earthquake'], 'found earthquake'],
  [['--coins', '3'], 'Expected --coins as three counts'],
  [['--rate', 'fast'], 'Expected --rate as a number from 0, found fast.'],
])('says what is wrong with %j', async (words, text) => {
  const { code, err } = await startCommand(['exchange', ...words], { cwd }).ended;
  expect(code).toBe(1);
  expect(err).toContain('CONFIG_INVALID');
  expect(err).toContain(text);
});
