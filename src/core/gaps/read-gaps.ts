import type { Store } from '../store/store.ts';
import type { OpenGap } from './open-gaps.ts';

/** The gaps that the database holds and that end after a moment, with what healed them, in the order of the tape. */
export function readGaps(
  store: Pick<Store, 'query'>,
  after: number,
): Promise<(OpenGap & { readonly healed: boolean })[]> {
  return store.query(
    'select source, stream, scope, "from"::float8 as "from", "to"::float8 as "to", reason, healed from gaps where "to" > $1 order by seq',
    [after],
  );
}
