/*
 * The servers that bench/graphql.ts asks, in a process of their own: the platform's, and one of bare node:http that answers the same
 * rows by the same SQL. Both use the same database client.
 */

import { createServer as createHttpServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFeed } from '../../src/core/feed.ts';
import { createServer } from '../../src/core/server/server.ts';
import { openStore } from '../../src/core/store/store.ts';
import { buildSchema } from '../../src/schema/graphql/index.ts';
import { standardRefs } from '../../src/schema/graphql/print.ts';
import { bareServices } from './services.ts';

const [url = '', leaderboardQuery = '', wallets = '10000'] = process.argv.slice(2);
const store = await openStore({ url });
await store.query(
  `insert into leaderboard ("window", address, rank, age_days, account_value, pnl, roi, volume, trades, win_rate,
     max_drawdown, sharpe, score, tier, tags, categories, coins, truncated, as_of)
   select 'all', '0x' || lpad(to_hex(n), 40, '0'), n, n, n * 1000.5, 100000 - n * 1.25, 1.0 / n, n * 100, n, 0.5, 0.25,
     case when n % 3 = 0 then null else 1.5 end, 100 - n / 200.0, 'core', '{whale,large}', '{Whale}', '{BTC,ETH}', false, 1
   from generate_series(1, ${Number(wallets)}) n`,
);
await store.maintain();

const feed = createFeed({ store });
const services = bareServices(store, feed);
const server = createServer({ schema: buildSchema({ refs: standardRefs }), services, port: 0 });
const { url: ours } = await server.start();

// The statement that the platform sends for the query, and the answer that the bare server must give, too.
let sql = '';
const stop = store.onStatement(text => {
  sql = text;
});
const response = await fetch(`${ours}/graphql`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: leaderboardQuery }),
});
const expected = await response.text();
stop();

function bare(answer: (body: string) => Promise<string> | string): RequestListener {
  return (request, reply) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', chunk => {
      text += chunk;
    });
    request.on('end', async () => {
      JSON.parse(text);
      const body = await answer(text);
      reply.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
      reply.end(body);
    });
  };
}

const fields = [...leaderboardQuery.matchAll(/\n {6}(\w+)/g)].map(match => match[1]!);
const rowOf = new Function(
  'row',
  `return { ${fields.map(field => `${field}: row.${field}`).join(', ')} }`,
) as (row: object) => object;

const listen = async (listener: RequestListener): Promise<string> => {
  const http = createHttpServer(listener);
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
};
const rows = await listen(
  bare(async () => {
    const found = await store.query<object>(sql, ['all']);
    return JSON.stringify({ data: { leaderboard: { nodes: found.slice(0, 50).map(rowOf) } } });
  }),
);
const constant = await listen(bare(() => JSON.stringify({ data: { __typename: 'Query' } })));
process.send?.({ ours: `${ours}/graphql`, rows, constant, expected });
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.once('disconnect', () => process.exit());
