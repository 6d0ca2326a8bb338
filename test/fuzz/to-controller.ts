/** Agents that say anything: three of them on one controller, each session until the controller closes it. */
import { decodeControllerMessage } from '../../wire/control-decode.ts';
import { type Choice, damage } from './choice.ts';
import { bodiesOf, encodeRandom } from './messages.ts';
import { certificateOf, FakeSocket, openParts, type Parts } from './parts.ts';
import { type OpenTarget, timed } from './target.ts';

const bodies = bodiesOf('agent').filter((body) => body !== 'hello');

interface Peer {
  readonly host: string;
  socket: FakeSocket;
  sequence: number;
  /** Numbers of updates that it has not acknowledged. */
  updates: number[];
}

export const openToController: OpenTarget = async () => {
  const parts = await openParts();
  await seed(parts);
  const peers = ['a', 'b', 'c'].map((host): Peer => ({ host, socket: connect(parts, host), sequence: 0, updates: [] }));
  return {
    turn: async (choice) => {
      const peer = choice.of(peers);
      if (peer.socket.readyState !== 1)
        Object.assign(peer, { socket: connect(parts, peer.host), sequence: 0, updates: [] });
      const { bytes, body } = next(peer, choice);
      const { socket } = peer;
      const tookMs = timed(() => socket.emit('message', bytes, !choice.oneIn(500)));
      peer.sequence += 1;
      // Updates leave in the next turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      hear(peer);
      if (choice.oneIn(50)) parts.clock.advance(choice.of([10, 250, 600]));
      return {
        tookMs,
        what: `${body} ${bytes.toString('hex').slice(0, 4000)}`,
        refused: socket.closedWith !== undefined,
        again: () => alone(bytes, body),
      };
    },
    settle: async () => {
      parts.clock.advance(1000);
      await new Promise((resolve) => setImmediate(resolve));
    },
    close: parts.close,
  };
};

async function seed({ commands }: Parts): Promise<void> {
  await commands.createVpc({ name: 'blue', prefixes: ['10.0.0.0/24', 'fd00:10::/64'] });
  await commands.createVpc({ name: 'red', prefixes: ['10.0.0.0/24'] });
}

function connect({ hub }: Parts, host: string): FakeSocket {
  const socket = new FakeSocket();
  hub.accept(socket.socket, '198.18.0.1', certificateOf(host));
  return socket;
}

function next(peer: Peer, choice: Choice): { readonly bytes: Buffer; readonly body: string } {
  const sequence = choice.oneIn(300) ? choice.below(1000) : peer.sequence + 1;
  const isFirst = peer.sequence === 0;
  const body = isFirst !== choice.oneIn(300) ? 'hello' : choice.of(bodies);
  const fixed = { ...sound(peer, body, choice) };
  return { bytes: damage(encodeRandom('agent', { sequence }, body, choice, fixed), choice), body };
}

/** What makes a session last: most hellos are a host's own, most acknowledgements are of something. */
function sound(peer: Peer, body: string, choice: Choice): Readonly<Record<string, unknown>> {
  if (choice.oneIn(10)) return {};
  if (body === 'hello') {
    const address = Buffer.from([198, 18, 0, peer.host.charCodeAt(0)]);
    const keys = { identity: Buffer.alloc(0), epochs: [] };
    return {
      host: peer.host,
      instance: peer.host,
      agentVersion: '0',
      substrateAddresses: [address],
      udpPort: 6741,
      epoch: 0,
      keys,
      held: choice.oneIn(2) ? [] : undefined,
    };
  }
  return body === 'acknowledge' && peer.updates.length > 0 ? { update: peer.updates.shift() } : {};
}

/** What the controller says is always a message. */
function hear(peer: Peer): void {
  for (const bytes of peer.socket.sent.splice(0)) {
    const decoded = decodeControllerMessage(bytes);
    if (!decoded.ok) throw new Error(`the controller sent what no agent can read: ${decoded.why}`);
    const { body } = decoded.message;
    if (body.kind === 'update') peer.updates.push(body.number);
  }
}

async function alone(bytes: Buffer, body: string): Promise<number> {
  const parts = await openParts();
  await seed(parts);
  const peer: Peer = { host: 'a', socket: connect(parts, 'a'), sequence: 0, updates: [] };
  try {
    if (body !== 'hello')
      peer.socket.emit(
        'message',
        encodeRandom('agent', { sequence: 1 }, 'hello', steady, sound(peer, 'hello', steady)),
        true,
      );
    return timed(() => peer.socket.emit('message', bytes, true));
  } finally {
    await parts.close();
  }
}

/** Always the same hello. */
const steady = {
  below: () => 0,
  oneIn: () => false,
  of: <T>(list: readonly T[]) => list[0] as T,
  bytes: (length: number) => Buffer.alloc(length),
} as unknown as Choice;
