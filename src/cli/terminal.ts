/** Where a command writes: results to `out`, everything about the work itself to `note`. */
export interface Terminal {
  /** Writes lines to standard output. */
  out(text: string): void;
  /** Writes lines to standard error. */
  note(text: string): void;
  /** Replaces the line that is being shown on standard error; only where {@link interactive}. */
  line(text: string): void;
  /** Whether standard error is a screen that somebody watches. */
  readonly interactive: boolean;
  /** Characters in a line. */
  readonly columns: number;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  let showing = false;
  const clear = () => {
    if (showing) process.stderr.write('\r\x1b[K');
    showing = false;
  };
  return {
    out(text) {
      clear();
      process.stdout.write(`${text}\n`);
    },
    note(text) {
      clear();
      process.stderr.write(`${text}\n`);
    },
    line(text) {
      process.stderr.write(`\r\x1b[K${text.slice(0, Math.max(20, (process.stderr.columns ?? 80) - 1))}`);
      showing = text !== '';
    },
    get interactive() {
      return process.stderr.isTTY === true && process.env.TERM !== 'dumb';
    },
    get columns() {
      return process.stdout.columns ?? 100;
    },
  };
}
