import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { type Fault, faultKinds } from '../faults/fault.ts';
import type { LiveExchange } from '../live-exchange.ts';
import { createNodeFileWriter } from '../node-files/writer.ts';
import type { Provocation } from '../state/exchange-state.ts';
import type { HttpAnswer } from './info.ts';
import { json } from './info.ts';
import { parseJson, readBody } from './request-body.ts';

/** What tests and operators ask of the exchange beside its own protocol, under `/admin`. */
export interface Admin {
  answer(request: IncomingMessage, path: string): Promise<HttpAnswer>;
}

const faultShape = z.strictObject({
  kind: z.enum(faultKinds),
  durationMs: z.number().min(0).optional(),
  share: z.number().min(0).max(1).optional(),
  channels: z.array(z.string()).optional(),
  coins: z.array(z.string()).optional(),
  delayMs: z.number().min(0).optional(),
  status: z.number().int().min(400).max(599).optional(),
  leapMs: z.number().optional(),
});
const planShape = z.array(z.strictObject({ atMs: z.number().min(0), fault: faultShape }));
const nodeFilesShape = z.strictObject({ folder: z.string().min(1) });
const advanceShape = z.strictObject({ milliseconds: z.number().min(0) });

/** @param advance - Lets exchange time pass. */
export function createAdmin(exchange: LiveExchange, advance: (milliseconds: number) => Promise<void>): Admin {
  const { state, faults, limits } = exchange;

  async function post(path: string, body: unknown): Promise<unknown> {
    switch (path) {
      case '/admin/faults': {
        const plan = planShape.safeParse(body);
        if (!plan.success) return faults.inject(faultShape.parse(body) as Fault);
        faults.run(plan.data as { atMs: number; fault: Fault }[]);
        return { planned: plan.data.length };
      }
      case '/admin/clear':
        faults.clear();
        return { active: faults.active() };
      case '/admin/provoke':
        state.provoke(body as Provocation);
        return { provoked: body };
      case '/admin/advance':
        await advance(advanceShape.parse(body).milliseconds);
        return { now: state.now, height: state.height };
      case '/admin/node-files': {
        const writer = createNodeFileWriter(nodeFilesShape.parse(body).folder);
        exchange.nodeFiles.add(writer);
        return { folder: writer.folder };
      }
      case '/admin/node-files/stop': {
        const written = [...exchange.nodeFiles].map(writer => writer.close());
        exchange.nodeFiles.clear();
        return { written };
      }
      default: {
        const kind = faultKinds.find(name => path === `/admin/${name}`);
        if (kind === undefined) return undefined;
        const fields = (body ?? {}) as Readonly<Record<string, unknown>>;
        return faults.inject(faultShape.parse({ ...fields, kind }) as Fault);
      }
    }
  }

  function get(path: string): unknown {
    const [, , name, user] = path.split('/');
    switch (name) {
      case undefined:
      case '':
        return {
          get: ['state', 'limits', 'faults', 'users', 'positions/<user>', 'trades'],
          post: ['faults', 'clear', 'provoke', 'advance', 'node-files', 'node-files/stop', ...faultKinds],
        };
      case 'state':
        return describeExchange(exchange);
      case 'limits':
        return { limits: limits.uses(), byAddress: limits.byAddress() };
      case 'faults':
        return { active: faults.active(), injected: faults.injected() };
      case 'users':
        return state.users;
      case 'positions':
        return user === undefined ? undefined : Object.fromEntries(state.positionsOf(user.toLowerCase()));
      case 'trades':
        return { now: state.now, byCoin: Object.fromEntries(exchange.counts.tradesByCoin) };
      default:
        return undefined;
    }
  }

  return {
    async answer(request, path) {
      try {
        const value =
          request.method === 'POST' ? await post(path, parseJson(await readBody(request))) : get(path);
        if (value !== undefined) return { status: 200, body: JSON.stringify(value), contentType: json };
        return failed(404, `Expected a path that GET /admin lists, found ${path}.`);
      } catch (error) {
        const expected = error instanceof z.ZodError ? z.prettifyError(error) : undefined;
        return failed(400, expected ?? (error instanceof Error ? error.message : String(error)));
      }
    },
  };
}

/** How the exchange is at present, as `GET /admin/state` tells it. */
export function describeExchange(exchange: LiveExchange) {
  const { state, socketCounts, clock, topics, faults } = exchange;
  const { tradesByCoin, ...counts } = exchange.counts;
  return {
    now: state.now,
    clock: clock.now(),
    height: state.height,
    users: state.users.length,
    coins: state.coins.length,
    counts,
    sockets: socketCounts,
    subscriptions: topics.counts(),
    faults: faults.active(),
  };
}

function failed(status: number, error: string): HttpAnswer {
  return { status, body: JSON.stringify({ error }), contentType: json };
}
