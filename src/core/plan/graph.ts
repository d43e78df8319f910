import type { Entity, Plugin, Ref } from '../../plugin-api/index.ts';
import { checkNames } from './names.ts';
import { type RefUse, usesOf } from './plugin-refs.ts';
import { listed, type Problems } from './problems.ts';
import { checkRef, sameShape } from './ref-shape.ts';

const outputKinds = { feature: 'feature', model: 'score', classifier: 'category', signal: 'signal' } as const;
const inputKinds: Record<Exclude<Plugin['kind'], 'collector'>, readonly string[]> = {
  feature: ['feature'],
  model: ['feature', 'score'],
  classifier: ['feature', 'score', 'category'],
  signal: ['feature', 'score', 'category', 'signal'],
};

/** The entities whose rows can be found from a key of the given one. */
const joins: Record<Entity, readonly Entity[]> = {
  trader: ['trader', 'market'],
  coin: ['coin', 'market'],
  market: ['market'],
  'trader:coin': ['trader:coin', 'trader', 'coin', 'market'],
};

export interface Graph {
  readonly uses: readonly RefUse[];
  /** Every ref that is provided or read, by id. */
  readonly refs: Map<string, Ref>;
  /** The plugins that provide each ref; several only for events. */
  readonly providers: Map<string, Plugin[]>;
}

/** Resolves what plugins read to who provides it. */
export function resolveRefs(plugins: readonly Plugin[], problems: Problems): Graph {
  const uses = plugins.flatMap(usesOf).filter(use => checkRef(use, problems));
  const refs = new Map<string, Ref>();
  const providers = new Map<string, Plugin[]>();
  for (const [id, ofRef] of Map.groupBy(uses, use => use.ref.id)) {
    const provided = ofRef.filter(use => use.role === 'provides');
    refs.set(id, (provided[0] ?? (ofRef[0] as RefUse)).ref);
    providers.set(id, [...new Set(provided.map(use => use.plugin))]);
    checkAgreement(id, ofRef, problems);
    checkProviders(id, ofRef, provided, problems);
  }
  for (const use of uses) checkKindAndEntity(use, problems);
  for (const plugin of plugins) checkJoinable(plugin, uses, problems);
  checkNames(refs, id => uses.filter(use => use.ref.id === id).map(use => use.plugin.id), problems);
  return { uses, refs, providers };
}

function checkAgreement(id: string, uses: readonly RefUse[], problems: Problems): void {
  const versions = Map.groupBy(uses, use => use.ref.version);
  if (versions.size > 1) {
    const said = [...versions]
      .sort(([a], [b]) => a - b)
      .map(([version, users]) => `version ${version} by ${listed(users.map(use => use.plugin.id))}`);
    problems.add(
      'PLAN_VERSION_CONFLICT',
      uses.map(use => use.plugin.id),
      `${id} is named in different versions: ${said.join('; ')}. Install plugins that agree on one version.`,
    );
    return;
  }
  const first = uses[0] as RefUse;
  const others = uses.filter(use => !sameShape(use.ref, first.ref));
  if (others.length > 0) {
    problems.add(
      'PLAN_REF_MISMATCH',
      uses.map(use => use.plugin.id),
      `${id} version ${first.ref.version} means one thing in ${first.plugin.id} and another in ` +
        `${listed(others.map(use => use.plugin.id))} (kind, entity or fields differ). Import the same ref in all of them, or ` +
        'raise the version of the changed one.',
    );
  }
}

function checkProviders(
  id: string,
  uses: readonly RefUse[],
  provided: readonly RefUse[],
  problems: Problems,
): void {
  const kind = (uses[0] as RefUse).ref.kind;
  if (kind === 'event') {
    const wrong = provided.filter(() => id.startsWith('core.'));
    if (wrong.length > 0) {
      const ids = wrong.map(use => use.plugin.id);
      problems.add(
        'PLAN_REF_RESERVED',
        ids,
        `${listed(ids)} would emit ${id}; only the core emits events named core.*.`,
      );
    }
    return;
  }
  const names = provided.map(use => use.plugin.id);
  if (names.length > 1) {
    problems.add(
      'PLAN_PROVIDER_DUPLICATE',
      names,
      `${id} is provided by ${listed(names)}; a ${kind} has one provider. Disable all but one of them.`,
    );
  }
  if (names.length > 0) return;
  const needing = uses.filter(use => !use.optional).map(use => use.plugin.id);
  if (needing.length > 0) {
    problems.add(
      'PLAN_PROVIDER_MISSING',
      needing,
      `${listed(needing)} ${new Set(needing).size === 1 ? 'needs' : 'need'} ${id}, which no plugin provides. ` +
        `Add a plugin whose output is ${id}, or disable ${listed(needing)}.`,
    );
  }
}

function checkKindAndEntity({ plugin, place, role, ref }: RefUse, problems: Problems): void {
  if (plugin.kind === 'collector' || place === 'on') {
    if (ref.kind === 'event') return;
    problems.add(
      role === 'provides' ? 'PLAN_OUTPUT_KIND' : 'PLAN_INPUT_KIND',
      [plugin.id],
      `${plugin.id}: \`${place}\` takes events; found ${ref.id}, a ${ref.kind}.`,
    );
    return;
  }
  if (role === 'provides') {
    const expected = outputKinds[plugin.kind];
    if (ref.kind !== expected) {
      problems.add(
        'PLAN_OUTPUT_KIND',
        [plugin.id],
        `${plugin.id}: a ${plugin.kind}'s output is a ${expected}; found ${ref.id}, a ${ref.kind}.`,
      );
    }
    return;
  }
  const allowed = place === 'trigger' ? ['event', ...inputKinds.signal] : inputKinds[plugin.kind];
  if (!allowed.includes(ref.kind)) {
    problems.add(
      'PLAN_INPUT_KIND',
      [plugin.id],
      `${plugin.id}: \`${place}\` of a ${plugin.kind} must be a ${allowed.join(' or a ')}; found ${ref.id}, a ${ref.kind}. ` +
        'Data flows from collector to feature to model to classifier to signal.',
    );
  }
}

/** A model's or classifier's inputs are found by the key of its output. */
function checkJoinable(plugin: Plugin, uses: readonly RefUse[], problems: Problems): void {
  if (plugin.kind !== 'model' && plugin.kind !== 'classifier') return;
  const entity: Entity = plugin.output?.entity;
  const inputs = uses.filter(use => use.plugin === plugin && use.role === 'reads');
  for (const { ref, place } of inputs) {
    if (entity === undefined || joins[entity]?.includes(ref.entity)) continue;
    problems.add(
      'PLAN_ENTITY_MISMATCH',
      [plugin.id],
      `${plugin.id}: its output ${plugin.output.id} is keyed by ${entity}, and \`${place}\` (${ref.id}) by ${ref.entity}, of ` +
        `which such a key names no row. Read refs keyed by ${joins[entity]?.join(', ')}.`,
    );
  }
  if (!inputs.some(use => use.ref.entity === entity)) {
    problems.add(
      'PLAN_ENTITY_MISMATCH',
      [plugin.id],
      `${plugin.id}: none of its inputs is keyed by ${entity} as its output ${plugin.output?.id} is, so that nothing tells when ` +
        `to compute a row. Add an input keyed by ${entity}.`,
    );
  }
}
