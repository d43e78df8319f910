import type { ConnectionContext } from './connection-context.ts';
import { InfoError } from './info-error.ts';
import { answerSchema } from './wire/answers.ts';
import { problemOf, unknownKeys } from './wire/check.ts';

/** Judges answers at the edge. */
export interface AnswerCheck {
  /**
   * Gives an answer back, without the rows that are wrong.
   *
   * @throws InfoError `malformed` when the answer as a whole is wrong
   */
  check(type: string, answer: unknown): unknown;
  /** Answers and rows that were wrong. */
  readonly malformed: number;
}

/** Unknown keys are looked for in the first answers of each type, and after that in one of so many. */
const looksAtFirst = 20;
const looksAtOneOf = 50;

export function createAnswerCheck(
  ctx: Pick<ConnectionContext, 'log' | 'reject'>,
  source: string,
): AnswerCheck {
  const seen = new Map<string, number>();
  const saidKeys = new Set<string>();
  let malformed = 0;

  function sayUnknownKeys(type: string, answer: unknown): void {
    const count = seen.get(type) ?? 0;
    seen.set(type, count + 1);
    if (count >= looksAtFirst && count % looksAtOneOf !== 0) return;
    const schema = answerSchema(type);
    if (schema === undefined) return;
    const found =
      'whole' in schema
        ? unknownKeys(schema.whole, answer)
        : new Set(
            (answer as readonly unknown[])
              .slice(-looksAtOneOf)
              .flatMap(row => [...unknownKeys(schema.rows, row)]),
          );
    for (const key of found) {
      const name = `${type}.${key}`;
      // Note: keys may be names of things, of which there is no end.
      if (saidKeys.has(name) || saidKeys.size >= 1_000) continue;
      saidKeys.add(name);
      ctx.log.info('the exchange says something that is not known', { request: type, key });
    }
  }
  function wrong(type: string, problem: string): void {
    malformed += 1;
    ctx.reject({ source: `${source} ${type}`, reason: problem });
  }

  return {
    check(type, answer) {
      const schema = answerSchema(type);
      if (schema === undefined || answer === null) return answer;
      if ('whole' in schema) {
        const problem = problemOf(schema.whole, answer);
        if (problem !== undefined) {
          wrong(type, problem);
          throw new InfoError('malformed', `The answer to \`${type}\` is not what it should be.`, {
            found: problem,
          });
        }
        sayUnknownKeys(type, answer);
        return answer;
      }
      if (!Array.isArray(answer)) {
        wrong(type, 'it: must be a list');
        throw new InfoError('malformed', `The answer to \`${type}\` is not what it should be.`, {
          expected: 'a list',
        });
      }
      const rows = answer.filter((row, place) => {
        const problem = problemOf(schema.rows, row);
        if (problem !== undefined) wrong(type, `row ${place}: ${problem}`);
        return problem === undefined;
      });
      sayUnknownKeys(type, rows);
      return rows.length === answer.length ? answer : rows;
    },
    get malformed() {
      return malformed;
    },
  };
}
