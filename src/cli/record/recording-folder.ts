import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../core/errors.ts';
import type { CollectionReport } from './collection-report.ts';

const reportName = 'report.json';

/** A folder that is ready to be recorded into, and when the recording in it ended, where it is continued. */
export interface RecordingFolder {
  readonly path: string;
  readonly endedAt: number | undefined;
}

/**
 * Makes the folder.
 *
 * @throws UserError `RECORDING_EXISTS` when something is in it and it is not to be continued
 */
export async function openRecordingFolder(
  folder: string,
  { append }: { readonly append: boolean },
): Promise<RecordingFolder> {
  await mkdir(folder, { recursive: true });
  const names = (await readdir(folder)).filter(name => !name.startsWith('.'));
  if (names.length === 0) return { path: folder, endedAt: undefined };
  if (!append) {
    throw new UserError(
      'RECORDING_EXISTS',
      `Expected ${path.resolve(folder)} to be empty or absent, found ${names.length} files, such as ${names[0]}. ` +
        'Name another folder with --out, or continue that recording with --append, which writes new files beside them.',
    );
  }
  const reports = names.filter(name => /^report(-\d+)?\.json$/.test(name));
  const ends = await Promise.all(reports.map(name => endOf(path.join(folder, name))));
  const known = ends.filter(end => end !== undefined);
  return { path: folder, endedAt: known.length === 0 ? undefined : Math.max(...known) };
}

async function endOf(file: string): Promise<number | undefined> {
  try {
    const report = JSON.parse(await readFile(file, 'utf8')) as Partial<CollectionReport>;
    return typeof report.endedAt === 'number' ? report.endedAt : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a report beside the recording, as JSON in one line, and never over another. */
export async function writeReport(folder: string, report: CollectionReport): Promise<string> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? reportName : `report-${number}.json`;
    try {
      await writeFile(path.join(folder, name), `${JSON.stringify(report)}\n`, { flag: 'wx' });
      return name;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
