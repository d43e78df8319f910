import type { AnyRow } from '../event.ts';
import { joinSlot } from './keyspace.ts';
import { rowAt } from './rows.ts';
import type { JoinedInput, Node, Run } from './state.ts';

/**
 * The rows of all inputs for one key; `undefined` when one that is needed is missing, else `stale` when any is stale.
 */
export function joinRows(
  run: Run,
  inputs: readonly JoinedInput[],
  node: Node,
  slot: number,
): Record<string, unknown> | 'stale' | undefined {
  const rows: Record<string, AnyRow | undefined> = {};
  let stale = false;
  for (let i = 0; i < inputs.length; i++) {
    const { name, optional, node: input } = inputs[i]!;
    let row: AnyRow | undefined;
    if (input !== undefined) {
      const at = joinSlot(run.spaces, node.space.entity, input.space.entity, slot);
      row = at < 0 ? undefined : rowAt(input, at);
      if (input.stale.size > 0 && input.stale.has(at)) {
        stale = true;
        continue;
      }
    }
    if (row === undefined && !optional) return undefined;
    rows[name] = row;
  }
  return stale ? 'stale' : rows;
}
