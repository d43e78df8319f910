import { walletPosition } from '../../../plugin-api/index.ts';
import { positionEvents as eventTable, positions as table } from '../../tables/index.ts';
import { planned } from '../builder.ts';
import { inQuestion, nullReasonType, type StoredRow } from '../derived.ts';
import { coinColumns, entities, toStoredRow } from '../entities.ts';
import { checkSubjects } from '../existence.ts';
import { rootList } from '../list-field.ts';
import * as listings from '../listings.ts';
import { fromColumns, plainColumn, relationOf, toOne } from '../sql/plan.ts';
import { outputFields, tableFields } from '../table-fields.ts';
import { timeArgs } from './arguments.ts';
import { priceIn, withPrice } from './position-price.ts';
import { addStatedPosition, newestStatement, positionNullReasons, withNullables } from './stated-position.ts';
import type { Rows, Types } from './types.ts';

/** The trader that a row names in a column. */
export function traderOf(property: string) {
  return planned(
    toOne(
      entities.traders,
      (row, child) => `${plainColumn(child, 'address')} = ${plainColumn(row, property)}`,
    ),
  );
}

/** The market that a row names in a column. */
export function marketOf(property: string) {
  return planned(step => {
    const from = `(select ${plainColumn(step.row, property)} as coin)`;
    toOne(
      { table: coinColumns, from },
      (row, child) => `${plainColumn(child, 'coin')} = ${plainColumn(row, property)}`,
    )(step);
  });
}

