import { unreadableCursor } from '../source-files/source-config.ts';

/** Where the reading of a node's files goes on. */
export interface NodeCursor {
  /** The file's path within the source. */
  readonly file: string;
  /** The first line of the group of lines that was read last. */
  readonly line: number;
  /** How many of the group's drafts are stored. */
  readonly index: number;
  /** Their `tsIngest`. */
  readonly tsIngest: number;
}

/** Reads `file|line:index@tsIngest`. */
export function readNodeCursor(text: string): NodeCursor {
  const parts = /^(.*)\|(\d+):(\d+)@(\d+)$/s.exec(text);
  if (parts === null) throw unreadableCursor(text);
  return {
    file: parts[1] ?? '',
    line: Number(parts[2]),
    index: Number(parts[3]),
    tsIngest: Number(parts[4]),
  };
}
