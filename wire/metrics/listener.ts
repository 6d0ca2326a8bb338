/**
 * What a process tells those who watch it: `/metrics`, `/healthz` and `/readyz`, also on a TCP port of their own, which
 * serves nothing else. Whoever reaches that port reads names of guests and peers and how much they talk: loopback, or a
 * network of operators.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';
import { expositionType } from './exposition.ts';

/** Ready or not, and in a few words why. */
export interface Readiness {
  readonly ready: boolean;
  readonly detail: string;
}

export interface Watched {
  /** The text that Prometheus scrapes. */
  readonly metrics: () => string;
  readonly readiness: () => Readiness | Promise<Readiness>;
}

export interface WatchedAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const text = 'text/plain; charset=utf-8';

/** Undefined: the path is none of ours. That `/healthz` is answered at all says that the event loop turns. */
export async function answerWatcher(path: string, watched: Watched): Promise<WatchedAnswer | undefined> {
  switch (path) {
    case '/metrics':
      return scrape(watched);
    case '/healthz':
      return { status: 200, type: text, body: 'ok\n' };
    case '/readyz': {
      const { ready, detail } = await watched.readiness();
      return { status: ready ? 200 : 503, type: text, body: `${detail}\n` };
    }
    default:
      return undefined;
  }
}

/** A fault of what is only looked at costs nobody else anything. */
function scrape({ metrics }: Watched): WatchedAnswer {
  try {
    return { status: 200, type: expositionType, body: metrics() };
  } catch (error) {
    return { status: 500, type: text, body: `this is a bug: ${(error as Error).stack}\n` };
  }
}

/** Asked more often, the same is answered again: nobody keeps a process busy by scraping it. */
const freshMs = 500;

export function atMostEvery(steadyMs: () => number, read: () => string): () => string {
  let last: { readonly atMs: number; readonly text: string } | undefined;
  return () => {
    const nowMs = steadyMs();
    if (last === undefined || nowMs - last.atMs >= freshMs) last = { atMs: nowMs, text: read() };
    return last.text;
  };
}

export interface WatchListener {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Connections of watchers: those that send nothing, or do not read, are cut before they fill this. */
const connectionsMost = 32;
const patienceMs = 5000;

/** Rejects with one clear sentence. */
export async function listenForWatchers(watched: Watched, address: string, port: number): Promise<WatchListener> {
  const server = createServer(
    {
      requestTimeout: patienceMs,
      headersTimeout: patienceMs,
      keepAliveTimeout: patienceMs,
      connectionsCheckingInterval: 1000,
      maxHeaderSize: 8192,
    },
    (request, response) => void answer(request, response, watched),
  );
  server.maxConnections = connectionsMost;
  // Also one that does not read its answer.
  server.on('connection', (socket) => socket.setTimeout(2 * patienceMs, () => socket.destroy()));
  await listen(server, address, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer({ method, url }: IncomingMessage, response: ServerResponse, watched: Watched): Promise<void> {
  const isRead = method === 'GET' || method === 'HEAD';
  const found = isRead ? await answerWatcher(url?.split('?')[0] ?? '', watched) : undefined;
  const { status, type, body } = found ?? {
    status: isRead ? 404 : 405,
    type: text,
    body: 'there are GET /metrics, /healthz and /readyz\n',
  };
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(method === 'HEAD' ? undefined : body);
}

function listen(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = ({ code, message }: NodeJS.ErrnoException) => {
      const where = `${isIPv6(address) ? `[${address}]` : address}:${port}`;
      const why =
        { EADDRINUSE: 'another program listens there', EADDRNOTAVAIL: 'this machine does not have that address' }[
          code ?? ''
        ] ?? message;
      reject(new Error(`metrics cannot be served on ${where}: ${why}; set another address or port at key 'metrics'`));
    };
    server.once('error', failed);
    server.listen({ host: address, port, ipv6Only: true }, () => {
      server.off('error', failed);
      resolve();
    });
  });
}
