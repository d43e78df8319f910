import { type ExecutionResult, execute, type GraphQLError } from 'graphql';
import type { Logger } from '../../plugin-api/index.ts';
import type {
  FeedItem,
  FeedPlace,
  FeedRow,
  FeedStream,
  FeedSubscription,
  GraphqlContext,
} from '../../schema/graphql/index.ts';
import type { Following } from '../../schema/graphql/subscriptions.ts';
import { compare } from '../feed/streams.ts';
import { formatResult, type Mask } from './answer.ts';
import { askedOf } from './asked-field.ts';
import type { Gateway, Prepared } from './gateway.ts';
import { permissionsKey } from './permissions.ts';

/** Who receives the items of a subscription. */
export interface Receiver {
  /** The operation's id on its connection. */
  readonly id: string;
  readonly open: boolean;
  /** Bytes that wait to be sent. */
  readonly bufferedBytes: number;
  /** Sends a frame, unless it would not fit into the buffer, or the connection is closed. */
  offer(frame: Buffer, most: number): 'sent' | 'full' | 'closed';
  /** Resolves when what was sent has left, or the connection is closed. */
  drained(): Promise<void>;
  /** Ends a connection that cannot keep up. */
  closeAsSlow(lastCursor: string): void;
}

export interface Joining {
  readonly prepared: Prepared;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: GraphqlContext;
  readonly receiver: Receiver;
}

export interface SharedExecution {
  /** Adds a receiver. Answers what ends it and when it has ended, or the errors that keep it from beginning. */
  join(
    joining: Joining,
  ): Promise<{ leave(): void; ended: Promise<void> } | { errors: readonly GraphQLError[] }>;
  readonly groups: number;
  close(): void;
}

interface Member {
  readonly receiver: Receiver;
  /** Where it stands; items up to here are not sent again. */
  place: FeedPlace;
  /** Of the last item that it was sent, or that it continues behind. */
  cursor: string;
  finish(): void;
}

interface Group {
  readonly prepared: Prepared;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: GraphqlContext;
  readonly following: Following;
  readonly members: Set<Member>;
  /** Receivers that still read what they missed. */
  waiting: number;
  subscription: FeedSubscription;
  /** Of the last item that the members were sent. */
  place: FeedPlace;
  closed: boolean;
}

/**
 * Runs each distinct subscription (document, variables but for `after`, permissions) once for each item, serialises the result
 * once, and sends the same bytes to all who asked for it. A receiver that continues behind a cursor first gets what it missed,
 * read from the database, and then joins the others at the very item where that ends.
 */
