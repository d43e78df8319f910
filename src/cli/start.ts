import { Command } from 'commander';
import { createApp } from '../core/app.ts';
import { UserError } from '../core/errors.ts';
import type { LoadedConfig } from '../core/load-config.ts';
import { withCollectors } from './collectors-of.ts';
import { addConfigHelp, addConfigOptions, type ConfigFlags, loadConfigOf } from './config-options.ts';
import { announce, failureOf, listen, withApp } from './running-app.ts';
import { listenForStop } from './stop-signals.ts';
import type { Terminal } from './terminal.ts';

interface StartFlags extends ConfigFlags {
  readonly collect: boolean;
}

/** `hypersonar start`: what the configuration says, until it is stopped. */
export function startCommand(terminal: Terminal): Command {
  const command = new Command('start')
    .option('--no-collect', 'only serve what the database holds')
    .action((flags: StartFlags) => start(flags, terminal));
  return addConfigHelp(addConfigOptions(command, ['config', 'database', 'tape', 'host', 'port', 'logLevel']));
}

async function start(flags: StartFlags, terminal: Terminal): Promise<void> {
  const config = await loadConfigOf(flags);
  if (flags.collect && !(await hasCollectors(config))) throw nothingToCollect(config.file);
  const signals = listenForStop(terminal);
  try {
    const chosen = flags.collect ? config : withCollectors(config, {});
    await withApp({ config: chosen, signal: signals.signal }, async app => {
      const collectors = app.plan.collectors.map(({ plugin }) => plugin.id).join(', ');
      announce(terminal, `${await listen(app)}/ · collectors: ${collectors === '' ? 'none' : collectors}`);
      await Promise.race([signals.stopped, failureOf(app)]);
    });
  } finally {
    signals.release();
  }
}

const hasCollectors = async (config: LoadedConfig) =>
  (await createApp({ config })).plan.collectors.length > 0;

function nothingToCollect(file: string | undefined): UserError {
  return new UserError(
    'NOTHING_TO_COLLECT',
    `Expected at least one collector to be configured, found none${file === undefined ? ' and no configuration file' : ` in ${file}`}. Either\n` +
      '  - name one in hypersonar.config.ts, such as plugins: { recording: { config: { path: "recordings" } } },\n' +
      '  - run `hypersonar replay <source>` for history from files,\n' +
      '  - run `hypersonar start --no-collect` to serve what the database holds, or\n' +
      '  - run `hypersonar demo`, which needs nothing.',
  );
}
