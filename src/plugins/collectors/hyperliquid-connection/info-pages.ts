import type { TimeRange } from '../../../plugin-api/index.ts';
import { InfoError } from './info-error.ts';
import type {
  InfoBody,
  InfoRequestOptions,
  PagedRequests,
  PagedRow,
  PagedType,
  PagesOptions,
} from './info-types.ts';

/*
 * Reading all rows of a range of time page by page. A page holds a limited number of rows, the oldest of the range first; the next one
 * begins with the millisecond in which it ended, since that may go on. Rows are therefore told apart by what identifies them.
 */

type Row = Readonly<Record<string, unknown>>;

interface PagedKind {
  /** Rows of a full page. */
  readonly limit: number;
  readonly timeOf: (row: Row) => number;
  /** What tells a row apart from others of the same millisecond. */
  readonly idOf: (row: Row) => string;
  /** Whether the exchange gives the newest rows first when asked to. */
  readonly isReversible: boolean;
}

const timeOf = (row: Row): number => row.time as number;
const fillId = (row: Row): string =>
  // Note: rows that are no trades have the id 0, and are told apart by where the position stood.
  `${row.tid}:${row.oid}:${row.coin}${row.tid ? '' : `:${row.startPosition}:${row.sz}`}`;
const inner = (row: Row): Row => row.fill as Row;

const kinds: Readonly<Record<PagedType, PagedKind>> = {
  userFillsByTime: { limit: 2_000, timeOf, idOf: fillId, isReversible: true },
  userTwapSliceFillsByTime: {
    limit: 2_000,
    timeOf: row => timeOf(inner(row)),
    idOf: row => `${row.twapId}:${fillId(inner(row))}`,
    isReversible: false,
  },
  userFunding: { limit: 500, timeOf, idOf: row => String((row.delta as Row).coin), isReversible: false },
  userNonFundingLedgerUpdates: {
    limit: 500,
    timeOf,
    idOf: row => `${row.hash}:${JSON.stringify(row.delta)}`,
    isReversible: false,
  },
  fundingHistory: { limit: 500, timeOf, idOf: row => String(row.coin), isReversible: false },
  candleSnapshot: { limit: 5_000, timeOf: row => row.t as number, idOf: () => '', isReversible: false },
};

/** An answer without its wrong rows, and how many rows it had with them. */
export interface Asked {
  readonly answer: unknown;
  readonly rows: number;
}

function bodyOf(type: PagedType, of: object, range: TimeRange, reversed: boolean): InfoBody {
  const { from: startTime, to: endTime } = range;
  if (type === 'candleSnapshot') return { type, req: { ...of, startTime, endTime } };
  return { type, ...of, startTime, endTime, ...(reversed ? { reversed: true } : {}) };
}

/** Reads all rows of a range, oldest first, each once. */
export async function* readPages<Type extends PagedType>(
  ask: (body: InfoBody, options: InfoRequestOptions) => Promise<Asked>,
  type: Type,
  of: PagedRequests[Type],
  range: TimeRange,
  options: PagesOptions,
): AsyncGenerator<readonly PagedRow<Type>[], void> {
  const kind = kinds[type];
  const { incomplete, ...requestOptions } = options;
  const readPage = async (within: TimeRange, reversed = false) => {
    const { answer, rows } = await ask(bodyOf(type, of, within, reversed), requestOptions);
    return { page: (answer ?? []) as readonly Row[], isFull: rows >= kind.limit };
  };

  let { from } = range;
  /** Rows of the millisecond `from` that have been handed on. */
  let known = new Set<string>();
  while (from <= range.to) {
    const { page, isFull } = await readPage({ from, to: range.to });
    const rows = page.filter(row => kind.timeOf(row) > from || !known.has(kind.idOf(row)));
    const last = page.at(-1);
    if (last === undefined) {
      if (!isFull) return;
      throw new InfoError('malformed', `No row of an answer to \`${type}\` is what it should be.`);
    }
    const end = kind.timeOf(last);
    if (isFull && end <= from) {
      // Note: one millisecond fills a page. What the other end of it does not show either cannot be had.
      const { page: rest } = kind.isReversible ? await readPage({ from, to: from }, true) : { page: [] };
      const seen = new Set(page.map(kind.idOf));
      const others = rest.toReversed().filter(row => !seen.has(kind.idOf(row)));
      if (others.length >= kind.limit || !kind.isReversible) incomplete?.({ from, to: from + 1 });
      const all = [...rows, ...others.filter(row => !known.has(kind.idOf(row)))];
      if (all.length > 0) yield all as unknown as readonly PagedRow<Type>[];
      known = new Set();
      from += 1;
      continue;
    }
    if (rows.length > 0) yield rows as unknown as readonly PagedRow<Type>[];
    if (!isFull) return;
    known = new Set(page.filter(row => kind.timeOf(row) === end).map(kind.idOf));
    from = end;
  }
}
