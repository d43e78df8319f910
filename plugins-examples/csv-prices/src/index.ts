import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { defineCollector, draft, mark } from 'hypersonar/plugin';
import { number, strictObject, string } from 'zod';

const config = strictObject({
  /** A file with lines `milliseconds,coin,price`; a first line of names is skipped. */
  file: string().min(1),
  /** Milliseconds from a price's own time until it could have been known. */
  delayMs: number().int().min(0).default(1_000),
});

/** Brings prices from a CSV file onto the tape, as marks. */
export default defineCollector({
  id: 'csv-prices',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Brings prices from a CSV file onto the tape.',
  config,
  emits: [mark],
  availability: 'declared',
  async *collect(ctx) {
    const done = ctx.cursor === undefined ? 0 : Number(ctx.cursor);
    const lines = createInterface({
      input: createReadStream(ctx.config.file),
      crlfDelay: Number.POSITIVE_INFINITY,
    });
    let line = 0;
    for await (const text of lines) {
      if (ctx.signal.aborted) return;
      line++;
      if (line <= done || text === '' || /^[a-z]/i.test(text)) continue;
      const [at, coin, price] = text.split(',');
      if (!/^\d{13}$/.test(at ?? '') || !coin || !/^\d+(\.\d+)?$/.test(price ?? '')) {
        ctx.reject({
          source: ctx.config.file,
          line,
          reason: `expected milliseconds,coin,price; found ${JSON.stringify(text)}`,
        });
        continue;
      }
      const tsEvent = Number(at);
      yield draft(mark, {
        key: coin,
        tsEvent,
        tsIngest: tsEvent + ctx.config.delayMs,
        dedupe: `${coin}:${tsEvent}`,
        cursor: `${line}`,
        payload: {
          coin,
          mid: price ?? null,
          mark: null,
          oracle: null,
          openInterest: null,
          dayVolumeUsd: null,
        },
      });
    }
  },
});
