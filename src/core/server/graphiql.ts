import { examples } from './examples.ts';
import { type Answer, safeHeaders, text } from './response.ts';

/*
 * GraphiQL, served whole from here: it works without the internet, and under a policy that allows no script from elsewhere.
 */

// Note: the editor writes its own styles into the page, and one of its workers is a blob.
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
  "connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Hypersonar: GraphiQL</title>
    <link rel="stylesheet" href="graphql/assets/graphiql.css">
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript. Any GraphQL client can use this address.</noscript>
    <div id="root"></div>
    <script src="graphql/assets/graphiql-setup.js"></script>
    <script src="graphql/assets/graphiql.js"></script>
    <script src="graphql/assets/graphiql-start.js"></script>
  </body>
</html>
`;

const workers = {
  editorWorkerService: 'graphql/assets/worker-editor.js',
  json: 'graphql/assets/worker-json.js',
  graphql: 'graphql/assets/worker-graphql.js',
};

const setup = `self.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_module, label) => (${JSON.stringify(workers)})[label],
};
`;

const options = {
  title: 'Hypersonar',
  subscriptionsProtocol: 'WS',
  defaultTabs: examples.map(({ query, variables }) => ({
    query,
    ...(variables && { variables: JSON.stringify(variables, null, 2) }),
  })),
};

const start = `const options = ${JSON.stringify(options)};
const examples = ${JSON.stringify(Object.fromEntries(examples.map(({ id, query }) => [id, query])))};
const asked = new URLSearchParams(location.search).get('example');
if (asked in examples) {
  // The editor opens what it remembers before what it is told; the example that was clicked goes first.
  options.defaultTabs = [{ query: examples[asked] }, ...options.defaultTabs.filter(tab => tab.query !== examples[asked])];
  for (const key of Object.keys(localStorage)) if (key.startsWith('graphiql:tab')) localStorage.removeItem(key);
  history.replaceState(null, '', location.pathname);
}
YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), options);
`;

export function graphiqlPage(): Answer {
  return {
    status: 200,
    headers: {
      ...safeHeaders,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
    },
    body: page,
  };
}

/** A file of GraphiQL by its name below \`assets/\`. */
export async function graphiqlAsset(name: string): Promise<Answer | undefined> {
  if (name === 'graphiql-setup.js') return script(setup);
  if (name === 'graphiql-start.js') return script(start);
  // Note: nine megabytes of text that most processes never serve.
  const bundle = await import('@graphql-yoga/render-graphiql/graphiql');
  const files: Record<string, () => Answer> = {
    'graphiql.css': () => cached(text(200, bundle.css, 'text/css; charset=utf-8')),
    'graphiql.js': () => cached(script(bundle.js)),
    'worker-editor.js': () => cached(script(bundle.editorWorkerService)),
    'worker-json.js': () => cached(script(bundle.jsonWorker)),
    'worker-graphql.js': () => cached(script(bundle.graphqlWorker)),
  };
  return files[name]?.();
}

function script(body: string): Answer {
  return text(200, body, 'text/javascript; charset=utf-8');
}

function cached(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, 'cache-control': 'public, max-age=86400' } };
}
