import { zstdDecompressSync } from 'node:zlib';
import type { Compressors } from 'hyparquet';

/** What hyparquet needs to read Zstandard. */
export const compressors: Compressors = { ZSTD: input => new Uint8Array(zstdDecompressSync(input)) };
