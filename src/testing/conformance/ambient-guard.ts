import { Socket } from 'node:net';
import type { Plugin } from '../../plugin-api/index.ts';

/** An ambient source that a handler used, such as `Date.now`. */
export interface AmbientUse {
  readonly what: string;
  readonly handler: string;
}

const handlers = [
  'key',
  'initial',
  'update',
  'wake',
  'value',
  'load',
  'score',
  'classify',
  'reduce',
  'evaluate',
  'alert',
] as const;

/**
 * Runs a body while the clock, random numbers, timers and the network throw, but only inside the plugin's handlers, and tells
 * which were used. The plugin that the body is given must be run in place of the original.
 */
export async function withoutAmbience(
  plugin: Plugin,
  body: (guarded: Plugin) => Promise<void>,
): Promise<readonly AmbientUse[]> {
  const uses: AmbientUse[] = [];
  let inside: string | undefined;
  const guarded = { ...plugin } as Record<string, unknown>;
  for (const handler of handlers) {
    const original = (plugin as unknown as Record<string, unknown>)[handler];
    if (typeof original !== 'function') continue;
    guarded[handler] = (...args: unknown[]) => {
      const outer = inside;
      inside = handler;
      try {
        return original.apply(plugin, args);
      } finally {
        inside = outer;
      }
    };
  }
  const restore = patchAmbience(what => {
    if (inside === undefined) return;
    uses.push({ what, handler: inside });
    throw new Error(`${what} was used in ${inside}: use ctx.now, ctx.random or ctx.wakeAt instead`);
  });
  try {
    await body(guarded as unknown as Plugin);
  } finally {
    restore();
  }
  return uses;
}

/** Puts a check before every ambient source; the answer takes them away again. */
function patchAmbience(check: (what: string) => void): () => void {
  const undo: (() => void)[] = [];
  const patch = (owner: object, name: string, label: string) => {
    const original = Reflect.get(owner, name) as ((...args: unknown[]) => unknown) | undefined;
    if (typeof original !== 'function') return;
    const descriptor = Object.getOwnPropertyDescriptor(owner, name);
    const patched = function (this: unknown, ...args: unknown[]) {
      check(label);
      return Reflect.apply(original, this, args);
    };
    Object.defineProperty(owner, name, { value: patched, configurable: true, writable: true });
    undo.push(() =>
      descriptor ? Object.defineProperty(owner, name, descriptor) : Reflect.deleteProperty(owner, name),
    );
  };
  patch(Date, 'now', 'Date.now');
  patch(Math, 'random', 'Math.random');
  patch(performance, 'now', 'performance.now');
  patch(process, 'hrtime', 'process.hrtime');
  patch(globalThis.crypto, 'randomUUID', 'crypto.randomUUID');
  patch(globalThis.crypto, 'getRandomValues', 'crypto.getRandomValues');
  for (const timer of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch'])
    patch(globalThis, timer, timer);
  patch(Socket.prototype, 'connect', 'a network connection');
  const RealDate = Date;
  globalThis.Date = new Proxy(RealDate, {
    construct(target, args, newTarget) {
      if (args.length === 0) check('new Date()');
      return Reflect.construct(target, args, newTarget);
    },
    apply(target, self, args) {
      check('Date()');
      return Reflect.apply(target, self, args);
    },
  });
  undo.push(() => {
    globalThis.Date = RealDate;
  });
  return () => {
    for (const step of undo.reverse()) step();
  };
}
