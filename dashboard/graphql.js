// A GraphQL client of the few parts that this page needs: queries over HTTP, and subscriptions over the graphql-transport-ws
// protocol that go on behind their last cursor after a reconnect.

const endpoint = new URL('graphql', document.baseURI);

/** Answers a request's data; throws what went wrong. */
export async function query(text, variables) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: text, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors.map(error => error.message).join(' '));
  return data;
}

/**
 * Follows subscriptions on one connection, and reconnects for as long as the page is open. Each query takes `$after`, and its field
 * answers `cursor`.
 */
export function follow(subscriptions, { onItem, onState }) {
  const cursors = new Map();
  let pauseMs = 500;

  function connect() {
    const address = new URL(endpoint);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(address, 'graphql-transport-ws');
    const send = message => socket.send(JSON.stringify(message));
    socket.onopen = () => send({ type: 'connection_init' });
    socket.onmessage = ({ data }) => {
      const { type, id, payload } = JSON.parse(data);
      if (type === 'ping') send({ type: 'pong' });
      if (type === 'connection_ack') {
        pauseMs = 500;
        onState(true);
        for (const [name, text] of Object.entries(subscriptions)) {
          send({
            id: name,
            type: 'subscribe',
            payload: { query: text, variables: { after: cursors.get(name) } },
          });
        }
      }
      // A cursor that the server does not know any more must not be offered again.
      if (type === 'error') cursors.delete(id);
      if (type !== 'next') return;
      const item = Object.values(payload.data ?? {})[0];
      if (!item) return;
      cursors.set(id, item.cursor);
      onItem(id, item);
    };
    socket.onclose = () => {
      onState(false);
      setTimeout(connect, pauseMs);
      pauseMs = Math.min(pauseMs * 2, 15_000);
    };
  }
  connect();
}
