import type { LatestRow } from '../event.ts';
import { storableJson } from './copy-buffer.ts';
import { addressOf, coinOf, isPosition } from './output-tables.ts';

/** A latest row that is there, if it is, and that is withdrawn or marked stale. */
export interface Amendment {
  /** Of a row of `positions`; the others are null then, and the other way round. */
  readonly address: string | null;
  readonly coin: string | null;
  readonly ref: string | null;
  readonly version: number | null;
  readonly key: string | null;
  readonly seq: number;
  readonly index: number;
  readonly ts_event: number;
  readonly ts_ingest: number;
  /** Mark it; else remove it. */
  readonly stale: boolean;
  readonly run: string;
}

/** What a latest row without a row asks for. */
export function amendmentOf(item: LatestRow, run: string): Amendment {
  const position = isPosition(item);
  return {
    address: position ? addressOf(item.key) : null,
    coin: position ? coinOf(item.key) : null,
    ref: position ? null : item.ref.id,
    version: position ? null : item.ref.version,
    key: position ? null : item.key,
    seq: item.seq,
    index: item.index,
    ts_event: item.tsEvent,
    ts_ingest: item.tsIngest,
    stale: item.stale,
    run,
  };
}

const marked = `stale = true, seq = c.seq, index = c.index, ts_event = c.ts_event, ts_ingest = c.ts_ingest, run = c.run`;
const ofRow = `t.key = c.key collate "C" and t.ref = c.ref collate "C" and t.version = c.version`;
const ofPosition = `t.address = c.address collate "C" and t.coin = c.coin collate "C"`;
// Note: a batch that is stored again must not touch what came after it.
const isOlder = '(t.seq, t.index) <= (c.seq, c.index)';

/** One statement for all of a batch. Each row is amended once, so that its parts do not meet. */
export const amend = {
  name: 'amend-rows',
  sql: `with c as materialized (
      select * from json_to_recordset($1::text::json) as c(
        address text, coin text, ref text, version integer, key text, seq bigint, index bigint, ts_event bigint,
        ts_ingest bigint, stale boolean, run text)),
    marked_rows as (update rows t set ${marked} from c where c.stale and ${ofRow} and ${isOlder}),
    marked_positions as (update positions t set ${marked} from c where c.stale and ${ofPosition} and ${isOlder}),
    gone_rows as (delete from rows t using c where not c.stale and ${ofRow} and ${isOlder})
    delete from positions t using c where not c.stale and ${ofPosition} and ${isOlder}`,
  given: (amendments: readonly Amendment[]) => storableJson(amendments),
};
