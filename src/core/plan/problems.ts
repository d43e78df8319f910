import { type ErrorCode, PlanError, type PlanProblem } from '../errors.ts';

/** Collects everything that is wrong with a set of plugins. */
export interface Problems {
  add(code: ErrorCode, plugins: Iterable<string>, message: string): void;
  /** @throws PlanError when there is any problem, with all of them. */
  throwIfAny(): void;
}

export function collectProblems(): Problems {
  const problems: PlanProblem[] = [];
  return {
    add(code, plugins, message) {
      problems.push({ code, message, plugins: [...new Set(plugins)].sort() });
    },
    throwIfAny() {
      if (problems.length === 0) return;
      // Note: sorted, so that the same mistakes read the same in any order of registration.
      const place = (problem: PlanProblem) => `${problem.plugins.join()} ${problem.code} ${problem.message}`;
      throw new PlanError(problems.toSorted((a, b) => (place(a) < place(b) ? -1 : 1)));
    },
  };
}

/** Names joined for a sentence: `a, b and c`. */
export function listed(names: Iterable<string>): string {
  const sorted = [...new Set(names)].sort();
  return sorted.length < 2 ? (sorted[0] ?? '') : `${sorted.slice(0, -1).join(', ')} and ${sorted.at(-1)}`;
}
