import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createMetWallets, type MetWallets } from './met-wallets.ts';

const wallet = (number: number) =>
  `0x${createHash('sha256').update(String(number)).digest('hex').slice(0, 40)}`;
const many = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => wallet(from + index));

/** Whether it knows a wallet, without having met it now: a copy is asked. */
function knows(met: MetWallets, remember: number, address: string): boolean {
  const copy = createMetWallets(remember);
  copy.restore(met.save());
  return !copy.add(address);
}

describe('the wallets that were met', () => {
  it('are known from then on', () => {
    const met = createMetWallets(1_000);
    const wallets = many(0, 500);
    for (const address of wallets) met.add(address);

    expect(wallets.filter(address => met.add(address))).toEqual([]);
  });

  it('are hardly ever taken for known though they are new, even when it holds as many as it can', () => {
    const met = createMetWallets(10_000);
    for (const address of many(0, 20_000)) met.add(address);
    const taken = many(1_000_000, 20_000).filter(address => !met.add(address));

    // Note: two generations of 12 bits and 8 places each: 2 x .0031, and more fills the younger one meanwhile.
    expect(taken.length / 20_000).toBeLessThan(0.01);
  });

  it('tell made-up addresses apart that differ at one end only', () => {
    const met = createMetWallets(10_000);
    const low = Array.from({ length: 5_000 }, (_, index) => `0x${index.toString(16).padStart(40, '0')}`);
    const high = low.map(address => `0x${[...address.slice(2)].reverse().join('')}`);
    const isNew = [...low, ...high.slice(1)].filter(address => met.add(address));

    expect(isNew.length).toBeGreaterThan(9_900);
  });

  it('are remembered at least as many as was asked for, and the others forgotten', () => {
    const met = createMetWallets(1_000);
    const wallets = many(0, 5_000);
    for (const address of wallets) met.add(address);

    const known = (places: readonly number[]) =>
      places.filter(place => knows(met, 1_000, wallets[place]!)).length;
    const everyTenth = (from: number) => Array.from({ length: 100 }, (_, index) => from + 10 * index);
    expect(known(everyTenth(4_000))).toBe(100);
    expect(known(everyTenth(0))).toBeLessThan(5);
  });

  it('stay known while they are met again', () => {
    const met = createMetWallets(1_000);
    const regular = wallet(-1);
    met.add(regular);
    const again = many(0, 10_000).map((address, index) => {
      met.add(address);
      return index % 500 === 0 && met.add(regular);
    });

    expect(again.filter(isNew => isNew)).toEqual([]);
  });

  it('are the same after they were saved and restored', () => {
    const met = createMetWallets(1_000);
    const wallets = many(0, 1_500);
    for (const address of wallets) met.add(address);
    const restored = createMetWallets(1_000);
    restored.restore(met.save());

    expect(restored.save()).toBe(met.save());
    expect(wallets.slice(-400).filter(address => restored.add(address))).toEqual([]);
    expect(many(10_000, 100).filter(address => restored.add(address)).length).toBeGreaterThan(95);
  });

  it.each([
    ['nonsense', 'x'],
    ['another size', createMetWallets(500).save()],
    ['what is cut off', createMetWallets(1_000).save().slice(0, -20)],
    ['other bits', JSON.stringify({ remember: 1_000, counts: [1, 1], bits: ['AAAA', 'AAAA'] })],
  ])('are not restored from %s', (_, text) => {
    const met = createMetWallets(1_000);
    met.add(wallet(1));
    met.restore(text);

    expect(met.add(wallet(1))).toBe(false);
    expect(met.add(wallet(2))).toBe(true);
  });
});
