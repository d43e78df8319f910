import { createAnswerCheck } from './answer-check.ts';
import type { ConnectionContext } from './connection-context.ts';
import { budgetName } from './endpoints.ts';
import { InfoError } from './info-error.ts';
import { type Asked, readPages } from './info-pages.ts';
import type { InfoBody, InfoClient, InfoRequestOptions, LeaderboardRow, VaultRow } from './info-types.ts';
import { createOwnNode } from './own-node.ts';
import { attemptRequest } from './request-attempt.ts';
import { answerWeight, requestWeight } from './request-weight.ts';
import { readStatistics } from './statistics-file.ts';
import { leaderboardRow, vaultRow } from './wire/statistics.ts';

export interface InfoClientOptions {
  readonly infoUrl: string;
  /** The folder that holds `leaderboard` and `vaults`. */
  readonly statsUrl: string;
  /** An own node, which is asked for the states of accounts instead. */
  readonly nodeUrl?: string | undefined;
  /** The part of the exchange's 1,200 a minute that all collectors together may use. Default 0.8. */
  readonly share?: number;
  /** How long an answer may take, in ms. Default 10 s. */
  readonly timeoutMs?: number;
  /** The longest answer that is read. Default 32 MiB. */
  readonly longestAnswerBytes?: number;
  /** The wait before the first retry, and the longest. Defaults 500 ms and 10 s. */
  readonly retry?: { readonly firstMs: number; readonly longestMs: number };
}

/** Weight that the exchange allows one address in a minute. */
const exchangePerMinute = 1_200;
const defaultAttempts = 5;
/** How often a request is made again after 429, for which the budget holds all requests back. */
const mostRateRefusals = 20;
/** Requests to which the exchange answers 500 and `null` when it does not know the coin. */
const nullWhenUnknown = new Set(['candleSnapshot', 'fundingHistory']);

/** Makes a client of the exchange's information requests. */
export function createInfoClient(ctx: ConnectionContext, options: InfoClientOptions): InfoClient {
  const { infoUrl, statsUrl } = options;
  const timeoutMs = options.timeoutMs ?? 10_000;
  const mostBytes = options.longestAnswerBytes ?? 32 * 1024 * 1024;
  const retry = options.retry ?? { firstMs: 500, longestMs: 10_000 };
  const budget = ctx.budget(budgetName('info', infoUrl), {
    perMinute: Math.floor(exchangePerMinute * (options.share ?? 0.8)),
  });
  const { nodeUrl } = options;
  const node = nodeUrl === undefined ? undefined : createOwnNode(ctx, { url: nodeUrl, timeoutMs, mostBytes });
  const answers = createAnswerCheck(ctx, infoUrl);
  const counts = { requests: 0, weight: 0, refusedForRate: 0, retries: 0 };
  let lastAnswerAt: number | undefined;
  let lastError: string | undefined;

  function spend(weight: number): void {
    counts.weight += weight;
  }

  /** Asks, and tells how many rows the answer had before the wrong ones were taken out of it. */
  async function ask(body: InfoBody, { priority, signal, attempts }: InfoRequestOptions): Promise<Asked> {
    const text = JSON.stringify(body);
    const signals = signal === undefined ? [ctx.signal] : [ctx.signal, signal];
    const weight = requestWeight(body);
    const mostAttempts = attempts ?? defaultAttempts;
    const own = await node?.ask(body, signals);
    if (own !== undefined) {
      counts.requests += 1;
      lastAnswerAt = ctx.now;
      const rows = Array.isArray(own.value) ? own.value.length : 0;
      return { answer: answers.check(body.type, own.value), rows };
    }
    let nulls = 0;
    let rateRefusals = 0;
    for (let attempt = 1; ; attempt++) {
      await budget.take({ weight, priority, ...(signal === undefined ? {} : { signal }) });
      spend(weight);
      counts.requests += 1;
      const outcome = await attemptRequest(ctx, { url: infoUrl, body: text, timeoutMs, mostBytes, signals });
      if (outcome.kind === 'answer') {
        budget.accepted();
        lastAnswerAt = ctx.now;
        lastError = undefined;
        const extra = answerWeight(body, outcome.value);
        if (extra > 0) {
          budget.charge(extra);
          spend(extra);
        }
        const rows = Array.isArray(outcome.value) ? outcome.value.length : 0;
        return { answer: answers.check(body.type, outcome.value), rows };
      }
      if (outcome.kind === 'refused') {
        budget.accepted();
        throw new InfoError('refused', `The exchange refused \`${body.type}\`.`, { found: outcome.reason });
      }
      if (outcome.kind === 'too-many') {
        counts.refusedForRate += 1;
        rateRefusals += 1;
        lastError = 'too many requests';
        budget.refused(outcome.retryAfterMs);
        if (rateRefusals <= mostRateRefusals) {
          // Note: it does not count as an attempt: the request itself was never looked at.
          attempt -= 1;
          continue;
        }
      } else {
        lastError = outcome.reason;
        if (outcome.isNull && nullWhenUnknown.has(body.type)) {
          nulls += 1;
          // Note: an overloaded exchange may answer the same; it is asked once more before it is believed.
          if (nulls === 2) return { answer: null, rows: 0 };
        }
        if (attempt < mostAttempts) {
          counts.retries += 1;
          ctx.log.debug('a request is made again', { request: body.type, attempt, reason: outcome.reason });
          await rest(attempt, signals);
          continue;
        }
      }
      throw new InfoError('unavailable', `\`${body.type}\` was not answered.`, { found: lastError });
    }
  }

  async function rest(attempt: number, signals: readonly AbortSignal[]): Promise<void> {
    const full = Math.min(retry.longestMs, retry.firstMs * 2 ** Math.min(attempt - 1, 20));
    const ms = full * (0.5 + ctx.random() / 2);
    const own = signals[1];
    const waiting = new AbortController();
    await Promise.race([ctx.sleep(ms), ...(own === undefined ? [] : [abortOf(own, waiting.signal)])]);
    waiting.abort();
    for (const signal of signals) signal.throwIfAborted();
  }

  return {
    request: (async (body: InfoBody, given: InfoRequestOptions) =>
      (await ask(body, given)).answer) as InfoClient['request'],
    pages: (type, of, range, given) => readPages(ask, type, of, range, given),
    leaderboard: given =>
      readStatistics<LeaderboardRow>(ctx, { url: `${statsUrl}/leaderboard`, row: leaderboardRow, ...given }),
    vaults: given => readStatistics<VaultRow>(ctx, { url: `${statsUrl}/vaults`, row: vaultRow, ...given }),
    status: () => ({ ...counts, malformed: answers.malformed, lastAnswerAt, lastError }),
  };
}

/** Ends when a signal aborts, or leaves it alone when `done` does. */
function abortOf(signal: AbortSignal, done: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      signal.removeEventListener('abort', end);
      resolve();
    };
    signal.addEventListener('abort', end);
    done.addEventListener('abort', end);
  });
}
