import { type Decision, emit, hold, type RowOf, type whaleAlert } from '../../../plugin-api/index.ts';
import { type Change, leadingChange, netsOut } from './change.ts';
import { type CrowdShift, moveCrowd } from './crowd.ts';
import type { WhaleAlertContext } from './inputs.ts';
import { whalesTogether } from './recent.ts';
import { candidatesOf, cooldownKeyOf, timingOf } from './rules.ts';
import { noteRaised, type WhaleAlertState } from './state.ts';

type WhaleAlertDecision = Decision<RowOf<typeof whaleAlert>>;

/** Takes changes of one owner into the state and decides on the alert that they give reason for. */
export function judge(
  state: WhaleAlertState,
  changes: readonly Change[],
  ctx: WhaleAlertContext,
): WhaleAlertDecision {
  const shift = moveCrowd(state.crowd, changes, ctx.now, ctx.config);
  if (netsOut(changes, ctx.config.nettingTolerance)) return hold('changes of one owner net out');
  return decide(state, leadingChange(changes), shift, ctx);
}

/** The most severe alert that is not in its cool-down. */
function decide(
  state: WhaleAlertState,
  change: Change,
  shift: CrowdShift,
  ctx: WhaleAlertContext,
): WhaleAlertDecision {
  const { config, now, key: coin } = ctx;
  const together = change.isWhale ? whalesTogether(state.recent, change, now, config) : [];
  const price = ctx.inputs.market(coin)?.price ?? null;
  const candidates = candidatesOf(change, together, shift, { now, price }, config);
  for (const { row, because } of candidates) {
    const cooldownKey = cooldownKeyOf(row, coin);
    const raisedAt = state.raised.get(cooldownKey);
    if (raisedAt !== undefined && now - raisedAt < timingOf(row.severity, config).cooldownMs) continue;
    noteRaised(state, cooldownKey, now, longestCooldown(config));
    return emit(row, because);
  }
  return hold(
    candidates.length > 0 ? 'the cool-down is not over' : 'an elite trader changed, the consensus did not',
  );
}

function longestCooldown({ critical, high, medium, low }: WhaleAlertContext['config']): number {
  return Math.max(critical.cooldownMs, high.cooldownMs, medium.cooldownMs, low.cooldownMs);
}
