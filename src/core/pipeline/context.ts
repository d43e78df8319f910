import type { Entity, Input, KeyOf, Logger } from '../../plugin-api/index.ts';
import { type AnyRow, keyText } from '../event.ts';
import { refOfInput } from '../plan/plugin-refs.ts';
import type { PlannedPlugin } from '../plan.ts';
import { hashText, pluginSeed, randomAt } from '../random.ts';
import { liveRow } from './features.ts';
import { findSlot, keyTextAt } from './keyspace.ts';
import { rowAt } from './rows.ts';
import type { HandlerContext, Node, Run, SignalRunner } from './state.ts';
import { addWake } from './wake-queue.ts';

/** Which call of which handler goes on; `random` and `wakeAt` depend on it. */
export interface Draws {
  /** How often `random` was called in it. */
  count: number;
  slot: number;
  wakeable: boolean;
}

interface Options {
  readonly planned: PlannedPlugin;
  readonly draws: Draws;
  readonly node: Node;
  /** Its place among those that can be woken: the features, from 0, then the signals; -1 for other kinds. */
  readonly place: number;
}

/** Makes the one context of a plugin. `run` is complete when a handler is called, not before. */
export function createContext(run: Run, { planned, draws, node, place }: Options): HandlerContext {
  const { id } = planned.plugin;
  const seed = pluginSeed(run.seed, id);
  const ctx: HandlerContext = {
    now: 0,
    key: '',
    config: planned.config,
    log: pluginLog(run, id),
    inputs: {},
    model: undefined,
    random() {
      const key = draws.slot < 0 ? '' : keyTextAt(node.space, draws.slot);
      return randomAt(seed ^ hashText(key) ^ (run.now | 0), run.seq, draws.count++);
    },
    wakeAt(time) {
      if (!draws.wakeable || place < 0) {
        throw new TypeError(
          "`wakeAt` is for a feature's `update` and `wake`, and a signal's `reduce` and `evaluate`; nothing else changes state.",
        );
      }
      if (!Number.isFinite(time))
        throw new RangeError(`\`wakeAt\` takes milliseconds since 1970; found ${time}.`);
      const earliest = run.waking ? run.now + 1 : run.now;
      addWake(run.wakes, time > earliest ? time : earliest, place, draws.slot);
    },
  };
  return ctx;
}

function pluginLog(run: Run, plugin: string): Logger {
  const at = (level: 'debug' | 'info' | 'warn' | 'error'): Logger['debug'] => {
    return (message, values) => run.log?.[level](message, { ...values, plugin, seq: run.seq });
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

type Reader = (key: KeyOf<Entity>) => AnyRow | undefined;

/** Makes the readers of a plugin's inputs. */
export function createReaders(
  run: Run,
  inputs: Readonly<Record<string, Input>> | undefined,
  signal?: SignalRunner,
): Readonly<Record<string, Reader>> {
  const readers: Record<string, Reader> = {};
  for (const [name, input] of Object.entries(inputs ?? {})) {
    const id = refOfInput(input).id;
    const node = run.nodes.get(id);
    const read = node === undefined ? () => undefined : nodeReader(run, node);
    readers[name] = signal === undefined ? read : recordingReader(signal, id, read);
  }
  return Object.freeze(readers);
}

function nodeReader(run: Run, node: Node): Reader {
  const { live, space, stale } = node;
  return key => {
    const slot = findSlot(space, key);
    if (slot < 0) return undefined;
    if (stale.size > 0 && stale.has(slot)) run.sawStale = true;
    return live === undefined ? rowAt(node, slot) : liveRow(run, live, slot);
  };
}

/** So many rows are kept in a decision's trace, the first that were read. */
const longestTrace = 64;

function recordingReader(signal: SignalRunner, ref: string, read: Reader): Reader {
  return key => {
    const row = read(key);
    if (!signal.recording) return row;
    const text = keyText(key);
    const { read: seen } = signal;
    if (seen.length < longestTrace && !seen.some(item => item.ref === ref && item.key === text)) {
      seen.push({ ref, key: text, row: row ?? null });
    }
    return row;
  };
}
