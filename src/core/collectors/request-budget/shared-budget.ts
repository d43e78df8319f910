import type { BudgetSize, Logger, RequestBudget, RequestPriority } from '../../../plugin-api/index.ts';
import type { Clock } from '../../clock.ts';
import { UserError } from '../../errors.ts';
import { linkAbort } from '../linked-abort.ts';
import type { BudgetLedger, LedgerAnswer, Want } from './ledger.ts';
import {
  createWaitingRequests,
  type Flow,
  flowOf,
  priorities,
  type WaitingRequest,
} from './waiting-requests.ts';

/** A budget as this process uses it. */
export interface SharedBudget extends RequestBudget {
  status(): Promise<BudgetStatus>;
  /** Settles what was spent; nothing is granted any more. */
  close(): Promise<void>;
}

/** How a budget stands. */
export interface BudgetStatus {
  readonly name: string;
  readonly perMinute: number;
  /** Weight spent within the last minute or set aside to be, over all processes that share it. */
  readonly used: number;
  readonly left: number;
  /** How often the server refused for too many requests, over all processes. */
  readonly refusals: number;
  /** For how long nothing is granted because of that, in ms. */
  readonly blockedMs: number;
  /** Requests of this process that wait, by priority. */
  readonly waiting: readonly { readonly priority: RequestPriority; readonly count: number }[];
}

