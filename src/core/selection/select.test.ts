import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SelectionConfig, selectionSchema } from './config.ts';
import { actsOf, type Candidate, type Standing, selectTraders, type Verdict } from './select.ts';

const defaults = selectionSchema.parse({});
const addressOf = (number: number) => `0x${number.toString(16).padStart(40, '0')}`;
const someone = (number: number, figures: Partial<Candidate>): Candidate => ({
  address: addressOf(number),
  score: null,
  accountValue: 50_000,
  dayRoi: null,
  weekRoi: null,
  monthRoi: null,
  dayPnl: null,
  dayVolume: null,
  ...figures,
});
const gaining = { dayRoi: 0.01, weekRoi: 0.02, monthRoi: 0.03 };
const outcomes = (verdicts: readonly Verdict[]) =>
  Object.fromEntries(verdicts.map(({ address, outcome }) => [Number(address), outcome]));

describe('the selection', () => {
  it('gives each tier to whom it fits, and says why', () => {
    const verdicts = selectTraders(
      [
        someone(1, { score: 55, accountValue: 10_000_000 }),
        someone(2, { score: 100 }),
        someone(3, { score: 70, ...gaining }),
        someone(4, { score: 99.5, ...gaining, weekRoi: 0 }),
        someone(5, { score: 50 }),
        someone(6, { score: 49.99, accountValue: 50_000_000 }),
        someone(7, { accountValue: 50_000_000 }),
      ],
      [],
      defaults,
    );

    expect(
      verdicts
        .toSorted((a, b) => (a.address < b.address ? -1 : 1))
        .map(({ selected, tier, because }) => [selected, tier, because]),
    ).toEqual([
      [true, 'alert', 'account value 10000000 >= 10000000'],
      [true, 'alert', 'score 100 >= 100'],
      [true, 'core', 'score 70 >= 70, ROI of day, week and month > 0'],
      [true, 'extended', 'score 99.5 >= 50, place 2'],
      [true, 'extended', 'score 50 >= 50, place 5'],
      [false, null, 'score 49.99 < 50'],
      [false, null, 'no score is known'],
    ]);
  });

  it('lets those that find a tier full fall into the one below, the best first', () => {
    const config: SelectionConfig = {
      ...defaults,
      alert: { ...defaults.alert, most: 1 },
      core: { ...defaults.core, most: 1 },
      extended: { ...defaults.extended, most: 2 },
    };
    const verdicts = selectTraders(
      [101, 102, 103, 104, 105].map(score => someone(score, { score, ...gaining })),
      [],
      config,
    );

    expect(outcomes(verdicts)).toEqual({
      105: 'alert',
      104: 'core',
      103: 'extended',
      102: 'extended',
      101: 'tiers are full',
    });
    expect(verdicts.at(-1)?.because).toBe(
      'score 101, and better ones fill alert (1), core (1), extended (2)',
    );
  });

  it('has few places go to the highest tier first, whatever the scores', () => {
    const verdicts = selectTraders(
      [
        someone(1, { score: 51, accountValue: 30_000_000 }),
        someone(2, { score: 69 }),
        someone(3, { score: 68 }),
      ],
      [],
      { ...defaults, maxTracked: 2 },
    );

    expect(outcomes(verdicts)).toEqual({ 1: 'alert', 2: 'extended', 3: 'no place left' });
  });

  it('prefers, of equal scores, the larger account, then the lower address', () => {
    const config = { ...defaults, extended: { ...defaults.extended, most: 2 } };
    const verdicts = selectTraders(
      [
        someone(9, { score: 60, accountValue: 2_000 }),
        someone(3, { score: 60, accountValue: 1_000 }),
        someone(4, { score: 60, accountValue: 1_000 }),
      ],
      [],
      config,
    );

    expect(outcomes(verdicts)).toEqual({ 9: 'extended', 3: 'extended', 4: 'tiers are full' });
  });

  it('takes into the extended tier only who is among the highest scores', () => {
    const config = { ...defaults, extended: { ...defaults.extended, top: 2 } };
    const verdicts = selectTraders(
      [someone(1, { score: 60 }), someone(2, { score: 61 }), someone(3, { score: 62 })],
      [],
      config,
    );

    expect(outcomes(verdicts)).toEqual({ 3: 'extended', 2: 'extended', 1: 'not among the best' });
    expect(verdicts.at(-1)?.because).toBe('score 60 is not among the 2 highest, which end at 61');
  });

  it('leaves those alone that were added or removed by hand, and counts the added ones', () => {
    const standing: Standing[] = [
      { address: addressOf(1), by: 'hand', tracked: true, tier: null },
      { address: addressOf(2), by: 'hand', tracked: false, tier: null },
    ];
    const candidates = [1, 2, 3, 4].map(number => someone(number, { score: 90 - number }));
    const verdicts = selectTraders(candidates, standing, { ...defaults, maxTracked: 2 });

    expect(outcomes(verdicts)).toEqual({
      1: 'added by hand',
      2: 'removed by hand',
      3: 'extended',
      4: 'no place left',
    });
    expect(actsOf(verdicts, standing)).toEqual([
      { name: 'track-trader', address: addressOf(3), tier: 'extended' },
    ]);
  });

  it('leaves out who is not likely active where that is asked for', () => {
    const verdicts = selectTraders(
      [
        someone(1, { score: 80, dayVolume: 200_000 }),
        someone(2, { score: 90, dayVolume: 0 }),
        someone(3, { score: 70 }),
      ],
      [],
      { ...defaults, activeOnly: true },
    );

    expect(outcomes(verdicts)).toEqual({ 1: 'extended', 2: 'not likely active', 3: 'not likely active' });
  });

  it('tells only what changes: removals, additions and other tiers', () => {
    const standing: Standing[] = [
      { address: addressOf(1), by: 'selection', tracked: true, tier: 'extended' },
      { address: addressOf(2), by: 'selection', tracked: true, tier: 'extended' },
      { address: addressOf(3), by: 'selection', tracked: true, tier: 'core' },
    ];
    const candidates = [
      someone(1, { score: 60 }),
      someone(2, { score: 100 }),
      someone(3, { score: 20, ...gaining }),
      someone(4, { score: 75, ...gaining }),
    ];

    expect(actsOf(selectTraders(candidates, standing, defaults), standing)).toEqual([
      { name: 'untrack-trader', address: addressOf(3) },
      { name: 'track-trader', address: addressOf(2), tier: 'alert' },
      { name: 'track-trader', address: addressOf(4), tier: 'core' },
    ]);
  });

  it('refuses thresholds that contradict each other', () => {
    expect(() => selectionSchema.parse({ minScore: 60 })).toThrow(/no less than minScore/);
    expect(() => selectionSchema.parse({ maxTracked: -1 })).toThrow();
    expect(() => selectionSchema.parse({ tiers: {} })).toThrow(/tiers/);
  });
});

