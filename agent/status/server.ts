/** The status endpoint: HTTP on a Unix socket that only root may open. */
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type ListenOptions } from 'node:net';
import { dirname } from 'node:path';
import { httpDeadlines, httpHeadersMost } from '../../wire/limits.ts';
import { answerWatcher, type Watched } from '../../wire/metrics/listener.ts';
import type { AgentStatus } from '../../wire/status.ts';
import { statusPage } from './page.ts';

/** Only root gets here: against programs gone wild, not against attackers. */
const connectionsMost = 256;

export interface StatusServer {
  close(): Promise<void>;
}

/** What the endpoint asks of the agent. */
export interface StatusSource {
  readonly watched: Watched;
  read(): AgentStatus;
  /** One sentence when no new key can be made now. */
  rotateKeys(): string | undefined;
}

/**
 * `listener`: descriptor of a socket that listens on this path already, and whose file is its maker's business. Throws
 * one clear sentence when another process answers on the socket; one that nobody answers on is replaced.
 */
export async function serveStatus(
  socketPath: string,
  source: StatusSource,
  deadlines: Readonly<Record<keyof typeof httpDeadlines, number>> = httpDeadlines,
  listener?: number,
): Promise<StatusServer> {
  const server = createServer(deadlines, (request, response) => void answer(request, response, source));
  server.maxHeadersCount = httpHeadersMost;
  server.maxConnections = connectionsMost;
  if (listener === undefined) await listenAt(server, socketPath);
  else await listening(server, { fd: listener });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listenAt(server: Server, socketPath: string): Promise<void> {
  mkdirSync(dirname(socketPath), { recursive: true });
  if (await answers(socketPath)) {
    throw new Error(`${socketPath}: another agent answers there; stop it, or set another statusSocket`);
  }
  rmSync(socketPath, { force: true });
  // Created closed to others, rather than closed a moment later.
  const umask = process.umask(0o177);
  try {
    await listening(server, { path: socketPath });
  } finally {
    process.umask(umask);
  }
  chmodSync(socketPath, 0o600);
}

function listening(server: Server, where: ListenOptions | { readonly fd: number }): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, resolve);
  });
}

/** Whether a process listens on the socket. */
export function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

type Reply = readonly [code: number, type: string, body: string];

const text = 'text/plain; charset=utf-8';
const json = 'application/json';

async function answer({ method, url }: IncomingMessage, response: ServerResponse, source: StatusSource): Promise<void> {
  const path = url?.split('?')[0] ?? '';
  const allowed = path === '/rotate-keys' ? ['POST'] : ['GET', 'HEAD'];
  const [code, type, body] = allowed.includes(method ?? '') ? await answerTo(path, source) : notAllowed(allowed);
  if (code === 405) response.setHeader('allow', allowed.join(', '));
  response.writeHead(code, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
  });
  response.end(method === 'HEAD' ? undefined : body);
}

function notAllowed(allowed: readonly string[]): Reply {
  return [405, text, `only ${allowed[0]} is answered here\n`];
}

async function answerTo(path: string, source: StatusSource): Promise<Reply> {
  switch (path) {
    case '/status':
      return [200, json, `${JSON.stringify(source.read())}\n`];
    case '/':
      return [200, text, statusPage(source.read(), Date.now())];
    case '/rotate-keys':
      return rotate(source);
    default: {
      const found = await answerWatcher(path, source.watched);
      return found === undefined ? unknown : [found.status, found.type, found.body];
    }
  }
}

const unknown: Reply = [404, text, 'there are /, /status, /metrics, /healthz, /readyz and, with POST, /rotate-keys\n'];

function rotate(source: StatusSource): Reply {
  const why = source.rotateKeys();
  // The key is used once the controller has told both ends of every session.
  return why === undefined ? [202, text, 'a new key is being made\n'] : [409, text, `${why}\n`];
}
