import { defineSignal, hold, walletPosition, whaleAlert } from '../../../plugin-api/index.ts';
import { mergeChange, moveWaiting } from './change.ts';
import { whaleAlertConfig } from './config.ts';
import { moveCrowd } from './crowd.ts';
import { whaleAlertInputs } from './inputs.ts';
import { judge } from './judge.ts';
import { readChange } from './read-change.ts';
import { cooldownKeyOf, timingOf } from './rules.ts';
import { initialState, takeSettled } from './state.ts';
import { titleOf } from './title.ts';

/**
 * Raises an alert when whales change their positions in a coin, at once.
 *
 * Only accounts whose owner has others (sub-accounts, child vaults, or named in `owners`) wait, for `nettingMs`, for changes of
 * those; what they held back is settled then.
 */
export const whaleAlertSignal = defineSignal({
  id: 'whale-alert',
  version: '1.1.0',
  api: '^1.0.0',
  doc: 'Raises an alert when whales change their positions, alone or together.',
  config: whaleAlertConfig,
  trigger: [walletPosition],
  inputs: whaleAlertInputs,
  output: whaleAlert,
  every: '15m',
  key: event => event.key[1],
  initial: initialState,
  reduce(state, event, ctx) {
    const trader = event.key[0];
    const read = readChange(event, ctx);
    state.change = undefined;
    if (read.change === undefined) {
      state.because = read.because;
      const { isWhale, isElite, sizeAfter } = read.move;
      // Note: the change that waits moves the crowd when it is settled, by then to what the account really holds.
      if (moveWaiting(state.pending, trader, sizeAfter, read.isCorrection)) return;
      if (isWhale || isElite || state.crowd.members.has(trader)) {
        moveCrowd(state.crowd, [read.move], ctx.now, ctx.config);
      }
    } else if (read.change.hasOtherAccounts && ctx.config.nettingMs > 0) {
      // Note: the owner's first change that waits has asked to be settled, and is together with all that came since.
      const isFirst = !state.pending.some(({ owner }) => owner === read.change.owner);
      if (isFirst) ctx.wakeAt(ctx.now + ctx.config.nettingMs);
      mergeChange(state.pending, read.change);
      state.because = "the change waits for those of the owner's other accounts";
    } else {
      state.change = read.change;
    }
  },
  evaluate(state, event, ctx) {
    let because = event.type === 'tick' ? 'nothing waits' : state.because;
    if (event.type !== 'tick' && state.change !== undefined) {
      const decision = judge(state, [state.change], ctx);
      state.change = undefined;
      if (decision.emit !== undefined) return decision;
      because = decision.because;
    }
    // Note: one evaluation emits one signal at most; a second owner's changes are settled at the next one, a moment later.
    const settled = takeSettled(state, ctx.now, ctx.config.nettingMs);
    if (settled !== undefined && state.pending.length > 0) ctx.wakeAt(ctx.now);
    return settled === undefined ? hold(because) : judge(state, settled, ctx);
  },
  alert(row, ctx) {
    const { expiresAfterMs, cooldownMs } = timingOf(row.severity, ctx.config);
    return {
      severity: row.severity,
      title: titleOf(row, ctx.key),
      ...(row.trader === null ? {} : { trader: row.trader }),
      coin: ctx.key,
      expiresAfterMs,
      cooldownMs,
      cooldownKey: cooldownKeyOf(row, ctx.key),
    };
  },
});
