import { type DestinationStream, type Logger as Pino, pino, stdSerializers } from 'pino';
import type { Logger } from '../plugin-api/index.ts';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A logger that can make others, which add values of their own to every line. */
export interface AppLogger extends Logger {
  child(values: Readonly<Record<string, unknown>>): AppLogger;
}

/** Property names whose values never reach the log, at the top of a line's values or one level below. */
const secretNames = [
  'password',
  'secret',
  'secrets',
  'token',
  'authorization',
  'cookie',
  'apiKey',
  'privateKey',
];

/**
 * Writes one line of JSON per message to standard error, or to `destination`. Passwords in URLs and values of properties that
 * are named like a secret are hidden.
 */
export function createLog(options: {
  readonly level: LogLevel;
  readonly destination?: DestinationStream;
}): AppLogger {
  const logger = pino(
    {
      level: options.level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: label => ({ level: label }) },
      serializers: { error: stdSerializers.err },
      redact: { paths: secretNames.flatMap(name => [name, `*.${name}`]), censor: '(hidden)' },
    },
    options.destination ?? pino.destination({ fd: 2, sync: true }),
  );
  return wrap(logger);
}

function wrap(logger: Pino): AppLogger {
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, values?: Readonly<Record<string, unknown>>): void => {
      if (!logger.isLevelEnabled(level)) return;
      if (values === undefined) logger[level](hideCredentials(message));
      else logger[level](withoutCredentials(values), hideCredentials(message));
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: values => wrap(logger.child(withoutCredentials(values))),
  };
}

/** Replaces the password of any URL in a text. */
export function hideCredentials(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/[^:/?#@\s]*):([^@/\s]+)@/gi, '$1:(hidden)@');
}

function withoutCredentials(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    shown[name] = typeof value === 'string' ? hideCredentials(value) : value;
  }
  return shown;
}

/** A log that says nothing. */
export const silentLog: AppLogger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLog,
};
