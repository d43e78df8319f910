import type { Ref } from '../../plugin-api/index.ts';
import { readAddress, readCoin } from './arguments.ts';
import type { GraphqlContext } from './context.ts';
import { coinsOf } from './entities.ts';
import { InputError, NotFoundError, shown } from './failure.ts';

type Maybe<T> = T | null | undefined;

/**
 * Says why a list is empty: a trader or a coin that nothing is known of is an error, not an empty list. Costs its one statement
 * only then.
 */
export async function checkSubjects(
  { trader, coin }: { readonly trader?: Maybe<string>; readonly coin?: Maybe<string> },
  context: GraphqlContext,
): Promise<void> {
  if (trader == null && coin == null) return;
  const address = trader == null ? null : readAddress(trader, 'trader');
  const name = coin == null ? null : readCoin(coin, 'coin');
  const [known] = await context.database.query<{ trader: boolean; coin: boolean }>(
    'select $1::text is null or exists (select 1 from "traders" where address = $1::text) as trader, ' +
      `$2::text is null or exists (select 1 from ${coinsOf(context.about.refs).from} c where c.coin = $2::text) as coin`,
    [address, name],
  );
  if (known?.trader === false) throw unknownTrader(address!, 'trader');
  if (known?.coin === false) throw unknownCoin(name!, 'coin');
}

export function unknownTrader(address: string, argument: string): NotFoundError {
  return new NotFoundError({
    code: 'TRADER_UNKNOWN',
    argument,
    expected: 'a wallet that was seen on the tape or is tracked',
    found: address,
    whatToDo: 'Check the address, or track it with the mutation `trackTrader`.',
  });
}

export function unknownCoin(coin: string, argument: string): NotFoundError {
  return new NotFoundError({
    code: 'COIN_UNKNOWN',
    argument,
    expected: 'a market that something is known of',
    found: shown(coin),
    whatToDo: 'Use a name that the field `coins` lists; names are case-sensitive, such as `BTC` and `kPEPE`.',
  });
}

/** Checks a ref's id against what the planned plugins provide. */
export function checkRef(ref: Maybe<string>, refs: readonly Ref[], kinds?: readonly Ref['kind'][]): void {
  if (ref == null) return;
  const known = refs.filter(({ kind }) => kinds === undefined || kinds.includes(kind)).map(({ id }) => id);
  if (known.includes(ref)) return;
  throw new InputError({
    code: 'REF_UNKNOWN',
    argument: 'ref',
    expected: `one of ${known.join(', ') || 'no ref: no plugin provides any'}`,
    found: shown(ref),
    whatToDo: 'Use a ref that the field `plugins` lists under `provides`.',
  });
}

/** Checks a plugin's id against the planned ones. */
export function checkPlugin(id: Maybe<string>, context: GraphqlContext, argument = 'plugin'): void {
  if (id == null) return;
  const known = context.plugins().map(plugin => plugin.id);
  if (known.includes(id)) return;
  throw new NotFoundError({
    code: 'PLUGIN_UNKNOWN',
    argument,
    expected: `one of ${known.join(', ') || 'no plugin: none is planned'}`,
    found: shown(id),
    whatToDo: 'Use an id that the field `plugins` lists.',
  });
}
