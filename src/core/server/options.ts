import type { GraphQLSchema } from 'graphql';
import type { Logger } from '../../plugin-api/index.ts';
import type { FeedRow, FeedStream, Services } from '../../schema/graphql/index.ts';
import type { Limits } from './limits.ts';

/** The port that is listened on unless another is named. */
export const defaultPort = 4_400;

/** How ready the application is to be asked. */
export interface Readiness {
  readonly ready: boolean;
  /** One sentence for each reason not to be. */
  readonly reasons?: readonly string[];
  /** Each stream or source: when it last brought something, and whether that is too long ago. */
  readonly data: readonly {
    readonly name: string;
    readonly lastEvent: number | undefined;
    readonly ageMs: number | undefined;
    readonly stale: boolean;
  }[];
}

/** Whether the application works. */
export interface Health {
  /** `failed`: it has halted, and `/health` answers 503. `degraded`: something works less than it should. */
  readonly status: 'ok' | 'degraded' | 'failed';
  /** What is wrong, as sentences. */
  readonly problems: readonly string[];
}

export interface ServerOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly log?: Logger;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** 0 takes a free one. Default {@link defaultPort}. */
  readonly port?: number;
  /** What mutations need to be sent as `Authorization: Bearer <token>`. */
  readonly token?: string | undefined;
  /** Origins of browser pages, besides the server's own, that may ask, such as `https://example.org`. Default none. */
  readonly origins?: readonly string[];
  readonly limits?: Partial<Limits>;
  /** What `/health` tells besides name, version, mode and uptime; without it, only that the server answers. */
  readonly health?: () => Health;
  readonly readiness?: () => Readiness | Promise<Readiness>;
  /** Metrics in Prometheus' text form. */
  readonly metrics?: () => Promise<string>;
  /** Told of each item of a subscription as it is sent to those who have it open. */
  readonly onDelivered?: (stream: FeedStream, row: FeedRow) => void;
}
