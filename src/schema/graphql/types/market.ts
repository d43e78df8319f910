import { planned } from '../builder.ts';
import type { StoredRow } from '../derived.ts';
import { coinColumns, toStoredRow } from '../entities.ts';
import { relationOf } from '../sql/plan.ts';
import { queryOne } from '../sql/query-one.ts';
import type { Types } from './types.ts';

// Note: there is one market and no table of it; a row without columns to select from is all that its fields need.
const theMarket = { table: coinColumns, from: `(select 'market' as coin)` };

/** What plugins say of the market as a whole; the field is there where any plugin says something. */
export function addMarket({ builder, derived, market }: Types): void {
  const whole = derived.filter(({ ref }) => ref.entity === 'market' && ref.kind !== 'signal');
  if (whole.length === 0) return;
  builder.objectType(market, {
    description: 'The market as a whole.',
    fields: t =>
      Object.fromEntries(
        whole.map(({ ref, fieldName, object }) => [
          fieldName,
          t.field({
            type: object,
            nullable: true,
            description: `${ref.doc} Null while its provider has nothing to say.`,
            resolve: (row, _args, _context, info) => relationOf<StoredRow | null>(row, info),
            ...planned(toStoredRow(ref, () => `'market'`)),
          }),
        ]),
      ),
  });
  builder.queryField('market', t =>
    t.field({
      type: market,
      description: 'What plugins say of the market as a whole.',
      resolve: async (_root, _args, context, info) => {
        const row = await queryOne<object>(theMarket, { coin: 'market' }, { context, info });
        return row ?? {};
      },
    }),
  );
}
