/** What a server says of a file, so that the same file need not be fetched twice. */
export interface FileVersion {
  readonly etag: string | undefined;
  /** When the file was written, in ms. */
  readonly modifiedAt: number | undefined;
}

/**
 * Asks for a file's version without its content. `undefined` when the server does not tell, in whatever way: then the file has to
 * be fetched to know.
 */
export async function readFileVersion(
  http: typeof fetch,
  url: string,
  known: FileVersion | undefined,
): Promise<FileVersion | 'unchanged' | undefined> {
  const headers: Record<string, string> = {};
  if (known?.etag !== undefined) headers['if-none-match'] = known.etag;
  else if (known?.modifiedAt !== undefined) {
    headers['if-modified-since'] = new Date(known.modifiedAt).toUTCString();
  }
  let response: Response;
  try {
    response = await http(url, { method: 'HEAD', headers });
  } catch {
    // Note: whether the host can be reached at all is told by fetching the file, which says more when it fails.
    return undefined;
  }
  if (response.status === 304) return 'unchanged';
  if (!response.ok) return undefined;
  const etag = response.headers.get('etag') ?? undefined;
  const modified = Date.parse(response.headers.get('last-modified') ?? '');
  const modifiedAt = Number.isFinite(modified) ? modified : undefined;
  if (etag === undefined && modifiedAt === undefined) return undefined;
  // Note: not every server minds conditions when only the headers are asked for.
  if (known !== undefined && etag === known.etag && modifiedAt === known.modifiedAt) return 'unchanged';
  return { etag, modifiedAt };
}
