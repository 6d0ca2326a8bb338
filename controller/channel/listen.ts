/** Listens for agents: WebSocket upgrades on the control path with the control protocol's name, nothing else. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { controlPath, controlSubprotocol, httpDeadlines, limits } from '../../wire/limits.ts';
import { type LimitedListener, limitConnections } from '../listen-limits.ts';
import type { Hub } from './hub.ts';

export interface Listener {
  readonly address: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Rejects with a sentence when the address cannot be listened on. */
export async function listenForAgents(
  hub: Hub,
  address: string,
  port: number,
  { limits: listenLimits, log }: Pick<LimitedListener, 'limits' | 'log'>,
): Promise<Listener> {
  const sockets = new WebSocketServer({
    noServer: true,
    // A little over our own limit, so that we say why.
    maxPayload: limits.controlMessageBytes + 65_536,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(controlSubprotocol) ? controlSubprotocol : false),
  });
  const server = createServer(httpDeadlines, (_request, response) => {
    response.writeHead(426, { 'content-type': 'text/plain', connection: 'close' });
    response.end(`agents connect here by WebSocket: ${controlPath}, ${controlSubprotocol}\n`);
  });
  limitConnections(server, { name: 'agents', limits: listenLimits, log });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const refusal = refuseUpgrade(request);
    if (refusal !== undefined) return refuse(socket, refusal);
    sockets.handleUpgrade(request, socket, head, (webSocket) => hub.accept(webSocket, remote(request)));
  });
  await listen(server, address, port);
  const { port: actual } = server.address() as AddressInfo;
  return {
    address,
    port: actual,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => reject(new Error(listenMistake(error, address, port)));
    server.once('error', failed);
    server.listen({ host: address, port, ipv6Only: true }, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

export function listenMistake(error: NodeJS.ErrnoException, address: string, port: number): string {
  const where = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return `cannot listen on ${where}: another program does; stop it or set another port`;
    case 'EADDRNOTAVAIL':
      return `cannot listen on ${where}: this machine does not have that address`;
    case 'EACCES':
      return `cannot listen on ${where}: no permission for that port`;
    default:
      return `cannot listen on ${where}: ${error.message}`;
  }
}

function refuseUpgrade(request: IncomingMessage): string | undefined {
  if (request.url?.split('?')[0] !== controlPath) return `404 Not Found\r\n\r\nagents connect at ${controlPath}\n`;
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return offered.includes(controlSubprotocol)
    ? undefined
    : `400 Bad Request\r\n\r\nthe control protocol spoken here is ${controlSubprotocol}\n`;
}

/** The other end may keep its half of the connection open for ever: ours is gone with the answer. */
function refuse(socket: Duplex, answer: string): void {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${answer.replace('\r\n\r\n', '\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n')}`);
}

function remote(request: IncomingMessage): string {
  const { remoteAddress = '?', remotePort = 0 } = request.socket;
  return remoteAddress.includes(':') ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}
