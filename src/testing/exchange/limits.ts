import { performance } from 'node:perf_hooks';

/** What one address may ask of the exchange. */
export interface ExchangeLimits {
  /** Weight of all requests in any minute. */
  readonly weightPerMinute: number;
  /** Sockets open at a time. */
  readonly connections: number;
  /** Sockets opened in any minute. */
  readonly newConnectionsPerMinute: number;
  /** Subscriptions over all sockets. */
  readonly subscriptions: number;
  /** Distinct users followed over all sockets; the refusal's text names one more, as the exchange's does. */
  readonly users: number;
  /** Frames sent by the client in any minute over all sockets: subscribe, unsubscribe, ping and post together. */
  readonly framesPerMinute: number;
  /** Posts that are not answered yet. */
  readonly pendingPosts: number;
  /** JSON-RPC requests of HyperEVM in any minute. */
  readonly evmRequestsPerMinute: number;
}

/** The exchange's own limits. */
export const exchangeLimits: ExchangeLimits = {
  weightPerMinute: 1_200,
  connections: 10,
  newConnectionsPerMinute: 30,
  subscriptions: 1_000,
  users: 14,
  framesPerMinute: 2_000,
  pendingPosts: 100,
  evmRequestsPerMinute: 100,
};

/** How one limit has been used. */
export interface LimitUse {
  readonly limit: number;
  readonly used: number;
  /** The most that was in use at a time, or in any window, since the start. */
  readonly highWater: number;
  /** How often more was refused. */
  readonly refused: number;
}

/** Counts against one limit. */
export interface Meter {
  /** Takes an amount, unless that would exceed the limit: then it counts a refusal and returns false. */
  take(amount?: number): boolean;
  /** Adds an amount whatever the limit says: what an answer turned out to cost. */
  charge(amount: number): void;
  /** Gives back what has ended; meters of a window forget by themselves. */
  give(amount?: number): void;
  use(): LimitUse;
}

export type LimitName = keyof ExchangeLimits;

/** The meters of one client address. */
export type AddressMeters = Readonly<Record<LimitName, Meter>> & {
  /** Follows a user on behalf of a subscription; false where that would be one user too many. */
  followUser(user: string): boolean;
  unfollowUser(user: string): void;
};

/** The meters of all client addresses. */
export interface LimitBook {
  of(address: string): AddressMeters;
  /** Uses of all addresses together: sums of used and refused, the highest of the high-water marks. */
  uses(): Record<LimitName, LimitUse>;
  byAddress(): Record<string, Record<LimitName, LimitUse>>;
  /** Forgets everything, as a restart of the server does, but keeps the high-water marks and refusals. */
  forget(): void;
}

const minuteMs = 60_000;
const slotMs = 500;
const windowed: ReadonlySet<LimitName> = new Set([
  'weightPerMinute',
  'newConnectionsPerMinute',
  'framesPerMinute',
  'evmRequestsPerMinute',
]);

/** Meters by the limits that hold; an address gets its own at its first request. */
export function createLimitBook(
  limits: ExchangeLimits,
  now: () => number = () => performance.now(),
): LimitBook {
  const addresses = new Map<string, AddressMeters & { forget(): void }>();
  const names = Object.keys(exchangeLimits) as LimitName[];
  const usesOf = (meters: AddressMeters) =>
    Object.fromEntries(names.map(name => [name, meters[name].use()])) as Record<LimitName, LimitUse>;
  return {
    of(address) {
      const known = addresses.get(address);
      if (known !== undefined) return known;
      const meters = createAddressMeters(limits, now);
      addresses.set(address, meters);
      return meters;
    },
    uses() {
      const all = [...addresses.values()].map(usesOf);
      return Object.fromEntries(
        names.map(name => [
          name,
          {
            limit: limits[name],
            used: all.reduce((sum, uses) => sum + uses[name].used, 0),
            highWater: all.reduce((most, uses) => Math.max(most, uses[name].highWater), 0),
            refused: all.reduce((sum, uses) => sum + uses[name].refused, 0),
          },
        ]),
      ) as Record<LimitName, LimitUse>;
    },
    byAddress: () => Object.fromEntries([...addresses].map(([address, meters]) => [address, usesOf(meters)])),
    forget() {
      for (const meters of addresses.values()) meters.forget();
    },
  };
}

function createAddressMeters(limits: ExchangeLimits, now: () => number) {
  const users = new Map<string, number>();
  const meters = Object.fromEntries(
    (Object.keys(exchangeLimits) as LimitName[]).map(name => [
      name,
      windowed.has(name) ? createWindowMeter(limits[name], now) : createLevelMeter(limits[name]),
    ]),
  ) as Record<LimitName, Meter & { forget(): void }>;
  return {
    ...meters,
    followUser(user: string): boolean {
      const count = users.get(user) ?? 0;
      if (count === 0 && !meters.users.take()) return false;
      users.set(user, count + 1);
      return true;
    },
    unfollowUser(user: string): void {
      const count = users.get(user) ?? 0;
      if (count > 1) users.set(user, count - 1);
      else if (users.delete(user)) meters.users.give();
    },
    forget(): void {
      users.clear();
      for (const meter of Object.values(meters)) meter.forget();
    },
  };
}

/** Counts what is in use at a time. */
function createLevelMeter(limit: number): Meter & { forget(): void } {
  let used = 0;
  let highWater = 0;
  let refused = 0;
  return {
    take(amount = 1) {
      if (used + amount > limit) {
        refused += 1;
        return false;
      }
      this.charge(amount);
      return true;
    },
    charge(amount) {
      used += amount;
      highWater = Math.max(highWater, used);
    },
    give(amount = 1) {
      used = Math.max(0, used - amount);
    },
    use: () => ({ limit, used, highWater, refused }),
    forget() {
      used = 0;
    },
  };
}

/**
 * Counts what was taken within any minute.
 *
 * Note: a sliding window is the strictest reading of "1,200 a minute". A bucket that refills lets twice as much through
 * in the worst minute, and who keeps within this keeps within that.
 */
function createWindowMeter(limit: number, now: () => number): Meter & { forget(): void } {
  const slots = new Float64Array(minuteMs / slotMs + 1);
  let head = Math.floor(now() / slotMs);
  let used = 0;
  let highWater = 0;
  let refused = 0;
  const move = (): void => {
    const slot = Math.floor(now() / slotMs);
    for (let steps = Math.min(slot - head, slots.length); steps > 0; steps -= 1) {
      const index = (slot - steps + 1) % slots.length;
      used -= slots[index] ?? 0;
      slots[index] = 0;
    }
    head = slot;
  };
  return {
    take(amount = 1) {
      move();
      if (used + amount > limit) {
        refused += 1;
        return false;
      }
      this.charge(amount);
      return true;
    },
    charge(amount) {
      move();
      const index = head % slots.length;
      slots[index] = (slots[index] ?? 0) + amount;
      used += amount;
      highWater = Math.max(highWater, used);
    },
    give() {},
    use() {
      move();
      return { limit, used, highWater, refused };
    },
    forget() {
      slots.fill(0);
      used = 0;
    },
  };
}
