import type { TrackedTier } from '../../plugin-api/index.ts';
import type { SelectionConfig } from './config.ts';
import { type LikelyActive, likelyActive } from './likely-active.ts';

/** What is known of a wallet that may be selected. ROI as a fraction, money in USD; `null` is not known. */
export interface Candidate {
  readonly address: string;
  readonly score: number | null;
  readonly accountValue: number | null;
  readonly dayRoi: number | null;
  readonly weekRoi: number | null;
  readonly monthRoi: number | null;
  readonly dayPnl: number | null;
  readonly dayVolume: number | null;
}

/** Who is tracked at present: by whom, or that it was removed by hand. */
export interface Standing {
  readonly address: string;
  readonly by: 'hand' | 'selection';
  /** False for one that was removed by hand, which stays removed. */
  readonly tracked: boolean;
  readonly tier: TrackedTier | null;
}

/** What the selection says of one wallet. */
export interface Verdict extends Candidate {
  readonly selected: boolean;
  /** The tier that it is selected for; null when it is left out, or was added by hand. */
  readonly tier: TrackedTier | null;
  /** Why it is selected, or left out. */
  readonly because: string;
  /** One of a few words for it, to be counted. */
  readonly outcome: Outcome;
  readonly activity: LikelyActive | undefined;
}

export type Outcome =
  | TrackedTier
  | 'added by hand'
  | 'removed by hand'
  | 'score not known'
  | 'score too low'
  | 'not among the best'
  | 'not likely active'
  | 'tiers are full'
  | 'no place left';

const tiers = ['alert', 'core', 'extended'] as const satisfies readonly TrackedTier[];

/**
 * Selects the traders to track: the best first into the highest tier that they fit and that has room, at most `maxTracked` with
 * those added by hand. Depends on nothing but its arguments, and not on their order.
 */
export function selectTraders(
  candidates: readonly Candidate[],
  standing: readonly Standing[],
  config: SelectionConfig,
): readonly Verdict[] {
  const byHand = new Map(
    standing.filter(({ by }) => by === 'hand').map(({ address, tracked }) => [address, tracked]),
  );
  const ranked = candidates.toSorted(byRank);
  const best = ranked.filter(({ score }) => score !== null).slice(0, config.extended.top);
  const places = new Map(best.map(({ address }, index) => [address, index + 1]));
  const room: Record<TrackedTier, number> = {
    alert: config.alert.most,
    core: config.core.most,
    extended: config.extended.most,
  };
  let left = config.maxTracked - [...byHand.values()].filter(tracked => tracked).length;

  const judged = ranked.map(candidate => {
    const activity = likelyActive(candidate, config.likelyActive);
    const refusal = refusalOf(candidate, { hand: byHand.get(candidate.address), activity, config });
    const fits = refusal === undefined ? fitsOf(candidate, places.get(candidate.address), config) : [];
    return { candidate, activity, refusal, fits };
  });
  // Note: a tier is filled before the one below it, so that when places are few those of the highest tier have them.
  const given = new Map<string, Fit>();
  for (const tier of tiers) {
    for (const { candidate, fits } of judged) {
      const fit = fits.find(one => one.tier === tier);
      if (fit === undefined || given.has(candidate.address) || room[tier] <= 0 || left <= 0) continue;
      given.set(candidate.address, fit);
      room[tier]--;
      left--;
    }
  }
  return judged.map(({ candidate, activity, refusal, fits }) => {
    const fit = given.get(candidate.address);
    if (fit !== undefined) return { ...candidate, selected: true, ...fit, outcome: fit.tier, activity };
    const why = refusal ?? unplaced(candidate, { fits, room, best, config });
    return { ...candidate, selected: why.outcome === 'added by hand', tier: null, ...why, activity };
  });
}

interface Fit {
  readonly tier: TrackedTier;
  readonly because: string;
}
interface Why {
  readonly outcome: Outcome;
  readonly because: string;
}

/** Why a wallet is not even considered for a tier. */
function refusalOf(
  { score }: Candidate,
  {
    hand,
    activity,
    config,
  }: {
    readonly hand: boolean | undefined;
    readonly activity: LikelyActive | undefined;
    readonly config: SelectionConfig;
  },
): Why | undefined {
  if (hand === true) return { outcome: 'added by hand', because: 'added by hand, until removed by hand' };
  if (hand === false) return { outcome: 'removed by hand', because: 'removed by hand, until added by hand' };
  if (score === null) return { outcome: 'score not known', because: 'no score is known' };
  if (score < config.minScore) return tooLow(score, config.minScore);
  if (config.activeOnly && activity?.likelyActive !== true) {
    return { outcome: 'not likely active', because: activity?.reason ?? 'nothing is known of its last day' };
  }
  return undefined;
}

