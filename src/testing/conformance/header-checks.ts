import assert from 'node:assert/strict';
import semver from 'semver';
import { makePlan, PlanError } from '../../core/plan.ts';
import {
  apiVersions,
  type Field,
  type Fields,
  type Plugin,
  type Ref,
  type StandardSchema,
} from '../../plugin-api/index.ts';
import { type Check, everyKind } from './check.ts';
import { readsOf, subjectOf } from './subject.ts';

const wellFormed: Check = {
  id: 'C01',
  title: 'says what it is: a kebab-case id, a semantic version, documentation on every field',
  kinds: everyKind,
  async run(under, options) {
    const { plugin, providers, config } = subjectOf(under, options);
    assert.match(
      plugin.id,
      /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
      `expected a kebab-case id, found ${JSON.stringify(plugin.id)}`,
    );
    assert.ok(
      semver.valid(plugin.version),
      `expected a semantic version, found ${JSON.stringify(plugin.version)}`,
    );
    assert.ok(
      semver.validRange(plugin.api),
      `expected a range of API versions, found ${JSON.stringify(plugin.api)}`,
    );
    assertDocumented(plugin.doc, `plugin ${plugin.id}`);
    for (const ref of [...readsOf(plugin), ...writesOf(plugin)]) {
      assertDocumented(ref.doc, `ref ${ref.id}`);
      assertFieldsDocumented(ref.fields, ref.id);
    }
    makePlan({ plugins: [...providers, plugin], config: { [plugin.id]: config } });
  },
};

function writesOf(plugin: Plugin): readonly Ref[] {
  return plugin.kind === 'collector' ? (plugin.emits as readonly Ref[]) : [plugin.output as Ref];
}

function assertDocumented(doc: unknown, what: string): void {
  assert.ok(
    typeof doc === 'string' && doc.trim().length >= 3,
    `expected a sentence of documentation on ${what}, found ${JSON.stringify(doc)}`,
  );
}

function assertFieldsDocumented(fields: Fields, path: string): void {
  for (const [name, field] of Object.entries(fields) as [string, Field][]) {
    assertDocumented(field.doc, `field ${path}.${name}`);
    const measured = ['number', 'integer', 'decimal', 'vector'].includes(field.kind);
    if (measured) assert.ok(field.unit, `expected a unit on field ${path}.${name}, found none`);
    if (field.of) assertFieldsDocumented(field.of, `${path}.${name}`);
  }
}

const strictConfiguration: Check = {
  id: 'C02',
  title: 'accepts an empty configuration or clearly refuses it, and refuses unknown keys',
  kinds: everyKind,
  async run(under, options) {
    const { plugin, providers, config } = subjectOf(under, options);
    const schema = plugin.config as StandardSchema | undefined;
    if (schema === undefined) return;
    const empty = await schema['~standard'].validate({});
    for (const issue of empty.issues ?? []) {
      assert.ok(
        issue.message.length > 0,
        'expected a refusal of `{}` to say what is missing, found an empty message',
      );
      assert.ok(
        (issue.path ?? []).length > 0,
        `expected a refusal of \`{}\` to name the key, found none in ${JSON.stringify(issue.message)}`,
      );
    }
    const known = typeof config === 'object' && config !== null ? config : {};
    const odd = await schema['~standard'].validate({ ...known, anUnknownKeyOfTheKit: 1 });
    assert.ok(
      odd.issues !== undefined,
      'expected an unknown configuration key to be refused, found that it was accepted',
    );
    const refused = () =>
      makePlan({
        plugins: [...providers, plugin],
        config: { [plugin.id]: { ...known, anUnknownKeyOfTheKit: 1 } },
      });
    assert.throws(refused, PlanError);
  },
};

const lowestVersion: Check = {
  id: 'C16',
  title: 'names a range of API versions whose lowest exists and holds what it uses',
  kinds: everyKind,
  async run(under, options) {
    const { plugin, providers, config } = subjectOf(under, options);
    const lowest = semver.minVersion(plugin.api)?.version;
    const known = apiVersions as readonly string[];
    assert.ok(
      lowest !== undefined && known.includes(lowest),
      `expected the lowest version of ${plugin.api} to be one of ${known.join(', ')}, found ${lowest}`,
    );
    makePlan({ plugins: [...providers, plugin], config: { [plugin.id]: config } });
  },
};

export const headerChecks: readonly Check[] = [wellFormed, strictConfiguration, lowestVersion];
