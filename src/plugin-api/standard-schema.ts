/**
 * The Standard Schema interface (v1), by which a plugin's configuration may be written in zod, valibot, arktype or any
 * other library that follows it. Source: the Standard Schema specification, https://standardschema.dev.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The configuration that a schema yields, frozen before a plugin sees it. */
export type ConfigOf<Schema> =
  Schema extends StandardSchema<unknown, infer Output> ? Readonly<Output> : Readonly<Record<string, never>>;
