import type { Input, OptionalRef, Plugin, Ref } from '../../plugin-api/index.ts';

/** One place where a plugin names a ref. */
export interface RefUse {
  readonly plugin: Plugin;
  /** Such as `inputs.position`, `on`, `output`. */
  readonly place: string;
  readonly role: 'reads' | 'provides';
  readonly ref: Ref;
  readonly optional: boolean;
}

function isOptional(input: Input): input is OptionalRef {
  return 'optional' in input && input.optional === true;
}

export function refOfInput(input: Input): Ref {
  return isOptional(input) ? input.ref : input;
}

/** Every ref that a plugin names, in the order in which it names them. */
export function usesOf(plugin: Plugin): readonly RefUse[] {
  const uses: RefUse[] = [];
  const read = (place: string, ref: Ref, optional = false) =>
    uses.push({ plugin, place, role: 'reads', ref, optional });
  const provide = (place: string, ref: Ref) =>
    uses.push({ plugin, place, role: 'provides', ref, optional: false });

  if (plugin.kind === 'collector') {
    for (const ref of list(plugin.emits)) provide('emits', ref);
    return uses;
  }
  if (plugin.kind === 'feature') for (const ref of list(plugin.on)) read('on', ref);
  if (plugin.kind === 'signal') for (const ref of list(plugin.trigger)) read('trigger', ref);
  for (const [name, input] of Object.entries((plugin.inputs ?? {}) as Record<string, Input>)) {
    if (typeof input !== 'object' || input === null) read(`inputs.${name}`, input);
    else read(`inputs.${name}`, refOfInput(input), isOptional(input));
  }
  provide('output', plugin.output);
  return uses;
}

function list(refs: unknown): readonly Ref[] {
  return Array.isArray(refs) ? refs : [];
}
