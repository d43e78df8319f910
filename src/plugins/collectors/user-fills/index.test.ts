import { describe, expect, it, test } from 'vitest';
import { collectedBy, restartFaults } from '../../../../test/collectors/collected-by.ts';
import { conformance } from '../../../testing/index.ts';
import { userFills } from './index.ts';

const path = new URL('./fixtures/folder', import.meta.url).pathname;
const wallet = `0x${'a1'.repeat(20)}`;
const other = `0x${'b2'.repeat(20)}`;
const start = 1_700_000_000_000;

describe('saved answers', () => {
  test('come oldest first, all wallets and TWAP slices together, so that start positions chain', async () => {
    const { drafts } = await collectedBy(userFills, { path });
    expect(
      drafts.map(({ key, payload, tsEvent }) => [
        key,
        tsEvent - start,
        payload.startPosition,
        payload.twapId,
      ]),
    ).toEqual([
      [wallet, 100, '0.0', null],
      [other, 300, '0.0', null],
      [wallet, 500, '0.5', null],
      [wallet, 500, '2.0', null],
      [wallet, 900, '3.0', null],
      [wallet, 900, '2.0', 77],
    ]);
  });

  test('that are no fills are reported in a folder, and refused alone', async () => {
    const { rejections } = await collectedBy(userFills, { path });
    expect(rejections).toEqual([
      { source: `${path}/summary.json`, reason: expect.stringContaining('is not a list of fills') },
    ]);
    await expect(collectedBy(userFills, { path: `${path}/summary.json` })).rejects.toMatchObject({
      code: 'INPUT_MALFORMED',
    });
  });

  test('belong to the wallet of the configuration when it names one', async () => {
    const settings = { path: `${path}/${wallet}.json`, address: `0x${'D4'.repeat(20)}` };
    const { drafts } = await collectedBy(userFills, settings);
    expect(new Set(drafts.map(draft => draft.key))).toEqual(new Set([`0x${'d4'.repeat(20)}`]));
  });

  test('are taken up after any draft', async () => {
    expect(await restartFaults(userFills, { path })).toEqual([]);
  });
});

describe('conformance of user-fills', () => {
  for (const check of conformance(userFills, { config: { path } })) it(check.name, check.run);
});
