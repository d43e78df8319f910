import { expect, test } from 'vitest';
import { readRefusal } from './refusal-text.ts';

const subscription = { type: 'trades', coin: 'BTC' };
const text = JSON.stringify(subscription);

test.each([
  [`Already subscribed: ${text}`, { kind: 'already', subscription }],
  [`Already unsubscribed: ${text}`, { kind: 'not-subscribed' }],
  [`Invalid subscription ${text}`, { kind: 'invalid', subscription }],
  [
    `Error parsing JSON into valid websocket request: {"method":"subscribe","subscription":${text}}`,
    { kind: 'invalid', subscription },
  ],
  [
    `Error parsing JSON into valid websocket request: ${JSON.stringify(`{"method":"subscribe","subscription":${text}}`)}`,
    { kind: 'invalid', subscription },
  ],
  [
    `Error parsing JSON into valid websocket request: {"method":"unsubscribe","subscription":${text}}`,
    { kind: 'not-subscribed' },
  ],
  [
    'Error parsing JSON into valid websocket request: {"method":',
    { kind: 'invalid', subscription: undefined },
  ],
  ['Invalid subscription {oops}', { kind: 'invalid', subscription: undefined }],
  ['Cannot track more than 15 total users.', { kind: 'limit', limit: 'users' }],
  ['Cannot subscribe to more than 1000 channels.', { kind: 'limit', limit: 'subscriptions' }],
  ['Cannot send more than 2000 messages per minute.', { kind: 'limit', limit: 'frames' }],
  ['too many pending post requests id=1234', { kind: 'other' }],
  ['', { kind: 'other' }],
])('%s', (said, expected) => {
  expect(readRefusal(said)).toEqual(expected);
});
