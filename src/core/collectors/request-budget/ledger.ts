/** Where processes agree on what each may spend of one budget. */
export interface BudgetLedger {
  /** Says what was spent, gives back what was not, and asks for more. */
  exchange(request: LedgerRequest): Promise<LedgerAnswer>;
  /** How the budget stands, over all processes. */
  read(): Promise<LedgerReading>;
}

export interface LedgerRequest {
  /** Who asks. What it held before is given back, less what it has spent. */
  readonly owner: string;
  /** Weight that may be spent within any minute. */
  readonly perMinute: number;
  /** For how long, from before it is asked for, what is granted may be spent, in ms. */
  readonly leaseMs: number;
  /** What was spent since the last time, and how long ago the last of it was, in ms. */
  readonly spent:
    | { readonly weight: number; readonly pacedWeight: number; readonly agoMs: number }
    | undefined;
  /** For requests that may take all that is left at once. */
  readonly free: Want;
  /** For requests that are spread evenly. */
  readonly paced: Want;
  /** Weight of the window that is left for requests that are more urgent than the free ones. */
  readonly keep: number;
  /** Which of the two has waited for longer than it should; while the window holds it up the other gets nothing. */
  readonly first: 'free' | 'paced';
  /** Has nobody be granted anything for so long, in ms: the server refused. */
  readonly blockMs?: number | undefined;
}

export interface Want {
  readonly weight: number;
  /** The next request's; a grant below it would be of no use, and is 0. */
  readonly least: number;
}

export interface LedgerAnswer {
  readonly free: number;
  readonly paced: number;
  /** When it is worth asking again, in ms from now; 0 when everything was granted. */
  readonly waitMs: number;
  /** For how long nobody is granted anything, in ms. */
  readonly blockedMs: number;
  /** How many ask at present. */
  readonly owners: number;
}

export interface LedgerReading {
  /** Weight spent within the last minute, or held by processes that may still spend it. */
  readonly used: number;
  readonly blockedMs: number;
  /** How often the server refused, since the budget was first used. */
  readonly refusals: number;
}

/** What is kept of a budget; plain data. Times in ms of the ledger's clock. */
export interface LedgerState {
  /** Weight that counts until a time: what was spent, and, with an owner, what may still be. */
  readonly entries: readonly Entry[];
  /** When the even flow has caught up with what was granted ahead of it. */
  readonly pacedUntil: number;
  readonly blockedUntil: number;
  readonly refusals: number;
}

interface Entry {
  readonly owner?: string;
  readonly weight: number;
  /** How much of it was granted as paced. */
  readonly paced?: number;
  readonly until: number;
}

export const emptyLedger: LedgerState = { entries: [], pacedUntil: 0, blockedUntil: 0, refusals: 0 };

const minuteMs = 60_000;
/**
 * What is spent counts for a minute and a little more, since a request leaves a little after it was granted: the next one must not be
 * granted a minute after the grant, but a minute after that.
 */
const countsMs = minuteMs + 500;
/** Share of a budget that paced requests get when nobody else asks. */
const pacedShare = 0.9;
/** Share of a budget that paced requests may get ahead of their even flow. */
const burstShare = 0.05;
/** Entries are kept apart no finer than this, so that there are few. */
const grainMs = 250;

/**
 * One step of a budget. What was granted may be spent at any moment of its lease, so it counts from when it is granted until a
 * minute after the lease's end; once it is known to be spent, until a minute after that. Whatever is spent within some minute
 * counts at that minute's end, and what counts at one moment never exceeds the size: so no minute ever exceeds it.
 */
