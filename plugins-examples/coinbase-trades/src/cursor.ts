/** Where each product goes on: the id and the time of its last match. */
export type Cursor = Readonly<Record<string, readonly [id: number, time: number]>>;

/** Reads what {@link writeCursor} wrote; a text of another kind is none, and the products begin anew. */
export function readCursor(text: string | undefined): Cursor {
  if (text === undefined) return {};
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== 'object' || read === null) return {};
    return Object.fromEntries(
      Object.entries(read).filter(
        ([, value]) => Array.isArray(value) && value.length === 2 && value.every(Number.isSafeInteger),
      ),
    );
  } catch {
    return {};
  }
}

export function writeCursor(products: ReadonlyMap<string, readonly [id: number, time: number]>): string {
  return JSON.stringify(Object.fromEntries(products));
}
