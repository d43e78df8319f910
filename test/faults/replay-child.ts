import { createApp } from '../../src/core/app.ts';
import { createLog } from '../../src/core/log.ts';
import { generatedMarket } from '../replay/generated-market.ts';

/*
 * A process of its own that replays a source, so that a test can kill it. Prints `started`, then the newest committed event as it
 * moves, and `done`. A failure is printed as its code.
 */

// Note: a file size limit then fails the write with EFBIG, as a full disk does with ENOSPC, instead of ending the process.
process.on('SIGXFSZ', () => undefined);

const { config, database, tape } = JSON.parse(process.argv[2]!);
try {
  const app = await createApp({
    plugins: [generatedMarket],
    config,
    database,
    tape,
    log: createLog({ level: 'error' }),
  });
  let printed = -1;
  const print = (): void => {
    if (app.committedSeq !== printed) process.stdout.write(`${app.committedSeq}\n`);
    printed = app.committedSeq;
  };
  setInterval(print, 1).unref();
  process.stdout.write('started\n');
  await app.start();
  await app.done;
  print();
  await app.stop();
  process.stdout.write('done\n');
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  process.stdout.write(`failed ${code} ${message.replaceAll('\n', ' ')}\n`);
  process.exit(1);
}
