import {
  account,
  block,
  book,
  candidate,
  candle,
  type EventRef,
  type Field,
  type Fields,
  fill,
  funding,
  fundingPayment,
  leaderboard,
  mark,
  metric,
  order,
  position,
  trade,
  transfer,
  vault,
} from '../../../plugin-api/index.ts';
import { type Collected, collected } from '../hyperliquid-messages/collected.ts';
import { fillDedupe } from '../hyperliquid-messages/fills.ts';
import {
  addressText,
  decimalText,
  isObject,
  type JsonObject,
  shown,
  wholeNumber,
} from '../hyperliquid-messages/values.ts';

/** The events that a recording can hold. */
export const recordedEvents = [
  trade,
  fill,
  position,
  account,
  order,
  candle,
  book,
  mark,
  funding,
  fundingPayment,
  leaderboard,
  metric,
  transfer,
  candidate,
  vault,
  block,
] as const;

const byId: ReadonlyMap<string, EventRef> = new Map(recordedEvents.map(ref => [ref.id, ref as EventRef]));

/** The standard event that a stream is named after. */
export function eventOfStream(stream: string): EventRef | undefined {
  return byId.get(stream);
}

/** What stands around a payload. Lines of a tape say all of it; lines written by hand may leave it out. */
export interface Envelope {
  /** When it was received. */
  readonly ts: number;
  /** The exchange's time of it. */
  readonly event?: unknown;
  readonly key?: unknown;
  readonly dedupe?: unknown;
}

/** Makes a draft of the payload of a standard event, or says what is wrong with it. */
export function decodePayload(ref: EventRef, data: unknown, envelope: Envelope): Collected | string {
  if (!isObject(data)) return `a ${ref.id} must be an object; found ${shown(data)}`;
  const payload: Record<string, unknown> = {};
  const problem = readFields(ref.fields, data, payload);
  if (problem !== undefined) return problem;
  const tsEvent = wholeNumber(envelope.event) ?? ownTime(ref, payload) ?? envelope.ts;
  const key = typeof envelope.key === 'string' && envelope.key !== '' ? envelope.key : keyOf(ref, payload);
  const dedupe =
    typeof envelope.dedupe === 'string' && envelope.dedupe !== ''
      ? envelope.dedupe
      : dedupeOf(ref, payload, key, tsEvent);
  return collected(ref, key, tsEvent, dedupe, payload as never);
}

/** Copies the fields that a row knows, in their order; unknown ones are left behind, absent ones become `null`. */
function readFields(fields: Fields, from: JsonObject, to: Record<string, unknown>): string | undefined {
  for (const name of Object.keys(fields)) {
    const field = fields[name] as Field;
    const value = from[name] ?? null;
    if (value === null) {
      if (field.nullable === undefined) return `\`${name}\` is missing`;
      to[name] = null;
      continue;
    }
    const read = readValue(field, value);
    if (read === undefined) return `\`${name}\` must be ${field.kind}; found ${shown(value)}`;
    to[name] = read;
  }
  return undefined;
}

function readValue(field: Field, value: unknown): unknown {
  switch (field.kind) {
    case 'decimal':
      return decimalText(value);
    case 'address':
      return addressText(value);
    case 'integer':
    case 'time':
      return Number.isSafeInteger(value) ? value : undefined;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'string':
      return typeof value === 'string' && value.length <= 4096 ? value : undefined;
    case 'oneOf':
      return typeof value === 'string' && field.values?.includes(value) === true ? value : undefined;
    case 'vector':
      return Array.isArray(value) && value.length === field.length && value.every(Number.isFinite)
        ? value
        : undefined;
    case 'list':
      return readList(field, value);
  }
}

function readList(field: Field, value: unknown): unknown {
  if (!Array.isArray(value) || value.length > (field.length ?? 64)) return undefined;
  const rows: Record<string, unknown>[] = [];
  for (const item of value) {
    const row: Record<string, unknown> = {};
    if (!isObject(item) || readFields(field.of ?? {}, item, row) !== undefined) return undefined;
    rows.push(row);
  }
  return rows;
}

/** The time that a payload itself tells. */
function ownTime(ref: EventRef, payload: JsonObject): number | undefined {
  return ref.id === 'candle' ? wholeNumber(payload.closeTime) : undefined;
}

function keyOf(ref: EventRef, payload: JsonObject): string {
  if (ref.entity === 'market') return 'market';
  return String(ref.entity === 'coin' ? payload.coin : payload.user);
}

function dedupeOf(ref: EventRef, payload: JsonObject, key: string, tsEvent: number): string {
  switch (ref.id) {
    case 'trade':
      return `${key}:${tsEvent}:${payload.tradeId ?? `${payload.takerSide}:${payload.price}:${payload.size}`}`;
    case 'fill':
      return fillDedupe({ ...payload, time: tsEvent } as unknown as Parameters<typeof fillDedupe>[0]);
    case 'candle':
      return `${key}:${payload.interval}:${payload.openTime}`;
    case 'order':
      return `${key}:${payload.orderId}:${payload.status}:${tsEvent}:${payload.size}`;
    case 'metric':
      return `${payload.name}:${payload.period}:${payload.value}`;
    case 'transfer':
      return `${key}:${payload.hash}:${payload.token}:${payload.amount}`;
    default:
      return `${key}:${payload.coin ?? ''}:${tsEvent}`;
  }
}