export function settle(
  state: LedgerState,
  request: LedgerRequest,
  now: number,
): readonly [LedgerState, LedgerAnswer] {
  const { owner, perMinute, leaseMs, spent, free, paced, keep, first } = request;
  const flowPerMs = (pacedShare * perMinute) / minuteMs;
  const burst = burstShare * perMinute;

  const held = state.entries.find(entry => entry.owner === owner);
  const entries = state.entries.filter(
    // Note: after a restart of the machine its clock begins anew, and what was written before lies far ahead.
    entry => entry !== held && entry.until > now && entry.until <= now + 2 * minuteMs + leaseMs,
  );
  if (spent !== undefined && spent.weight > 0) addSpent(entries, spent.weight, now - spent.agoMs + countsMs);
  const pacedBack = Math.max(0, (held?.paced ?? 0) - (spent?.pacedWeight ?? 0));
  let pacedUntil = Math.min(state.pacedUntil, now + minuteMs) - pacedBack / flowPerMs;

  const refusals = state.refusals + (request.blockMs === undefined ? 0 : 1);
  const blockedUntil = Math.max(
    Math.min(state.blockedUntil, now + 10 * minuteMs),
    request.blockMs === undefined ? 0 : now + request.blockMs,
  );
  const blockedMs = Math.max(0, blockedUntil - now);

  const used = entries.reduce((sum, { weight }) => sum + weight, 0);
  let left = blockedMs > 0 ? 0 : Math.max(0, perMinute - used);
  const flow = burst - Math.max(0, pacedUntil - now) * flowPerMs;
  // Note: a request that weighs more than is ever gathered goes when all that can be is.
  const flowing = pacedUntil <= now ? Math.max(flow, paced.least) : flow;
  const granted = { free: 0, paced: 0 };
  let isHeldUp = false;
  for (const kind of first === 'free' ? (['free', 'paced'] as const) : (['paced', 'free'] as const)) {
    const want = kind === 'free' ? free : paced;
    if (want.weight === 0 || isHeldUp) continue;
    // Note: the last of the window is for urgent requests, and for free ones as far as paced ones are concerned, unless a paced one
    // has waited for long; but what weighs so much that it can never have less goes when nothing else counts.
    const reserve = kind === 'free' ? keep : first === 'free' ? burst : 0;
    const room = left - (used > 0 || want.least + reserve <= perMinute ? reserve : 0);
    isHeldUp = room < want.least;
    const most = Math.min(want.weight, room, kind === 'paced' ? flowing : room);
    if (most <= 0 || most < want.least) continue;
    granted[kind] = most;
    left -= most;
  }
  if (granted.paced > 0) pacedUntil = Math.max(pacedUntil, now) + granted.paced / flowPerMs;
  const total = granted.free + granted.paced;
  if (total > 0) {
    entries.push({ owner, weight: total, paced: granted.paced, until: now + leaseMs + countsMs });
  }

  const waits: number[] = [];
  if (free.weight > granted.free && granted.free < free.least) {
    waits.push(windowWait(entries, free.least, perMinute - keep, now));
  }
  if (paced.weight > granted.paced && granted.paced < paced.least) {
    const gathered = Math.min(paced.least, burst);
    const flowWait = pacedUntil + (gathered - burst) / flowPerMs - now;
    const limit = first === 'paced' ? perMinute : perMinute - burst;
    waits.push(Math.max(flowWait, windowWait(entries, paced.least, limit, now)));
  }
  const waitMs = waits.length === 0 ? 0 : Math.max(1, blockedMs, Math.ceil(Math.min(...waits)));
  const owners = new Set(entries.flatMap(entry => entry.owner ?? []));
  owners.add(owner);
  return [
    { entries, pacedUntil, blockedUntil, refusals },
    { ...granted, waitMs, blockedMs, owners: owners.size },
  ];
}

export function readLedger(state: LedgerState, now: number): LedgerReading {
  return {
    used: state.entries.reduce((sum, { weight, until }) => sum + (until > now ? weight : 0), 0),
    blockedMs: Math.max(0, state.blockedUntil - now),
    refusals: state.refusals,
  };
}

function addSpent(entries: Entry[], weight: number, until: number): void {
  const end = Math.ceil(until / grainMs) * grainMs;
  const same = entries.findIndex(entry => entry.owner === undefined && entry.until === end);
  if (same === -1) entries.push({ weight, until: end });
  else entries[same] = { weight: entries[same]!.weight + weight, until: end };
}

/** How long until `weight` fits below a limit, in ms; until nothing counts any more where it never does. */
function windowWait(entries: readonly Entry[], weight: number, limit: number, now: number): number {
  let used = entries.reduce((sum, entry) => sum + entry.weight, 0);
  if (used + weight <= limit) return 0;
  for (const entry of entries.toSorted((a, b) => a.until - b.until)) {
    used -= entry.weight;
    if (used + weight <= limit) return entry.until - now;
  }
  return Math.max(0, ...entries.map(({ until }) => until - now));
}
