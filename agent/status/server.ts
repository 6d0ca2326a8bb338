/** The status endpoint: HTTP on a Unix socket that only root may open. */
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import type { AgentStatus } from '../../wire/status.ts';
import { statusPage } from './page.ts';

export interface StatusServer {
  close(): Promise<void>;
}

/** Throws one clear sentence when another process answers on the socket; one that nobody answers on is replaced. */
export async function serveStatus(socketPath: string, read: () => AgentStatus): Promise<StatusServer> {
  mkdirSync(dirname(socketPath), { recursive: true });
  if (await answers(socketPath)) {
    throw new Error(`${socketPath}: another agent answers there; stop it, or set another statusSocket`);
  }
  rmSync(socketPath, { force: true });
  const server = createServer((request, response) => answer(request, response, read));
  // Created closed to others, rather than closed a moment later.
  const umask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socketPath, resolve);
    });
  } finally {
    process.umask(umask);
  }
  chmodSync(socketPath, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
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

function answer({ method, url }: IncomingMessage, response: ServerResponse, read: () => AgentStatus): void {
  const reply = (code: number, type: string, body: string) => {
    response.writeHead(code, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
    response.end(method === 'HEAD' ? undefined : body);
  };
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    reply(405, 'text/plain; charset=utf-8', 'only GET is answered here\n');
    return;
  }
  switch (url?.split('?')[0]) {
    case '/status':
      reply(200, 'application/json', `${JSON.stringify(read())}\n`);
      break;
    case '/':
      reply(200, 'text/plain; charset=utf-8', statusPage(read(), Date.now()));
      break;
    case '/healthz':
      reply(200, 'text/plain; charset=utf-8', 'ok\n');
      break;
    default:
      reply(404, 'text/plain; charset=utf-8', 'there are /, /status and /healthz\n');
  }
}
