/** Thousands of connections that say nothing, on every listener at once: whoever has something to say still gets through. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as tlsConnect } from 'node:tls';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sendAs, TestController } from './test-controller.ts';

let controller: TestController;
let token: string;
const idle: Socket[] = [];
beforeEach(async () => {
  controller = await TestController.start('', undefined, ', tcp: { port: 0 }');
  const { body } = await controller.post('/v1/access-tokens', { name: 'ann', role: 'administrator' });
  token = (body as unknown as { token: string }).token;
});
afterEach(async () => {
  for (const socket of idle.splice(0)) socket.destroy();
  await controller.remove();
});

/** From many addresses of 127.0.0.0/8, a hundred at a time so that no backlog overflows. */
async function openIdle(
  port: number,
  count: number,
  addresses: number,
  meanwhile = async (): Promise<void> => undefined,
): Promise<void> {
  for (let from = 0; from < count; from += 100) {
    const sockets = Array.from({ length: Math.min(100, count - from) }, (_, i) => {
      const localAddress = `127.0.1.${1 + ((from + i) % addresses)}`;
      const socket = connect({ port, host: '127.0.0.1', localAddress });
      socket.on('error', () => socket.destroy());
      return socket;
    });
    idle.push(...sockets);
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    await meanwhile();
  }
}

it('5,000 idle connections keep neither agents nor people out', { timeout: 60_000 }, async () => {
  const before = await controller.agent('a');
  const apiPort = controller.controller.apiPort ?? 0;
  // Its agent is heard all the while.
  const flush = () => before.flush();
  await openIdle(controller.port, 4000, 10, flush);
  await openIdle(apiPort, 1000, 20, flush);
  expect(idle).toHaveLength(5000);

  // Who comes is let in, and told what to hold.
  const after = await controller.agent('b');
  await controller.vpc('blue');
  await controller.guest('g', 'b');
  await after.until(() => after.get('guest', 'g') !== undefined);
  expect(before.closed).toBeUndefined();

  // The API is full of silent connections: each new one takes the place of one of them.
  const started = performance.now();
  for (let i = 0; i < 20; i++) {
    expect((await sendAs({ port: apiPort, token }, 'GET', '/v1/status')).status).toBe(200);
  }
  await before.flush();
  expect(before.closed).toBeUndefined();
  expect((performance.now() - started) / 20).toBeLessThan(500);
});

it('one address with thousands of connections takes room from itself alone', async () => {
  const apiPort = controller.controller.apiPort ?? 0;
  await openIdle(apiPort, 50, 10);
  const others = idle.slice();
  await openIdle(apiPort, 400, 1);
  // Its first ones have made room for its last ones, those of the others are where they were.
  const answer = async (idle: Socket) => {
    const socket = tlsConnect({ socket: idle, rejectUnauthorized: false });
    socket.write(`GET /v1/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    return (await text(socket)).slice(0, 12);
  };
  const ofOthers = others.filter((_, i) => i % 10 !== 0);
  expect(new Set(await Promise.all(ofOthers.map(answer)))).toEqual(new Set(['HTTP/1.1 200']));
});
