import type { EventRef } from '../plugin-api/index.ts';
import { coreEvents } from '../plugin-api/index.ts';
import type { Plan } from './plan.ts';

/** The events that a plan's tape can hold: what is planned, and what only the core makes. */
export function eventRefsOf(plan: Plan): ReadonlyMap<string, EventRef> {
  const refs = new Map<string, EventRef>(coreEvents.map(ref => [ref.id, ref as EventRef]));
  for (const ref of plan.refs.values()) if (ref.kind === 'event') refs.set(ref.id, ref as EventRef);
  return refs;
}
