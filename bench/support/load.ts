import { connect, type Socket } from 'node:net';

/**
 * Sends the same POST again and again over a few connections, each with one request at a time, and answers when a number of them
 * was answered. It reads no more of an answer than its length, so that the server is what is measured.
 */
export async function load(
  url: string,
  body: string,
  { requests, connections }: { readonly requests: number; readonly connections: number },
): Promise<number> {
  const { hostname, port, pathname } = new URL(url);
  const request =
    `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\n` +
    `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  let left = requests;
  const begin = performance.now();
  const clients = Array.from({ length: connections }, () => connect(Number(port), hostname));
  await Promise.all(
    clients.map(async client => {
      client.setNoDelay(true);
      while (left-- > 0) await ask(client, request);
    }),
  );
  const seconds = (performance.now() - begin) / 1000;
  for (const client of clients) client.destroy();
  return requests / seconds;
}

function ask(client: Socket, request: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let expected: number | undefined;
    let got = 0;
    let head = '';
    const onData = (chunk: Buffer) => {
      if (expected === undefined) {
        head += chunk.toString('latin1');
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        const length = /content-length: (\d+)/i.exec(head)?.[1];
        if (!head.startsWith('HTTP/1.1 200') || length === undefined) {
          reject(new Error(`Expected an answer with status 200 and a length, found ${head.slice(0, end)}`));
          return;
        }
        expected = end + 4 + Number(length);
        got = head.length;
      } else got += chunk.length;
      if (got < expected) return;
      client.off('data', onData);
      client.off('error', reject);
      resolve();
    };
    client.on('data', onData);
    client.once('error', reject);
    client.write(request);
  });
}
