/** Bounds of listeners against real peers that are slow, silent, greedy or many. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { httpDeadlines } from '../wire/limits.ts';
import { apiListenLimits, type ListenLimits, limitConnections } from './listen-limits.ts';

const fast = { headersTimeout: 100, requestTimeout: 200, keepAliveTimeout: 100, connectionsCheckingInterval: 25 };
let server: Server;
let logged = '';
const sockets: Socket[] = [];

async function start(
  handler: RequestListener,
  limits: Partial<ListenLimits> = {},
  deadlines: object = fast,
  make: (options: object) => Server | TlsServer = (options) => createServer(options, handler),
) {
  logged = '';
  const log = pino(
    { level: 'debug' },
    {
      write: (line: string) => {
        logged += line;
      },
    },
  );
  server = make({ ...httpDeadlines, ...deadlines }) as Server;
  limitConnections(server, { name: 'test', limits: { ...apiListenLimits, ...limits }, log });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

/** Without a certificate: no handshake comes to its end. */
async function startTls(): Promise<void> {
  await start(hello, {}, fast, (options) => createTlsServer({ ...options, handshakeTimeout: 100 }));
}

async function open(): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

const hello: RequestListener = (request, response) => {
  request.resume().once('end', () => response.end('hello'));
};
const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
/** Until a log line says so: the listener tells once every half a second. */
const told = (what: string | RegExp) => expect.poll(() => logged, { timeout: 3000 }).toMatch(what);

describe('a peer that is slow', () => {
  it('and says nothing is cut', async () => {
    await start(hello);
    expect(await text(await open())).toMatch(/^HTTP\/1.1 408 /);
  });

  it('with its headers is cut, however steadily they come', async () => {
    await start(hello);
    const socket = await open();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
    let sent = 0;
    const drip = setInterval(() => socket.write(`X-${sent++}: y\r\n`), 10);
    const answer = await text(socket);
    clearInterval(drip);
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toContain('the request was not complete in time');
    await told('a request was not complete in time');
  });

  it('with its body is cut', async () => {
    await start(hello);
    const socket = await open();
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n');
    const drip = setInterval(() => socket.write('x'), 10);
    const answer = await text(socket);
    clearInterval(drip);
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
  });

  it('between two requests is cut', async () => {
    await start(hello);
    const socket = await open();
    socket.write(get);
    expect(await text(socket)).toMatch(/^HTTP\/1.1 200 /);
  });

  it('is no peer that waits for a slow answer', async () => {
    await start((_request, response) => void setTimeout(() => response.end('at last'), 600), { readMs: 100 });
    const socket = await open();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await text(socket)).toMatch(/at last$/);
  });
});

describe('a peer of a listener with TLS', () => {
  it('that says nothing is cut', async () => {
    await startTls();
    expect(await text(await open())).toBe('');
    await told('ERR_TLS_HANDSHAKE_TIMEOUT');
  });

  it('that says something else is cut, without an answer that it would not understand', async () => {
    await startTls();
    const socket = await open();
    socket.write(get);
    expect(await text(socket)).not.toContain('HTTP/1.1');
    await told('ERR_SSL_');
  });
});

describe('a peer that sends without end', () => {
  it.each([
    ['one long header', `X: ${'y'.repeat(20_000)}\r\n`],
    ['many headers', 'X: yyyyyyyyyyyyyyyy\r\n'.repeat(2000)],
    ['a long path', ''],
  ])('%s is refused with a sentence', async (title, headers) => {
    let reached = 0;
    await start(() => void reached++);
    const socket = await open();
    const path = title === 'a long path' ? `/${'p'.repeat(20_000)}` : '/';
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`);
    expect(await text(socket)).toMatch(
      /^HTTP\/1.1 431 [\s\S]*the headers of the request are too long: 16 KiB are taken/,
    );
    expect(reached).toBe(0);
  });

  it('what is no HTTP is refused with a sentence', async () => {
    await start(hello);
    const socket = await open();
    socket.write('\x16\x03\x01 this is TLS, or nothing\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 400 [\s\S]*this is no HTTP request that can be read/);
  });
});

describe('a peer that does not read', () => {
  it('is cut when more waits of an answer without an end than may', async () => {
    let cut: Promise<unknown> | undefined;
    await start(
      (_request, response) => {
        cut = once(response, 'close');
        const more = setInterval(() => response.write('z'.repeat(64 << 10)), 1);
        response.once('close', () => clearInterval(more));
      },
      { streamBytes: 1 << 20 },
    );
    const socket = await open();
    socket.pause();
    socket.write(get);
    await expect.poll(() => cut).toBeDefined();
    await cut;
    await told(/does not read: \d+ bytes wait; the limit is 1048576/);
  });

  it('is cut when nothing of an answer was taken for too long', async () => {
    let cut: Promise<unknown> | undefined;
    await start(
      (_request, response) => {
        cut = once(response, 'close');
        response.setHeader('content-length', 64 << 20);
        response.end(Buffer.alloc(64 << 20));
      },
      { readMs: 100 },
    );
    const socket = await open();
    socket.pause();
    socket.write(get);
    await expect.poll(() => cut).toBeDefined();
    await cut;
    await told(/nothing of \d+ bytes was read for 100 ms/);
  });
});

describe('too many connections', () => {
  it('are told so when all others are in use', async () => {
    const answers: (() => void)[] = [];
    await start((_request, response) => void answers.push(() => response.end()), { connections: 2 });
    for (let i = 0; i < 2; i++) (await open()).write(get);
    await expect.poll(() => answers.length).toBe(2);
    const refused = await text(await open());
    expect(refused).toMatch(/^HTTP\/1.1 503 [\s\S]*Retry-After: 5\r\n/);
    expect(refused).toContain(
      'too many connections (2 connections, which is the limit): close some, or try again later',
    );
    await told('too many: 2 connections');
  });

  it('that one address opens too fast are refused, although it closes them again', async () => {
    await start(hello, { opening: { perSecond: 0.01, burst: 3 } });
    const answers = [];
    for (let i = 0; i < 5; i++) {
      const socket = await open();
      socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      answers.push((await text(socket)).slice(9, 12));
    }
    expect(answers).toEqual(['200', '200', '200', '503', '503']);
    await told('too many: one source opens them too fast');
  });

  it('make no request reach anybody on a connection that was refused', async () => {
    let reached = 0;
    await start(() => void reached++, { connections: 1 });
    (await open()).write(get);
    await expect.poll(() => reached).toBe(1);
    for (let i = 0; i < 20; i++) {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      socket.on('error', () => undefined);
      sockets.push(socket);
      socket.resume().write(get);
      await once(socket, 'close');
    }
    expect(reached).toBe(1);
  });

  it('that say nothing make room for one that does', async () => {
    await start(hello, { connections: 20 }, { headersTimeout: 60_000, requestTimeout: 60_000 });
    const silent = await Promise.all(Array.from({ length: 20 }, open));
    const gone = once(silent[0] as Socket, 'close');
    silent[0]?.resume();
    const socket = await open();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await text(socket)).toMatch(/hello$/);
    await gone;
    await told('made room for a new one: 20 connections');
  });
});
