import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import chromium, { inflate } from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

/**
 * Starts a headless Chromium that comes with the `@sparticuz/chromium` package.
 * `TEST_BROWSER` names another executable, for a machine that the package has no build for.
 *
 * @example
 * const browser = await launchBrowser();
 * const page = await browser.newPage();
 */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.TEST_BROWSER ?? (await unpackedChromium());
  const options = { executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] };
  try {
    return await playwright.launch(options);
  } catch (error) {
    if (!String(error).includes('error while loading shared libraries')) throw error;
    // Note: a bare machine has no libnss3; the package carries one.
    const libraries = path.join(path.dirname(executablePath), 'al2023/lib');
    return await playwright.launch({ ...options, env: { ...process.env, LD_LIBRARY_PATH: libraries } });
  }
}

async function unpackedChromium(): Promise<string> {
  const require = createRequire(import.meta.url);
  const manifest = path.join(path.dirname(require.resolve('@sparticuz/chromium')), '../package.json');
  const { version } = require(manifest) as { version: string };
  const folder = path.join(tmpdir(), `hypersonar-chromium-${version}`);
  const executable = path.join(folder, 'chromium');
  if (await stat(executable).catch(() => undefined)) return executable;
  // Note: the package unpacks into the temporary folder without a lock. Two workers would read each other's
  // half-written file, so each unpacks into its own and the first one to finish names it.
  const unfinished = await mkdtemp(`${folder}-`);
  const before = process.env.TMPDIR;
  process.env.TMPDIR = unfinished;
  try {
    await chromium.executablePath();
    await inflate(path.join(path.dirname(manifest), 'bin/al2023.tar.br'));
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
  await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true, force: true }));
  return executable;
}
