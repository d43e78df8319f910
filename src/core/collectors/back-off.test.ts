import { describe, expect, it } from 'vitest';
import { PluginError } from '../../plugin-api/index.ts';
import { RetryableError, UserError } from '../errors.ts';
import { backOffMs, isRetryable } from './back-off.ts';

describe('waiting before a retry', () => {
  it('doubles from the first wait to the longest', () => {
    const waits = [1, 2, 3, 4, 5, 60].map(attempt =>
      backOffMs(attempt, { firstMs: 100, longestMs: 1_000 }, () => 1),
    );
    expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });
  it('is spread over its upper half', () => {
    expect(backOffMs(1, { firstMs: 100, longestMs: 1_000 }, () => 0)).toBe(50);
  });
});

describe('an error that may pass', () => {
  it.each([
    [new RetryableError('STORE_UNAVAILABLE', 'gone'), true],
    [new UserError('CONFIG_INVALID', 'wrong'), false],
    [new PluginError('INPUT_NOT_FOUND', 'no file'), false],
    [Object.assign(new Error('own'), { retryable: true }), true],
    [
      new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) }),
      true,
    ],
    [new DOMException('too late', 'TimeoutError'), true],
    [new Error('a bug'), false],
    ['text', false],
  ])('is recognised: %s', (error, expected) => {
    expect(isRetryable(error)).toBe(expected);
  });
});
