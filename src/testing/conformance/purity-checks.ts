import assert from 'node:assert/strict';
import { rowProblem } from '../../core/row-check.ts';
import type { Ref } from '../../plugin-api/index.ts';
import { withoutAmbience } from './ambient-guard.ts';
import { type Check, pureKinds } from './check.ts';
import { record } from './recorder.ts';
import { type Subject, subjectOf } from './subject.ts';

const inputsUntouched: Check = {
  id: 'C08',
  title: 'leaves the events and rows that it is given as they are',
  kinds: pureKinds,
  async run(under, options) {
    const subject = subjectOf(under, options);
    const before = structuredClone(subject.tape.map(event => event.payload));
    const changed: string[] = [];
    const watched = watchArguments(subject, handler => changed.push(handler));
    const { faults } = await record(subject, subject.tape, { replacement: watched });
    assert.deepStrictEqual(
      subject.tape.map(event => event.payload),
      before,
      'expected events to be as they were before the run',
    );
    assert.deepStrictEqual([...new Set(changed)], [], 'expected no handler to change its arguments');
    const refused = faults.filter(fault =>
      /read only|read-only|not extensible|Cannot (assign|add|delete)/.test(fault.message),
    );
    assert.deepStrictEqual(refused, [], 'expected no attempt to change a frozen input');
  },
};

/** Compares what a handler was given (all but the state that is its own) before and after the call. */
function watchArguments(subject: Subject, onChange: (handler: string) => void): Subject['plugin'] {
  const plugin = subject.plugin as unknown as Record<string, unknown>;
  const firstInput: Record<string, number> = {
    key: 0,
    update: 1,
    score: 0,
    classify: 0,
    reduce: 1,
    evaluate: 1,
    alert: 0,
  };
  const watched: Record<string, unknown> = { ...plugin };
  for (const [handler, index] of Object.entries(firstInput)) {
    const original = plugin[handler];
    if (typeof original !== 'function') continue;
    watched[handler] = (...args: unknown[]) => {
      const copy = JSON.stringify(args[index]);
      const compare = () => {
        if (JSON.stringify(args[index]) !== copy) onChange(handler);
      };
      const answer = original.apply(plugin, args);
      if (answer instanceof Promise) return answer.finally(compare);
      compare();
      return answer;
    };
  }
  return watched as unknown as Subject['plugin'];
}

const validOutputs: Check = {
  id: 'C09',
  title: 'puts out rows that match their fields, with no NaN and no Infinity, and never throws',
  kinds: pureKinds,
  async run(under, options) {
    const subject = subjectOf(under, options);
    const { outputs, faults } = await record(subject);
    assert.deepStrictEqual(faults, [], 'expected no fault over the sample tape');
    const ref = (subject.plugin as { output: Ref }).output;
    for (const output of outputs) {
      if (output.kind !== 'row' && output.kind !== 'signal') continue;
      // A row that was withdrawn.
      if (output.kind === 'row' && output.content === undefined) continue;
      const row = output.kind === 'row' ? output.content : (output.content as { row: unknown }).row;
      const problem = rowProblem(ref.fields, row);
      assert.equal(
        problem,
        undefined,
        `expected a row that ${ref.id} allows for ${output.key}, found: ${problem}`,
      );
    }
  },
};

const noAmbience: Check = {
  id: 'C10',
  title: 'uses no ambient clock, random numbers, timers or network inside its handlers',
  kinds: pureKinds,
  async run(under, options) {
    const subject = subjectOf(under, options);
    const uses = await withoutAmbience(subject.plugin, async replacement => {
      await record(subject, subject.tape, { replacement });
    });
    assert.deepStrictEqual([...new Set(uses.map(use => `${use.what} in ${use.handler}`))], []);
  },
};

export const purityChecks: readonly Check[] = [inputsUntouched, validOutputs, noAmbience];
