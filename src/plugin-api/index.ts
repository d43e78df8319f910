/**
 * What plugin authors import. It has no implementation behind it but its own: fields, refs, the standard events and rows, and
 * five functions, one for each kind of plugin.
 */
export * from './context.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './fields.ts';
export * from './outputs.ts';
export {
  dropList,
  listPage,
  listStart,
  makeList,
  type NumberLists,
  type PackedInitial,
  type PackedState,
  packed,
} from './packed.ts';
export * from './plugins.ts';
export * from './refs.ts';
export * from './standard-schema.ts';

/** Every version of this contract so far, oldest first; the last is this one. */
export const apiVersions = ['1.0.0'] as const;
/** The version of this contract. */
export const apiVersion = '1.0.0';
