import { Command } from 'commander';
import { UserError } from '../core/errors.ts';
import { withCollectors } from './collectors-of.ts';
import { addConfigHelp, addConfigOptions, type ConfigFlags, loadConfigOf } from './config-options.ts';
import { announce, failureOf, listen, withApp } from './running-app.ts';
import { addExchangeOptions, type ExchangeFlags, endpointsOf } from './start/exchange-flags.ts';
import { standardCollectors, withStandardCollectors } from './start/live-collectors.ts';
import { watchReachability } from './start/reachability.ts';
import { listenForStop } from './stop-signals.ts';
import type { Terminal } from './terminal.ts';

interface StartFlags extends ConfigFlags, ExchangeFlags {
  readonly collect: boolean;
}

/** `hypersonar start`: what the configuration says, or else the exchange's collectors, until it is stopped. */
export function startCommand(terminal: Terminal): Command {
  const command = addExchangeOptions(new Command('start'))
    .option('--no-collect', 'only serve what the database holds')
    .action((flags: StartFlags) => start(flags, terminal));
  return addConfigHelp(addConfigOptions(command, ['config', 'database', 'tape', 'host', 'port', 'logLevel']));
}

async function start(flags: StartFlags, terminal: Terminal): Promise<void> {
  const loaded = await loadConfigOf(flags);
  const config = flags.collect
    ? await withStandardCollectors(loaded, endpointsOf(flags))
    : withCollectors(loaded, {});
  if (config === undefined) throw nothingToCollect(loaded.file);
  const signals = listenForStop(terminal);
  try {
    await withApp({ config, signal: signals.signal }, async app => {
      const collectors = app.plan.collectors.map(({ plugin }) => plugin.id).join(', ');
      announce(terminal, `${await listen(app)}/ · collectors: ${collectors === '' ? 'none' : collectors}`);
      watchReachability({ app, terminal, signal: signals.signal });
      await Promise.race([signals.stopped, failureOf(app)]);
    });
  } finally {
    signals.release();
  }
}

function nothingToCollect(file: string | undefined): UserError {
  return new UserError(
    'NOTHING_TO_COLLECT',
    `Expected at least one collector to be enabled, found all of ${standardCollectors.join(', ')} disabled` +
      `${file === undefined ? '' : ` in ${file}`} and no other configured. Either\n` +
      '  - leave one of them enabled, or name another in hypersonar.config.ts, such as plugins: { recording: { config: { path: "recordings" } } },\n' +
      '  - run `hypersonar replay <source>` for history from files,\n' +
      '  - run `hypersonar start --no-collect` to serve what the database holds, or\n' +
      '  - run `hypersonar demo`, which needs nothing.',
  );
}
