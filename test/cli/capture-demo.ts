/*
 * Takes the picture of the running demo that the README shows: `node test/cli/capture-demo.ts`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launchBrowser } from '../support/browser.ts';
import { startCommand } from './run-command.ts';

const file = path.resolve(import.meta.dirname, '../../docs/images/demo.png');
const liveForMs = Number(process.argv[2] ?? 90_000);

const cwd = await mkdtemp(path.join(tmpdir(), 'hypersonar-capture-'));
const demo = startCommand(['demo', '--port', '0'], { cwd });
const browser = await launchBrowser();
try {
  const [, url] = await demo.shown(/Page +(http:\/\/[^/\s]+)\//);
  const page = await browser.newPage({ viewport: { width: 1_400, height: 1_000 }, colorScheme: 'dark' });
  page.on('pageerror', error => console.error(`On the page: ${error.message}`));
  await page.goto(`${url}/`);
  await demo.shown(/the market goes on in real time/);
  await page.waitForTimeout(liveForMs);
  await page.screenshot({ path: file });
  console.log(`${demo.err}\nWritten to ${file}.`);
} finally {
  await browser.close();
  demo.child.kill('SIGINT');
  await demo.ended;
  await rm(cwd, { recursive: true, force: true });
}
