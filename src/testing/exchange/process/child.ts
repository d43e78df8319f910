import { addressesOf } from '../serve-exchange.ts';
import { startExchange } from '../start-exchange.ts';
import type { ChildMessage, ParentMessage } from './messages.ts';

/*
 * The process that `startExchangeProcess` starts: one exchange, until its parent tells it to stop or goes away.
 */

const send = (message: ChildMessage): void => void process.send?.(message);

process.once('message', ({ options, resume }: ParentMessage) => {
  startExchange(options).then(
    async exchange => {
      process.on('disconnect', () => void exchange.stop().then(() => process.exit(0)));
      // Note: the same seed and start make the same blocks, so that what was before is there again.
      if (resume !== undefined) await exchange.advance(Math.max(0, resume - exchange.state.now));
      send({ started: addressesOf(options.host ?? '127.0.0.1', exchange.port) });
    },
    error => {
      send({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      process.exitCode = 1;
      process.disconnect();
    },
  );
});
