import { dirname, join } from 'node:path';
import { fill, PluginError } from '../../../plugin-api/index.ts';
import { collected, type Decoded } from '../hyperliquid-messages/collected.ts';
import { fillDedupe } from '../hyperliquid-messages/fills.ts';
import { addressText, decimalText, shortText, shown, wholeNumber } from '../hyperliquid-messages/values.ts';
import { type CsvHeader, csvHeader, requireColumns, splitCsvLine } from '../source-files/csv-rows.ts';
import { readLines } from '../source-files/read-lines.ts';
import type { FillField, FillMapping, Source } from './mapping.ts';

type Reader = (values: readonly string[]) => string | undefined;

const sides: Readonly<Record<string, 'buy' | 'sell'>> = {
  B: 'buy',
  A: 'sell',
  buy: 'buy',
  sell: 'sell',
  BUY: 'buy',
  SELL: 'sell',
};
const truths: Readonly<Record<string, boolean>> = {
  '1': true,
  true: true,
  True: true,
  '0': false,
  false: false,
  False: false,
};

/** Prepares the decoding of the rows of one file by a mapping; reads the tables that it joins into memory. */
export async function fillRowDecoder(
  mapping: FillMapping,
  path: string,
  header: CsvHeader,
): Promise<(values: readonly string[]) => Decoded<typeof fill>> {
  const tables = new Map<string, ReadonlyMap<string, string>>();
  const reader = async (field: FillField): Promise<Reader> => {
    const source: Source | undefined = mapping[field];
    if (source === undefined) return () => undefined;
    if (typeof source === 'string') return columnReader(header, source);
    if ('constant' in source) return () => source.constant;
    const { values: meanings, unknown = [], join: joined } = source;
    const column = columnReader(header, source.column);
    const table = joined === undefined ? undefined : await joinTable(path, joined, tables);
    return values => {
      const value = column(values);
      if (value === undefined || unknown.includes(value)) return undefined;
      const found = table === undefined ? value : table.get(value);
      return found === undefined || meanings === undefined ? found : (meanings[found] ?? found);
    };
  };
  const user = await reader('user');
  const coin = await reader('coin');
  const side = await reader('side');
  const price = await reader('price');
  const size = await reader('size');
  const time = await reader('time');
  const startPosition = await reader('startPosition');
  const direction = await reader('direction');
  const closedPnl = await reader('closedPnl');
  const fee = await reader('fee');
  const feeToken = await reader('feeToken');
  const crossed = await reader('crossed');
  const hash = await reader('hash');
  const orderId = await reader('orderId');
  const tradeId = await reader('tradeId');
  const twapId = await reader('twapId');
  const liquidatedUser = await reader('liquidatedUser');
  const { liquidationPrefix } = mapping;
  const columnCount = header.names.length;

  return values => {
    if (values.length !== columnCount) {
      return `the row must have ${columnCount} values; found ${values.length}`;
    }
    const wallet = addressText(user(values));
    if (wallet === undefined) return `the wallet must be an address; found ${shown(user(values))}`;
    const market = shortText(coin(values));
    if (market === undefined) return 'the coin is missing';
    const word = side(values) ?? '';
    const taken = Object.hasOwn(sides, word) ? sides[word] : undefined;
    if (taken === undefined) return `the side must be B or A; found ${shown(word)}`;
    const paid = decimalText(price(values));
    if (paid === undefined) return `the price must be a decimal; found ${shown(price(values))}`;
    const amount = decimalText(size(values));
    if (amount === undefined || amount.startsWith('-')) {
      return `the size must be a decimal that is not negative; found ${shown(size(values))}`;
    }
    const at = wholeNumber(time(values));
    if (at === undefined) return `the time must be whole milliseconds; found ${shown(time(values))}`;
    const start = decimalText(startPosition(values)) ?? null;
    const order = wholeNumber(orderId(values)) ?? null;
    // Note: 0 stands for "no trade", as in merged rows; taken as an id it would make all of them one trade.
    const trade = wholeNumber(tradeId(values)) || null;
    const text = shortText(direction(values)) ?? null;
    // Note: who takes a liquidated position over has the same direction text; only the fill that shrinks the position is
    // that of the liquidated wallet.
    const isOwnLiquidation =
      liquidationPrefix !== undefined &&
      text?.startsWith(liquidationPrefix) === true &&
      start !== null &&
      (taken === 'sell' ? Number(start) > 0 : Number(start) < 0);
    const liquidated = addressText(liquidatedUser(values)) ?? (isOwnLiquidation ? wallet : null);
    return collected(
      fill,
      wallet,
      at,
      fillDedupe({
        user: wallet,
        coin: market,
        time: at,
        tradeId: trade,
        orderId: order,
        startPosition: start,
        size: amount,
      }),
      {
        user: wallet,
        coin: market,
        price: paid,
        size: amount,
        side: taken,
        startPosition: start,
        direction: text,
        closedPnl: decimalText(closedPnl(values)) ?? null,
        fee: decimalText(fee(values)) ?? null,
        feeToken: shortText(feeToken(values)) ?? null,
        crossed: truths[crossed(values) ?? ''] ?? null,
        hash: shortText(hash(values)) ?? null,
        orderId: order,
        tradeId: trade,
        twapId: wholeNumber(twapId(values)) ?? null,
        liquidatedUser: liquidated,
      },
    );
  };
}

function columnReader(header: CsvHeader, name: string): Reader {
  const position = header.position(name) ?? -1;
  return values => values[position];
}

async function joinTable(
  path: string,
  joined: { readonly file: string; readonly key: string; readonly value: string },
  tables: Map<string, ReadonlyMap<string, string>>,
): Promise<ReadonlyMap<string, string>> {
  const file = join(dirname(path), joined.file);
  const name = `${file}\n${joined.key}\n${joined.value}`;
  const known = tables.get(name);
  if (known !== undefined) return known;
  const table = new Map<string, string>();
  let header: CsvHeader | undefined;
  try {
    for await (const { lines } of readLines({ path: file })) {
      for (const line of lines) {
        if (header === undefined) {
          header = csvHeader(line);
          requireColumns(header, [joined.key, joined.value], file);
          continue;
        }
        const values = splitCsvLine(line);
        const key = values?.[header.position(joined.key) ?? -1];
        const value = values?.[header.position(joined.value) ?? -1];
        if (key !== undefined && key !== '' && value !== undefined) table.set(key, value);
      }
    }
  } catch (cause) {
    if (cause instanceof PluginError) throw cause;
    throw new PluginError('INPUT_NOT_FOUND', `The table ${file} that ${path} refers to cannot be read.`, {
      expected: `a CSV file with the columns ${joined.key} and ${joined.value}`,
      found: cause instanceof Error ? cause.message : String(cause),
      hint: 'Put it beside the fills, or correct `join` in the mapping.',
      cause,
    });
  }
  tables.set(name, table);
  return table;
}
