import { z } from 'zod';
import { defineCollector, fill } from '../../../plugin-api/index.ts';
import { collectCsv } from '../source-files/csv-source.ts';
import { orderByStartPosition } from '../source-files/fill-order.ts';
import { fillAvailabilityMs, sortingSettings } from '../source-files/source-config.ts';
import { columnsOf, fillMapping, shippedMappingNames, shippedMappings } from './mapping.ts';
import { fillRowDecoder } from './row-decoder.ts';

const config = z.strictObject({
  ...sortingSettings,
  /** The name of a shipped mapping, or a mapping of columns to fields. */
  mapping: z.union([z.enum(shippedMappingNames), fillMapping]).default('vault-fills'),
  /** How long after it happened a fill could first be known. */
  availabilityMs: z.number().int().min(0).default(fillAvailabilityMs),
  /** Puts fills of one wallet, coin and millisecond in the order that their start positions tell. */
  orderByStartPosition: z.boolean().default(true),
});

/** Brings fills from tables of any column names, in the order of time. */
export const fillsCsv = defineCollector({
  id: 'fills-csv',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Reads fills from CSV files by a mapping of columns, in the order of time.',
  config,
  emits: [fill],
  availability: 'declared',
  collect(ctx) {
    const { availabilityMs } = ctx.config;
    const mapping =
      typeof ctx.config.mapping === 'string' ? shippedMappings[ctx.config.mapping] : ctx.config.mapping;
    return collectCsv<typeof fill>(ctx, {
      columns: columnsOf(mapping),
      decoder: (file, header) => fillRowDecoder(mapping, file.path, header),
      availableAt: draft => draft.tsEvent + availabilityMs,
      ...(ctx.config.orderByStartPosition ? { arrange: orderByStartPosition } : {}),
    });
  },
});
