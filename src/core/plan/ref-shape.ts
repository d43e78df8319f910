import type { Field, Fields, Ref } from '../../plugin-api/index.ts';
import type { RefUse } from './plugin-refs.ts';
import type { Problems } from './problems.ts';

const dotted = /^[a-z][a-z0-9]*([.-][a-z0-9]+)*$/;
const camelCase = /^[a-z][A-Za-z0-9]*$/;
const kinds = ['event', 'feature', 'score', 'category', 'signal'];
const entities = ['trader', 'coin', 'market', 'trader:coin'];
const measured = ['number', 'integer', 'decimal', 'time', 'vector'];

/** Checks that a ref is one, and that every field of it is documented. */
export function checkRef(use: RefUse, problems: Problems): boolean {
  const { ref, plugin, place } = use;
  const fail = (found: string) => {
    problems.add('PLAN_REF_INVALID', [plugin.id], `${plugin.id}: \`${place}\`: ${found}`);
    return false;
  };
  if (
    typeof ref !== 'object' ||
    ref === null ||
    typeof ref.id !== 'string' ||
    typeof ref.fields !== 'object'
  ) {
    return fail(`expected a ref made by event, feature, score, category or signal; found ${typeof ref}.`);
  }
  let valid = true;
  if (!dotted.test(ref.id)) {
    valid = fail(
      `a ref's id is dotted lower-case words, such as wallet.features; found ${JSON.stringify(ref.id)}.`,
    );
  }
  if (!kinds.includes(ref.kind)) valid = fail(`${ref.id} has the unknown kind ${String(ref.kind)}.`);
  if (!entities.includes(ref.entity)) {
    valid = fail(`${ref.id}: \`entity\` must be one of ${entities.join(', ')}; found ${String(ref.entity)}.`);
  }
  if (!Number.isInteger(ref.version) || ref.version < 1) {
    valid = fail(`${ref.id}: \`version\` must be an integer from 1; found ${String(ref.version)}.`);
  }
  if (typeof ref.doc !== 'string' || ref.doc.trim() === '') {
    problems.add(
      'PLAN_DOC_MISSING',
      [plugin.id],
      `${plugin.id}: the ref ${ref.id} has no \`doc\`; say what its rows are.`,
    );
  }
  checkFields(ref.fields, `${ref.id}`, plugin.id, problems);
  return valid;
}

function checkFields(fields: Fields, path: string, plugin: string, problems: Problems): void {
  if (Object.keys(fields).length === 0) {
    problems.add(
      'PLAN_FIELD_INVALID',
      [plugin],
      `${plugin}: ${path} has no fields; a row needs at least one.`,
    );
  }
  for (const [name, field] of Object.entries(fields)) {
    const at = `${path}.${name}`;
    if (!camelCase.test(name)) {
      problems.add(
        'PLAN_FIELD_INVALID',
        [plugin],
        `${plugin}: a field's name is camelCase; found ${at}. Rename it.`,
      );
    }
    if (typeof field?.doc !== 'string' || field.doc.trim() === '') {
      problems.add(
        'PLAN_DOC_MISSING',
        [plugin],
        `${plugin}: the field ${at} has no \`doc\`; say what it holds.`,
      );
    }
    if (field?.nullable !== undefined && field.nullable.trim() === '') {
      problems.add(
        'PLAN_DOC_MISSING',
        [plugin],
        `${plugin}: \`nullable\` of ${at} must say why it may be null.`,
      );
    }
    if (measured.includes(field?.kind) && (typeof field.unit !== 'string' || field.unit.trim() === '')) {
      problems.add(
        'PLAN_DOC_MISSING',
        [plugin],
        `${plugin}: the field ${at} has no \`unit\`; give one, such as USD, ms, or ratio when it has none.`,
      );
    }
    if (field?.of !== undefined) checkFields(field.of, at, plugin, problems);
  }
}

/** Whether two refs are the same in everything that matters to rows; documentation may differ. */
export function sameShape(a: Ref, b: Ref): boolean {
  return (
    a === b ||
    (a.kind === b.kind &&
      a.entity === b.entity &&
      a.version === b.version &&
      (a.emitted ?? 'beat') === (b.emitted ?? 'beat') &&
      sameFields(a.fields, b.fields))
  );
}

function sameFields(a: Fields, b: Fields): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every(name => {
      const left = a[name];
      const right = b[name];
      return left !== undefined && right !== undefined && sameField(left, right);
    })
  );
}

function sameField(a: Field, b: Field): boolean {
  return (
    a.kind === b.kind &&
    a.unit === b.unit &&
    (a.nullable === undefined) === (b.nullable === undefined) &&
    a.min === b.min &&
    a.max === b.max &&
    a.length === b.length &&
    JSON.stringify(a.values) === JSON.stringify(b.values) &&
    (a.of === b.of || (a.of !== undefined && b.of !== undefined && sameFields(a.of, b.of)))
  );
}
