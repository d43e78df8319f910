import { openTestStore } from './open-test-store.ts';
import { batchOf, meta, tradeAt } from './sample-tape.ts';

/*
 * Goes on writing batches of trades where the store's checkpoint is, until it is killed. Prints a line when it has begun.
 */

const store = await openTestStore(process.argv[2]!);
for (let seq = (await store.checkpoint()) + 1; ; seq += 100) {
  await store.write(batchOf(Array.from({ length: 100 }, (_, i) => tradeAt(seq + i))), meta);
  process.stdout.write(`${seq}\n`);
}
