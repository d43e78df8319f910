import { readFile } from 'node:fs/promises';
import type { Services } from '../../schema/graphql/index.ts';
import { examples } from './examples.ts';
import { graphiqlAsset, graphiqlPage } from './graphiql.ts';
import type { ServerOptions } from './options.ts';
import { type Answer, json, safeHeaders, text } from './response.ts';

const folder = new URL('../../../dashboard/', import.meta.url);
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'";

const files: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/dashboard/style.css': ['style.css', 'text/css; charset=utf-8'],
  '/dashboard/main.js': ['main.js', 'text/javascript; charset=utf-8'],
  '/dashboard/graphql.js': ['graphql.js', 'text/javascript; charset=utf-8'],
  '/favicon.ico': ['icon.svg', 'image/svg+xml'],
  '/dashboard/icon.svg': ['icon.svg', 'image/svg+xml'],
};

const assets = '/graphql/assets/';

/** Everything over HTTP that is not a GraphQL request. Answers undefined for a path that is none of these. */
export function createPages({
  services,
  health,
  readiness,
  metrics,
}: Pick<ServerOptions, 'health' | 'readiness' | 'metrics'> & { readonly services: Services }) {
  return async function answer(method: string, path: string): Promise<Answer | undefined> {
    if (method !== 'GET' && method !== 'HEAD') return undefined;
    if (path === '/health') {
      const found = { ...processOf(services), status: 'ok', problems: [], ...health?.() };
      return json(found.status === 'failed' ? 503 : 200, found);
    }
    if (path === '/ready') {
      const found = (await readiness?.()) ?? { ready: true, data: [] };
      return json(found.ready ? 200 : 503, found);
    }
    if (path === '/metrics') {
      return metrics === undefined
        ? undefined
        : text(200, await metrics(), 'text/plain; version=0.0.4; charset=utf-8');
    }
    if (path === '/dashboard/examples.json')
      return json(
        200,
        examples.map(({ id, title }) => ({ id, title })),
      );
    if (path.startsWith(assets)) return graphiqlAsset(path.slice(assets.length));
    if (path === '/graphql') return graphiqlPage();
    const file = files[path];
    if (file === undefined) return undefined;
    return {
      status: 200,
      headers: {
        ...safeHeaders,
        'content-type': file[1],
        'cache-control': 'no-cache',
        'content-security-policy': policy,
      },
      body: await readFile(new URL(file[0], folder)),
    };
  };
}

function processOf({ about, clock }: Services) {
  return {
    name: about.name,
    version: about.version,
    mode: about.mode,
    uptimeMs: clock.now() - about.startedAt,
  };
}
