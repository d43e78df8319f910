import type { Logger } from '../../plugin-api/index.ts';
import { leaderboard } from '../../plugin-api/index.ts';
import type { OutputBatch } from '../event.ts';
import type { Command } from '../ingest/source-item.ts';
import { readCandidates, type SelectionStore } from './candidates.ts';
import type { SelectionConfig } from './config.ts';
import { actsOf, selectTraders, type Verdict } from './select.ts';

export interface SelectionOptions {
  readonly store: SelectionStore;
  readonly config: SelectionConfig;
  /** Puts acts on the tape; resolves when their results are committed. */
  readonly apply: (commands: readonly Command[]) => Promise<void>;
  readonly log: Logger;
}

/** What a selection came to. */
export interface SelectionSummary {
  /** Tape time in ms. */
  readonly asOf: number;
  /** Wallets that have a score. */
  readonly scored: number;
  /** Wallets of which it was said why they are selected or not. */
  readonly considered: number;
  readonly selected: number;
  /** What changed of who is tracked. */
  readonly added: number;
  readonly removed: number;
  /** Traders that were selected before, and are for another tier now. */
  readonly moved: number;
}

/** Decides, as a job, which traders are tracked. What changes goes on the tape as commands, so that a replay repeats it. */
export interface Selection {
  /** Selects as of a tape time, in ms. */
  run(now: number): Promise<SelectionSummary>;
  /** Notes what was committed. */
  see(batch: Pick<OutputBatch, 'events' | 'now'>): void;
  /**
   * Whether it is worth selecting before the next scheduled time, as of a tape time: while nobody is selected, once the leaderboard
   * is in, and every so often; and when it was still coming in at the last time.
   */
  isDue(now: number): boolean;
}

/** How long the leaderboard has to be silent before it counts as complete, in tape time. */
const quietMs = 5_000;
/** Where the last summary is kept in the table of single values. */
export const summaryKey = 'selection';

/** Makes the selection, which goes on where the last one of this database left off. */
export async function openSelection({ store, config, apply, log }: SelectionOptions): Promise<Selection> {
  const [kept] = await store.query<{ value: SelectionSummary }>('select value from meta where key = $1', [
    summaryKey,
  ]);
  /** How many traders the last selection had; undefined before the first. */
  let selected = kept?.value.selected;
  let triedAt = kept?.value.asOf;
  let linesAt: number | undefined;
  /** Whether the leaderboard was still coming in when traders were selected last. */
  let tooEarly = false;

  async function run(now: number): Promise<SelectionSummary> {
    triedAt = now;
    tooEarly = linesAt !== undefined && now - linesAt < quietMs;
    const { candidates, standing, scored } = await readCandidates(store, config, now);
    const verdicts = selectTraders(candidates, standing, config);
    const acts = actsOf(verdicts, standing);
    const before = new Map(standing.map(one => [one.address, one]));
    const removed = acts.filter(({ name }) => name === 'untrack-trader').length;
    const moved = acts.filter(
      ({ name, address }) => name === 'track-trader' && before.get(address)?.tracked === true,
    ).length;
    const done: SelectionSummary = {
      asOf: now,
      scored,
      considered: verdicts.length,
      selected: verdicts.filter(({ tier }) => tier !== null).length,
      added: acts.length - removed - moved,
      removed,
      moved,
    };
    await apply(
      acts.map(act => ({
        name: act.name,
        target: act.address,
        by: 'selection',
        ...(act.name === 'track-trader' && { tier: act.tier }),
      })),
    );
    await save(store, verdicts, done);
    selected = done.selected;
    log.info('traders were selected', { ...done });
    return done;
  }

  return {
    run,
    see({ events, now }) {
      if (events.some(({ type }) => type === leaderboard.id)) linesAt = now;
    },
    isDue(now) {
      // Note: the first time of all is the schedule's own.
      if (triedAt === undefined || (selected !== 0 && !tooEarly)) return false;
      if (linesAt !== undefined && linesAt >= triedAt && now - linesAt >= quietMs) return true;
      return selected === 0 && now - triedAt >= config.retryMinutes * 60_000;
    },
  };
}

/** Replaces what the table says of every wallet, and the summary, at once. `$1` are the verdicts, `$2` the summary. */
const replace = `
with given as (
  select v.* from json_to_recordset($1::text::json) as v(address text, selected boolean, tier text, outcome text, because text,
    score float8, "accountValue" float8, "likelyActive" boolean, "activityReason" text, "activityConfidence" float8, "asOf" bigint)
), kept as (
  insert into "selection" as t (address, selected, tier, outcome, because, score, account_value, likely_active, activity_reason,
    activity_confidence, as_of)
  select * from given
  on conflict (address) do update set selected = excluded.selected, tier = excluded.tier, outcome = excluded.outcome,
    because = excluded.because, score = excluded.score, account_value = excluded.account_value,
    likely_active = excluded.likely_active, activity_reason = excluded.activity_reason,
    activity_confidence = excluded.activity_confidence, as_of = excluded.as_of
), gone as (
  delete from "selection" t where not exists (select 1 from given where given.address = t.address collate "C")
)
insert into meta (key, value) values ('${summaryKey}', $2::text::jsonb) on conflict (key) do update set value = excluded.value`;

async function save(
  store: SelectionStore,
  verdicts: readonly Verdict[],
  summary: SelectionSummary,
): Promise<void> {
  const rows = verdicts.map(
    ({ address, selected, tier, outcome, because, score, accountValue, activity }) => ({
      ...{ address, selected, tier, outcome, because, score, accountValue },
      likelyActive: activity?.likelyActive ?? null,
      activityReason: activity?.reason ?? null,
      activityConfidence: activity?.confidence ?? null,
      asOf: summary.asOf,
    }),
  );
  await store.query(replace, [JSON.stringify(rows), JSON.stringify(summary)]);
}
