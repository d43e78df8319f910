import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder, writeDurably } from './closed-segment.ts';

/** The id of the tape in a folder, which is given one when it is first written to. */
export async function tapeId(folder: string, { readOnly }: { readonly readOnly: boolean }): Promise<string> {
  const file = path.join(folder, 'tape.json');
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  try {
    const { id } = JSON.parse(content) as { id?: unknown };
    if (typeof id === 'string' && id !== '') return id;
  } catch {
    // Note: what cannot be read is no id; the database then says that this is not its tape.
  }
  const id = randomUUID();
  if (readOnly) return id;
  await writeDurably(file, `${JSON.stringify({ id })}\n`);
  await syncFolder(folder);
  return id;
}
