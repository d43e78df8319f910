import { InvariantError } from '../errors.ts';
import type { TapeEvent } from '../event.ts';

/** Throws unless the events go on where the tape ends: contiguous in seq, and never back in `tsIngest` among themselves. */
export function assertSuccessor(events: readonly TapeEvent[], lastSeq: number, tape: string): void {
  let expected = lastSeq + 1;
  for (const event of events) {
    if (event.seq !== expected) {
      throw new InvariantError(
        'TAPE_OUT_OF_SEQUENCE',
        `Expected event ${expected} next on ${tape}, found ${event.seq}. Nothing was written: stop the process and report this.`,
      );
    }
    expected++;
  }
}
