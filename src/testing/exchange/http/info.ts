import type { AddressMeters } from '../limits.ts';
import type { LiveExchange } from '../live-exchange.ts';
import { normaliseInfoRequest, weightOf } from './info-requests.ts';

/** An answer as it goes out. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string | Buffer;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const json = 'application/json';
export const plainText = 'text/plain; charset=utf-8';

export const undeserialisable = 'Failed to deserialize the JSON body into the target type';
export const tooMany: HttpAnswer = { status: 429, body: 'Too Many Requests', contentType: plainText };

/** Answers a request for information and charges the address for it; the same over HTTP and in a socket's `post`. */
export function answerInfo(
  exchange: Pick<LiveExchange, 'state' | 'faults' | 'counts'>,
  meters: AddressMeters,
  raw: unknown,
): HttpAnswer {
  const request = normaliseInfoRequest(raw);
  const weight = request?.weight ?? weightOf('');
  if (!meters.weightPerMinute.take(weight)) {
    exchange.counts.refusedForWeight += 1;
    return tooMany;
  }
  exchange.counts.requests += 1;
  if (request === undefined) return { status: 422, body: undeserialisable, contentType: plainText };
  exchange.counts.requestsByType[request.type] = (exchange.counts.requestsByType[request.type] ?? 0) + 1;
  if (request.type === 'l2Book' && request.body.mantissa === 1) return nothing(500);
  const answer = exchange.state.info(request.body);
  if (answer.status !== 200) {
    return answer.body === null
      ? nothing(answer.status)
      : { status: answer.status, body: answer.body, contentType: plainText };
  }
  if (request.rowsPerWeight !== undefined) {
    const rows = answer.rows ?? (Array.isArray(answer.body) ? answer.body.length : 0);
    const extra = Math.ceil(rows / request.rowsPerWeight);
    meters.weightPerMinute.charge(extra);
    exchange.counts.weightOfRows += extra;
  }
  return { status: 200, body: JSON.stringify(answer.body), contentType: json };
}

function nothing(status: number): HttpAnswer {
  return { status, body: 'null', contentType: json };
}
