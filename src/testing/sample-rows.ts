import type { AnyRow } from '../core/event.ts';
import type { Field, Fields } from '../plugin-api/index.ts';

/** A uniform number in [0, 1) from a seed; each call moves on. */
export type Draw = () => number;

/** A small, seeded generator (mulberry32, public domain by T. Ettinger). */
export function seededDraw(seed: number): Draw {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The n-th of an endless row of valid, distinct wallet addresses. */
export function sampleAddress(n: number): string {
  return `0x${(n + 1).toString(16).padStart(40, '0')}`;
}

/** A row that a ref's fields allow, drawn at random; nullable fields are null one time in eight. */
export function sampleRow(fields: Fields, draw: Draw, now: number): AnyRow {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, sampleValue(field, draw, now)]),
  );
}

function sampleValue(field: Field, draw: Draw, now: number): unknown {
  if (field.nullable !== undefined && draw() < 0.125) return null;
  const low = field.min ?? (field.max === undefined ? 0 : Math.min(0, field.max - 1));
  const high = field.max ?? Math.max(low + 1, 1_000);
  switch (field.kind) {
    case 'number':
      return low + draw() * (high - low);
    case 'integer':
      return Math.min(high, Math.ceil(low) + Math.floor(draw() * (high - low + 1)));
    case 'decimal':
      return (draw() * 1_000).toFixed(4);
    case 'string':
      return `text-${Math.floor(draw() * 5)}`;
    case 'oneOf':
      return field.values?.[Math.floor(draw() * field.values.length)] ?? null;
    case 'boolean':
      return draw() < 0.5;
    case 'address':
      return sampleAddress(Math.floor(draw() * 6));
    case 'time':
      return now - Math.floor(draw() * 60_000);
    case 'vector':
      return Array.from({ length: field.length ?? 0 }, () => draw() * 2 - 1);
    case 'list':
      return Array.from({ length: Math.floor(draw() * Math.min(field.length ?? 0, 4)) }, () =>
        sampleRow(field.of ?? {}, draw, now),
      );
  }
}
