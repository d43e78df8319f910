import type { Entity, KeyOf } from '../../plugin-api/index.ts';
import type { TapeEvent } from '../event.ts';
import { findSlot } from './keyspace.ts';
import { markStale } from './rows.ts';
import type { FeatureRunner, Run } from './state.ts';
import { addWake, type Wake } from './wake-queue.ts';

/*
 * A feature that is paused or degraded takes no events in. Its rows stand, and are stale from the first event that concerns
 * them; its wakes wait until it is resumed.
 */

/** Marks the rows stale that an event would have changed. */
export function passOver(run: Run, runner: FeatureRunner, event: TapeEvent): void {
  let keys: unknown;
  try {
    keys = runner.plugin.key(event);
  } catch {
    // Note: the plugin is known to be at fault; who cannot tell its keys leaves them as they are.
    return;
  }
  const single = typeof keys === 'string' || (Array.isArray(keys) && isPair(runner, keys));
  for (const key of single ? [keys] : Array.isArray(keys) ? keys : []) {
    if (typeof key === 'string' || isPair(runner, key)) {
      const slot = findSlot(runner.node.space, key as KeyOf<Entity>);
      if (slot >= 0) markStale(run, runner.node, slot);
    }
  }
}

function isPair({ node }: FeatureRunner, key: unknown): boolean {
  return (
    node.space.entity === 'trader:coin' &&
    Array.isArray(key) &&
    key.length === 2 &&
    typeof key[0] === 'string' &&
    typeof key[1] === 'string'
  );
}

/** Keeps a wake that is due while its feature is halted; what it would have changed is stale. */
export function holdWake(run: Run, runner: FeatureRunner, { slot }: Wake): void {
  runner.heldWakes.push(slot);
  markStale(run, runner.node, slot);
}

/** Has the wakes that were held come at once, in the order in which they were due. */
export function releaseWakes(run: Run, plugin: string): void {
  for (const runner of run.features) {
    if (runner.plugin.id !== plugin || runner.health.halted) continue;
    for (const slot of runner.heldWakes.splice(0)) addWake(run.wakes, run.now, runner.place, slot);
  }
}
