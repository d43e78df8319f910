import { performance } from 'node:perf_hooks';
import type { Faults } from '../faults/faults.ts';
import type { FrameFaults } from '../faults/frame-faults.ts';
import type { Cadences } from '../options.ts';
import type { Block, ExchangeState } from '../state/exchange-state.ts';
import { blockFrames } from './block-frames.ts';
import type { Connection } from './connection.ts';
import { createFastContexts } from './fast-contexts.ts';
import { frameOf } from './frame.ts';
import type { NormalSubscription } from './subscription-types.ts';

/** Who is subscribed to what, and what they get: each frame is made once for all of its subscribers. */
export interface Topics {
  /** Subscribes; the first frames, if there are any, go out at once. */
  add(connection: Connection, subscription: NormalSubscription): void;
  remove(connection: Connection, subscription: NormalSubscription): void;
  /** Sends out what a block has brought. */
  publish(block: Block): void;
  /** Sends out what is due. */
  tick(): void;
  /** How many subscriptions of each type there are. */
  counts(): Record<string, number>;
}

interface Topic {
  readonly subscription: NormalSubscription;
  readonly connections: Set<Connection>;
  /** When the next state is due, in wall time. */
  dueAt: number;
  /** What was last sent of a type that tells changes only. */
  last: string | undefined;
}

interface TopicsOptions {
  readonly state: ExchangeState;
  readonly cadences: Cadences;
  readonly faults: Faults;
  readonly frameFaults: FrameFaults;
}

export function createTopics({ state, cadences, faults, frameFaults }: TopicsOptions): Topics {
  const all = new Map<string, Topic>();
  const byCoin = new Map<string, Set<Topic>>();
  const byUser = new Map<string, Set<Topic>>();
  const regular = new Set<Topic>();
  const fastContexts = createFastContexts(state);

  function send(topic: Topic, data: unknown): void {
    const frame = frameOf(topic.subscription.channel, data);
    const { touchFrames } = faults;
    for (const connection of topic.connections) {
      connection.gather();
      if (touchFrames || frameFaults.busy) frameFaults.send(connection, topic.subscription, data, frame);
      else connection.sendData(frame);
    }
  }

  function sendTo(connection: Connection, { subscription }: Topic, data: unknown): void {
    const frame = frameOf(subscription.channel, data);
    if (faults.touchFrames || frameFaults.busy) frameFaults.send(connection, subscription, data, frame);
    else connection.sendData(frame);
  }

  function periodOf({ type, echo }: NormalSubscription): number {
    switch (type) {
      case 'l2Book':
        return echo.fast === true ? cadences.fastBook : cadences.l2Book;
      case 'allMids':
        return cadences.allMids;
      case 'activeAssetCtx':
      case 'assetCtxs':
      case 'allDexsAssetCtxs':
      case 'spotAssetCtxs':
      case 'fastAssetCtxs':
        return cadences.contexts;
      default:
        return cadences.userStates;
    }
  }

  function topicOf(subscription: NormalSubscription): Topic {
    const known = all.get(subscription.key);
    if (known !== undefined) return known;
    const topic: Topic = { subscription, connections: new Set(), dueAt: 0, last: undefined };
    all.set(subscription.key, topic);
    const { publishing, coin, user } = subscription;
    if (publishing === 'state') {
      topic.dueAt = performance.now() + periodOf(subscription);
      regular.add(topic);
    } else if (publishing !== 'never') {
      const [index, key] = user === undefined ? [byCoin, coin ?? ''] : [byUser, user];
      const group = index.get(key) ?? new Set();
      index.set(key, group);
      group.add(topic);
    }
    return topic;
  }

  function forget(topic: Topic): void {
    const { key, coin, user } = topic.subscription;
    all.delete(key);
    regular.delete(topic);
    for (const [index, name] of [[byCoin, coin ?? ''] as const, [byUser, user ?? ''] as const]) {
      const group = index.get(name);
      if (group?.delete(topic) === true && group.size === 0) index.delete(name);
    }
  }

  function sendChange(topic: Topic): void {
    const data = state.view(topic.subscription.echo);
    const top = topOf(data);
    if (top === undefined || top === topic.last) return;
    topic.last = top;
    send(topic, data);
  }

  function publishTo(topic: Topic, block: Block): void {
    if (topic.subscription.publishing === 'change') {
      if (block.books.has(topic.subscription.coin ?? '')) sendChange(topic);
      return;
    }
    for (const data of blockFrames(block, topic.subscription, state)) send(topic, data);
  }

  return {
    add(connection, subscription) {
      const topic = topicOf(subscription);
      topic.connections.add(connection);
      if (subscription.publishing === 'state' || subscription.publishing === 'change') {
        const data =
          subscription.type === 'fastAssetCtxs' ? fastContexts.whole() : state.view(subscription.echo);
        if (data !== undefined) sendTo(connection, topic, data);
        if (subscription.publishing === 'change') topic.last ??= topOf(data);
      } else if (subscription.history) {
        const data = state.history(subscription.echo);
        // Note: whether the exchange sends an empty replay is not known. A client must not wait for one, so none is sent.
        const isEmpty = Array.isArray(data) && data.length === 0;
        if (data !== undefined && !isEmpty) sendTo(connection, topic, data);
      }
    },
    remove(connection, subscription) {
      const topic = all.get(subscription.key);
      if (topic?.connections.delete(connection) === true && topic.connections.size === 0) forget(topic);
    },
    publish(block) {
      for (const coin of touchedCoins(block)) {
        const group = byCoin.get(coin);
        if (group !== undefined) for (const topic of group) publishTo(topic, block);
      }
      for (const group of byUser.values()) for (const topic of group) publishTo(topic, block);
    },
    tick() {
      const now = performance.now();
      for (const topic of regular) {
        if (topic.dueAt > now) continue;
        // Note: a turn that was missed is not made up for.
        topic.dueAt = Math.max(topic.dueAt + periodOf(topic.subscription), now);
        const data =
          topic.subscription.type === 'fastAssetCtxs'
            ? fastContexts.changed()
            : state.view(topic.subscription.echo);
        if (data !== undefined) send(topic, data);
      }
    },
    counts() {
      const counts: Record<string, number> = {};
      for (const { subscription, connections } of all.values()) {
        counts[subscription.type] = (counts[subscription.type] ?? 0) + connections.size;
      }
      return counts;
    },
  };
}

/** What must differ for the top of a book to count as changed: anything but its time. */
function topOf(data: unknown): string | undefined {
  return data === undefined ? undefined : JSON.stringify((data as { readonly bbo: unknown }).bbo);
}

function touchedCoins(block: Block): Iterable<string> {
  const coins = new Set(block.trades.keys());
  for (const coin of block.candles) coins.add(coin);
  for (const coin of block.books) coins.add(coin);
  return coins;
}
