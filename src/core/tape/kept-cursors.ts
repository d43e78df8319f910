import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { corruptSegment, syncFolder, writeDurably } from './closed-segment.ts';

/** What has to be known of segments that retention has dropped. */
export interface DroppedPast {
  /** `tsIngest` of the last event dropped, in ms; 0 when nothing was. */
  readonly lastTs: number;
  /** The cursor of each source's last event dropped. */
  readonly cursors: Readonly<Record<string, string>>;
}

const nothing: DroppedPast = { lastTs: 0, cursors: {} };
const fileOf = (folder: string): string => path.join(folder, 'cursors.json');

/** Reads what is kept of dropped segments. */
export async function readDroppedPast(folder: string): Promise<DroppedPast> {
  const file = fileOf(folder);
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return nothing;
    throw error;
  }
  try {
    const { lastTs, cursors } = JSON.parse(content) as DroppedPast;
    if (Number.isSafeInteger(lastTs) && typeof cursors === 'object' && cursors !== null)
      return { lastTs, cursors };
  } catch {
    // It is said below.
  }
  throw corruptSegment(
    file,
    'it should hold the cursors of sources that spoke only in expired segments, and cannot be read',
  );
}

/** Keeps it; it is on disk when this resolves. */
export async function writeDroppedPast(folder: string, past: DroppedPast): Promise<void> {
  await writeDurably(fileOf(folder), `${JSON.stringify(past)}\n`);
  await syncFolder(folder);
}
