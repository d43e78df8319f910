import { defineCollector, PluginError, trade } from 'hypersonar/plugin';
import { config } from './config.ts';
import { runConnection } from './connection.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { createFollowedProducts } from './followed-products.ts';
import { createHistory } from './history.ts';
import { decodeFrame, type Match, toDraft } from './messages.ts';
import { createOutbox } from './outbox.ts';

/** Follows the public trades of Coinbase Exchange. Its trades name nobody: what wallets do is not to be known from it. */
export default defineCollector({
  id: 'coinbase-trades',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Follows the public trades of Coinbase Exchange.',
  config,
  emits: [trade],
  async *collect(ctx) {
    const { products, feedUrl, silenceMs, firstWaitMs, longestWaitMs } = ctx.config;
    const outbox = createOutbox<Match>();
    const done = new AbortController();
    const signal = AbortSignal.any([ctx.signal, done.signal]);
    const cursor = readCursor(ctx.cursor);
    const followed = createFollowedProducts(ctx, {
      cursor,
      history: createHistory(ctx),
      signal,
      push: outbox.push,
    });
    const hello = JSON.stringify({
      type: 'subscribe',
      product_ids: products,
      channels: ['matches', 'heartbeat'],
    });
    let isSubscribed = false;

    const onFrame = (text: string): void => {
      const frame = decodeFrame(text);
      if (frame === undefined) return;
      if (typeof frame === 'string') {
        ctx.reject({ source: feedUrl, reason: frame });
        return;
      }
      if (frame.type === 'error') throw refused(products, frame.message);
      if (frame.type === 'subscriptions') isSubscribed = true;
      else followed.take(frame);
    };

    const keepConnected = async (): Promise<void> => {
      for (let failures = 0; !signal.aborted; failures++) {
        isSubscribed = false;
        const why = await runConnection({
          url: feedUrl,
          hello,
          silenceMs,
          signal,
          now: () => ctx.now,
          onFrame,
        });
        if (signal.aborted) return;
        if (isSubscribed) failures = 0;
        const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** failures) * (0.5 + ctx.random() / 2);
        ctx.log.warn('the connection is made again', { why, waitMs: Math.round(wait) });
        await ctx.sleep(wait);
      }
    };

    keepConnected().catch(outbox.fail);
    const reached = new Map(
      products.flatMap(name => (cursor[name] === undefined ? [] : [[name, cursor[name]]])),
    );
    try {
      for await (const matches of outbox.batches(signal)) {
        for (const { product, id, time } of matches) reached.set(product, [id, time]);
        // Note: only the last of a batch says where to go on. What was stored before a crash without it comes again, and is known.
        const last = matches.length - 1;
        const place = writeCursor(reached);
        yield matches.map((match, i) => (i === last ? { ...toDraft(match), cursor: place } : toDraft(match)));
      }
    } finally {
      done.abort();
    }
  },
  // Note: `collect` asks once more, by id, for what was missed since its cursor; what came from here is known by its key then.
  async *backfill(ctx, { from, to }) {
    const history = createHistory(ctx);
    for (const product of ctx.config.products) {
      const matches = await history.since(product, from);
      yield matches.filter(({ time }) => time < to).map(toDraft);
    }
  },
});

function refused(products: readonly string[], message: string): PluginError {
  return new PluginError('PRODUCT_REFUSED', 'The venue refused the subscription.', {
    expected: 'products that Coinbase Exchange lists',
    found: `${products.join(', ')}; the venue says "${message}"`,
    hint: 'Remove from `products` what it does not list.',
  });
}
