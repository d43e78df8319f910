/** Everything that can go wrong on purpose. `docs/local-exchange.md` says what each does. */
export const faultKinds = [
  'drop',
  'half-open',
  'rotate',
  'reject-upgrade',
  'duplicate-frames',
  'drop-frames',
  'reorder-frames',
  'late-frames',
  'late-ack',
  'unknown-keys',
  'late-candles',
  'partial-candles',
  'tid-collision',
  'nan-premium',
  'clock-leap',
  'http-status',
  'slow-answers',
  'truncated-answers',
  'ban',
  'restart',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** One fault. What a kind has no use for is ignored. */
export interface Fault {
  readonly kind: FaultKind;
  /** How long it lasts, in milliseconds of wall time; 0 for what happens once. */
  readonly durationMs?: number;
  /** The part of sockets, frames or requests that are hit, from 0 to 1; each kind has its own default. */
  readonly share?: number;
  /** Only frames of these channels, such as `trades`; all by default. */
  readonly channels?: readonly string[];
  /** Only frames of these coins; all by default. */
  readonly coins?: readonly string[];
  /** How late frames, candles and answers come, at most. */
  readonly delayMs?: number;
  /** Of `http-status`: 429, 500, 502 or 503. */
  readonly status?: number;
  /** Of `clock-leap`: how far, backwards when negative. */
  readonly leapMs?: number;
}

/** A fault that is to begin some time after the start of its plan. */
export interface PlannedFault {
  readonly atMs: number;
  readonly fault: Fault;
}

/** A fault that has begun. */
export interface ActiveFault {
  readonly id: number;
  readonly fault: Fault;
  /** Milliseconds since the exchange's start. */
  readonly since: number;
  readonly until: number;
  /** Why it could not happen, where the market has no place for it. */
  readonly failed?: string;
}

/** Defaults by kind: how long it lasts, whom it hits, how late things come. */
export const faultDefaults: Readonly<
  Record<FaultKind, Required<Pick<Fault, 'durationMs' | 'share'>> & Fault>
> = {
  drop: { kind: 'drop', durationMs: 0, share: 1 },
  'half-open': { kind: 'half-open', durationMs: 0, share: 1 },
  rotate: { kind: 'rotate', durationMs: 0, share: 1 },
  'reject-upgrade': { kind: 'reject-upgrade', durationMs: 5_000, share: 1 },
  'duplicate-frames': { kind: 'duplicate-frames', durationMs: 5_000, share: 0.3 },
  'drop-frames': { kind: 'drop-frames', durationMs: 5_000, share: 0.3 },
  'reorder-frames': { kind: 'reorder-frames', durationMs: 5_000, share: 1, delayMs: 400 },
  'late-frames': { kind: 'late-frames', durationMs: 5_000, share: 1, delayMs: 1_000 },
  'late-ack': { kind: 'late-ack', durationMs: 10_000, share: 1, delayMs: 300 },
  'unknown-keys': { kind: 'unknown-keys', durationMs: 10_000, share: 1 },
  'late-candles': { kind: 'late-candles', durationMs: 30_000, share: 1, delayMs: 3_000 },
  'partial-candles': { kind: 'partial-candles', durationMs: 120_000, share: 1 },
  'tid-collision': { kind: 'tid-collision', durationMs: 0, share: 1 },
  'nan-premium': { kind: 'nan-premium', durationMs: 0, share: 0.05 },
  'clock-leap': { kind: 'clock-leap', durationMs: 0, share: 1, leapMs: 5_000 },
  'http-status': { kind: 'http-status', durationMs: 5_000, share: 1, status: 502 },
  'slow-answers': { kind: 'slow-answers', durationMs: 10_000, share: 1, delayMs: 2_000 },
  'truncated-answers': { kind: 'truncated-answers', durationMs: 5_000, share: 0.5 },
  ban: { kind: 'ban', durationMs: 10_000, share: 1 },
  restart: { kind: 'restart', durationMs: 1_000, share: 1 },
};
