import type { LatestRow } from '../event.ts';
import { type Amendment, amend, amendmentOf } from './amendments.ts';
import { createCopyBuffer, storableJson } from './copy-buffer.ts';
import type { CopyTable } from './copy-table.ts';
import type { Engine } from './engine.ts';
import { isPosition, latestRows, positionRows } from './output-tables.ts';
import { encode } from './writer.ts';

/** What a database's latest rows are to become. */
export interface Reconciliation {
  readonly run: string;
  /** The hash of the plugins, versions and configurations that the rows are made by. */
  readonly analysis: string;
  /** The refs that have a provider; rows of others are left as they are. */
  readonly refs: readonly { readonly id: string; readonly version: number }[];
  /**
   * Whether the rows are made from all history. Else only those are added that are missing: what is there may be made from events
   * that nobody has any more.
   */
  readonly complete: boolean;
}

/** So many rows are made, and bytes of them sent, at a time. */
const partRows = 5_000;
const chunkBytes = 1 << 17;

/** By which plugins, versions and configurations the latest rows were made; undefined for an empty database. */
export async function readAnalysis(engine: Pick<Engine, 'query'>): Promise<string | undefined> {
  const [row] = await engine.query<{ hash: string }>(
    `select value->>'hash' as hash from meta where key = 'analysis'`,
  );
  return row?.hash;
}

/** Replaces the latest rows that differ, adds those that are missing and removes those that are no more, all or nothing. */
export function reconcileRows(
  engine: Engine,
  rows: Iterable<LatestRow>,
  { run, analysis, refs, complete }: Reconciliation,
): Promise<void> {
  const buffers = [0, 1].map(() => createCopyBuffer(chunkBytes * 2));
  return engine.transaction(async transaction => {
    const tables = [latestRows, positionRows] as readonly CopyTable<never>[];
    const marks: Amendment[] = [];
    for (const table of tables) await transaction.prepare(table.createStage);
    for (const part of partsOf(rows)) {
      const told = part.filter(item => item.row !== undefined).map(item => ({ ...item, run }));
      for (const item of part) if (item.row === undefined) marks.push(amendmentOf(item, run));
      const isOf = (table: CopyTable<never>) => (item: LatestRow) =>
        isPosition(item) === (table === tables[1]);
      for (const table of tables) {
        const items = told.filter(isOf(table));
        if (items.length > 0)
          await transaction.copy(table.stageTarget, encode(buffers, table, items, chunkBytes));
      }
    }
    for (const table of tables) {
      await transaction.query(table.mergeAs(complete ? 'different' : 'append'));
    }
    if (complete) {
      await transaction.query(removeRows, [storableJson({ refs, marks })]);
      if (refs.some(ref => isPosition({ ref })))
        await transaction.query(removePositions, [storableJson(marks)]);
      if (marks.length > 0) await transaction.query(amend.sql, [amend.given(marks)]);
    }
    await transaction.query(
      `insert into meta (key, value) values ('analysis', $1::text::jsonb)
       on conflict (key) do update set value = excluded.value`,
      [JSON.stringify({ hash: analysis })],
    );
  });
}

const removeRows = `with given as materialized (select $1::text::json as j)
  delete from rows t
  using given, json_to_recordset(j->'refs') as p(id text, version integer)
  where t.ref = p.id collate "C" and t.version = p.version
    and not exists (select 1 from stage_rows s where s.key = t.key and s.ref = t.ref and s.version = t.version)
    and not exists (select 1 from json_to_recordset(j->'marks') as m(ref text, version integer, key text)
      where m.key = t.key and m.ref = t.ref and m.version = t.version)`;
const removePositions = `delete from positions t
  where not exists (select 1 from stage_positions s where s.address = t.address and s.coin = t.coin)
    and not exists (select 1 from json_to_recordset($1::text::json) as m(address text, coin text)
      where m.address = t.address and m.coin = t.coin)`;

function* partsOf(rows: Iterable<LatestRow>): Generator<LatestRow[]> {
  let part: LatestRow[] = [];
  for (const row of rows) {
    part.push(row);
    if (part.length < partRows) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
