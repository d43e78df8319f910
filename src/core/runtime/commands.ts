import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { command as commandRef } from '../../plugin-api/index.ts';
import type { Clock } from '../clock.ts';
import { UserError } from '../errors.ts';
import type { OutputBatch } from '../event.ts';
import type { ItemQueue } from '../ingest/item-queue.ts';
import { type Command, commandDraft } from '../ingest/source-item.ts';
import type { RuntimePhase } from '../runtime.ts';

/** Acts of operators and of the core's own jobs, on their way over the tape. */
export interface Commands {
  /** Puts acts on the tape, in their order; resolves when the results of all are committed. */
  act(commands: readonly Command[]): Promise<void>;
  /** Told of each batch that is committed. */
  committed(batch: Pick<OutputBatch, 'events'>): void;
}

export function createCommands(options: {
  readonly queue: ItemQueue;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly phase: () => RuntimePhase;
  readonly tapeTime: () => number | undefined;
}): Commands {
  const { queue, clock, signal, phase, tapeTime } = options;
  const waiting = new Map<string, () => void>();

  return {
    async act(commands) {
      if (commands.length === 0) return;
      const what = `${commands[0]!.name} ${commands.length === 1 ? commands[0]!.target : `and ${commands.length - 1} more`}`;
      if (phase() !== 'history' && phase() !== 'live' && phase() !== 'idle') {
        throw new UserError(
          'APP_NOT_RUNNING',
          `Expected a running application for ${what}, found it ${phase()}. Start it first.`,
        );
      }
      const stopped = (): UserError =>
        new UserError('APP_NOT_RUNNING', `The application stopped before ${what} was done.`);
      // Note: before the first event of a history there is no tape time, and the clock's would be far ahead of it.
      while (phase() === 'history' && tapeTime() === undefined && !signal.aborted) await wait(5);
      if (signal.aborted) throw stopped();
      const isLive = phase() === 'live';
      const at = isLive ? clock.now() : (tapeTime() ?? clock.now());
      const drafts = commands.map(command => commandDraft(command, at, randomUUID()));
      const done = Promise.withResolvers<void>();
      let open = drafts.length;
      const one = (): void => {
        if (--open === 0) done.resolve();
      };
      const onStop = (): void => done.reject(stopped());
      for (const { dedupe } of drafts) waiting.set(dedupe, one);
      signal.addEventListener('abort', onStop, { once: true });
      for (const draft of drafts) queue.pushNow({ source: 'core', draft, stamp: isLive ? 'live' : 'tape' });
      try {
        await done.promise;
      } finally {
        for (const { dedupe } of drafts) waiting.delete(dedupe);
        signal.removeEventListener('abort', onStop);
      }
    },
    committed({ events }) {
      if (waiting.size === 0) return;
      for (const { type, dedupe } of events) {
        if (type !== commandRef.id) continue;
        waiting.get(dedupe)?.();
        waiting.delete(dedupe);
      }
    },
  };
}
