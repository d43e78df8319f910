import { graphql } from 'graphql';
import { afterEach, describe, expect, it } from 'vitest';
import { type Draft, defineCollector, draft, leaderboard } from '../../plugin-api/index.ts';
import { manualClock } from '../../testing/manual-clock.ts';
import { type App, type AppOptions, createApp } from '../app.ts';
import { silentLog } from '../log.ts';
import { replayTape } from '../replay.ts';
import { fingerprint } from '../store/fingerprint.ts';

const start = Date.UTC(2026, 0, 1, 12);
const addressOf = (number: number) => `0x${number.toString(16).padStart(40, '0')}`;
const [ann, ben, cleo, dan, eve] = [1, 2, 3, 4, 5].map(addressOf) as [string, string, string, string, string];

interface Line {
  readonly user: string;
  readonly accountValue: string;
  /** ROI of day, week, month and all time. */
  readonly roi: readonly [string, string, string, string];
  readonly monthVolume?: string;
  readonly day?: readonly [pnl: string, volume: string];
}

/** A live source that tells the lines that a test gives it. */
function lineSource() {
  const waiting: Draft<typeof leaderboard>[] = [];
  let wake = () => {};
  const plugin = defineCollector({
    id: 'line-source',
    version: '1.0.0',
    api: '^1.0.0',
    doc: 'Tells lines of a leaderboard.',
    emits: [leaderboard],
    async *collect(ctx) {
      while (!ctx.signal.aborted) {
        if (waiting.length > 0) yield waiting.splice(0);
        await new Promise<void>(resolve => {
          wake = resolve;
          ctx.signal.addEventListener('abort', () => resolve(), { once: true });
          if (waiting.length > 0) resolve();
        });
      }
    },
  });
  return {
    plugin,
    tell(at: number, lines: readonly Line[]) {
      for (const { user, accountValue, roi, monthVolume = '0', day = ['0', '0'] } of lines) {
        const none = { pnl: '0', volume: '0' };
        const payload = {
          ...{ user, accountValue, displayName: null },
          ...{ dayPnl: day[0], dayRoi: roi[0], dayVolume: day[1] },
          ...{ weekPnl: none.pnl, weekRoi: roi[1], weekVolume: none.volume },
          ...{ monthPnl: none.pnl, monthRoi: roi[2], monthVolume },
          ...{ allPnl: none.pnl, allRoi: roi[3], allVolume: none.volume },
        };
        waiting.push(draft(leaderboard, { key: user, tsEvent: at, dedupe: `${user}:${at}`, payload }));
      }
      wake();
    },
  };
}

/**
 * Their scores, worked out by hand: all-time ROI up to 30, month up to 25, week from -10 to 20, account and volume, and 5 when day,
 * week and month gained.
 */
const lines: readonly Line[] = [
  // 30 + 25 + 20 + 15 (12 M) + 10 (100 M) + 5 = 105
  {
    user: ann,
    accountValue: '12000000',
    roi: ['0.01', '0.2', '0.5', '1'],
    monthVolume: '100000000',
    day: ['120000', '4000000'],
  },
  // 30 + 25 + 10 + 8 (1 M) + 5 = 78
  { user: ben, accountValue: '1000000', roi: ['0.01', '0.1', '0.5', '1'], day: ['10000', '50000'] },
  // 30 + 25 - 5 = 50
  { user: cleo, accountValue: '50000', roi: ['0', '-0.05', '0.5', '1'] },
  // 6 + 15 (month) + 10 = 31
  { user: dan, accountValue: '50000', roi: ['0.01', '0.1', '0.3', '0.2'] },
  // 15 for the account alone
  { user: eve, accountValue: '25000000', roi: ['0', '0', '0', '0'] },
];