/** Why a wallet that was considered has no place. */
function unplaced(
  { score }: Candidate,
  {
    fits,
    room,
    best,
    config,
  }: {
    readonly fits: readonly Fit[];
    readonly room: Readonly<Record<TrackedTier, number>>;
    readonly best: readonly Candidate[];
    readonly config: SelectionConfig;
  },
): Why {
  const { extended, maxTracked } = config;
  const own = `score ${shown(score ?? 0)}`;
  if (fits.length === 0) {
    if ((score ?? 0) < extended.score) return tooLow(score ?? 0, extended.score);
    const end = shown(best.at(-1)?.score ?? 0);
    return {
      outcome: 'not among the best',
      because: `${own} is not among the ${extended.top} highest, which end at ${end}`,
    };
  }
  if (fits.some(({ tier }) => room[tier] > 0)) {
    return { outcome: 'no place left', because: `${own}, and ${maxTracked} traders are tracked already` };
  }
  const full = fits.map(({ tier }) => `${tier} (${config[tier].most})`).join(', ');
  return { outcome: 'tiers are full', because: `${own}, and better ones fill ${full}` };
}

const tooLow = (score: number, least: number): Why => ({
  outcome: 'score too low',
  because: `score ${shown(score)} < ${shown(least)}`,
});

/** Higher scores first, of equal ones the larger account, then by address. */
function byRank(a: Candidate, b: Candidate): number {
  return (
    descending(a.score, b.score) ||
    descending(a.accountValue, b.accountValue) ||
    (a.address < b.address ? -1 : 1)
  );
}

function descending(a: number | null, b: number | null): number {
  const [first, second] = [a ?? Number.NEGATIVE_INFINITY, b ?? Number.NEGATIVE_INFINITY];
  return first === second ? 0 : second - first;
}

/** The tiers that a wallet fits, the highest first. `place` is its place among the best. */
function fitsOf(candidate: Candidate, place: number | undefined, config: SelectionConfig): readonly Fit[] {
  return tiers.flatMap(tier => fitOf(tier, candidate, { config, place }) ?? []);
}

function fitOf(
  tier: TrackedTier,
  { score, accountValue, dayRoi, weekRoi, monthRoi }: Candidate,
  { config, place }: { readonly config: SelectionConfig; readonly place: number | undefined },
): Fit | undefined {
  if (score === null) return undefined;
  switch (tier) {
    case 'alert': {
      const { alert } = config;
      if (accountValue !== null && accountValue >= alert.accountValue) {
        return { tier, because: `account value ${shown(accountValue)} >= ${shown(alert.accountValue)}` };
      }
      return score >= alert.score
        ? { tier, because: `score ${shown(score)} >= ${shown(alert.score)}` }
        : undefined;
    }
    case 'core': {
      const { core } = config;
      const gained = [dayRoi, weekRoi, monthRoi].every(roi => roi !== null && roi > core.roiAbove);
      if (!gained || score < core.score) return undefined;
      return {
        tier,
        because: `score ${shown(score)} >= ${shown(core.score)}, ROI of day, week and month > ${shown(core.roiAbove)}`,
      };
    }
    case 'extended':
      if (score < config.extended.score || place === undefined) return undefined;
      return { tier, because: `score ${shown(score)} >= ${shown(config.extended.score)}, place ${place}` };
  }
}

/** A value as reasons show it: at most four decimals. */
function shown(value: number): string {
  return `${Math.round(value * 10_000) / 10_000}`;
}

/** A change of who is tracked. */
export type TrackingAct =
  | { readonly name: 'track-trader'; readonly address: string; readonly tier: TrackedTier }
  | { readonly name: 'untrack-trader'; readonly address: string };

/** What has to change so that the selected traders are tracked: removals first, then additions and changes of tier, by address. */
export function actsOf(verdicts: readonly Verdict[], standing: readonly Standing[]): readonly TrackingAct[] {
  const before = new Map(standing.map(one => [one.address, one]));
  const tracked = new Map(
    verdicts.flatMap(({ address, selected, tier }) =>
      selected && tier !== null ? [[address, tier] as const] : [],
    ),
  );
  const gone = standing
    .filter(({ address, by, tracked: isTracked }) => by === 'selection' && isTracked && !tracked.has(address))
    .map(({ address }) => ({ name: 'untrack-trader', address }) as const);
  const come = [...tracked]
    .filter(([address, tier]) => before.get(address)?.tier !== tier || before.get(address)?.tracked !== true)
    .map(([address, tier]) => ({ name: 'track-trader', address, tier }) as const);
  const byAddress = (a: { address: string }, b: { address: string }): number =>
    a.address < b.address ? -1 : 1;
  return [...gone.sort(byAddress), ...come.sort(byAddress)];
}
