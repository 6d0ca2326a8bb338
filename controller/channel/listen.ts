/**
 * Listens for hosts, with TLS 1.3: agents come by WebSocket and show a certificate of the region; a host that has none
 * yet may ask for one (`trust/join.ts`). There is no other way in, and none without TLS.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import { controlPath, controlSubprotocol, httpDeadlines, limits, tlsDeadlines } from '../../wire/limits.ts';
import { joinPath } from '../../wire/trust.ts';
import type { Clock } from '../clock.ts';
import { type ListenLimits, limitConnections } from '../listen-limits.ts';
import { type Client, clientOf } from '../trust/client-certificate.ts';
import { answerJoin, type JoinReport } from '../trust/join.ts';
import type { ServerCertificate } from '../trust/server-certificate.ts';
import type { Trust } from '../trust/trust.ts';
import type { Hub } from './hub.ts';

export interface Listener {
  readonly address: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

export interface ChannelParts {
  readonly hub: Hub;
  readonly trust: Trust;
  readonly certificate: ServerCertificate;
  readonly clock: Clock;
  readonly log: Logger;
  readonly report: JoinReport;
  /** Of what strangers can cause, in measure. */
  readonly reportRefusal: JoinReport;
  readonly limits: ListenLimits;
}

/** Rejects with a sentence when the address cannot be listened on. */
export async function listenForAgents(parts: ChannelParts, address: string, port: number): Promise<Listener> {
  const { certificate, log } = parts;
  const sockets = new WebSocketServer({
    noServer: true,
    // A little over our own limit, so that we say why.
    maxPayload: limits.controlMessageBytes + 65_536,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(controlSubprotocol) ? controlSubprotocol : false),
  });
  const server = createServer(
    {
      ...certificate.context,
      requestCert: true,
      // A host that joins has none; what is wrong with others is told them in words, by `clientOf`.
      rejectUnauthorized: false,
      ...tlsDeadlines,
      ...httpDeadlines,
    },
    (request, response) => answerRequest(parts, request, response),
  );
  limitConnections(server, { name: 'agents', encrypted: true, limits: parts.limits, log });
  server.on('tlsClientError', (error) => log.debug({ reason: error.message }, 'TLS handshake failed'));
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const refusal = refuseUpgrade(request);
    if (refusal !== undefined) return refuse(socket, refusal);
    let client: Client;
    try {
      client = identify(parts, request);
    } catch (error) {
      // Nothing that a stranger shows may end this process.
      log.error({ err: error, address: remote(request) }, 'a certificate could not be looked at');
      return socket.destroy();
    }
    if (!client.ok) return refuse(socket, `403 Forbidden\r\n\r\n${client.why}\n`);
    const { certificate: shown } = client;
    sockets.handleUpgrade(request, socket, head, (webSocket) => parts.hub.accept(webSocket, remote(request), shown));
  });
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  const forget = certificate.onRenewed((context) => server.setSecureContext(context));
  await listen(server, address, port);
  const { port: actual } = server.address() as AddressInfo;
  return {
    address,
    port: actual,
    close: () => {
      forget();
      return new Promise((resolve) => {
        server.close(() => resolve());
        // Those in a handshake too, which are no connections to HTTP yet.
        for (const socket of open) socket.destroy();
      });
    },
  };
}

function answerRequest(parts: ChannelParts, request: IncomingMessage, response: ServerResponse): void {
  if (request.url?.split('?')[0] === joinPath) {
    answerJoin(parts, request, response).catch((error: unknown) => {
      response.destroy();
      // Who hangs up is no news, and anybody can.
      if (!request.complete) parts.log.debug({ address: remote(request) }, 'join request was cut off');
      else parts.log.error({ err: error }, 'join request failed');
    });
    return;
  }
  response.writeHead(426, { 'content-type': 'text/plain', connection: 'close' });
  response.end(`agents connect here by WebSocket: ${controlPath}, ${controlSubprotocol}\n`);
}

/** Who comes, by its certificate; refusals are told to operators as well. */
function identify({ trust, clock, reportRefusal, log }: ChannelParts, request: IncomingMessage): Client {
  const client = clientOf(request.socket as TLSSocket, trust.authorities, clock.unixMs());
  const why = client.ok ? trust.voidBecause(client.certificate) : client.why;
  if (why === undefined) return client;
  const host = client.ok ? client.certificate.host : client.host;
  log.warn({ host, address: remote(request), reason: why }, 'host refused');
  reportRefusal(host, 'host-not-trusted', `from ${remote(request)}: ${why}`);
  return { ok: false, why, ...(host === undefined ? {} : { host }) };
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
  const date = `Date: ${new Date().toUTCString()}`;
  const head = `\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n${date}\r\n\r\n`;
  socket.end(`HTTP/1.1 ${answer.replace('\r\n\r\n', head)}`);
}

function remote(request: IncomingMessage): string {
  const { remoteAddress = '?', remotePort = 0 } = request.socket;
  return remoteAddress.includes(':') ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}