describe('the selection in a running application', () => {
  const apps: App[] = [];
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.stop();
  });

  async function run(options: Partial<AppOptions> = {}) {
    const clock = manualClock(start);
    const source = lineSource();
    const app = await createApp({
      database: 'pglite-memory://',
      tape: null,
      clock,
      log: silentLog,
      plugins: [source.plugin],
      config: { jobs: { leaderboard: 'off', retention: 'off' }, tape: { hours: 10_000 } },
      ...options,
    });
    apps.push(app);
    await app.start();
    await until(() => app.phase === 'live');
    const ask = async (document: string) => {
      const { data, errors } = await graphql({
        schema: app.schema,
        source: document,
        contextValue: { ...app.graphql, permissions: { mutationsRefused: undefined } },
      });
      expect(errors).toBeUndefined();
      return JSON.parse(JSON.stringify(data));
    };
    const lastSelection = () => app.jobs().find(({ id }) => id === 'selection')?.lastRun ?? 0;
    /** Lets tape time pass, second by second, until traders were selected at `after` or later. */
    const selectedAfter = (after: number) =>
      until(async () => {
        if (lastSelection() >= after) return true;
        await clock.advance(1_000);
        return false;
      });
    return { app, clock, source, ask, lastSelection, selectedAfter };
  }

  it('selects as soon as the leaderboard is in, answers who is tracked and why, and who was left out', async () => {
    const { source, ask, selectedAfter } = await run();
    source.tell(start, lines);
    await selectedAfter(start + 5_000);
    await until(async () => (await ask('{ selection { selected } }')).selection?.selected === 3);

    const { trackedTraders, selection, selectionVerdicts, trader } = await ask(`{
      trackedTraders { ... on TrackedTraderConnection { totalCount nodes {
        address by tier because score likelyActive activityReason activityConfidence trader { trackedBy trackedTier tracked }
      } } }
      selection { scored considered selected added moved removed outcomes { outcome count example } }
      selectionVerdicts(selected: false) { ... on SelectionVerdictConnection { nodes { address outcome because } } }
      trader(address: "${dan}") { ... on Trader { tracked trackedBy trackedTier selection { because } } }
    }`);
    const bySelection = (tier: string) => ({ tracked: true, trackedBy: 'selection', trackedTier: tier });
    expect(trackedTraders).toEqual({
      totalCount: 3,
      nodes: [
        {
          ...{ address: ann, by: 'SELECTION', tier: 'ALERT', score: 105 },
          because: 'account value 12000000 >= 10000000',
          likelyActive: true,
          activityReason:
            'day volume 4,000,000 USD > 100,000 USD; |day PnL| / account value 1 % > 0.1 %; |day ROI| 1 % > 0.01 %',
          // 1 - .05 x .4 x .5
          activityConfidence: 0.99,
          trader: bySelection('ALERT'),
        },
        {
          ...{ address: ben, by: 'SELECTION', tier: 'CORE', score: 78 },
          because: 'score 78 >= 70, ROI of day, week and month > 0',
          likelyActive: true,
          activityReason: '|day PnL| / account value 1 % > 0.1 %; |day ROI| 1 % > 0.01 %',
          // 1 - .4 x .5
          activityConfidence: 0.8,
          trader: bySelection('CORE'),
        },
        {
          ...{ address: cleo, by: 'SELECTION', tier: 'EXTENDED', score: 50 },
          because: 'score 50 >= 50, place 3',
          likelyActive: false,
          activityReason: 'no return and no volume to speak of in a day',
          activityConfidence: 0,
          trader: bySelection('EXTENDED'),
        },
      ],
    });
    expect(selection).toMatchObject({
      scored: 5,
      considered: 4,
      selected: 3,
      added: 3,
      moved: 0,
      removed: 0,
    });
    expect(selection?.outcomes).toContainEqual({
      ...{ outcome: 'score too low', count: 1, example: 'score 15 < 50' },
    });
    expect(selectionVerdicts).toEqual({
      nodes: [{ address: eve, outcome: 'score too low', because: 'score 15 < 50' }],
    });
    expect(trader).toEqual({ tracked: false, trackedBy: null, trackedTier: null, selection: null });
  }, 30_000);

  it('puts only what changes on the tape, keeps what was done by hand, and is repeated by a replay of that tape', async () => {
    const { app, clock, source, ask, selectedAfter } = await run();
    source.tell(start, lines);
    await selectedAfter(start + 5_000);
    const commandsOf = () =>
      app.store.query<{ name: string; target: string; by: string; tier: string | null }>(
        'select name, target, by, tier from commands order by seq',
      );
    await until(async () => (await commandsOf()).length === 3);

    await ask(`mutation { trackTrader(address: "${dan}") { __typename } }`);
    await ask(`mutation { untrackTrader(address: "${ben}") { __typename } }`);
    const again = await ask('mutation { runJob(id: "selection") { ... on Job { outcome } } }');
    expect(again.runJob?.outcome).toBe('succeeded');
    expect(await commandsOf()).toHaveLength(5);

    // 30 + 25 - 10 = 45 for cleo, who falls out; 105 for eve, who comes in.
    source.tell(clock.now(), [
      { user: cleo, accountValue: '50000', roi: ['0', '-0.2', '0.5', '1'] },
      { user: eve, accountValue: '25000000', roi: ['0.1', '0.2', '0.5', '1'], monthVolume: '100000000' },
    ]);
    await until(async () => {
      await clock.advance(1_000);
      const [row] = await app.store.query<{ score: number }>(
        `select ("row"->>'score')::float8 as score from rows where key = '${eve}' and ref = 'trader.score'`,
      );
      return row?.score === 105;
    });
    await ask('mutation { runJob(id: "selection") { __typename } }');

    expect((await commandsOf()).slice(3)).toEqual([
      { name: 'track-trader', target: dan, by: 'hand', tier: null },
      { name: 'untrack-trader', target: ben, by: 'hand', tier: null },
      { name: 'untrack-trader', target: cleo, by: 'selection', tier: null },
      { name: 'track-trader', target: eve, by: 'selection', tier: 'alert' },
    ]);
    const standing = await app.store.query(
      'select address, tracked, tracked_by, tracked_tier from traders where tracked_by is not null order by address',
    );
    expect(standing).toEqual([
      { address: ann, tracked: true, tracked_by: 'selection', tracked_tier: 'alert' },
      { address: ben, tracked: false, tracked_by: 'hand', tracked_tier: null },
      { address: dan, tracked: true, tracked_by: 'hand', tracked_tier: null },
      { address: eve, tracked: true, tracked_by: 'selection', tracked_tier: 'alert' },
    ]);

    await app.commands.pausePlugin('line-source');
    const replayed = await replayTape({
      ...{
        tape: app.tape,
        plan: app.plan,
        database: 'pglite-memory://',
        seed: 0,
        batchEvents: 3,
        log: silentLog,
      },
    });
    // Note: what was decided after the last event that was read is in neither.
    const live = await fingerprint(app.store);
    expect(replayed.tables.traders).toEqual(live.tables.traders);
    expect(replayed.tables.commands).toEqual(live.tables.commands);
  }, 30_000);

  it('does not select in a replay of history, whose tape says who was tracked', async () => {
    const history = defineCollector({
      ...{ id: 'line-history', version: '1.0.0', api: '^1.0.0', doc: 'Tells lines of the past.' },
      emits: [leaderboard],
      availability: 'declared',
      async *collect() {
        const source = lineSource();
        source.tell(start, lines);
        const iterator = source.plugin.collect({ signal: new AbortController().signal } as never);
        const { value } = await iterator[Symbol.asyncIterator]().next();
        yield (value as Draft<typeof leaderboard>[]).map(one => ({ ...one, tsIngest: start }));
      },
    });
    const app = await createApp({
      ...{ database: 'pglite-memory://', tape: null, log: silentLog, plugins: [history] },
      config: { jobs: { leaderboard: 'off', retention: 'off' } },
    });
    apps.push(app);
    await app.start();
    await app.done;

    expect(await app.store.query('select 1 from commands')).toEqual([]);
    expect(app.jobs().find(({ id }) => id === 'selection')?.lastRun).toBeUndefined();
    await app.commands.runJob('selection');
    expect(await app.store.query('select address from traders where tracked order by address')).toEqual(
      [ann, ben, cleo].map(address => ({ address })),
    );
  }, 30_000);
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}
