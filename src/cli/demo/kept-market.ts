import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { UserError } from '../../core/errors.ts';
import { type Phase, phasesAcross } from '../../simulation/phase.ts';

/** What makes a simulated market the one that it is. */
export interface MarketOptions {
  readonly seed: number;
  readonly tradesPerSecond: number;
  readonly wallets: number;
  readonly historyDays: number;
}

/** A simulated market with its past, from which it is made anew each time. */
export interface KeptMarket {
  /** Where history ends and the exchange begins, ms since 1970. */
  readonly present: number;
  /** How busy it has been since. */
  readonly phases: readonly Phase[];
  /** Whether it was begun by an earlier run. */
  readonly isKept: boolean;
  /** Whether trading has to be let go on at its full rate. */
  readonly isThin: boolean;
  /** From a time on, still to come, it trades at its full rate. Kept before the exchange is told. */
  goLive(from: number): Promise<void>;
  /** Notes that it was watched until now. */
  watched(): Promise<void>;
}

/** A shorter pause is caught up with as if it had not been. */
const shortPauseMs = 60_000;
/** Up to this long after the last note it may have been watched. */
const noteMs = 5_000;

const keptSchema = z.object({
  simulated: z.literal(true),
  seed: z.number(),
  tradesPerSecond: z.number(),
  wallets: z.number(),
  historyDays: z.number(),
  present: z.int(),
  phases: z.array(z.object({ kind: z.enum(['deep', 'recent', 'live']), from: z.int() })).min(1),
  watchedUntil: z.int(),
});

/**
 * Begins a market, or takes up one where it was left: what happened while nobody watched is thin trading.
 *
 * @param folder where it is kept; undefined for nowhere
 * @throws UserError when the folder holds a market of other options
 */
export async function openMarket(
  options: MarketOptions,
  folder: string | undefined,
  now: number,
): Promise<KeptMarket> {
  const file = folder === undefined ? undefined : path.join(folder, 'demo.json');
  const text = file === undefined ? undefined : await readFile(file, 'utf8').catch(() => undefined);
  const kept = text === undefined ? undefined : read(text, options, folder as string);
  const present = kept?.present ?? Math.floor(now / 1_000) * 1_000;
  const phases: Phase[] = kept?.phases ?? [{ kind: 'recent', from: present }];
  const last = phases.at(-1) as Phase;
  if (kept !== undefined && last.kind === 'live') {
    const pause = Math.max(kept.watchedUntil + noteMs, last.from + 1);
    if (now - pause > shortPauseMs) phases.push(...phasesAcross(pause, now));
  }

  let saving = Promise.resolve();
  /** Writes one after the other, each whole. */
  async function save(watchedUntil: number): Promise<void> {
    if (file === undefined) return;
    const content = { simulated: true, ...options, present, phases: [...phases], watchedUntil };
    const write = async (): Promise<void> => {
      await writeFile(`${file}.new`, `${JSON.stringify(content)}\n`);
      await rename(`${file}.new`, file);
    };
    saving = saving.then(write, write);
    await saving;
  }
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  await save(kept === undefined ? now : Math.max(kept.watchedUntil, now));

  return {
    present,
    phases: [...phases],
    isKept: kept !== undefined,
    isThin: phases.at(-1)?.kind !== 'live',
    async goLive(from) {
      phases.push({ kind: 'live', from });
      await save(from);
    },
    watched: () => save(Date.now()),
  };
}

function read(text: string, options: MarketOptions, folder: string) {
  const kept = keptSchema.safeParse(json(text));
  const textOf = ({ seed, wallets, tradesPerSecond, historyDays }: MarketOptions) =>
    `--seed ${seed} --wallets ${wallets} --rate ${tradesPerSecond} --days ${historyDays}`;
  if (kept.success && textOf(kept.data) === textOf(options)) return kept.data;
  throw new UserError(
    'SIMULATION_CHANGED',
    `Expected the market that ${folder} was begun with, which is ${kept.success ? textOf(kept.data) : 'described by its demo.json'}, ` +
      `found ${kept.success ? textOf(options) : 'a file that cannot be read'}. Name the same options, or an empty folder.`,
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
