import { expect, it } from 'vitest';
import { configInputOf } from './config-options.ts';

it('reads flags and --set into the tree of options, JSON where it is JSON', () => {
  expect(
    configInputOf({
      database: 'pglite-memory://',
      tape: 'memory',
      port: '0',
      set: ['storage.trackAll=true', 'log.level=warn', 'plugins.recording.config={"path":"a=b"}'],
    }),
  ).toEqual({
    database: { url: 'pglite-memory://' },
    tape: { folder: null },
    server: { port: 0 },
    storage: { trackAll: true },
    log: { level: 'warn' },
    plugins: { recording: { config: { path: 'a=b' } } },
  });
});

it('lets the command line win over what a command presets', () => {
  const preset = { log: { level: 'warn' }, ingest: { speed: 5 } } as const;
  expect(configInputOf({ logLevel: 'debug' }, preset)).toEqual({
    log: { level: 'debug' },
    ingest: { speed: 5 },
  });
  expect(preset.log.level).toBe('warn');
});

it('says how --set is written', () => {
  expect(() => configInputOf({ set: ['server.port'] })).toThrow(/--set option=value, found "server.port"/);
});
