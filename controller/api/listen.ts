/** Where the REST API listens: a Unix socket that only its owner can use, and a TCP port when configured. */
import { lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { dirname } from 'node:path';
import { httpDeadlines, tlsDeadlines } from '../../wire/limits.ts';
import { listenMistake } from '../channel/listen.ts';
import { type LimitedListener, limitConnections } from '../listen-limits.ts';
import type { ServerCertificate } from '../trust/server-certificate.ts';

export interface ApiListener {
  /** Of a TCP listener. */
  readonly port: number | undefined;
  readonly close: () => Promise<void>;
}

type Limits = Pick<LimitedListener, 'limits' | 'log'>;

interface SocketOptions extends Limits {
  /** Descriptor of a socket that listens on the path already, and whose file is its maker's business. */
  readonly listener?: number | undefined;
}

/** Replaces the socket file of a dead process; rejects when a living one has it. */
export async function listenOnSocket(
  handler: RequestListener,
  path: string,
  { listener, ...limits }: SocketOptions,
): Promise<ApiListener> {
  if (listener === undefined) {
    mkdirSync(dirname(path), { recursive: true });
    await removeStale(path);
  }
  const server = createServer(httpDeadlines, handler);
  limitConnections(server, { name: 'api socket', ...limits });
  const start = () => {
    if (listener !== undefined) {
      server.listen({ fd: listener });
      return;
    }
    // The file is made inside listen(): with this mask nobody else can connect even for a moment.
    const mask = process.umask(0o177);
    server.listen({ path });
    process.umask(mask);
  };
  await listen(server, start, (error) => `cannot make the socket ${path}: ${error.message}`);
  return { port: undefined, close: () => close(server) };
}

export interface TcpOptions extends Limits {
  readonly address: string;
  readonly port: number;
  readonly certificate: ServerCertificate;
}

/** With TLS 1.3 and the controller's certificate, always the newest. */
export async function listenOnTcp(
  handler: RequestListener,
  { address, port, certificate, ...limits }: TcpOptions,
): Promise<ApiListener> {
  const server = createTlsServer({ ...certificate.context, ...tlsDeadlines, ...httpDeadlines }, handler);
  limitConnections(server, { name: 'api', encrypted: true, ...limits });
  const forget = certificate.onRenewed((context) => server.setSecureContext(context));
  await listen(
    server,
    () => server.listen({ host: address, port, ipv6Only: true }),
    (error) => listenMistake(error, address, port),
  );
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      forget();
      return close(server);
    },
  };
}

type Describe = (error: NodeJS.ErrnoException) => string;

function listen(server: Server, start: () => void, describe: Describe): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => reject(new Error(describe(error)));
    server.once('error', failed);
    server.once('listening', () => {
      server.off('error', failed);
      resolve();
    });
    start();
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    // Answers under way get a moment.
    setTimeout(() => server.closeAllConnections(), 500).unref();
  });
}

async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error(`cannot make the socket ${path}: another file is there; move it away`);
  if (await answers(path)) {
    throw new Error(`another controller is running: it answers on ${path}; stop it or set another api.socket`);
  }
  unlinkSync(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
