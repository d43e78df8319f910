/** The text frame that carries data on a channel, ready to be sent to any number of sockets. */
export function frameOf(channel: string, data: unknown): Buffer {
  return Buffer.from(`{"channel":"${channel}","data":${JSON.stringify(data)}}`);
}

export const pongFrame = Buffer.from('{"channel":"pong"}');

/** A frame of the error channel. */
export function errorFrame(text: string): Buffer {
  return frameOf('error', text);
}
