import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A socket that shows what came, word for word. */
export interface RawClient {
  readonly socket: WebSocket;
  readonly texts: string[];
  send(message: unknown): void;
  subscribe(subscription: object): void;
  /** The first text, from now or before, that fits; each is given once. */
  next(fits?: (frame: Frame, text: string) => boolean): Promise<Frame>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  close(): void;
}

export interface Frame {
  readonly channel: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a frame holds is what the tests are about.
  readonly data: any;
}

export async function openRawClient(url: string, localAddress?: string): Promise<RawClient> {
  const socket = new WebSocket(url, localAddress === undefined ? {} : { localAddress });
  const texts: string[] = [];
  let unread: string[] = [];
  let look = (): void => {};
  socket.on('message', data => {
    texts.push(data.toString());
    unread.push(data.toString());
    look();
  });
  const closed = new Promise<{ code: number; reason: string }>(resolve =>
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  socket.on('error', () => {});
  await Promise.race([
    once(socket, 'open'),
    closed.then(({ code }) => {
      throw new Error(`The socket closed with ${code} before it was open.`);
    }),
  ]);
  const send = (message: unknown) =>
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  return {
    socket,
    texts,
    send,
    subscribe: subscription => send({ method: 'subscribe', subscription }),
    closed,
    close: () => socket.terminate(),
    next(fits = () => true) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`No such frame within 5 s. Came: ${texts.join('\n').slice(-2_000)}`)),
          5_000,
        );
        look = () => {
          const index = unread.findIndex(text => fits(frameOfText(text), text));
          if (index < 0) return;
          clearTimeout(timer);
          look = () => {};
          const [text] = unread.slice(index, index + 1);
          unread = unread.filter((_, place) => place !== index);
          resolve(frameOfText(text as string));
        };
        look();
      });
    },
  };
}

function frameOfText(text: string): Frame {
  try {
    return JSON.parse(text) as Frame;
  } catch {
    return { channel: 'text', data: text };
  }
}

export const isAck = (frame: Frame): boolean => frame.channel === 'subscriptionResponse';
export const isError = (frame: Frame): boolean => frame.channel === 'error';
export const on =
  (channel: string) =>
  (frame: Frame): boolean =>
    frame.channel === channel;
