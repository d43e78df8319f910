import type { HeldPosition } from '../../plugin-api/index.ts';
import type { Store } from './store.ts';

/** The positions of a wallet that are not flat, as committed. */
export function openPositions(
  store: Pick<Store, 'query'>,
  address: string,
): Promise<readonly HeldPosition[]> {
  return store.query<HeldPosition>(
    'select coin, size::text as size from positions where address = $1 and size <> 0 order by coin',
    [address],
  );
}
