import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { frameDataSchemas } from '../../src/testing/exchange/wire/frames.ts';
import { infoAnswerSchemas } from '../../src/testing/exchange/wire/info-answers.ts';
import { nodeLineSchemas } from '../../src/testing/exchange/wire/node-lines.ts';

/*
 * The schemas that the local exchange's own answers and frames keep to, against messages of the real exchange.
 */

const folder = path.join(process.env.HYPERSONAR_DATA ?? '../shared/data', 'messages');
const present = existsSync(folder);
const why = present ? '' : ` (skipped: no recordings at ${folder})`;

interface Recorded {
  readonly uri: string;
  readonly request: { readonly type?: string };
  readonly status: number;
  readonly response: unknown;
}

/** Requests that neither the product nor the local exchange knows, or that trade. */
const notOurs = new Set(['delegatorHistory', 'perpDeployAuctionStatus']);

const read = (file: string): unknown => JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
const filesOf = (pattern: string) => (present ? globSync(pattern, { cwd: folder }).sort() : []);

const recorded = filesOf('info/*.json')
  .filter(file => !file.endsWith('index.json'))
  .map(file => ({ file: path.basename(file), message: read(file) as Recorded }))
  .filter(({ message }) => message.uri.endsWith('/info'));

function expectFits(schema: z.ZodType | undefined, value: unknown): void {
  const parsed = schema?.safeParse(value);
  expect(parsed?.success === false ? z.prettifyError(parsed.error) : parsed?.success).toBe(true);
}

describe.skipIf(!present)(`recorded answers${why}`, () => {
  test('are many, of many kinds', () => {
    expect(recorded.length).toBeGreaterThan(50);
    expect(new Set(recorded.map(({ message }) => message.request.type)).size).toBeGreaterThan(25);
  });

  test.each(recorded.map(({ file, message }) => [message.request.type, file, message] as const))(
    'of %s fit: %s',
    (type = '', _, message) => {
      if (notOurs.has(type)) expect(infoAnswerSchemas[type]).toBeUndefined();
      else expectFits(infoAnswerSchemas[type], message.response);
    },
  );

  test.each(filesOf('clearinghouse_state_*.json'))('of clearinghouseState fit: %s', file => {
    const message = read(file) as Record<string, unknown>;
    expectFits(infoAnswerSchemas.clearinghouseState, message.response ?? message);
  });
});

/** The frames in a file of the form `> sent`, `< acknowledged`, `= received`. */
function framesIn(text: string): { readonly channel: string; readonly data: unknown }[] {
  return text
    .split(/^(?=[<>=])/m)
    .filter(part => /^[<=]/.test(part))
    .map(part => JSON.parse(part.replace(/^[<=]\d*\s/, '')));
}

describe.skipIf(!present)(`recorded frames${why}`, () => {
  const frames = filesOf('ws/*.txt').flatMap(file =>
    framesIn(readFileSync(path.join(folder, file), 'utf8')).map(
      frame => [frame.channel, file, frame.data] as const,
    ),
  );

  test('are of many channels', () => {
    expect(new Set(frames.map(([channel]) => channel)).size).toBeGreaterThan(7);
  });

  // Note: two frames of this file were shortened by hand to what names them.
  test.each(frames.filter(([channel, file]) => !(file.endsWith('Concurrent.txt') && channel === 'candle')))(
    'of %s fit: %s',
    (channel, file, data) => {
      // Note: users in acknowledgements were replaced by names.
      expect(file).toMatch(/txt$/);
      expectFits(frameDataSchemas[channel], data);
    },
  );

  test('of trades fit, with both users', () => {
    expectFits(frameDataSchemas.trades, read('ws/ws_trades_BTC_first20.json'));
  });

  test('of all mids fit', () => {
    expectFits(frameDataSchemas.allMids, read('ws/11-allMids.json'));
  });

  test('of the former webData2 fit what the request of that name still answers', () => {
    const messages = read('ws/4-webData2-openPosition-all.json') as { channel: string; data: unknown }[];
    const data = messages.filter(({ channel }) => channel === 'webData2').map(message => message.data);
    expect(data.length).toBeGreaterThan(0);
    for (const one of data) expectFits(infoAnswerSchemas.webData2, one);
  });
});

describe.skipIf(!present)(`recorded node files${why}`, () => {
  test.each(['node_fills', 'node_trades', 'node_order_statuses', 'misc_events'] as const)('%s fit', kind => {
    const lines = readFileSync(path.join(folder, 'node', kind), 'utf8')
      .trim()
      .split('\n');
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expectFits(nodeLineSchemas[kind], JSON.parse(line));
  });
});
