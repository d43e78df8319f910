import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..');

/** The TypeScript blocks of a page, in order. */
async function typescriptBlocks(page: string): Promise<string[]> {
  const text = await readFile(path.join(root, page), 'utf8');
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(match => match[1] ?? '');
}

describe('the documentation', () => {
  it.each([
    'README.md',
    'docs/embedding.md',
    'docs/plugins.md',
    'docs/graphql.md',
    'docs/local-exchange.md',
    'docs/live.md',
  ])(
    'shows TypeScript that compiles in %s',
    async page => {
      const blocks = await typescriptBlocks(page);
      expect(blocks.length).toBeGreaterThan(0);
      // Note: inside the repository, so that the package's own name and its dependencies resolve.
      const folder = await mkdtemp(path.join(root, 'node_modules/.documentation-'));
      try {
        await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
        const files = await Promise.all(
          blocks.map(async (block, i) => {
            const file = path.join(folder, `block-${i + 1}.ts`);
            await writeFile(file, `${block}\nexport {};\n`);
            return file;
          }),
        );
        const config = path.join(folder, 'tsconfig.json');
        await writeFile(
          config,
          JSON.stringify({
            extends: path.join(root, 'tsconfig.json'),
            compilerOptions: {
              noUnusedLocals: false,
              paths: Object.fromEntries(
                Object.entries({
                  hypersonar: 'core/app',
                  'hypersonar/plugin': 'plugin-api/index',
                  'hypersonar/testing': 'testing/index',
                }).map(([name, file]) => [name, [path.join(root, `src/${file}.ts`)]]),
              ),
            },
            files,
            include: [],
          }),
        );
        const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
        const result = await promisify(execFile)(process.execPath, [tsc, '-p', config]).catch(
          (error: { stdout: string }) => error,
        );
        expect(result.stdout).toBe('');
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    120_000,
  );

  it.each(['README.md', 'docs/graphql.md'])('shows queries that the schema knows in %s', async page => {
    const schema = buildSchema(await readFile(path.join(root, 'schema.graphql'), 'utf8'));
    const text = await readFile(path.join(root, page), 'utf8');
    const queries = [...text.matchAll(/```graphql\n([\s\S]*?)```/g)].map(match => match[1] ?? '');
    expect(queries.length).toBeGreaterThan(0);
    for (const query of queries) expect(validate(schema, parse(query)).map(String)).toEqual([]);
  });

  it('writes a plugin in at most 30 lines', async () => {
    const [plugin] = (await typescriptBlocks('README.md')).filter(block => block.includes('defineFeature('));
    expect(plugin?.trim().split('\n').length).toBeLessThanOrEqual(30);
  });
});
