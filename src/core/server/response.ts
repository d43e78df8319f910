/** An answer to an HTTP request, independent of the server that sends it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** On everything: nothing is guessed, framed or told to others. */
export const safeHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
} as const;

export function json(status: number, value: unknown): Answer {
  return {
    status,
    headers: {
      ...safeHeaders,
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    },
    body: `${JSON.stringify(value, null, 2)}\n`,
  };
}

export function text(status: number, body: string, type = 'text/plain; charset=utf-8'): Answer {
  return { status, headers: { ...safeHeaders, 'content-type': type, 'cache-control': 'no-store' }, body };
}
