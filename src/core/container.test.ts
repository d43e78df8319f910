import { describe, expect, it } from 'vitest';
import { bind, createServices, serviceId } from './container.ts';

const ids = { a: serviceId<string>('a'), b: serviceId<string>('b'), c: serviceId<string>('c') };

describe('services', () => {
  it('are made once, after what they need, and only when asked for', async () => {
    const made: string[] = [];
    const services = createServices([
      bind(ids.b, [ids.a], async a => {
        made.push('b');
        return `${a}b`;
      }),
      bind(ids.a, [], () => {
        made.push('a');
        return 'a';
      }),
      bind(ids.c, [], () => {
        made.push('c');
        return 'c';
      }),
    ]);
    expect(made).toEqual([]);
    expect(await Promise.all([services.get(ids.b), services.get(ids.b)])).toEqual(['ab', 'ab']);
    expect(made).toEqual(['a', 'b']);
  });

  it('are replaced by a later binding', async () => {
    const services = createServices([bind(ids.a, [], () => 'real'), bind(ids.a, [], () => 'other')]);
    expect(await services.get(ids.a)).toBe('other');
  });

  it('see those of the scope around them, but not the other way round', async () => {
    const services = createServices([bind(ids.a, [], () => 'a')]);
    const inner = services.child([bind(ids.b, [ids.a], a => `${a}!`)]);
    expect(await inner.get(ids.b)).toBe('a!');
    await expect(services.get(ids.b)).rejects.toThrow();
  });

  it('are closed newest first, one at a time, each with a deadline; what fails is named', async () => {
    const closed: string[] = [];
    const close = (ms: number) => async (name: string) => {
      await new Promise(resolve => setTimeout(resolve, ms));
      closed.push(name);
      if (name === 'ab') throw new Error('will not');
    };
    const services = createServices([
      bind(ids.a, [], () => 'a', { close: close(5) }),
      bind(ids.b, [ids.a], a => `${a}b`, { close: close(1) }),
      bind(ids.c, [ids.b], b => `${b}c`, { close: () => new Promise(() => undefined), closeWithinMs: 20 }),
    ]);
    await services.get(ids.c);
    const failures = await services.close();
    expect(closed).toEqual(['ab', 'a']);
    expect(failures.map(({ service, error }) => [service, (error as Error).message])).toEqual([
      ['c', 'Expected c to close within 20 ms, found it still open.'],
      ['b', 'will not'],
    ]);
    expect(await services.close()).toEqual([]);
  });
});
