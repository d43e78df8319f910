import type { AlertDraft } from '../../plugin-api/index.ts';
import type { AlertRow, AnyRow } from '../event.ts';
import { recordFault, recordThrow } from './faults.ts';
import type { Run, SignalRunner } from './state.ts';

/** So many cooldowns are remembered; beyond it those that end first are forgotten. */
export const cooldownLimit = 10_000;
const severities = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'];

/** Asks a signal whether what it emitted is worth an alert, and raises it unless an equal one was raised lately. */
export function raiseAlert(
  run: Run,
  runner: SignalRunner,
  signal: Omit<AlertRow, keyof AlertDraft | 'signal' | 'row'>,
  row: AnyRow,
): void {
  const { plugin, health, ctx } = runner;
  if (plugin.alert === undefined) return;
  let draft: AlertDraft | undefined;
  try {
    draft = plugin.alert(row as never, ctx as never);
  } catch (error) {
    recordThrow(run, health, 'alert', error, signal.key);
    return;
  }
  if (draft === undefined) return;
  const problem = draftProblem(draft);
  if (problem !== undefined) {
    recordFault(run, health, 'alert', 'PLUGIN_OUTPUT_INVALID', problem, signal.key);
    return;
  }
  if (isCooling(run, `${plugin.id} ${draft.cooldownKey}`, draft.cooldownMs)) return;
  const { severity, title, trader, coin, expiresAfterMs, cooldownMs, cooldownKey } = draft;
  run.out.alerts.push({
    ...signal,
    index: run.index++,
    severity,
    title,
    ...(trader === undefined ? {} : { trader }),
    ...(coin === undefined ? {} : { coin }),
    expiresAfterMs,
    cooldownMs,
    cooldownKey,
    signal: { seq: signal.seq, index: signal.index },
    row,
  });
}

function draftProblem(draft: AlertDraft): string | undefined {
  if (typeof draft !== 'object' || draft === null)
    return `\`alert\` must answer a draft or undefined; found ${draft}.`;
  const { severity, title, trader, coin, expiresAfterMs, cooldownMs, cooldownKey } = draft;
  const fail = (name: string, expected: string, found: unknown) =>
    `\`alert\`: \`${name}\` must be ${expected}; found ${String(found)}.`;
  if (!severities.includes(severity)) return fail('severity', `one of ${severities.join(', ')}`, severity);
  if (typeof title !== 'string' || title === '') return fail('title', 'a text', title);
  if (trader !== undefined && typeof trader !== 'string') return fail('trader', 'an address', trader);
  if (coin !== undefined && typeof coin !== 'string') return fail('coin', "a coin's name", coin);
  if (!(Number.isFinite(expiresAfterMs) && expiresAfterMs > 0)) {
    return fail('expiresAfterMs', 'milliseconds above 0', expiresAfterMs);
  }
  if (!(Number.isFinite(cooldownMs) && cooldownMs >= 0))
    return fail('cooldownMs', 'milliseconds from 0', cooldownMs);
  if (typeof cooldownKey !== 'string') return fail('cooldownKey', 'a text', cooldownKey);
  return undefined;
}

/** Whether the cooldown of a key goes on; when not, it begins now. */
function isCooling({ cooldowns, now }: Run, key: string, cooldownMs: number): boolean {
  const until = cooldowns.get(key);
  if (until !== undefined && now < until) return true;
  cooldowns.set(key, now + cooldownMs);
  if (cooldowns.size > cooldownLimit) {
    for (const [old, end] of cooldowns) if (end <= now) cooldowns.delete(old);
    if (cooldowns.size > cooldownLimit) {
      const soonest = [...cooldowns].sort(([a, endA], [b, endB]) => endA - endB || (a < b ? -1 : 1));
      for (const [old] of soonest.slice(0, cooldownLimit / 10)) cooldowns.delete(old);
    }
  }
  return false;
}
