import { type CollectorContext, PluginError } from '../../../plugin-api/index.ts';

type Reports = Pick<CollectorContext<unknown>, 'reject' | 'log'>;

export interface LineJudge {
  good(): void;
  /** Reports a line that cannot be read and is skipped. */
  bad(line: number, reason: string): void;
  /** To be called before the drafts of a batch are given away: throws when the first 1,000 lines are mostly malformed. */
  afterBatch(): void;
  /** Throws when the file as a whole is mostly malformed. */
  atEnd(): void;
}

const trial = 1_000;

/** Counts good and malformed lines of one file, and refuses a file that is mostly malformed. */
export function lineJudge(
  ctx: Reports,
  options: { readonly path: string; readonly malformedShare: number; readonly expected: string },
): LineJudge {
  let good = 0;
  let bad = 0;
  let tried = false;
  let firstReason = '';
  const refuseWhenMostlyMalformed = () => {
    if (bad === 0 || bad / (good + bad) <= options.malformedShare) return;
    throw new PluginError('INPUT_MALFORMED', `${options.path} is mostly malformed and is refused.`, {
      expected: options.expected,
      found: `${bad} malformed of ${good + bad} read; the first: ${firstReason}`,
      hint: 'Check that this is the right file for this collector, or raise `malformedShare`.',
      details: { path: options.path, malformed: bad, read: good + bad },
    });
  };
  return {
    good: () => {
      good += 1;
    },
    bad(line, reason) {
      bad += 1;
      if (firstReason === '') firstReason = `line ${line}: ${reason}`;
      ctx.reject({ source: options.path, line, reason });
    },
    afterBatch() {
      if (tried || good + bad < trial) return;
      tried = true;
      refuseWhenMostlyMalformed();
    },
    atEnd: refuseWhenMostlyMalformed,
  };
}

/**
 * Reads one file after another. A file that is refused ends the run when it is the only one; in a folder it is reported and
 * the others are read, unless none of them was readable.
 */
export async function* eachFile<File extends { readonly path: string }, Item>(
  ctx: Reports,
  source: { readonly files: readonly File[]; readonly isFolder: boolean },
  read: (file: File, index: number) => AsyncIterable<Item>,
): AsyncGenerator<Item> {
  let refused: PluginError | undefined;
  let accepted = 0;
  for (const [index, file] of source.files.entries()) {
    try {
      yield* read(file, index);
      accepted += 1;
    } catch (error) {
      if (!(error instanceof PluginError) || !source.isFolder) throw error;
      refused ??= error;
      ctx.reject({ source: file.path, reason: error.message });
    }
  }
  if (refused !== undefined && accepted === 0) throw refused;
}
