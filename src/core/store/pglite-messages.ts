/** What the main thread asks of the thread that runs PGlite. */
export type PgliteRequest =
  | { readonly id: number; readonly do: 'open'; readonly folder: string | undefined }
  | {
      readonly id: number;
      readonly do: 'query';
      readonly sql: string;
      readonly parameters: readonly unknown[];
      readonly rowMode: 'array' | 'object';
      /** True for a statement of the open transaction. */
      readonly inside: boolean;
      /** Under which it is kept, so that it is parsed and planned once. */
      readonly name?: string | undefined;
    }
  /** Opens a transaction; statements from elsewhere wait until it ends. */
  | { readonly id: number; readonly do: 'begin' }
  | { readonly id: number; readonly do: 'end'; readonly commit: boolean }
  | {
      readonly id: number;
      readonly do: 'copy';
      readonly target: string;
      readonly data: Uint8Array<ArrayBuffer>;
    }
  | { readonly id: number; readonly do: 'close' };

export interface QueryResult {
  readonly rows: unknown[];
  readonly fields: { readonly name: string; readonly dataTypeID: number }[];
  readonly affectedRows?: number | undefined;
}

export interface PgliteAnswer {
  readonly id: number;
  readonly result?: QueryResult;
  /** An error's own properties; its class does not survive the way between threads. */
  readonly error?: { readonly message: string; readonly code?: string; readonly detail?: string };
}
