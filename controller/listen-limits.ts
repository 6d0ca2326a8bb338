/**
 * What every listener of the controller bounds, whoever connects: how many connections there are, how long a peer may
 * take to say or to read something, and how much may wait for one that does not read.
 *
 *   const server = createServer(httpDeadlines, handler);     deadlines for headers, bodies and between requests
 *   limitConnections(server, { name, limits, log });         the rest
 *
 * Works for `node:http` and `node:https` alike: connections are told by their peer's address and port, which a TLS
 * socket and the TCP socket under it share.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { httpHeadersMost } from '../wire/limits.ts';
import { Buckets, type Rate } from './access/token-bucket.ts';
import { Admission, type AdmissionLimits, sourceOf } from './admission.ts';

export interface ListenLimits extends AdmissionLimits {
  /** New connections of one source: each may cost a TLS handshake. */
  readonly opening: Rate;
  /** An answer of which the peer has taken nothing for so long is given up. */
  readonly readMs: number;
  /** Bytes of an answer without an end that may wait for its reader. */
  readonly streamBytes: number;
}

const slow = { readMs: 20_000, streamBytes: 4 << 20 } as const;

/** Agents of a whole site may share an address. */
export const agentListenLimits: ListenLimits = {
  ...{ connections: 10_000, perSource: 4000, opening: { perSecond: 500, burst: 4000 } },
  ...slow,
};
export const apiListenLimits: ListenLimits = {
  ...{ connections: 1000, perSource: 100, opening: { perSecond: 200, burst: 400 } },
  ...slow,
};
/** Whoever may open the Unix socket is one source. */
export const localListenLimits: ListenLimits = {
  ...{ connections: 1000, perSource: 1000, opening: { perSecond: 1e6, burst: 1e6 } },
  ...slow,
};

export interface LimitedListener {
  /** In logs. */
  readonly name: string;
  readonly limits: ListenLimits;
  readonly log: Logger;
  /** TLS: a refusal in plain text would be noise to the peer. */
  readonly encrypted?: boolean;
}

type Key = string | Socket;

const sweepMs = 500;
const hasty = 'one source opens them too fast';

export function limitConnections(
  listener: Server | TlsServer,
  { name, limits, log, encrypted = false }: LimitedListener,
): void {
  // They have the same events and settings.
  const server = listener as Server;
  const admission = new Admission<Key>(limits);
  const opening = new Buckets(limits.opening);
  const sockets = new Map<Key, Socket>();
  const answers = new Set<ServerResponse>();
  const tally = new Tally((reason, source, count) =>
    log.warn({ listener: name, source, reason, count }, 'connections closed'),
  );
  server.maxHeadersCount = httpHeadersMost;
  server.timeout = limits.readMs;

  server.on('connection', (socket: Socket) => {
    const key = keyOf(socket);
    const source = sourceOf(socket.remoteAddress);
    const isHasty = opening.take(source, performance.now()) > 0;
    const admitted = isHasty ? { ok: false as const, why: hasty } : admission.admit(key, source);
    if (!admitted.ok) {
      tally.add(`too many: ${admitted.why}`, source);
      refuse(socket, encrypted, admitted.why);
      return;
    }
    if (admitted.instead !== undefined) {
      tally.add(`made room for a new one: ${admitted.why}`, source);
      sockets.get(admitted.instead)?.destroy();
    }
    sockets.set(key, socket);
    socket.once('close', () => {
      if (sockets.get(key) !== socket) return;
      admission.gone(key);
      sockets.delete(key);
    });
  });
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const key = keyOf(request.socket);
    admission.began(key);
    answers.add(response);
    response.once('close', () => {
      admission.ended(key);
      answers.delete(response);
    });
  });
  server.prependListener('upgrade', (request: IncomingMessage) => admission.upgraded(keyOf(request.socket)));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // Who hangs up is no news.
    if (error.code !== 'ECONNRESET') tally.add(mistakeOf(error.code).reason, sourceOf(socket.remoteAddress));
    answerMistake(error.code, socket);
  });
  server.on('timeout', (socket: Socket) => {
    if (socket.writableLength > 0) {
      const reason = `nothing of ${socket.writableLength} bytes was read for ${limits.readMs} ms`;
      tally.add(reason, sourceOf(socket.remoteAddress));
      socket.destroy();
    } else if ([...answers].some((answer) => answer.req.socket === socket)) {
      // Whoever waits for an answer is not slow.
      socket.setTimeout(limits.readMs);
    } else {
      socket.destroy();
    }
  });

  const sweep = setInterval(() => {
    for (const answer of answers) {
      if (answer.hasHeader('content-length') || answer.writableLength <= limits.streamBytes) continue;
      const reason = `does not read: ${answer.writableLength} bytes wait; the limit is ${limits.streamBytes}`;
      tally.add(reason, sourceOf(answer.req.socket.remoteAddress));
      answer.req.socket.destroy();
    }
    tally.tell();
  }, sweepMs).unref();
  server.once('close', () => clearInterval(sweep));
}

function keyOf(socket: Socket): Key {
  return socket.remoteAddress === undefined ? socket : `${socket.remoteAddress} ${socket.remotePort}`;
}

/** The write is done at once, so the socket is gone before a request could be read from it. */
function refuse(socket: Socket, encrypted: boolean, why: string): void {
  socket.on('error', () => socket.destroy());
  if (encrypted) return void socket.destroy();
  const message = `too many connections (${why}): close some, or try again later`;
  socket.write(plainAnswer('503 Service Unavailable', 'busy', message, 'Retry-After: 5\r\n'), () => socket.destroy());
}

function plainAnswer(status: string, code: string, message: string, headers = ''): string {
  const body = JSON.stringify({ code, message });
  return `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

interface Mistake {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

function mistakeOf(code: string | undefined): Mistake {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: '431 Request Header Fields Too Large',
        reason: 'headers over the limit',
        message: 'the headers of the request are too long: 16 KiB are taken',
      };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        status: '408 Request Timeout',
        reason: 'a request was not complete in time',
        message: 'the request was not complete in time: headers have 10 s, the body 30 s',
      };
    case 'ECONNRESET':
      return { status: '', reason: 'reset by the peer', message: '' };
    default:
      // The parser's errors; all others are of TLS or of the socket, where nobody would read an answer.
      if (code?.startsWith('HPE_') !== true)
        return { status: '', reason: `failed (${code ?? 'no code'})`, message: '' };
      return {
        status: '400 Bad Request',
        reason: 'not HTTP',
        message: 'this is no HTTP request that can be read',
      };
  }
}

function answerMistake(code: string | undefined, socket: Socket): void {
  const { status, message } = mistakeOf(code);
  if (!socket.writable || status === '') return void socket.destroy();
  // An answer that had begun cannot be followed by another one.
  if (socket.bytesWritten > 0 && status.startsWith('400')) return void socket.destroy();
  socket.end(plainAnswer(status, 'invalid', message), () => socket.destroy());
}

/** One line a second and reason at most, however many there were. */
class Tally {
  readonly #tell: (reason: string, source: string, count: number) => void;
  readonly #counts = new Map<string, { source: string; count: number }>();

  constructor(tell: (reason: string, source: string, count: number) => void) {
    this.#tell = tell;
  }

  add(reason: string, source: string): void {
    const known = this.#counts.get(reason);
    if (known !== undefined) known.count += 1;
    else if (this.#counts.size < 100) this.#counts.set(reason, { source, count: 1 });
  }

  tell(): void {
    for (const [reason, { source, count }] of this.#counts) this.#tell(reason, source, count);
    this.#counts.clear();
  }
}
