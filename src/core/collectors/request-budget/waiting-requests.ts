import type { RequestPriority } from '../../../plugin-api/index.ts';

/** From the most urgent on. */
export const priorities: readonly RequestPriority[] = ['urgent', 'high', 'normal', 'low'];

/** A request that has waited for so long is treated as one of the next higher priority, in ms. */
export const agePerRankMs = 15_000;

/** A request that waits for its turn. */
export interface WaitingRequest {
  readonly weight: number;
  /** Index of its priority. */
  readonly rank: number;
  /** Since when it waits, in ms. */
  readonly since: number;
  readonly grant: () => void;
}

/** How a request may use a budget: all that is left at once, or spread evenly. */
export type Flow = 'free' | 'paced';

export const flowOf = ({ rank }: Pick<WaitingRequest, 'rank'>): Flow => (rank < 2 ? 'free' : 'paced');

/**
 * Requests by their turn: urgent ones first; of the others priority decides, but each step of it only as much as
 * {@link agePerRankMs} of waiting.
 */
export interface WaitingRequests {
  add(request: WaitingRequest): void;
  remove(request: WaitingRequest): void;
  /** The next of a kind, or of all. */
  next(flow?: Flow): WaitingRequest | undefined;
  /** The weight of all of a kind; of free ones that of the urgent ones alone, while there are any. */
  weight(flow: Flow): number;
  count(rank: number): number;
  readonly size: number;
}

export function createWaitingRequests(): WaitingRequests {
  // Note: those of one priority take turns as they came, so only the first of each can be next.
  const queues = priorities.map(() => new Set<WaitingRequest>());
  const weights = { urgent: 0, free: 0, paced: 0 };
  const kindOf = (request: WaitingRequest) => (request.rank === 0 ? 'urgent' : flowOf(request));
  let size = 0;
  const turn = ({ since, rank }: WaitingRequest): number =>
    rank === 0 ? Number.NEGATIVE_INFINITY : since + rank * agePerRankMs;
  return {
    add(request) {
      queues[request.rank]!.add(request);
      weights[kindOf(request)] += request.weight;
      size++;
    },
    remove(request) {
      if (!queues[request.rank]!.delete(request)) return;
      weights[kindOf(request)] -= request.weight;
      size--;
    },
    next(flow) {
      let first: WaitingRequest | undefined;
      for (const queue of queues) {
        for (const head of queue) {
          if (flow !== undefined && flowOf(head) !== flow) break;
          if (first === undefined || turn(head) < turn(first)) first = head;
          break;
        }
      }
      return first;
    },
    weight: flow => (flow === 'free' && weights.urgent > 0 ? weights.urgent : weights[flow]),
    count: rank => queues[rank]!.size,
    get size() {
      return size;
    },
  };
}
