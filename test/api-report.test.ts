import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..');

it('shows every public change of the plugin API in its committed report (update with `npx vitest run test/api-report.test.ts -u`)', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-api-'));
  try {
    const entry = path.join(root, 'src/plugin-api/index.ts');
    const options = [
      '--ignoreConfig',
      '--declaration',
      '--emitDeclarationOnly',
      '--outDir',
      folder,
      '--target',
      'es2024',
      '--module',
      'nodenext',
    ];
    const strict = [
      '--strict',
      '--exactOptionalPropertyTypes',
      '--verbatimModuleSyntax',
      '--rewriteRelativeImportExtensions',
      '--skipLibCheck',
    ];
    await promisify(execFile)(process.execPath, [
      path.join(root, 'node_modules/typescript/bin/tsc'),
      entry,
      ...options,
      ...strict,
    ]);
    const files = (await readdir(folder, { recursive: true })).filter(name => name.endsWith('.d.ts')).sort();
    const parts = await Promise.all(
      files.map(
        async name =>
          `## ${name.replace('.d.ts', '')}\n\n\`\`\`ts\n${(await readFile(path.join(folder, name), 'utf8')).trim()}\n\`\`\`\n`,
      ),
    );
    const report = `# The public plugin API\n\nGenerated from \`src/plugin-api\`; a change here is a change for every plugin author.\n\n${parts.join('\n')}`;
    await expect(report).toMatchFileSnapshot(path.join(root, 'src/plugin-api/plugin-api.api.md'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
