import { expect, test } from 'vitest';
import { gapKeeper } from './gap-keeper.ts';

function setUp() {
  const told: string[] = [];
  const keeper = gapKeeper(
    { gap: ({ from, to, healed }) => told.push(`${from}-${to} ${healed ? 'healed' : 'open'}`) },
    () => undefined,
  );
  const open = (from: number, to: number) =>
    keeper.open({ stream: 'trade', key: 'BTC', from, to, reason: '' });
  return { told, open, heal: (from: number, to: number) => keeper.heal('trade', 'BTC', { from, to }) };
}

test('a hole that is filled leaves what it has in common with another one open', () => {
  const { told, open, heal } = setUp();
  open(10, 30);
  open(25, 40);
  heal(25, 40);
  expect(told).toEqual(['10-30 open', '25-40 open', '30-40 healed']);
  heal(0, 50);
  expect(told.slice(3)).toEqual(['10-30 healed']);
});

test('a hole within another one that is still open is not told to be filled', () => {
  const { told, open, heal } = setUp();
  open(25, 28);
  open(10, 30);
  heal(25, 28);
  expect(told).toEqual(['25-28 open', '10-30 open']);
});

test('a hole that is filled takes with it a smaller one that lies within it', () => {
  const { told, open, heal } = setUp();
  open(14, 16);
  open(10, 20);
  heal(10, 20);
  expect(told).toEqual(['14-16 open', '10-20 open', '14-16 healed', '10-20 healed']);
});
