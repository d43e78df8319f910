#!/usr/bin/env node
// Plain JavaScript that an old Node can still read: it finds a Node that can run the rest.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [major, minor] = process.versions.node.split('.').map(Number);

if (major > 24 || (major === 24 && minor >= 12)) {
  await run();
} else {
  runWithBundledNode();
}

async function run() {
  // Half of the time that a start takes would go into compiling what was compiled at the last one. NODE_DISABLE_COMPILE_CACHE=1 has
  // it compiled anew; NODE_COMPILE_CACHE names another folder than the one that Node chooses.
  nodeModule.enableCompileCache();
  const source = join(root, 'src/cli/main.ts');
  // The published package has no `src`: Node does not strip types from files under node_modules.
  if (!existsSync(source)) {
    await import(pathToFileURL(join(root, 'dist/cli/main.js')).href);
    return;
  }
  // In the repository, `hypersonar/plugin` is the source too, not a build of it.
  nodeModule.registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, { ...context, conditions: [...context.conditions, 'hypersonar-source'] }),
  });
  await import(pathToFileURL(source).href);
}

function runWithBundledNode() {
  const bundled = bundledNode();
  if (bundled === undefined || process.env.HYPERSONAR_BUNDLED_NODE === '1') {
    console.error(
      `hypersonar: expected Node 24.12 or newer, found ${process.versions.node}, and no Node that came with ` +
        'the package.\nInstall Node 24 from https://nodejs.org, or on Linux (x64 or arm64) run npm install ' +
        'without --omit=optional.',
    );
    process.exitCode = 1;
    return;
  }
  const child = spawn(bundled, process.argv.slice(1), {
    stdio: 'inherit',
    env: { ...process.env, HYPERSONAR_BUNDLED_NODE: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', error => {
    console.error(`hypersonar: ${bundled} did not start: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function bundledNode() {
  const require = nodeModule.createRequire(import.meta.url);
  try {
    const manifest = require.resolve(`node-${process.platform}-${process.arch}/package.json`);
    const executable = join(dirname(manifest), 'bin/node');
    return existsSync(executable) ? executable : undefined;
  } catch {
    return undefined;
  }
}
