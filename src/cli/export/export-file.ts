import type { ExportValue } from './read-pages.ts';

/** A file that an export is written to, page by page. */
export interface ExportFile {
  write(rows: readonly (readonly ExportValue[])[]): Promise<void>;
  close(): Promise<void>;
}