export interface SharedBudgetOptions {
  readonly name: string;
  readonly size: BudgetSize;
  /** Who this is among those that share the ledger. */
  readonly owner: string;
  readonly ledger: BudgetLedger;
  readonly clock: Clock;
  readonly log: Logger;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** How long what a process holds may be spent, in ms. */
const leaseMs = 2_000;
/** How much a busy process sets aside besides what is asked for, as a share of a minute's weight. */
const chunkShare = 1 / 40;
/** What of a minute's weight is left for urgent requests, so that those who restart at a bad moment are not blind for a minute. */
const urgentShare = 1 / 10;
/** Between two looks for paced requests, in ms. */
const pacedStepMs = 200;
/** After a refusal that does not say for how long. */
const refusedMs = { first: 10_000, longest: 160_000 };

/** Grants weight to this process's requests, out of chunks that the ledger grants to the process. */
export function createSharedBudget(options: SharedBudgetOptions): SharedBudget {
  const { name, owner, ledger, clock, log, random } = options;
  const { perMinute } = options.size;
  const waiting = createWaitingRequests();
  const credit = { free: 0, paced: 0, until: Number.NEGATIVE_INFINITY };
  let spent = { weight: 0, pacedWeight: 0, lastAt: 0 };
  let owed = 0;
  let blockedUntil = Number.NEGATIVE_INFINITY;
  let blockMs: number | undefined;
  let refusalsInRow = 0;
  let lastExchange = Number.NEGATIVE_INFINITY;
  let exchanging: Promise<LedgerAnswer> | undefined;
  let pumping = false;
  let nudge = new AbortController();
  /** Whether the ledger has not been asked since somebody came who may be next. */
  let isChanged = false;
  let settling: AbortController | undefined;
  const closing = new AbortController();

  const spend = (weight: number, pacedWeight: number): void => {
    spent = {
      weight: spent.weight + weight,
      pacedWeight: spent.pacedWeight + pacedWeight,
      lastAt: clock.now(),
    };
  };

  /** Grants what the credit allows, in turn; one that does not fit lets only the other kind pass. */
  function grantFromCredit(): void {
    if (clock.now() >= credit.until) return;
    let kinds: readonly (Flow | undefined)[] = [undefined];
    for (;;) {
      const request = waiting.next(kinds[0]);
      if (request === undefined) return;
      const flow = flowOf(request);
      const usable = flow === 'free' ? credit.free + credit.paced : credit.paced;
      if (request.weight > usable) {
        if (kinds[0] !== undefined) return;
        kinds = [flow === 'free' ? 'paced' : 'free'];
        continue;
      }
      const fromPaced = flow === 'paced' ? request.weight : Math.max(0, request.weight - credit.free);
      credit.paced -= fromPaced;
      credit.free -= request.weight - fromPaced;
      spend(request.weight, fromPaced);
      waiting.remove(request);
      request.grant();
    }
  }

  async function exchange(): Promise<LedgerAnswer> {
    // Note: one at a time, so that what was spent is told once.
    while (exchanging !== undefined) await exchanging.catch(() => undefined);
    settling?.abort();
    const at = clock.now();
    const told = spent;
    const block = blockMs;
    const isBusy = at - lastExchange < leaseMs && waiting.size > 0;
    const first = waiting.next();
    spent = { weight: 0, pacedWeight: 0, lastAt: 0 };
    blockMs = undefined;
    owed = 0;
    credit.free = 0;
    credit.paced = 0;
    isChanged = false;
    const chunk = isBusy ? perMinute * chunkShare : 0;
    const want = (flow: Flow, besides: number): Want =>
      closing.signal.aborted
        ? { weight: 0, least: 0 }
        : { weight: waiting.weight(flow) + besides, least: waiting.next(flow)?.weight ?? 0 };
    exchanging = ledger.exchange({
      owner,
      perMinute,
      leaseMs,
      spent:
        told.weight === 0
          ? undefined
          : { weight: told.weight, pacedWeight: told.pacedWeight, agoMs: at - told.lastAt },
      free: want('free', 0),
      paced: want('paced', chunk),
      keep: waiting.count(0) > 0 ? 0 : perMinute * urgentShare,
      first: first === undefined ? 'free' : flowOf(first),
      blockMs: block,
    });
    try {
      const answer = await exchanging;
      lastExchange = at;
      credit.free = answer.free;
      credit.paced = answer.paced;
      credit.until = at + leaseMs;
      owed -= takeCredit(owed);
      if (answer.blockedMs > 0) blockedUntil = Math.max(blockedUntil, clock.now() + answer.blockedMs);
      if (answer.free + answer.paced > 0 || spent.weight > 0) settleLater();
      return answer;
    } catch (error) {
      spent = {
        weight: spent.weight + told.weight,
        pacedWeight: spent.pacedWeight + told.pacedWeight,
        lastAt: Math.max(spent.lastAt, told.lastAt),
      };
      throw error;
    } finally {
      exchanging = undefined;
    }
  }

  /** Takes of the credit what it has of a weight. */
  function takeCredit(weight: number): number {
    const fromFree = Math.min(credit.free, weight);
    const fromPaced = Math.min(credit.paced, weight - fromFree);
    credit.free -= fromFree;
    credit.paced -= fromPaced;
    return fromFree + fromPaced;
  }

  function settle(): void {
    exchange().then(
      () => {
        grantFromCredit();
        nudge.abort();
      },
      error => log.warn('what was spent of a request budget was not settled', { name, error }),
    );
  }

  /** Tells at the end of a lease what was spent of it, and gives the rest back. */
  function settleLater(): void {
    const end = new AbortController();
    settling = end;
    const either = linkAbort(end.signal, closing.signal);
    void clock.sleep(leaseMs, either.signal).then(() => {
      either.release();
      if (!end.signal.aborted && !closing.signal.aborted) settle();
    });
  }

  async function pump(): Promise<void> {
    if (pumping) return;
    pumping = true;
    try {
      while (waiting.size > 0 && !closing.signal.aborted) {
        grantFromCredit();
        if (waiting.size === 0) break;
        const blocked = blockedUntil - clock.now();
        if (blocked > 0) {
          await pause(blocked);
          continue;
        }
        const answer = await exchange();
        const before = waiting.size;
        grantFromCredit();
        if (waiting.size === 0 || isChanged || (waiting.size < before && answer.waitMs === 0)) continue;
        const step = flowOf(waiting.next()!) === 'paced' ? pacedStepMs : 1;
        const most = answer.free + answer.paced > 0 ? leaseMs : Number.POSITIVE_INFINITY;
        await pause(Math.min(most, Math.max(step, answer.waitMs)));
      }
    } catch (error) {
      log.error('a request budget cannot be used', { name, error });
      await clock.sleep(1_000, closing.signal);
    } finally {
      pumping = false;
      if (waiting.size > 0 && !closing.signal.aborted) void pump();
    }
  }

  /** Waits; ends early when somebody more urgent comes. */
  async function pause(ms: number): Promise<void> {
    nudge = new AbortController();
    const either = linkAbort(nudge.signal, closing.signal);
    await clock.sleep(ms, either.signal);
    either.release();
  }

  return {
    take({ weight, priority, signal }) {
      if (!(weight > 0) || weight > perMinute) {
        return Promise.reject(
          new UserError(
            'REQUEST_WEIGHT_INVALID',
            `Expected a request to weigh between 0 and the ${perMinute} per minute of the budget ${name}, found ${weight}. ` +
              'Ask for less at once, or enlarge the budget.',
          ),
        );
      }
      if (signal?.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          waiting.remove(request);
          reject(signal?.reason);
        };
        const request: WaitingRequest = {
          weight,
          rank: priorities.indexOf(priority),
          since: clock.now(),
          grant() {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        waiting.add(request);
        if (waiting.next(flowOf(request)) === request) {
          isChanged = true;
          nudge.abort();
        }
        void pump();
      });
    },
    charge(weight) {
      if (!(weight > 0)) return;
      spend(weight, 0);
      owed += weight - takeCredit(weight);
      // Note: what no lease covers the others do not know of, so they are told at once.
      if (owed > 0 && !closing.signal.aborted) settle();
    },
    refused(retryAfterMs) {
      const now = clock.now();
      // Note: requests that were under way together are refused together; that is one refusal.
      if (now < blockedUntil) return;
      const base =
        retryAfterMs ?? Math.min(refusedMs.longest, refusedMs.first * 2 ** Math.min(refusalsInRow, 10));
      refusalsInRow++;
      const ms = Math.round(base * (1 + random() / 2));
      blockedUntil = now + ms;
      blockMs = ms;
      credit.free = 0;
      credit.paced = 0;
      log.warn('the server refused for too many requests; nothing is asked for a while', {
        budget: name,
        ms,
      });
      settle();
    },
    accepted() {
      if (clock.now() >= blockedUntil) refusalsInRow = 0;
    },
    async status() {
      const { used, refusals, blockedMs } = await ledger.read();
      const total = used + owed;
      return {
        name,
        perMinute,
        used: total,
        left: Math.max(0, perMinute - total),
        refusals,
        blockedMs: Math.max(blockedMs, Math.max(0, blockedUntil - clock.now())),
        waiting: priorities.map((priority, rank) => ({ priority, count: waiting.count(rank) })),
      };
    },
    async close() {
      closing.abort();
      await exchange().catch(error =>
        log.warn('what was spent of a request budget was not settled', { name, error }),
      );
    },
  };
}
