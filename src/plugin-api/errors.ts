interface PluginErrorParts {
  /** What would have been right. */
  readonly expected?: string;
  /** What was there instead. */
  readonly found?: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Values for logs, such as the file and line. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * Something outside must be changed before the plugin can do its work, such as a file that is not what its configuration says.
 * The message is what the operator reads: what was expected, what was found and what to do.
 */
export class PluginError extends Error {
  /** Upper-case words, such as `INPUT_NOT_FOUND`. */
  readonly code: string;
  readonly expected: string | undefined;
  readonly found: string | undefined;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, parts: PluginErrorParts = {}) {
    const sentences = [
      message,
      parts.expected === undefined ? undefined : `Expected: ${parts.expected}.`,
      parts.found === undefined ? undefined : `Found: ${parts.found}.`,
      parts.hint,
    ];
    super(
      sentences.filter(sentence => sentence !== undefined).join(' '),
      parts.cause === undefined ? undefined : { cause: parts.cause },
    );
    this.name = 'PluginError';
    this.code = code;
    this.expected = parts.expected;
    this.found = parts.found;
    this.hint = parts.hint;
    this.details = parts.details ?? {};
  }
}
