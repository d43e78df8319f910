import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import fastify from 'fastify';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type App, createApp } from '../../src/core/app.ts';

const query = '{ __typename }';
const post = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query }),
};

describe('an application in a server of somebody else', () => {
  let app: App;

  beforeAll(async () => {
    app = await createApp({ database: 'pglite-memory://', tape: null });
    await app.start();
  });
  afterAll(() => app.stop());

  it('answers in Express, below any path, and over WebSocket', async () => {
    const web = express();
    web.use('/hypersonar', (request, response) => app.handler(request, response));
    const server = createServer(web);
    app.attachWebsocket(server);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const response = await fetch(`http://127.0.0.1:${port}/hypersonar/graphql`, post);
      expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
      const client = createClient({ url: `ws://127.0.0.1:${port}/graphql`, webSocketImpl: WebSocket });
      const answers = [];
      for await (const answer of client.iterate({ query })) answers.push(answer);
      expect(answers).toEqual([{ data: { __typename: 'Query' } }]);
      await client.dispose();
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('answers in Fastify', async () => {
    const web = fastify();
    web.removeAllContentTypeParsers();
    web.addContentTypeParser('*', (_request, _payload, done) => done(null));
    web.all('/graphql', (request, reply) => {
      reply.hijack();
      return app.handler(request.raw, reply.raw);
    });
    try {
      const url = await web.listen({ port: 0, host: '127.0.0.1' });
      const response = await fetch(`${url}/graphql`, post);
      expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
    } finally {
      await web.close();
    }
  });

  it('answers a Fetch request, as Next, Deno and workers hand it over', async () => {
    const response = await app.handler(new Request('http://localhost/graphql', post));
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });
});
