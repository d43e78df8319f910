import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

const entry = path.resolve(import.meta.dirname, '../../bin/hypersonar.js');

export interface CommandResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CommandOptions {
  /** The folder that it is started in. */
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A command line that runs, as a user would start it. */
export interface RunningCommand {
  readonly child: ChildProcess;
  /** What it has written so far. */
  readonly out: string;
  readonly err: string;
  /** Resolves when both streams together have shown a text. */
  shown(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<CommandResult>;
}

/** Starts `hypersonar` with arguments, in a process of its own. */
export function startCommand(words: readonly string[], { cwd, environment }: CommandOptions): RunningCommand {
  const { DATABASE_URL: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [entry, ...words], {
    cwd,
    env: { ...inherited, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', chunk => {
    out += chunk;
    for (const listener of listeners) listener();
  });
  child.stderr.on('data', chunk => {
    err += chunk;
    for (const listener of listeners) listener();
  });
  const ended = new Promise<CommandResult>(resolve => {
    child.on('close', code => {
      resolve({ code, out, err });
      for (const listener of listeners) listener();
    });
  });
  return {
    child,
    get out() {
      return out;
    },
    get err() {
      return err;
    },
    shown: pattern =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(err + out);
          if (found !== null) resolve(found);
          else if (child.exitCode !== null) {
            reject(new Error(`Expected ${pattern} to be shown, found that it ended with:\n${err}${out}`));
          } else return;
          listeners.delete(look);
        };
        listeners.add(look);
        look();
      }),
    ended,
  };
}

/** Runs `hypersonar` to its end. */
export function runCommand(words: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return startCommand(words, options).ended;
}