describe('whatever the candidates', () => {
  const figure = fc.option(fc.double({ min: -0.5, max: 0.5, noNaN: true }), { nil: null });
  const candidates = fc
    .array(
      fc.record({
        score: fc.option(fc.integer({ min: 0, max: 105 }), { nil: null }),
        accountValue: fc.option(fc.integer({ min: 0, max: 30_000_000 }), { nil: null }),
        dayRoi: figure,
        weekRoi: figure,
        monthRoi: figure,
        dayPnl: fc.constant(null),
        dayVolume: fc.option(fc.integer({ min: 0, max: 1_000_000 }), { nil: null }),
      }),
      { maxLength: 60 },
    )
    .map(list => list.map((figures, index) => ({ ...figures, address: addressOf(index + 1) })));
  const standings = fc.uniqueArray(
    fc.record({
      address: fc.integer({ min: 1, max: 70 }).map(addressOf),
      by: fc.constantFrom('hand' as const, 'selection' as const),
      tracked: fc.boolean(),
      tier: fc.constant(null),
    }),
    { selector: ({ address }) => address, maxLength: 15 },
  );
  const configs = fc
    .record({
      maxTracked: fc.integer({ min: 0, max: 30 }),
      alert: fc.integer({ min: 0, max: 6 }),
      core: fc.integer({ min: 0, max: 8 }),
      extended: fc.integer({ min: 0, max: 12 }),
      top: fc.integer({ min: 0, max: 40 }),
    })
    .map(({ maxTracked, alert, core, extended, top }) => ({
      ...defaults,
      maxTracked,
      alert: { ...defaults.alert, most: alert },
      core: { ...defaults.core, most: core },
      extended: { ...defaults.extended, most: extended, top },
    }));

  it('no tier and no total exceeds its size, and nobody better is left out of a tier for somebody worse', () => {
    fc.assert(
      fc.property(candidates, standings, configs, (people, standing, config) => {
        const verdicts = selectTraders(people, standing, config);
        const chosen = verdicts.filter(({ tier }) => tier !== null);
        for (const tier of ['alert', 'core', 'extended'] as const) {
          expect(chosen.filter(one => one.tier === tier).length).toBeLessThanOrEqual(config[tier].most);
        }
        const byHand = standing.filter(({ by, tracked }) => by === 'hand' && tracked).length;
        expect(chosen.length).toBeLessThanOrEqual(Math.max(0, config.maxTracked - byHand));
        for (const { score, tier, accountValue, dayRoi, weekRoi, monthRoi } of chosen) {
          expect(score).toBeGreaterThanOrEqual(50);
          if (tier === 'alert') expect((accountValue ?? 0) >= 10_000_000 || score! >= 100).toBe(true);
          if (tier === 'core')
            expect([dayRoi, weekRoi, monthRoi].every(roi => roi! > 0) && score! >= 70).toBe(true);
        }
        // Priority: whoever could be an alert trader and is in a lower tier or left out scores no more than all that are.
        const alert = chosen.filter(({ tier }) => tier === 'alert');
        const passedOver = verdicts.filter(
          ({ tier, score, accountValue, outcome }) =>
            tier !== 'alert' &&
            !outcome.endsWith('by hand') &&
            (score ?? 0) >= 50 &&
            ((accountValue ?? 0) >= 10_000_000 || score! >= 100),
        );
        for (const one of passedOver)
          for (const other of alert) expect(other.score!).toBeGreaterThanOrEqual(one.score!);
      }),
      { numRuns: 400 },
    );
  });

  it('the order in which they come does not matter', () => {
    fc.assert(
      fc.property(candidates, standings, configs, (people, standing, config) => {
        const one = selectTraders(people, standing, config);
        expect(selectTraders(people.toReversed(), standing.toReversed(), config)).toEqual(one);
      }),
    );
  });

  it('once its acts are done, it has nothing more to change', () => {
    fc.assert(
      fc.property(candidates, standings, configs, (people, standing, config) => {
        // Note: of who is tracked something is always known to the store, if only its address.
        const all = [
          ...people,
          ...standing
            .filter(({ address }) => people.every(one => one.address !== address))
            .map(({ address }) => ({ ...someone(1, {}), address })),
        ];
        const acts = actsOf(selectTraders(all, standing, config), standing);
        const after = new Map<string, Standing>(standing.map(one => [one.address, one]));
        for (const act of acts) {
          if (act.name === 'untrack-trader') after.delete(act.address);
          else
            after.set(act.address, { address: act.address, by: 'selection', tracked: true, tier: act.tier });
        }
        const then = [...after.values()];
        expect(actsOf(selectTraders(all, then, config), then)).toEqual([]);
      }),
    );
  });
});
