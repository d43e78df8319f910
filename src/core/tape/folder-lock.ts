import { createHash } from 'node:crypto';
import { realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UserError } from '../errors.ts';

/** Makes this the only writer of a folder, until `release` is called or the process ends in whatever way. */
export async function lockFolder(folder: string): Promise<{ release(): Promise<void> }> {
  const name = `hypersonar-${createHash('sha256')
    .update(await realpath(folder))
    .digest('hex')
    .slice(0, 24)}`;
  // Note: a socket and not a file with a process id, because the system gives it back when the process is killed, and a
  // process id may belong to somebody else by then. Linux has sockets without a file.
  const address = process.platform === 'linux' ? `\0${name}` : path.join(tmpdir(), name);
  let server = await listen(address);
  if (server === undefined && process.platform !== 'linux' && !(await answers(address))) {
    await rm(address, { force: true });
    server = await listen(address);
  }
  if (server === undefined) {
    throw new UserError(
      'TAPE_LOCKED',
      `Expected to be the only writer of the tape in ${folder}, found another one at work. ` +
        'Stop the other process, or give this one a tape folder of its own.',
    );
  }
  server.unref();
  return {
    release: () => new Promise(resolve => server.close(() => resolve())),
  };
}

function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer(socket => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(address, () => resolve(server));
  });
}

function answers(address: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
