import type { TapeEvent } from '../event.ts';

/** Notes in a map by source what an event says about where collectors go on. */
export function noteCursors(
  cursors: Map<string, string>,
  event: Pick<TapeEvent, 'source' | 'cursor' | 'cursors'>,
): void {
  if (event.cursors !== undefined) {
    for (const source of Object.keys(event.cursors)) cursors.set(source, event.cursors[source]!);
  }
  if (event.cursor !== undefined) cursors.set(event.source, event.cursor);
}
