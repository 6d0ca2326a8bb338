/** Access tokens from their making to their end, over the API that they open. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccessToken, CreatedAccessToken } from '../../wire/access.ts';
import { FakeClock } from '../clock.ts';
import { type Answer, sendAs, TestController } from '../test-controller.ts';

let controller: TestController;
let clock: FakeClock;
beforeEach(async () => {
  clock = new FakeClock();
  controller = await TestController.start('', clock, ', tcp: { port: 0 }');
});
afterEach(() => controller.remove());

const path = '/v1/access-tokens';
const port = () => controller.controller.apiPort ?? 0;
const create = async (request: object) => (await controller.post(path, request)).body as unknown as CreatedAccessToken;
const list = async () => (await controller.get(path)).body.items as unknown as AccessToken[];
const asked = (token: string | undefined, method = 'GET', where = '/v1/status', body?: unknown): Promise<Answer> =>
  sendAs({ port: port(), token }, method, where, body);

describe('an access token', () => {
  it('is shown once, opens the API, and is kept as a hash', async () => {
    const made = await create({ name: 'ann', role: 'read-only' });
    expect(made).toMatchObject({ name: 'ann', role: 'read-only', createdBy: 'local', createdMs: clock.unixMs() });
    expect(made.token).toMatch(/^weft\.ann\.[A-Za-z0-9_-]{43}$/);
    expect((await asked(made.token)).status).toBe(200);
    const secret = made.token.split('.')[2] ?? '';
    expect(JSON.stringify([await list(), (await controller.get('/v1/audit')).body])).not.toContain(secret);
    await controller.restart();
    expect((await asked(made.token)).status).toBe(200);
    for (const file of ['store.sqlite', 'store.sqlite-wal']) {
      expect(readFileSync(join(controller.directory, 'state', file)).includes(secret)).toBe(false);
    }
  });

  it('opens nothing once it is deleted, nor when one of the same name is made', async () => {
    const { token } = await create({ name: 'ann', role: 'administrator' });
    expect(await controller.delete(`${path}/ann`)).toMatchObject({ status: 204 });
    const refused = await asked(token);
    expect(refused).toEqual({
      status: 401,
      body: {
        code: 'unauthorized',
        message: 'this access token is not valid: it is wrong, has expired or was deleted; ask for another one',
      },
    });
    await create({ name: 'ann', role: 'administrator' });
    expect(await asked(token)).toEqual(refused);
    expect(await asked(`weft.nobody.${'A'.repeat(43)}`)).toEqual(refused);
    expect(await asked('weft.ann.short')).toEqual(refused);
  });

  it('expires to the millisecond', async () => {
    const { token, expiresMs } = await create({ name: 'ann', role: 'operator', lifeMs: 60_000 });
    expect(expiresMs).toBe(clock.unixMs() + 60_000);
    clock.advance(59_999);
    expect((await asked(token)).status).toBe(200);
    clock.advance(1);
    expect((await asked(token)).status).toBe(401);
  });

  it('tells when it was used last, also after a restart', async () => {
    const { token } = await create({ name: 'ann', role: 'operator' });
    expect((await list())[0]).not.toHaveProperty('lastUsedMs');
    clock.advance(5000);
    await asked(token);
    const used = clock.unixMs();
    clock.advance(120_000);
    expect((await list())[0]?.lastUsedMs).toBe(used);
    await controller.restart();
    expect((await list())[0]?.lastUsedMs).toBe(used);
    await controller.delete(`${path}/ann`);
    await create({ name: 'ann', role: 'operator' });
    expect((await list())[0]).not.toHaveProperty('lastUsedMs');
  });

  it.each([
    [{ name: 'x', role: 'customer' }, "a token of role customer needs 'customer': whose clouds it is for"],
    [{ name: 'x', role: 'operator', customer: 'amber' }, "'customer' goes with role customer, not with operator"],
    [{ name: 'local', role: 'operator' }, "'local' is who comes over the Unix socket: choose another name"],
    [{ name: 'x', role: 'king' }, /'role' must be one of administrator, operator, customer, read-only/],
    [{ name: 'X y', role: 'operator' }, /'name' is not a name/],
    [{ name: 'x', role: 'operator', lifeMs: 1 }, /'lifeMs'/],
    [{ name: 'x', role: 'operator', token: 'mine' }, /unknown key 'token'/],
  ])('is not made of %j', async (request, message) => {
    expect(await controller.post(path, request)).toMatchObject({
      status: 400,
      body: { message: typeof message === 'string' ? message : expect.stringMatching(message) },
    });
    expect(await list()).toEqual([]);
  });

  it('keeps its name to itself', async () => {
    const { token } = await create({ name: 'ann', role: 'operator' });
    expect(await controller.post(path, { name: 'ann', role: 'administrator' })).toMatchObject({ status: 409 });
    expect((await asked(token, 'GET', path)).status).toBe(403);
  });
});

describe('a body over TCP', () => {
  let token: string;
  beforeEach(async () => {
    token = (await create({ name: 'ann', role: 'administrator' })).token;
  });
  /** The whole answer to raw bytes. */
  async function raw(...parts: (string | Buffer)[]): Promise<string> {
    const socket = connect({ port: port(), host: '127.0.0.1', rejectUnauthorized: false });
    for (const part of parts) socket.write(part);
    return text(socket);
  }
  const head = (headers: string) =>
    `POST /v1/vpcs HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\n${headers}\r\n`;
  const json = 'Content-Type: application/json\r\n';
  const blue = '{"name":"blue","prefixes":["10.0.0.0/24"]}';
  const names = async () => (await controller.get('/v1/vpcs')).body.items.map(({ name }) => name);

  it('that is too large is refused by its length alone', async () => {
    expect(await raw(head(`${json}Content-Length: 999999999\r\n`))).toMatch(/^HTTP\/1.1 413 /);
    expect(await names()).toEqual([]);
  });

  it.each([
    ['no JSON', `${json}Content-Length: 3\r\n`, '{]}', '400'],
    ['cut off JSON', `${json}Content-Length: 20\r\n`, blue.slice(0, 20), '400'],
    ['nothing', `${json}Content-Length: 0\r\n`, '', '400'],
    ['a form', 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n', 'name=blue', '415'],
    ['text in UTF-16', `${json}Content-Length: ${2 * blue.length}\r\n`, Buffer.from(blue, 'utf16le'), '400'],
    ['bytes that are no UTF-8', `${json}Content-Length: 4\r\n`, Buffer.from([0x22, 0xff, 0xfe, 0x22]), '400'],
    ['a list', `${json}Content-Length: 2\r\n`, '[]', '400'],
    ['poison for prototypes', `${json}Content-Length: 30\r\n`, '{"__proto__":{"name":"blue"} }', '400'],
  ])('of %s is refused with a sentence', async (_title, headers, body, status) => {
    const answer = await raw(head(headers), body);
    expect(answer.slice(9, 12)).toBe(status);
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({
      message: expect.stringMatching(/\w+ \w+/),
    });
    expect(await names()).toEqual([]);
  });

  it('that is compressed is not taken for what it is not', async () => {
    const packed = gzipSync(blue);
    const answer = await raw(head(`${json}Content-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n`), packed);
    expect(answer).toMatch(/^HTTP\/1.1 4\d\d /);
    expect(await names()).toEqual([]);
  });

  it('is of the request that it came with, when several come at once', async () => {
    const post = (name: string) => {
      const body = `{"name":"${name}","prefixes":["10.0.0.0/24"]}`;
      const headers = `${json}Content-Length: ${body.length}\r\n`;
      return head(headers).replace('Connection: close\r\n', '') + body;
    };
    const socket = connect({ port: port(), host: '127.0.0.1', rejectUnauthorized: false });
    socket.write(post('one') + post('two') + post('one') + head(`${json}Content-Length: 0\r\n`));
    const answers = await text(socket);
    expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 201', 'HTTP/1.1 201', 'HTTP/1.1 409', 'HTTP/1.1 400']);
    expect(await names()).toEqual(['one', 'two']);
  });

  it('with two lengths, or a length and chunks, is no request', async () => {
    for (const headers of [
      'Content-Length: 5\r\nContent-Length: 6\r\n',
      'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n',
    ]) {
      expect(await raw(head(json + headers), 'hello')).toMatch(/^HTTP\/1.1 400 /);
    }
  });
});

it('a client that goes away in the middle of its request leaves nothing behind', async () => {
  const { token } = await create({ name: 'ann', role: 'administrator' });
  const socket = connect({ port: port(), host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  socket.write(
    `POST /v1/vpcs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 50\r\n\r\n{"name"`,
  );
  socket.destroy();
  expect((await asked(token)).status).toBe(200);
  expect((await controller.get('/v1/audit?resource=vpc')).body.items).toEqual([]);
});
