import { rows as table } from '../../tables/index.ts';
import { planned } from '../builder.ts';
import { inQuestion, type StoredRow } from '../derived.ts';
import { entities } from '../entities.ts';
import { checkRef, checkVersion } from '../existence.ts';
import { NotFoundError, shown } from '../failure.ts';
import { rootList } from '../list-field.ts';
import * as listings from '../listings.ts';
import { fromColumns, plainColumn, toOne } from '../sql/plan.ts';
import { queryOne } from '../sql/query-one.ts';
import { outputFields, tableFields } from '../table-fields.ts';
import { unionOf } from './signal.ts';
import type { Rows, Types } from './types.ts';

/** The latest row of any ref and key, and the market's own rows. */
export function addStoredRow(types: Types): void {
  const { builder } = types;
  const stored = types.derived.filter(({ ref }) => ref.kind !== 'signal' && ref.id !== 'wallet.position');
  const union = unionOf(builder, 'DerivedRow', 'The latest row of a ref, in the type of the ref.', stored);
  builder.objectType(types.storedRow, {
    description: 'The latest row of any feature, score or category and key.',
    fields: t => ({
      ...tableFields(t, table, {
        ref: 'The ref.',
        version: "The ref's version.",
        key: 'The address, the coin, `market`, or address and coin joined by a colon.',
        entity: 'What the key names: `trader`, `coin`, `market` or `trader:coin`.',
        plugin: 'Who made it.',
        values: { doc: 'The row, as JSON.', column: 'row' },
        run: 'The run it was made in.',
        ...outputFields,
      }),
      stale: t.boolean({
        description:
          'True when what it is computed from has failed since, or events are missing (`gaps`) that it is computed from.',
        resolve: ({ stale, ref, key, row }, _args, context) =>
          stale || context.isBehindGap(inQuestion({ ref, key, row: row as StoredRow['row'] })),
        ...planned(fromColumns('stale', 'ref', 'key', 'row')),
      }),
      ...(union === undefined
        ? {}
        : {
            row: t.field({
              type: union,
              nullable: true,
              description: 'The row, typed. Null when no planned plugin provides the ref any more.',
              resolve: row => {
                const known = stored.some(({ ref }) => ref.id === row.ref && ref.version === row.version);
                return known ? (row as unknown as StoredRow) : null;
              },
              ...planned(
                fromColumns(
                  'row',
                  'ref',
                  'version',
                  'key',
                  'seq',
                  'tsEvent',
                  'tsIngest',
                  'stale',
                  'plugin',
                  'run',
                ),
              ),
            }),
          }),
      trader: t.field({
        type: types.trader,
        nullable: true,
        description: 'The wallet, where the key is one.',
        resolve: (row, _args, _context, info) =>
          (row as unknown as Record<string, Rows['traders'] | null>)[`@${info.path.key}`] ?? null,
        ...planned(
          toOne(
            entities.traders,
            (row, child) => `${plainColumn(child, 'address')} = ${plainColumn(row, 'key')}`,
          ),
        ),
      }),
    }),
  });
  const newest = (id: string) => Math.max(...types.refs.filter(ref => ref.id === id).map(ref => ref.version));
  builder.queryFields(t => ({
    row: t.field({
      type: types.storedRow,
      description: 'The latest row of any ref and key, of built-in plugins and of others alike.',
      args: {
        ref: t.arg.string({ required: true, description: "The ref's id, such as `wallet.features`." }),
        key: t.arg.string({
          required: true,
          description: 'The address, the coin, `market`, or address and coin joined by a colon.',
        }),
        version: t.arg.int({ description: "The ref's version; the newest unless given." }),
      },
      errors: {},
      resolve: async (_root, args, context, info) => {
        checkRef(args.ref, types.refs, { kinds: ['feature', 'score', 'category'] });
        checkVersion(args.ref, args.version, types.refs);
        const version = args.version ?? newest(args.ref);
        // Note: only an address is the same in any letter case; coins are not.
        const key = args.key.replace(/^0[xX][0-9a-fA-F]{40}/, address => address.toLowerCase());
        const row = await queryOne<Rows['rows']>(
          entities.rows,
          { ref: args.ref, version, key },
          { context, info },
        );
        if (row !== undefined) return row;
        throw new NotFoundError({
          code: 'ROW_UNKNOWN',
          argument: 'key',
          expected: `a key that "${args.ref}" version ${version} has a row of`,
          found: shown(args.key),
          whatToDo: 'List its keys with the field `rows`.',
        });
      },
    }),
    rows: rootList(builder, t, {
      node: types.storedRow,
      listing: listings.storedRows,
      description: 'The latest rows of a ref, by key.',
      args: {
        ref: t.arg.string({ required: true, description: "The ref's id, such as `wallet.features`." }),
        version: t.arg.int({ description: 'Only of this version.' }),
        key: t.arg.string({ description: 'Only of this key.' }),
      },
      before: (args: listings.StoredRowArgs) => {
        checkRef(args.ref, types.refs, { kinds: ['feature', 'score', 'category'] });
        checkVersion(args.ref, args.version, types.refs);
        return undefined;
      },
    }),
  }));
}
