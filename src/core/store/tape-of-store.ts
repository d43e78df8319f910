import type { Store } from './store.ts';

/** Which tape a database holds the results of. */
export interface TapeOfStore {
  /** Its id; undefined for a database that has seen none. */
  read(): Promise<string | undefined>;
  write(id: string): Promise<void>;
}

export function tapeOfStore(store: Pick<Store, 'query'>): TapeOfStore {
  return {
    async read() {
      const [row] = await store.query<{ id: string }>(
        `select value->>'id' as id from meta where key = 'tape'`,
      );
      return row?.id;
    },
    async write(id) {
      await store.query(
        `insert into meta (key, value) values ('tape', $1::text::jsonb)
         on conflict (key) do update set value = excluded.value`,
        [JSON.stringify({ id })],
      );
    },
  };
}
