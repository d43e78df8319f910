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

  it.each([
    ['express.json()', () => express.json()],
    ['express.text()', () => express.text({ type: '*/*' })],
    ['express.raw()', () => express.raw({ type: '*/*' })],
  ])('answers in Express behind %s, which has read the body, subscriptions too', async (_name, parser) => {
    const web = express();
    web.use(parser());
    web.use((request, response) => app.handler(request, response));
    const server = createServer(web);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
    try {
      expect(await (await fetch(url, post)).json()).toEqual({ data: { __typename: 'Query' } });
      const stream = await fetch(url, {
        ...post,
        headers: { ...post.headers, accept: 'text/event-stream' },
        body: JSON.stringify({ query: 'subscription { pluginFault(plugin: "nobody") { cursor } }' }),
      });
      expect(await stream.text()).toContain('PLUGIN_UNKNOWN');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('says at once that the body is gone where a framework has read it and left nothing, as Fastify does', async () => {
    const web = fastify();
    web.all('/graphql', (request, reply) => {
      reply.hijack();
      return app.handler(request.raw, reply.raw);
    });
    try {
      const url = await web.listen({ port: 0, host: '127.0.0.1' });
      for (const accept of ['application/json', 'text/event-stream']) {
        const response = await fetch(`${url}/graphql`, { ...post, headers: { ...post.headers, accept } });
        expect(response.status).toBe(500);
        expect(await response.json()).toMatchObject({
          errors: [
            { message: expect.stringContaining('request.body'), extensions: { code: 'BODY_CONSUMED' } },
          ],
        });
      }
    } finally {
      await web.close();
    }
  });

  it('answers in Fastify with the body that its parser has read, once it is passed on', async () => {
    const web = fastify();
    web.all('/graphql', (request, reply) => {
      reply.hijack();
      return app.handler(Object.assign(request.raw, { body: request.body }), reply.raw);
    });
    try {
      const url = await web.listen({ port: 0, host: '127.0.0.1' });
      const response = await fetch(`${url}/graphql`, post);
      expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
    } finally {
      await web.close();
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

  it('tells on /health what the application says of its own health', async () => {
    const response = await app.handler(new Request('http://localhost/health'));
    expect(response.status).toBe(200);
    const { name, mode, version, uptimeMs, ...health } = (await response.json()) as Record<string, unknown>;
    expect(health).toEqual(JSON.parse(JSON.stringify(app.health())));
    expect({ name, mode, version, uptimeMs }).toEqual({
      ...{ name: 'hypersonar', mode: 'live' },
      ...{ version: expect.any(String), uptimeMs: expect.any(Number) },
    });
    expect(health).toMatchObject({ status: 'ok', problems: [] });
  });

  it('answers a Fetch request, as Next, Deno and workers hand it over', async () => {
    const response = await app.handler(new Request('http://localhost/graphql', post));
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });
});
