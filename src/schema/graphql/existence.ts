import { type Ref, standardEvents, walletCategories } from '../../plugin-api/index.ts';
import { readAddress, readCoin } from './arguments.ts';
import type { GraphqlContext } from './context.ts';
import { coinsOf } from './entities.ts';
import { InputError, NotFoundError, shown } from './failure.ts';
import { nearNames } from './near-names.ts';

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
  if (known?.coin === false) throw await unknownCoin(name!, 'coin', context);
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

/** How many coins are looked through for the ones that may have been meant. */
const coinsCompared = 5_000;

/** Costs a statement of its own, which only a failure pays. */
export async function unknownCoin(
  coin: string,
  argument: string,
  { database, about }: GraphqlContext,
): Promise<NotFoundError> {
  const coins = await database.query<{ coin: string }>(
    `select c.coin from ${coinsOf(about.refs).from} c limit ${coinsCompared}`,
  );
  const near = nearNames(
    coin,
    coins.map(one => one.coin),
  );
  const meant = near.length === 0 ? '' : `Did you mean ${near.map(name => `\`${name}\``).join(' or ')}? `;
  return new NotFoundError({
    code: 'COIN_UNKNOWN',
    argument,
    expected: 'a market that something is known of',
    found: shown(coin),
    whatToDo: `${meant}Use a name that the field \`coins\` lists; names are case-sensitive, such as \`BTC\` and \`kPEPE\`.`,
  });
}

const categoriesNamed = 50;

/**
 * Says why a list is empty: a category that no wallet has, or had as far as its changes are kept, is an error, not an empty list.
 * Costs its statements only then.
 */
export async function checkCategories(
  asked: Maybe<string | readonly string[]>,
  { database }: GraphqlContext,
): Promise<void> {
  if (asked == null) return;
  const names = typeof asked === 'string' ? [asked] : asked;
  const rows = await database.query<{ category: string }>(
    `select distinct one->>'category' as category from "rows" r, jsonb_array_elements(r."row"->'categories') one ` +
      `where r.ref = $1::text order by 1`,
    [walletCategories.id],
  );
  const held = rows.map(({ category }) => category);
  for (const name of names) {
    if (held.includes(name)) continue;
    const [past] = await database.query<{ held: boolean }>(
      `select exists (select 1 from "category_events" e where e."row"->'categories' @> $1::jsonb) as held`,
      [JSON.stringify([{ category: name }])],
    );
    if (past?.held === true) continue;
    throw new NotFoundError({
      code: 'CATEGORY_UNKNOWN',
      argument: 'category',
      expected: `a category that a wallet has: ${held.slice(0, categoriesNamed).join(', ') || 'none has one yet'}`,
      found: shown(name),
      whatToDo: 'Use one of these names; they are case-sensitive, such as `Whale`.',
    });
  }
}

/** Says why a list of gaps is empty: a stream that no collector can bring is an error. */
export async function checkStream(stream: Maybe<string>, { database, about }: GraphqlContext): Promise<void> {
  if (stream == null) return;
  const events = [...standardEvents, ...about.refs]
    .filter(({ kind }) => kind === 'event')
    .map(({ id }) => id);
  const known = [...new Set(events)].sort();
  if (known.includes(stream)) return;
  const [stored] = await database.query<{ known: boolean }>(
    'select exists (select 1 from "gaps" where stream = $1::text) as known',
    [stream],
  );
  if (stored?.known === true) return;
  throw new NotFoundError({
    code: 'STREAM_UNKNOWN',
    argument: 'stream',
    expected: `one of ${known.join(', ')}`,
    found: shown(stream),
    whatToDo: 'Use the id of an event, such as `trade`.',
  });
}

/** Checks a ref's id against what the planned plugins provide. */
export function checkRef(
  ref: Maybe<string>,
  refs: readonly Ref[],
  { kinds, argument = 'ref' }: { readonly kinds?: readonly Ref['kind'][]; readonly argument?: string } = {},
): void {
  if (ref == null) return;
  const known = refs.filter(({ kind }) => kinds === undefined || kinds.includes(kind)).map(({ id }) => id);
  if (known.includes(ref)) return;
  throw new InputError({
    code: 'REF_UNKNOWN',
    argument,
    expected: `one of ${known.join(', ') || 'no ref: no plugin provides any'}`,
    found: shown(ref),
    whatToDo: 'Use a ref that the field `plugins` lists under `provides`.',
  });
}

/** Checks a ref's version against what the planned plugins provide. */
export function checkVersion(ref: string, version: Maybe<number>, refs: readonly Ref[]): void {
  if (version == null) return;
  const known = refs.filter(({ id }) => id === ref).map(one => one.version);
  if (known.includes(version)) return;
  throw new InputError({
    code: 'REF_UNKNOWN',
    argument: 'version',
    expected: `a version of "${ref}" that is provided: ${known.join(', ')}`,
    found: shown(version),
    whatToDo: 'Leave the argument out for the newest.',
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
