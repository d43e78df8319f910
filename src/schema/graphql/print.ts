import { writeFile } from 'node:fs/promises';
import { printSchema } from 'graphql';
import type { Ref } from '../../plugin-api/index.ts';
import * as outputs from '../../plugin-api/outputs.ts';
import { buildSchema } from './index.ts';

/** The refs of the contract's standard rows, which the built-in plugins provide. */
export const standardRefs: readonly Ref[] = Object.values(outputs)
  .filter(
    (value): value is typeof value & Ref => typeof value === 'object' && 'kind' in value && 'entity' in value,
  )
  .sort((a, b) => (a.id < b.id ? -1 : 1));

/** The committed `schema.graphql`: the schema with the standard rows. A running instance also has its plugins' own. */
export function printedSchema(): string {
  const header = '# Made by `node src/schema/graphql/print.ts`. Do not edit.\n\n';
  return `${header}${printSchema(buildSchema({ refs: standardRefs }))}\n`;
}

export const schemaFile = new URL('../../../schema.graphql', import.meta.url);

if (import.meta.main) await writeFile(schemaFile, printedSchema());
