import { position as statement, walletPosition } from '../../../plugin-api/index.ts';
import { positionSnapshots as table } from '../../tables/index.ts';
import { planned } from '../builder.ts';
import { nullReasons, nullReasonType } from '../derived.ts';
import { entities } from '../entities.ts';
import {
  createRowPlan,
  fromColumns,
  plainColumn,
  type RowPlan,
  selectColumn,
  selectText,
  toOne,
} from '../sql/plan.ts';
import { eventFields, tableFields } from '../table-fields.ts';
import { priceIn, withPrice } from './position-price.ts';
import type { Rows, Types } from './types.ts';

/** A position in the exchange's own words, which a reconstruction from trades cannot tell. */
export function addStatedPosition({ builder, enums, statedPosition }: Types): void {
  builder.objectType(statedPosition, {
    description:
      'A position as the exchange stated it, at that time; what happened since is in the reconstruction.',
    fields: t => ({
      ...tableFields(t, table, {
        size: 'Signed size, negative when short; 0 means flat. Unit: coin.',
        entryPrice: 'Mean price of entry. Unit: USD. Null when flat.',
        leverage: 'The leverage that is set. Unit: ratio. Null when flat or not told.',
        leverageType: { doc: 'Margin mode. Null when flat or not told.', type: enums.leverageType },
        marginUsed: 'Margin held. Unit: USD. Null when flat or not told.',
        liquidationPrice: 'Estimated liquidation price. Unit: USD. Null when none.',
        unrealisedPnl: 'Unrealised PnL at the mark. Unit: USD. Null when flat or not told.',
        positionValue: 'Absolute notional at the mark. Unit: USD. Null when flat or not told.',
        ...eventFields,
      }),
      nullReasons: t.field({
        type: [nullReasonType(builder)],
        description: 'Each field that has no value, and why.',
        resolve: row => nullReasons(statement.fields, row),
        ...planned(
          fromColumns(
            ...['entryPrice', 'leverage', 'leverageType', 'marginUsed'],
            ...['liquidationPrice', 'unrealisedPnl', 'positionValue'],
          ),
        ),
      }),
    }),
  });
}

const ofPosition = (row: RowPlan, child: RowPlan) =>
  `${plainColumn(child, 'wallet')} = ${plainColumn(row, 'address')} and ` +
  `${plainColumn(child, 'coin')} = ${plainColumn(row, 'coin')}`;

/** The last statement about a position. */
export const newestStatement = planned(
  toOne(
    entities.positionSnapshots,
    ofPosition,
    child => `${plainColumn(child, 'tsEvent')} desc, ${plainColumn(child, 'seq')} desc`,
  ),
);

/** Selects all that {@link positionNullReasons} looks at. */
export const withNullables = planned(step => {
  const { row } = step;
  withPrice.extensions.plan(step);
  for (const property of ['openedAt', 'cumulativeFees']) selectColumn(row, property);
  const child = createRowPlan(entities.positionSnapshots, row.parameters, '');
  row.selected.set('@isStated', `exists (${selectText(child)} where ${ofPosition(row, child)})`);
});

const { fields } = walletPosition;
const noPrice = 'no source has told a price of the coin';
const reasons = {
  entryPrice: fields.entryPrice.nullable,
  openedAt: fields.openedAt.nullable,
  cumulativeFees: fields.cumulativeFees.nullable,
  price: noPrice,
  notionalUsd: noPrice,
  unrealisedPnl: `${fields.entryPrice.nullable}; or ${noPrice}`,
  stated: 'no source has stated it within the time that statements are kept',
} as const;

/** Why a position's row lacks what it lacks. */
export function positionNullReasons(row: Rows['positions']): { field: string; reason: string }[] {
  const price = priceIn(row);
  const values: Record<keyof typeof reasons, unknown> = {
    entryPrice: row.entryPrice,
    openedAt: row.openedAt,
    cumulativeFees: row.cumulativeFees,
    price,
    notionalUsd: price,
    unrealisedPnl: row.entryPrice === null ? null : price,
    stated: (row as { '@isStated'?: boolean })['@isStated'] ? true : null,
  };
  return Object.entries(reasons).flatMap(([field, reason]) =>
    values[field as keyof typeof reasons] === null ? [{ field, reason: reason ?? '' }] : [],
  );
}
