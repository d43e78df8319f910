import { defineConfig } from 'vitest/config';

const source = (file: string) => new URL(`./src/${file}`, import.meta.url).pathname;

const live = 'src/**/*.live.test.ts';

export default defineConfig({
  resolve: {
    // What plugins import by the package's name is this source, not a build of it.
    alias: [
      // Note: vite prefers the package's other module form, and two of them in one process refuse each other's schemas.
      {
        find: /^graphql$/,
        replacement: new URL('./node_modules/graphql/index.js', import.meta.url).pathname,
      },
      { find: /^hypersonar$/, replacement: source('core/app.ts') },
      { find: /^hypersonar\/plugin$/, replacement: source('plugin-api/index.ts') },
      { find: /^hypersonar\/testing$/, replacement: source('testing/index.ts') },
    ],
  },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    // Only to end what hangs: how long a test takes says nothing on a machine that others use, too.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    globalSetup: './test/support/global-setup.ts',
    projects: [
      { extends: true, test: { name: 'unit', include: ['src/**/*.test.ts'], exclude: [live] } },
      {
        extends: true,
        test: { name: 'integration', include: ['test/**/*.test.ts'], exclude: ['test/live/**'] },
      },
      // What has to wait for real sockets, in real time, and wants the machine for itself.
      { extends: true, test: { name: 'live', include: [live, 'test/live/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/types/**/*.test-d.ts'],
            // `npm run typecheck` reports errors outside of these files.
            ignoreSourceErrors: true,
          },
        },
      },
    ],
  },
});
