import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  type Answered,
  address,
  ask,
  insert,
  leaderboardRow,
  type Platform,
  startPlatform,
  storedRow,
  trader,
} from './platform.ts';

const failure = '... on Failure { code argument expected found whatToDo message }';
const list = (field: string, type: string) => `{ ${field} { ... on ${type} { totalCount } ${failure} } }`;

describe('bad input', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await startPlatform('pglite-memory://');
    await insert(platform.store, 'traders', [trader(1)]);
    await insert(platform.store, 'leaderboard', [leaderboardRow(1), leaderboardRow(2)]);
  });
  afterAll(() => platform?.stop());

  /** The same request over graphql-ws. */
  async function askOverWebsocket(query: string, variables: Record<string, unknown> = {}): Promise<Answered> {
    const client = createClient({
      url: `${platform.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    try {
      return await new Promise((resolve, reject) => {
        let answer: unknown;
        client.subscribe(
          { query, variables },
          {
            next: value => {
              answer = value;
            },
            error: errors => (Array.isArray(errors) ? resolve({ errors }) : reject(errors)),
            complete: () => resolve(answer as Answered),
          },
        );
      });
    } finally {
      await client.dispose();
    }
  }

  it.each([
    [
      'an address that is none',
      list('positions(trader: "vitalik.eth")', 'PositionConnection'),
      'ADDRESS_INVALID',
      'trader',
    ],
    [
      'an address that is too short',
      '{ trader(address: "0x12") { ... on Trader { address } FAIL } }',
      'ADDRESS_INVALID',
      'address',
    ],
    [
      'an address that nobody has seen',
      list(`fills(trader: "${address(99)}")`, 'FillConnection'),
      'TRADER_UNKNOWN',
      'trader',
    ],
    [
      'a wallet that nobody has seen',
      `{ trader(address: "${address(99)}") { ... on Trader { address } FAIL } }`,
      'TRADER_UNKNOWN',
      'address',
    ],
    ['a coin that nobody knows', list('trades(coin: "NOPE")', 'TradeConnection'), 'COIN_UNKNOWN', 'coin'],
    ['a coin that cannot be one', list('trades(coin: "a b")', 'TradeConnection'), 'COIN_INVALID', 'coin'],
    [
      'a category that no wallet has, for wallets',
      list('traders(category: "Whales")', 'TraderConnection'),
      'CATEGORY_UNKNOWN',
      'category',
    ],
    [
      'a category that no wallet has, for the leaderboard',
      list('leaderboard(category: ["Whales"])', 'LeaderboardRowConnection'),
      'CATEGORY_UNKNOWN',
      'category',
    ],
    [
      'a category that no wallet had, for changes',
      list('categoryChanges(category: "Whales")', 'CategoryChangeConnection'),
      'CATEGORY_UNKNOWN',
      'category',
    ],
    [
      'a stream that no collector brings',
      list('gaps(stream: "trades")', 'GapConnection'),
      'STREAM_UNKNOWN',
      'stream',
    ],
    [
      'a version of a ref that nobody provides',
      list('rows(ref: "wallet.features", version: 9)', 'StoredRowConnection'),
      'REF_UNKNOWN',
      'version',
    ],
    [
      'a ref inside of a list that nobody provides',
      '{ coins { ... on CoinConnection { nodes { signals(ref: "wallet.mood") { totalCount } } } FAIL } }',
      'REF_UNKNOWN',
      'signals.ref',
    ],
    ...['signals', 'decisions', 'faults', 'decisionCounts'].map(field => [
      `a plugin that is not there, for ${field}`,
      list(
        `${field}(plugin: "nope")`,
        `${{ signals: 'Signal', decisions: 'Decision', faults: 'Fault' }[field] ?? 'DecisionCount'}Connection`,
      ),
      'PLUGIN_UNKNOWN',
      'plugin',
    ]),
    [
      'a coin of the leaderboard that nobody knows',
      list('leaderboard(coin: "NOPE")', 'LeaderboardRowConnection'),
      'COIN_UNKNOWN',
      'coin',
    ],
    [
      'a malformed cursor',
      list('traders(after: "not a cursor")', 'TraderConnection'),
      'CURSOR_MALFORMED',
      'after',
    ],
    [
      'a cursor that is no JSON',
      list('traders(after: "AAAAAAAA")', 'TraderConnection'),
      'CURSOR_MALFORMED',
      'after',
    ],
    [
      'a cursor of another order',
      list(`traders(after: "${Buffer.from('["fills",1,2]').toString('base64url')}")`, 'TraderConnection'),
      'CURSOR_FOREIGN',
      'after',
    ],
    [
      'a cursor with a value of another type',
      list(
        `positionEvents(after: "${Buffer.from('["positionEvents","x",2]').toString('base64url')}")`,
        'PositionEventConnection',
      ),
      'CURSOR_MALFORMED',
      'after',
    ],
    ['a negative page size', list('traders(first: -1)', 'TraderConnection'), 'PAGE_SIZE_INVALID', 'first'],
    ['a page of nothing', list('traders(last: 0)', 'TraderConnection'), 'PAGE_SIZE_INVALID', 'last'],
    [
      'a page that is too large',
      list('traders(first: 201)', 'TraderConnection'),
      'PAGE_SIZE_INVALID',
      'first',
    ],
    ['both ends of a page', list('traders(first: 1, last: 1)', 'TraderConnection'), 'PAGE_AMBIGUOUS', 'last'],
    [
      'a negative page size inside of a list',
      '{ traders { ... on TraderConnection { nodes { positions(first: -5) { totalCount } } } FAIL } }',
      'PAGE_SIZE_INVALID',
      'positions.first',
    ],
    [
      'a ref that nobody provides',
      list('rows(ref: "wallet.mood")', 'StoredRowConnection'),
      'REF_UNKNOWN',
      'ref',
    ],
    [
      'a plugin that is not there',
      '{ plugin(id: "nope") { ... on Plugin { id } FAIL } }',
      'PLUGIN_UNKNOWN',
      'id',
    ],
    [
      'a job that is not there',
      'mutation { runJob(id: "nope") { ... on Job { id } FAIL } }',
      'JOB_UNKNOWN',
      'id',
    ],
    [
      'an amount below zero',
      list('leaderboard(minAccountValue: -1)', 'LeaderboardRowConnection'),
      'NUMBER_INVALID',
      'minAccountValue',
    ],
    [
      'a range that ends before it begins',
      list('alerts(from: "2025-01-02T00:00:00Z", to: "2025-01-01T00:00:00Z")', 'AlertConnection'),
      'RANGE_INVALID',
      'from',
    ],
  ])('answers %s with a typed failure', async (_name, text, code, argument) => {
    const query = text.replace('FAIL', failure);
    const { data, errors } = await ask(platform, query);
    expect(errors).toBeUndefined();
    const [answer] = Object.values(data) as Record<string, string>[];
    expect(answer).toMatchObject({ code, argument });
    for (const name of ['expected', 'found', 'whatToDo'] as const) expect(answer?.[name]).toBeTruthy();
    expect((await askOverWebsocket(query)).data).toEqual(data);
  });

  it('names the coins that may have been meant', async () => {
    await insert(platform.store, 'marks', [
      { coin: 'BTC', tsEvent: 1, tsIngest: 1, seq: 1, mid: '1' },
      { coin: 'kPEPE', tsEvent: 1, tsIngest: 1, seq: 1, mid: '1' },
    ]);
    for (const [field, type] of [
      ['trades(coin: "btc")', 'TradeConnection'],
      ['coin(name: "btc")', 'Coin'],
    ] as const) {
      const { data } = await ask(platform, `{ ${field} { ... on ${type} { __typename } ${failure} } }`);
      const [answer] = Object.values(data) as Record<string, string>[];
      expect(answer).toMatchObject({ code: 'COIN_UNKNOWN', found: '"btc"' });
      expect(answer?.whatToDo).toMatch(/^Did you mean `BTC`\? Use a name/);
    }
  });

  it('tells an empty list of a known category, and of a known stream, from an unknown one', async () => {
    await insert(platform.store, 'rows', [
      storedRow('wallet.categories', address(1), { categories: [{ category: 'Bot' }] }),
    ]);
    await insert(platform.store, 'categoryEvents', [
      {
        ...{ seq: 1, index: 0, tsEvent: 1, tsIngest: 1, ref: 'wallet.categories', version: 1 },
        ...{ key: address(1), plugin: 'wallet-categories', run: 'run-1' },
        row: { categories: [{ category: 'Whale' }] },
      },
    ]);
    await insert(platform.store, 'gaps', [
      {
        ...{ seq: 1, tsEvent: 1, tsIngest: 1, source: 'mine', stream: 'my.event', scope: null },
        ...{ from: 1, to: 2, reason: 'gone', healed: false },
      },
    ]);
    const found = async (query: string) => Object.values((await ask(platform, query)).data)[0];
    const none = { totalCount: 0 };
    // One is tracked nowhere; the other was held once and is not any more.
    expect(await found(list('traders(category: "Bot", tracked: true)', 'TraderConnection'))).toEqual(none);
    expect(await found(list('traders(category: "Whale")', 'TraderConnection'))).toEqual(none);
    expect(await found(list('gaps(stream: "trade")', 'GapConnection'))).toEqual(none);
    expect(await found(list('gaps(stream: "my.event", healed: true)', 'GapConnection'))).toEqual(none);
    expect(await found(list('traders(category: "bot")', 'TraderConnection'))).toMatchObject({
      code: 'CATEGORY_UNKNOWN',
      expected: 'a category that a wallet has: Bot',
    });
  });

  it('answers a sort that is not there with what the schema has', async () => {
    const { errors } = await ask(platform, '{ leaderboard(sort: LUCK) { __typename } }');
    expect(errors?.[0]?.message).toContain('"LUCK" does not exist in "LeaderboardSort" enum');
    expect(errors?.[0]?.extensions.code).toBe('REQUEST_INVALID');
  });

  const nested = (levels: number): string =>
    levels === 0 ? 'address' : `positions(first: 1) { nodes { trader { ${nested(levels - 1)} } } }`;
  it.each([
    ['depth', `{ traders(first: 1) { ... on TraderConnection { nodes { ${nested(6)} } } } }`],
    [
      'aliases',
      `{ ${Array.from({ length: 31 }, (_, n) => `a${n}: __typename b${n}: about { name }`).join(' ')} }`,
    ],
    ['root fields', `{ ${Array.from({ length: 25 }, (_, n) => `a${n}: about { name }`).join(' ')} }`],
    ['tokens', `{ ${'about { name } '.repeat(600)} }`],
    ['directives', `{ ${'about @include(if: true) { name } '.repeat(31)} }`],
    [
      'cost',
      `{ traders(first: 200) { ... on TraderConnection { nodes { positions(first: 200) { nodes { coin } } } } } }`,
    ],
    [
      'cost',
      `query ($n: Int = 200) { traders(first: $n) { ... on TraderConnection { nodes { fills(first: $n) { nodes { coin trader { address } } } } } } }`,
      { n: 200 },
    ],
  ])(
    'refuses a request that is over the limit of %s, on both transports',
    async (limit, query, variables: Record<string, unknown> = {}) => {
      for (const answer of [
        await ask(platform, query, variables),
        await askOverWebsocket(query, variables),
      ]) {
        expect(answer.data ?? null).toBeNull();
        expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'LIMIT_EXCEEDED', limit });
      }
    },
  );

  it('refuses subscriptions that are over the limits as well', async () => {
    const query = `subscription { positionChanged { item { trader { ${nested(6)} } } } }`;
    expect((await askOverWebsocket(query)).errors?.[0]?.extensions).toMatchObject({ limit: 'depth' });
  });

  it('allows the introspection query that tools send', async () => {
    const { getIntrospectionQuery } = await import('graphql');
    const { data } = await ask(platform, getIntrospectionQuery());
    expect(data.__schema.queryType.name).toBe('Query');
  });

  it('refuses a body that is too large, over HTTP and in a WebSocket message', async () => {
    const query = `{ about { name } } #${'x'.repeat(100_001)}`;
    const { errors } = await ask(platform, query);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'LIMIT_EXCEEDED', limit: 'body bytes' });

    const socket = new WebSocket(`${platform.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const closed = new Promise<number>(resolve => socket.once('close', resolve));
    socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: { query } })));
    expect(await closed).toBe(1009);
  });

  it.each([
    ['no JSON', 'nonsense', 'Expected a body of JSON'],
    ['a list', '[]', 'Expected a JSON object as body'],
    ['no query', '{}', 'Expected "query" to be text'],
    ['variables that are none', '{"query":"{ about { name } }","variables":3}', 'Expected "variables" to be'],
    ['no operation of that name', '{"query":"query A { about { name } }","operationName":"B"}', 'found "B"'],
  ])('answers a body with %s clearly', async (_name, body, message) => {
    const response = await fetch(`${platform.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as Answered;
    expect(errors?.[0]?.message).toContain(message);
    expect(errors?.[0]?.extensions.code).toBe('REQUEST_INVALID');
  });

  it('refuses what a page of another origin could send without being asked', async () => {
    const form = await fetch(`${platform.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ query: 'mutation { clearLeaderboardCache { __typename } }' }),
    });
    expect(form.status).toBe(415);

    const mutation = encodeURIComponent('mutation { clearLeaderboardCache { __typename } }');
    const byGet = await fetch(`${platform.url}/graphql?query=${mutation}`);
    expect(byGet.status).toBe(405);

    const preflight = await fetch(`${platform.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();

    const socket = new WebSocket(`${platform.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      origin: 'https://evil.example',
    });
    const refused = await new Promise<string>(resolve =>
      socket.once('error', error => resolve(error.message)),
    );
    expect(refused).toContain('403');
    expect(platform.done).not.toContain('clear');
  });

  it('never tells what went wrong inside', async () => {
    await platform.store.db.execute('alter table runs rename to runs_away');
    try {
      for (const send of [ask.bind(undefined, platform), askOverWebsocket]) {
        const { errors } = await send('{ runs { __typename } }');
        expect(errors?.[0]?.extensions.code).toBe('INTERNAL');
        expect(errors?.[0]?.message).not.toContain('runs_away');
      }
    } finally {
      await platform.store.db.execute('alter table runs_away rename to runs');
    }
  });
});
