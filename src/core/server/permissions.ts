import { createHash, timingSafeEqual } from 'node:crypto';
import type { Permissions } from '../../schema/graphql/index.ts';

/** What is known of where a request comes from. */
export interface Origin {
  /** The `Authorization` header, or the same entry of a WebSocket's connection parameters. */
  readonly authorization: string | undefined;
  /** The `Host` header. */
  readonly host: string | undefined;
}

export interface PermissionRules {
  /** The operator's token, when one is configured. */
  readonly token: string | undefined;
  /** Whether only this machine can reach the server: it listens on a loopback address. */
  readonly loopback: boolean;
}

const allowed: Permissions = { mutationsRefused: undefined };
const refused = (reason: string): Permissions => ({ mutationsRefused: reason });
const openToOthers = refused('no operator token is configured and others can reach this server');
const foreignHost = refused(
  'no operator token is configured and the request names another host than this machine',
);
const noToken = refused('a request without the operator token');
const wrongToken = refused('a request with another token than the operator token');

/** Whether a request may change things. */
export function permissionsOf(
  { authorization, host }: Origin,
  { token, loopback }: PermissionRules,
): Permissions {
  if (token === undefined) {
    if (!loopback) return openToOthers;
    // Note: a page on the internet can let its own name point at 127.0.0.1 and so reach this server from a browser here.
    return isLoopbackHost(host) ? allowed : foreignHost;
  }
  const given = /^Bearer\s+(.+)$/i.exec(authorization ?? '')?.[1];
  if (given === undefined) return noToken;
  return sameText(given, token) ? allowed : wrongToken;
}

/** The same for requests that may do the same. */
export function permissionsKey({ mutationsRefused }: Permissions): string {
  return mutationsRefused ?? '';
}

export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || address.startsWith('127.');
}

function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined) return false;
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return isLoopback(name);
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/**
 * Whether a browser's page may use the server: one of its own, or one of the origins that are configured. Requests from outside of
 * browsers carry no `Origin`.
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowedOrigins: readonly string[],
): boolean {
  if (origin === undefined || allowedOrigins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