/** Positions and their changes. */
export function addPosition(types: Types): void {
  const { builder, enums } = types;
  addStatedPosition(types);
  const details = types.derived.find(({ ref }) => ref.id === walletPosition.id);
  builder.objectType(types.position, {
    description:
      "A wallet's position in a coin, as last reconstructed; flat ones stay, with what they realised.",
    fields: t => ({
      ...tableFields(t, table, {
        address: { doc: 'The wallet.', type: 'Address' },
        coin: 'The market.',
        size: 'Signed size, negative when short. Unit: coin.',
        entryPrice:
          'Mean price of entry. Unit: USD. Null when flat, or not known: opened before the tape began or before a gap.',
        openedAt: {
          doc: 'When the present episode began. Null when flat, or not known: opened before the tape began or before a gap.',
          type: 'Timestamp',
        },
        cumulativePnl:
          'Realised PnL in this coin, net of fees and funding, since the tape began; before fees where those are null. Unit: USD.',
        cumulativeFees:
          'Fees in this coin since the tape began, as far as told. Unit: USD. Null when no feed has told a fee.',
        cumulativeFunding:
          'Funding received in this coin since the tape began, negative when paid. Unit: USD.',
        episodes: 'Episodes that ended.',
        wins: 'Episodes that ended with a profit.',
        gaps: "Times that the feed's start position differed from the reconstruction.",
        truncated: 'True when history before the first event is missing, so that sums are incomplete.',
        ...outputFields,
      }),
      stale: t.boolean({
        description:
          'True when what it is computed from has failed since, or events are missing (`gaps`) that it is computed from. ' +
          'A position that the exchange has confirmed since is not.',
        resolve: ({ stale, address, coin, row }, _args, context) =>
          stale ||
          context.isBehindGap(
            inQuestion({ ref: walletPosition.id, key: `${address}:${coin}`, row: row as StoredRow['row'] }),
          ),
        ...planned(fromColumns('stale', 'address', 'coin', 'row')),
      }),
      trader: t.field({
        type: types.trader,
        nullable: true,
        description: 'The wallet.',
        resolve: (row, _args, _context, info) => relationOf<Rows['traders'] | null>(row, info),
        ...traderOf('address'),
      }),
      market: t.field({
        type: types.coin,
        description: 'The market.',
        resolve: (row, _args, _context, info) => relationOf<{ coin: string }>(row, info),
        ...marketOf('coin'),
      }),
      price: t.float({
        nullable: true,
        description: 'Best known price of the coin. Unit: USD. Null when none is known.',
        resolve: row => priceIn(row),
        ...withPrice,
      }),
      notionalUsd: t.float({
        nullable: true,
        description: 'Absolute size at the best known price. Unit: USD. Null when no price is known.',
        resolve: row => {
          const price = priceIn(row);
          return price === null ? null : Math.abs(Number(row.size)) * price;
        },
        ...withPrice,
      }),
      unrealisedPnl: t.float({
        nullable: true,
        description:
          'PnL at the best known price. Unit: USD. Null when flat, or entry or price are not known.',
        resolve: row => {
          const price = priceIn(row);
          return price === null || row.entryPrice === null
            ? null
            : (price - row.entryPrice) * Number(row.size);
        },
        ...withPrice,
      }),
      stated: t.field({
        type: types.statedPosition,
        nullable: true,
        description:
          'The position as the exchange last stated it, with leverage, margin and liquidation price. Null when no source has ' +
          'stated it within the time that statements are kept.',
        resolve: (row, _args, _context, info) => relationOf<Rows['positionSnapshots'] | null>(row, info),
        ...newestStatement,
      }),
      nullReasons: t.field({
        type: [nullReasonType(builder)],
        description: 'Each field that has no value now, and why.',
        resolve: row => positionNullReasons(row),
        ...withNullables,
      }),
      ...(details === undefined
        ? {}
        : {
            details: t.field({
              type: details.object,
              description: 'The whole row of the ref `wallet.position`.',
              resolve: row => ({
                ...(row as unknown as StoredRow),
                ...positionInfo,
                key: `${row.address}:${row.coin}`,
              }),
              ...planned(fromColumns('row', 'address', 'coin', 'seq', 'tsEvent', 'tsIngest', 'stale', 'run')),
            }),
          }),
      ...Object.fromEntries(
        types.derived
          .filter(
            ({ ref }) =>
              ref.entity === 'trader:coin' && ref.kind !== 'signal' && ref.id !== walletPosition.id,
          )
          .map(({ ref, fieldName, object }) => [
            fieldName,
            t.field({
              type: object,
              nullable: true,
              description: `${ref.doc} Null while its provider has nothing to say of the wallet in this coin.`,
              resolve: (row, _args, _context, info) => relationOf<StoredRow | null>(row, info),
              ...planned(
                toStoredRow(
                  ref,
                  row => `${plainColumn(row, 'address')} || ':' || ${plainColumn(row, 'coin')}`,
                ),
              ),
            }),
          ]),
      ),
    }),
  });
  builder.objectType(types.positionEvent, {
    description: "A change of a wallet's position.",
    fields: t => ({
      ...tableFields(t, eventTable, {
        address: { doc: 'The wallet.', type: 'Address' },
        coin: 'The market.',
        action: { doc: 'What the change was.', type: enums.action },
        sizeBefore: 'Signed size before. Unit: coin.',
        sizeAfter: 'Signed size after. Unit: coin.',
        price: 'Price of the change. Unit: USD. Null when it came from a snapshot.',
        notionalUsd: 'Absolute notional of the change. Unit: USD. Null when it came from a snapshot.',
        realisedPnl:
          'Price PnL that it realised, before fees. Unit: USD. Null when nothing was closed, or its entry is unknown.',
        source: 'Where it was seen: `trade`, `fill` or `snapshot`.',
        latencyMs: "From the exchange's time to ours. Unit: ms.",
        ...outputFields,
      }),
      trader: t.field({
        type: types.trader,
        nullable: true,
        description: 'The wallet.',
        resolve: (row, _args, _context, info) => relationOf<Rows['traders'] | null>(row, info),
        ...traderOf('address'),
      }),
      position: t.field({
        type: types.position,
        nullable: true,
        description: 'The position as it is now.',
        resolve: (row, _args, _context, info) => relationOf<Rows['positions'] | null>(row, info),
        ...planned(
          toOne(
            entities.positions,
            (row, child) =>
              `${plainColumn(child, 'address')} = ${plainColumn(row, 'address')} and ` +
              `${plainColumn(child, 'coin')} = ${plainColumn(row, 'coin')}`,
          ),
        ),
      }),
    }),
  });
  builder.queryField('positionEvents', t =>
    rootList(builder, t, {
      node: types.positionEvent,
      listing: listings.positionEvents,
      description:
        'Changes of positions, newest first. Their cursors are those of the subscription `positionChanged`.',
      args: {
        trader: t.arg.string({ description: 'Only of this wallet.' }),
        coin: t.arg.string({ description: 'Only in this market.' }),
        action: t.arg({ type: [enums.action], description: 'Only these.' }),
        minNotionalUsd: t.arg.float({ description: 'Only changes of at least this notional. Unit: USD.' }),
        ...timeArgs(t, enums),
      },
      empty: checkSubjects,
    }),
  );
}

const positionInfo = { ref: walletPosition.id, version: walletPosition.version };
