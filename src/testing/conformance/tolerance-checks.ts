import assert from 'node:assert/strict';
import type { Plugin } from '../../plugin-api/index.ts';
import { troubledTape } from '../sample-tape.ts';
import { type Check, pureKinds } from './check.ts';
import { finalState, type RecordedOutput, record } from './recorder.ts';
import { optionalInputs, type Subject, subjectOf } from './subject.ts';

const troubledEvents: Check = {
  id: 'C12',
  title: 'bears repeated events, late events and gaps',
  kinds: pureKinds,
  async run(under, options) {
    const subject = subjectOf(under, options);
    const { faults } = await record(subject, troubledTape(subject.tape));
    assert.deepStrictEqual(faults, [], 'expected no fault on a troubled tape');
  },
};

const withoutOptionals: Check = {
  id: 'C13',
  title: 'works without each of its optional inputs',
  kinds: pureKinds,
  async run(under, options) {
    const subject = subjectOf(under, options);
    const plugin = subject.plugin as Plugin & {
      inputs?: Record<string, { optional?: true; ref: { id: string } }>;
    };
    for (const name of optionalInputs(plugin)) {
      const id = plugin.inputs?.[name]?.ref.id;
      const without = subject.providers
        .filter(provider => provider.kind !== 'collector' && (provider.output as { id: string }).id === id)
        .map(provider => provider.id);
      const { faults } = await record(subject, subject.tape, { without });
      assert.deepStrictEqual(faults, [], `expected no fault when ${name} (${id}) has no provider`);
    }
  },
};

const separateKeys: Check = {
  id: 'C14',
  title: 'never lets the events of one key change another',
  kinds: pureKinds,
  async run(under, options) {
    const subject = subjectOf(under, options);
    const full = await record(subject);
    const keys = [...new Set(full.outputs.map(output => output.key))];
    for (const key of keys.slice(0, 6)) {
      // Note: from the original plugin each time, so that nothing kept outside of its states carries over unseen.
      const alone = await record(subjectOf(under, options), subject.tape, {
        replacement: confined(subject, key),
      });
      assert.deepStrictEqual(
        ofKey(alone.outputs, key),
        ofKey(full.outputs, key),
        `expected ${key} to be the same when no other key has events`,
      );
    }
  },
};

/** The plugin with only the events or rows of one key. */
function confined(subject: Subject, key: string): Plugin {
  const { plugin } = subject;
  const text = (each: unknown) => (Array.isArray(each) ? each.join(':') : String(each));
  if (plugin.kind === 'feature' || plugin.kind === 'signal') {
    return {
      ...plugin,
      key(event: never) {
        const keys = plugin.key(event) as unknown;
        if (keys === undefined) return undefined;
        const pair = (plugin.output as { entity: string }).entity === 'trader:coin';
        const one = !Array.isArray(keys) || (pair && typeof keys[0] === 'string');
        return (one ? [keys] : keys).filter((each: unknown) => text(each) === key);
      },
    } as Plugin;
  }
  if (plugin.kind === 'model') {
    return {
      ...plugin,
      async score(rows: readonly { key: unknown }[], ctx: never) {
        const chosen = rows.filter(row => text(row.key) === key);
        const scores = chosen.length === 0 ? [] : await plugin.score(chosen as never, ctx);
        return rows.map(row => scores[chosen.indexOf(row)]);
      },
    } as Plugin;
  }
  if (plugin.kind === 'classifier') {
    return {
      ...plugin,
      classify: (inputs: never, previous: never, ctx: { key: unknown }) =>
        text(ctx.key) === key ? plugin.classify(inputs, previous, ctx as never) : undefined,
    } as Plugin;
  }
  return plugin;
}

function ofKey(outputs: readonly RecordedOutput[], key: string) {
  const { rows, appended } = finalState(outputs.filter(output => output.key === key));
  return { rows, appended };
}

export const toleranceChecks: readonly Check[] = [troubledEvents, withoutOptionals, separateKeys];
