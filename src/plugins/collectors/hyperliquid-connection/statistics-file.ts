import { setImmediate as nextTurn } from 'node:timers/promises';
import type * as z from 'zod';
import { jsonArraySplitter } from '../source-files/json-array.ts';
import { bodyChunks } from './bounded-body.ts';
import type { ConnectionContext } from './connection-context.ts';
import { InfoError } from './info-error.ts';
import { isNetworkError, words } from './request-attempt.ts';
import { problemOf } from './wire/check.ts';

export interface StatisticsFile {
  readonly url: string;
  readonly row: z.ZodType;
  readonly signal?: AbortSignal;
  /** How long nothing may arrive, in ms. Default 20 s. */
  readonly idleMs?: number;
  /** The longest file that is read. Default 256 MiB. */
  readonly mostBytes?: number;
}

/**
 * Reads a file of the statistics host, which is one list of rows within an object, in batches as it arrives: a file of 39 MB is never
 * held as a whole, and everything else has its turn between two pieces of it. Rows that are wrong are reported and left out.
 *
 * @throws InfoError, also after some batches, when the file ends early
 */
export async function* readStatistics<Row>(
  ctx: Pick<ConnectionContext, 'signal' | 'reject'>,
  file: StatisticsFile,
): AsyncGenerator<readonly Row[], void> {
  const { url, row, idleMs = 20_000, mostBytes = 256 * 1024 * 1024 } = file;
  const controller = new AbortController();
  const signals = file.signal === undefined ? [ctx.signal] : [ctx.signal, file.signal];
  const stop = () => controller.abort();
  let isIdle = false;
  const timer = setTimeout(() => {
    isIdle = true;
    stop();
  }, idleMs);
  for (const signal of signals) {
    signal.throwIfAborted();
    signal.addEventListener('abort', stop, { once: true });
  }
  try {
    // Note: not `ctx.http`, whose deadline is for answers and not for files.
    const response = await fetch(url, { signal: controller.signal });
    if (!response.ok) {
      await response.body?.cancel();
      throw unavailable(url, `status ${response.status}`);
    }
    const splitter = jsonArraySplitter();
    const decoder = new TextDecoder();
    let bytes = 0;
    let place = 0;
    for await (const chunk of bodyChunks(response)) {
      timer.refresh();
      bytes += chunk.length;
      if (bytes > mostBytes) {
        throw new InfoError('malformed', `${url} is too long.`, { expected: `at most ${mostBytes} bytes` });
      }
      const batch: Row[] = [];
      for (const { text } of splitter.push(decoder.decode(chunk, { stream: true }))) {
        const problem = takeRow(text, row, batch as unknown[]);
        if (problem !== undefined) ctx.reject({ source: url, reason: `row ${place}: ${problem}` });
        place += 1;
      }
      if (batch.length > 0) yield batch;
      // Note: pieces that have arrived already are read without waiting, and would let nothing else have its turn.
      await nextTurn();
      timer.refresh();
    }
    if (!splitter.isDone()) {
      throw new InfoError('unavailable', `${url} ended early.`, {
        expected: 'a complete list',
        found: `${place} rows in ${bytes} bytes`,
      });
    }
  } catch (error) {
    for (const signal of signals) signal.throwIfAborted();
    if (isIdle) throw unavailable(url, `nothing within ${idleMs} ms`);
    if (!(error instanceof InfoError) && isNetworkError(error)) throw unavailable(url, words(error), error);
    throw error;
  } finally {
    clearTimeout(timer);
    stop();
    for (const signal of signals) signal.removeEventListener('abort', stop);
  }
}

function takeRow(text: string, row: z.ZodType, into: unknown[]): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is no JSON';
  }
  const problem = problemOf(row, value);
  if (problem === undefined) into.push(value);
  return problem;
}

function unavailable(url: string, found: string, cause?: unknown): InfoError {
  return new InfoError('unavailable', `${url} could not be read.`, { found, cause });
}
