import { addressesOf } from '../serve-exchange.ts';
import { startExchange } from '../start-exchange.ts';
import type { ChildMessage, ParentMessage } from './messages.ts';

/*
 * The process that `startExchangeProcess` starts: one exchange, until its parent tells it to stop or goes away.
 */

const send = (message: ChildMessage): void => void process.send?.(message);

// Note: Ctrl+C reaches the whole group of processes; the parent decides when this one ends.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

const leave = (): void => process.exit(0);
process.once('disconnect', leave);

process.once('message', ({ options }: ParentMessage) => {
  startExchange(options).then(
    exchange => {
      process.off('disconnect', leave);
      process.on('disconnect', () => void exchange.stop().then(() => process.exit(0)));
      send({ started: addressesOf(options.host ?? '127.0.0.1', exchange.port) });
    },
    error => {
      send({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      process.off('disconnect', leave);
      process.exitCode = 1;
      process.disconnect();
    },
  );
});
