import { planned } from '../builder.ts';
import { plainColumn, type RowPlan, selectColumn } from '../sql/plan.ts';

// Note: `market.state` takes the best of mid, mark, candle and trade; without its plugin only a mark may be known.
const priceOf = (row: RowPlan) => {
  const coin = plainColumn(row, 'coin');
  return (
    `coalesce((select (r."row"->>'price')::float8 from "rows" r where r.key = ${coin} and r.ref = 'market.state' ` +
    `order by r.version desc limit 1), (select coalesce(m.mid, m.mark)::float8 from "marks" m where m.coin = ${coin}))`
  );
};

/** The plan of a field that needs the price. */
export const withPrice = planned(({ row }) => {
  row.selected.set('@price', priceOf(row));
  selectColumn(row, 'size');
  selectColumn(row, 'entryPrice');
});

/** The price that {@link withPrice} put on the row. In USD; null when none is known. */
export function priceIn(row: object): number | null {
  return (row as { '@price'?: number | null })['@price'] ?? null;
}
