import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Handler } from './server/handler.ts';

const body = JSON.stringify({
  errors: [
    { message: 'The application is starting. Try again shortly.', extensions: { code: 'APP_NOT_RUNNING' } },
  ],
});
const headers = { 'content-type': 'application/json; charset=utf-8', 'retry-after': '1' };

/** A handler that can be mounted before there is one: it answers 503 until then. */
export function notStartedHandler(find: () => Handler | undefined): Handler {
  const handler = (request: IncomingMessage | Request, response?: ServerResponse) => {
    const found = find();
    if (found !== undefined) return found(request as IncomingMessage, response as ServerResponse);
    if (response === undefined) return Promise.resolve(new Response(body, { status: 503, headers }));
    response.writeHead(503, headers).end(body);
    return Promise.resolve();
  };
  return handler as Handler;
}
