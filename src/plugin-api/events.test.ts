import { expect, it } from 'vitest';
import { tradersOf } from './events.ts';

const alice = `0x${'a'.repeat(40)}`;
const bob = `0x${'b'.repeat(40)}`;

it.each([
  ['both', { buyer: alice, seller: bob }, [alice, bob]],
  ['one that traded with itself', { buyer: alice, seller: alice }, [alice]],
  ['the only one that is named', { buyer: null, seller: bob }, [bob]],
  ['the only one that is named', { buyer: alice, seller: null }, [alice]],
  ['nobody', { buyer: null, seller: null }, []],
])('the wallets of a trade are %s', (_who, payload, expected) => {
  expect(tradersOf(payload)).toEqual(expected);
});
