import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/core/store/store.ts';
import * as refs from '../../src/plugin-api/index.ts';
import { testDatabases } from '../support/postgres.ts';
import { openSuiteDatabase, type SuiteDatabase } from './open-test-store.ts';
import {
  alice,
  batchOf,
  bob,
  carol,
  eventAt,
  fillAt,
  meta,
  outputAt,
  positionRow,
  start,
  tradeAt,
} from './sample-tape.ts';

describe.each(testDatabases())('traders and outputs in the store on $name', ({ create }) => {
  let database: SuiteDatabase;
  let store: Store;

  beforeAll(async () => {
    database = await openSuiteDatabase({ create });
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    store = await database.empty({ policy: { trackAll: true } });
  });

  it('has a row for every wallet that an event named', async () => {
    await store.write(
      batchOf([
        tradeAt(1),
        fillAt(2, { user: carol }, { tsEvent: start - 5 }),
        eventAt(3, refs.account, bob, { user: bob, accountValue: '9.90', totalPnl: null }),
      ]),
      meta,
    );
    await store.write(batchOf([tradeAt(4, {}, { tsEvent: start + 3_600_000 })]), meta);

    const traders = await store.db.query.traders.findMany({ orderBy: { address: 'asc' } });

    const hour = Date.UTC(2025, 9, 10, 12);
    const tracked = {
      ...{ tracked: true, trackedBy: 'tape', trackedTier: null, trackedSince: null },
      ...{ displayName: null, isVault: false, discoveredIn: null },
    };
    expect(traders).toEqual([
      {
        address: alice,
        firstSeen: start + 1,
        lastSeen: hour + 3_600_000,
        source: 'trade',
        seq: 1,
        accountValue: null,
        ...tracked,
      },
      {
        address: bob,
        firstSeen: start + 1,
        lastSeen: hour + 3_600_000,
        source: 'trade',
        seq: 1,
        accountValue: '9.90',
        ...tracked,
      },
      {
        address: carol,
        firstSeen: start - 5,
        lastSeen: hour - 3_600_000,
        source: 'fill',
        seq: 2,
        accountValue: null,
        ...tracked,
      },
    ]);
  });

  it('keeps where discovery met a wallet first, and which wallets are vaults', async () => {
    const met = (seq: number, coin: string) =>
      eventAt(seq, refs.candidate, alice, { user: alice, coin, seenIn: 'tape', notionalUsd: 12.5 });
    const vault = {
      user: bob,
      name: 'Slow and steady',
      leader: carol,
      valueUsd: '1000.5',
      isClosed: false,
      relationship: 'normal',
      createdAt: null,
    } as const;
    await store.write(batchOf([met(1, 'SOL'), met(2, 'BTC'), eventAt(3, refs.vault, bob, vault)]), meta);
    await store.write(batchOf([met(4, 'ETH'), tradeAt(5, { buyer: bob, seller: carol })]), meta);

    expect(await store.db.query.traders.findMany({ orderBy: { address: 'asc' } })).toMatchObject([
      { address: alice, source: 'candidate', discoveredIn: 'SOL', isVault: false, displayName: null },
      { address: bob, source: 'vault', discoveredIn: null, isVault: true, displayName: 'Slow and steady' },
      { address: carol, source: 'trade', discoveredIn: null, isVault: false, displayName: null },
    ]);
  });

  it('keeps the outputs of every stage', async () => {
    const signalRow = { action: 'BUY', net: 0.25 };
    const trace = { because: 'net 0.25 > 0.2', trigger: 'wallet.position', inputs: [] };
    const tier = { tier: 'core', because: 'score 71', tags: [] };
    await store.write(
      batchOf([fillAt(1), fillAt(2)], {
        latest: [
          { ...outputAt(1, 0, refs.traderScore, alice), row: { score: 71 }, stale: false },
          { ...outputAt(2, 1, refs.walletPosition, `${alice}:xyz:NVDA`), row: positionRow(), stale: false },
        ],
        history: [
          {
            ...outputAt(2, 1, refs.walletPosition, `${alice}:xyz:NVDA`),
            row: positionRow(),
            previous: undefined,
          },
          { ...outputAt(2, 2, refs.traderTier, alice), row: tier, previous: undefined },
        ],
        signals: [{ ...outputAt(2, 3, refs.smartMoneyBias, 'BTC'), row: signalRow, trace }],
        alerts: [
          {
            ...outputAt(2, 4, refs.whaleAlert, 'BTC'),
            severity: 'CRITICAL',
            title: 'A whale opened 1.5 NVDA',
            trader: alice,
            expiresAfterMs: 60_000,
            cooldownMs: 1,
            cooldownKey: 'k',
            signal: { seq: 2, index: 3 },
            row: signalRow,
          },
        ],
        decisions: [
          { ...outputAt(2, 5, refs.smartMoneyBias, 'BTC'), emitted: true, trace },
          {
            ...outputAt(2, 6, refs.smartMoneyBias, 'ETH'),
            emitted: false,
            trace: { ...trace, because: 'net 0.1 < 0.2' },
          },
        ],
        // More than one evaluation of ETH.
        decisionCounts: [
          { plugin: 'sample-plugin', emitted: true, because: 'net # > #', count: 1 },
          { plugin: 'sample-plugin', emitted: false, because: 'net # < #', count: 5 },
        ],
        faults: [
          {
            seq: 2,
            index: 7,
            plugin: 'sample-plugin',
            handler: 'update',
            code: 'PLUGIN_THREW',
            message: 'no',
            key: undefined,
            tsIngest: start,
          },
        ],
      }),
      meta,
    );

    const { db } = store;
    const times = { tsEvent: start + 2, tsIngest: start + 52, seq: 2 };
    expect(await db.query.rows.findMany()).toEqual([
      {
        ref: 'trader.score',
        version: 1,
        key: alice,
        tsEvent: start + 1,
        tsIngest: start + 51,
        seq: 1,
        index: 0,
        entity: 'trader',
        plugin: 'sample-plugin',
        row: { score: 71 },
        stale: false,
        run: 'run-1',
      },
    ]);
    expect(await db.query.positions.findMany({ with: { trader: true } })).toMatchObject([
      { address: alice, coin: 'xyz:NVDA', size: '1.50', ...times, index: 1, trader: { address: alice } },
    ]);
    expect(await db.query.positionEvents.findMany()).toEqual([
      {
        ...times,
        index: 1,
        address: alice,
        coin: 'xyz:NVDA',
        action: 'OPEN',
        sizeBefore: '0',
        sizeAfter: '1.50',
        price: 100.5,
        notionalUsd: 150.75,
        realisedPnl: null,
        source: 'fill',
        latencyMs: 52,
      },
    ]);
    expect(await db.query.categoryEvents.findMany()).toMatchObject([
      { key: alice, row: tier, previous: null },
    ]);
    expect(await db.query.signals.findMany({ with: { alerts: true } })).toMatchObject([
      { coin: 'BTC', trader: null, row: signalRow, trace, alerts: [{ severity: 'CRITICAL' }] },
    ]);
    expect(await db.query.alerts.findMany({ with: { signal: true } })).toMatchObject([
      { trader: alice, coin: null, expiresAt: start + 52 + 60_000, latencyMs: 50, signal: { index: 3 } },
    ]);
    expect(await db.query.decisions.findMany({ orderBy: { key: 'asc' } })).toMatchObject([
      { key: 'BTC', emitted: true, because: 'net 0.25 > 0.2', trace },
      { key: 'ETH', emitted: false, because: 'net 0.1 < 0.2' },
    ]);
    expect(await db.query.decisionCounts.findMany({ orderBy: { because: 'asc' } })).toEqual([
      { plugin: 'sample-plugin', emitted: false, because: 'net # < #', count: 5 },
      { plugin: 'sample-plugin', emitted: true, because: 'net # > #', count: 1 },
    ]);
    expect(await db.query.faults.findMany()).toMatchObject([{ code: 'PLUGIN_THREW', key: null }]);
  });

  it('removes rows that were withdrawn, marks those that stand, and leaves later ones as they are', async () => {
    const position = { ...outputAt(1, 1, refs.walletPosition, `${alice}:xyz:NVDA`), row: positionRow() };
    const other = { ...outputAt(1, 2, refs.walletPosition, `${bob}:BTC`), row: positionRow() };
    const score = (seq: number, key: string) => outputAt(seq, 0, refs.traderScore, key);
    await store.write(
      batchOf([fillAt(1)], {
        latest: [
          { ...score(1, alice), row: { score: 1 }, stale: false },
          { ...score(1, bob), row: { score: 2 }, stale: false },
          { ...score(1, carol), row: { score: 3 }, stale: false },
          { ...position, stale: false },
          { ...other, stale: false },
        ],
        history: [{ ...position, previous: undefined }],
      }),
      meta,
    );
    await store.write(
      batchOf([fillAt(2)], {
        latest: [
          { ...score(2, alice), row: undefined, stale: false },
          { ...score(2, bob), row: undefined, stale: true },
          // Older than what is there.
          { ...score(0, carol), row: undefined, stale: false },
          { ...position, seq: 2, row: undefined, stale: false },
          { ...other, seq: 2, row: undefined, stale: true },
        ],
      }),
      meta,
    );

    expect(await store.db.query.rows.findMany({ orderBy: { key: 'asc' } })).toMatchObject([
      { key: bob, row: { score: 2 }, stale: true, seq: 2, tsEvent: start + 2 },
      { key: carol, row: { score: 3 }, stale: false, seq: 1 },
    ]);
    expect(await store.db.query.positions.findMany()).toMatchObject([
      { address: bob, coin: 'BTC', stale: true, seq: 2 },
    ]);
  });

  it('leaves no position of one that was made and withdrawn in one batch', async () => {
    const position = { ...outputAt(1, 1, refs.walletPosition, `${alice}:BTC`), row: positionRow() };
    await store.write(
      batchOf([fillAt(1)], {
        latest: [{ ...position, index: 2, row: undefined, stale: false }],
        history: [{ ...position, previous: undefined }],
      }),
      meta,
    );

    expect(await store.db.query.positions.findMany()).toEqual([]);
    expect(await store.db.query.positionEvents.findMany()).toHaveLength(1);
  });

  it('keeps that a category was withdrawn', async () => {
    const tier = { tier: 'core', because: 'x', tags: [] };
    const told = { ...outputAt(1, 0, refs.traderTier, alice), row: tier, previous: undefined };
    const gone = { ...outputAt(2, 0, refs.traderTier, alice), row: undefined, previous: tier };
    await store.write(batchOf([fillAt(1, { user: alice })], { history: [told] }), meta);
    await store.write(batchOf([fillAt(2, { user: alice })], { history: [gone] }), meta);

    expect(await store.db.query.categoryEvents.findMany({ orderBy: { seq: 'asc' } })).toMatchObject([
      { seq: 1, row: tier, previous: null },
      { seq: 2, row: null, previous: tier },
    ]);
  });

  it('keeps the later of two rows of a key', async () => {
    const scoreAt = (seq: number, score: number) => ({
      ...outputAt(seq, 0, refs.traderScore, alice),
      row: { score },
      stale: seq === 3,
    });
    await store.write(batchOf([fillAt(1), fillAt(2)], { latest: [scoreAt(2, 20)] }), meta);
    await store.write(batchOf([fillAt(3)], { latest: [scoreAt(3, 30)] }), { ...meta, run: 'run-2' });

    expect(await store.db.query.rows.findMany()).toMatchObject([
      { seq: 3, row: { score: 30 }, stale: true, run: 'run-2' },
    ]);
  });
});