export function createSharedExecution({
  gateway,
  mask,
  log,
  bufferedBytes,
  onDelivered,
}: {
  readonly gateway: Gateway;
  readonly mask: Mask;
  readonly log?: Logger | undefined;
  readonly bufferedBytes: number;
  /** Told of each item that was sent to at least one of those who follow what is new, once. */
  readonly onDelivered?: ((stream: FeedStream, row: FeedRow) => void) | undefined;
}): SharedExecution {
  const groups = new Map<string, Promise<Group>>();
  const open = new Set<Group>();

  async function payloadOf(group: Group, item: FeedItem): Promise<string> {
    let result: ExecutionResult;
    try {
      result = await execute({
        schema: gateway.schema,
        document: group.prepared.document,
        operationName: group.prepared.operationName,
        rootValue: item,
        contextValue: group.context,
        variableValues: group.variables,
      });
    } catch (error) {
      result = { errors: [mask(error)] };
    }
    return JSON.stringify(formatResult(result, mask));
  }

  async function run(key: string, group: Group): Promise<void> {
    try {
      for await (const item of group.subscription) {
        const payload = await payloadOf(group, item);
        // Note: from here to the end nothing waits, so that whoever joins sees this item as sent to all or to none.
        group.place = item.place;
        const frames = new Map<string, Buffer>();
        for (const member of group.members) {
          if (compare(item.place, member.place) <= 0) continue;
          let frame = frames.get(member.receiver.id);
          if (frame === undefined) {
            frame = frameOf(member.receiver.id, payload);
            frames.set(member.receiver.id, frame);
          }
          deliver(group, member, frame, item);
        }
        if (frames.size > 0 && item.row !== undefined) onDelivered?.(group.following.stream, item.row);
      }
    } catch (error) {
      log?.warn('a subscription ended', { error });
      for (const { receiver } of group.members) {
        receiver.offer(errorFrame(receiver.id, error, mask), bufferedBytes);
      }
    } finally {
      if (!group.closed) groups.delete(key);
      group.closed = true;
      open.delete(group);
      for (const member of [...group.members]) member.finish();
    }
  }

  function deliver(group: Group, member: Member, frame: Buffer, item: FeedItem): void {
    const outcome = member.receiver.offer(frame, bufferedBytes);
    if (outcome === 'sent') {
      member.cursor = item.cursor;
      member.place = item.place;
      return;
    }
    // Note: a state is replaced by the next one, so one that cannot be sent now may be left out; an event may not.
    if (outcome === 'closed' || group.following.stream === 'leaderboard') return;
    member.receiver.closeAsSlow(member.cursor);
    group.members.delete(member);
  }

  /** Sends what lies between a member's place and the group's, then lets it join. */
  async function catchUp(group: Group, member: Member): Promise<void> {
    const { feed } = group.context;
    const { stream, options } = group.following;
    let after = member.place;
    while (member.receiver.open) {
      const upTo = group.place;
      if (compare(after, upTo) >= 0) break;
      const page = await feed.read(stream, { ...options, after, upTo });
      for (const item of page.items) {
        const payload = await payloadOf(group, item);
        deliver(group, member, frameOf(member.receiver.id, payload), item);
        if (!member.receiver.open) return;
        after = item.place;
        // Note: what was missed may be more than a connection's buffer holds; it is sent at the receiver's pace.
        if (member.receiver.bufferedBytes > bufferedBytes / 4) await member.receiver.drained();
      }
      if (!page.more) after = upTo;
    }
    member.place = compare(member.place, after) < 0 ? after : member.place;
  }

  function closeIfUnused(key: string, group: Group): void {
    if (group.members.size > 0 || group.waiting > 0 || group.closed) return;
    group.closed = true;
    groups.delete(key);
    void group.subscription.return();
  }

  async function groupOf(key: string, joining: Joining, following: Following): Promise<Group> {
    let made = groups.get(key);
    if (made === undefined) {
      made = (async () => {
        const subscription = await joining.context.feed.subscribe(following.stream, following.options);
        const group: Group = {
          prepared: joining.prepared,
          variables: joining.variables,
          context: joining.context,
          following,
          members: new Set(),
          waiting: 0,
          subscription,
          place: subscription.place,
          closed: false,
        };
        open.add(group);
        void run(key, group);
        return group;
      })();
      groups.set(key, made);
      made.catch(() => groups.delete(key));
    }
    return made;
  }

  return {
    get groups() {
      return groups.size;
    },
    async join(joining) {
      const { prepared, variables, context, receiver } = joining;
      const asked = askedOf(gateway, prepared, variables);
      if ('errors' in asked) return asked;
      const { field, args, shared } = asked;
      const follow = field.extensions.follow;
      if (follow === undefined) {
        throw new Error(
          `Expected the subscription "${field.name}" to say what it follows. Correct the schema.`,
        );
      }
      const key = JSON.stringify([prepared.key, shared, permissionsKey(context.permissions)]);
      let group: Group;
      let located: { place: FeedPlace; gap?: FeedItem } | undefined;
      try {
        const following = follow(args, context);
        const after = args.after as string | null | undefined;
        if (after != null) located = await context.feed.locate(following.stream, after);
        do group = await groupOf(key, joining, following);
        while (group.closed);
      } catch (error) {
        return { errors: [mask(error)] };
      }
      let finish = () => {};
      const ended = new Promise<void>(resolve => {
        finish = resolve;
      });
      const member: Member = { receiver, place: located?.place ?? group.place, cursor: '', finish };
      let left = false;
      const leave = () => {
        if (left) return;
        left = true;
        group.members.delete(member);
        finish();
        closeIfUnused(key, group);
      };
      group.waiting += 1;
      const begin = async () => {
        try {
          if (located !== undefined) {
            member.cursor = String(args.after);
            if (located.gap !== undefined) {
              receiver.offer(frameOf(receiver.id, await payloadOf(group, located.gap)), bufferedBytes);
            }
            await catchUp(group, member);
          }
          // Note: nothing waits between the last comparison of `catchUp` and this.
          if (!left && receiver.open) group.members.add(member);
        } catch (error) {
          receiver.offer(errorFrame(receiver.id, error, mask), bufferedBytes);
          leave();
        } finally {
          group.waiting -= 1;
          closeIfUnused(key, group);
        }
      };
      void begin();
      return { leave, ended };
    },
    close() {
      for (const group of open) void group.subscription.return();
    },
  };
}

function frameOf(id: string, payload: string): Buffer {
  return Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":${payload}}`);
}

function errorFrame(id: string, error: unknown, mask: Mask): Buffer {
  return Buffer.from(
    `{"id":${JSON.stringify(id)},"type":"error","payload":${JSON.stringify([mask(error)])}}`,
  );
}
