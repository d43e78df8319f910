import type { Enums } from './enums.ts';

// Note: every list has these, whatever the type of its parent; Pothos would want one function for each.
interface ArgumentBuilder {
  readonly arg: (options: Record<string, unknown>) => never;
}

/** A half-open range of event time, and the direction: newest first unless asked otherwise. */
export function timeArgs(t: unknown, enums: Enums): Record<'from' | 'to' | 'direction', never> {
  const { arg } = t as ArgumentBuilder;
  return {
    from: arg({ type: 'Timestamp', description: 'Not before this moment.' }),
    to: arg({ type: 'Timestamp', description: 'Before this moment.' }),
    ...directionArg(t, enums),
  };
}

export function directionArg(t: unknown, enums: Enums): Record<'direction', never> {
  const { arg } = t as ArgumentBuilder;
  return {
    direction: arg({
      type: enums.direction,
      defaultValue: 'descending',
      description: 'Default: newest first.',
    }),
  };
}
