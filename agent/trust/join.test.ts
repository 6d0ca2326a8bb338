/** Joining controllers that are right, wrong, hostile, or only live at another time. */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcp, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JoinRequest } from '../../wire/trust.ts';
import { FakeRegion, fakeRegion } from './fake-region.ts';
import { join } from './join.ts';
import { newKey } from './request.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let region: FakeRegion;
let other: FakeRegion;
beforeAll(async () => {
  region = await fakeRegion();
  other = await FakeRegion.make('another region');
});

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Controller {
  /** Of its clock, to this machine's. */
  readonly aheadMs?: number;
  readonly by?: FakeRegion;
  /** Shown behind its certificate. */
  readonly chain?: string;
  readonly names?: readonly string[];
  readonly kind?: 'controller' | 'host';
  readonly answer?: (asked: JoinRequest) => Promise<{ readonly status: number; readonly body: unknown }>;
}

const heard: string[] = [];

/** A controller whose clock is `aheadMs` ahead: its certificate and the time that it says are of then. */
async function controller(wish: Controller = {}): Promise<string> {
  const { aheadMs = 0, by = region, chain = by.ca, names = ['127.0.0.1'], kind = 'controller', answer = issue } = wish;
  const subject = kind === 'host' ? ({ kind, name: 'c', generation: 1 } as const) : ({ kind, name: 'c' } as const);
  const nowMs = Date.now() + aheadMs;
  const validity = { notBeforeMs: nowMs - 26 * hourMs, notAfterMs: nowMs + 30 * dayMs };
  const { key, cert } = await by.issue(subject, { names, ...validity });
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('date', new Date(nowMs).toUTCString());
    const content = await text(request);
    if (request.method !== 'POST') return response.writeHead(426).end('no');
    heard.push(content);
    const { status, body } = await answer(JSON.parse(content) as JoinRequest);
    return response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  return listen(
    createServer({ key, cert: cert + chain, minVersion: 'TLSv1.3' }, (asked, said) => void serve(asked, said)),
  );
}

const spkiLength = 91;

/** The key of the request, as a controller would take it out. */
function keyOf({ request }: JoinRequest): Buffer {
  const der = Buffer.from(request, 'base64');
  const at = der.indexOf(Buffer.from([0x30, 0x59, 0x30, 0x13]));
  return der.subarray(at, at + spkiLength);
}

async function issue(asked: JoinRequest): Promise<{ readonly status: number; readonly body: unknown }> {
  const subject = { kind: 'host', name: asked.host, generation: 1 } as const;
  const { cert } = await region.issue(subject, { publicKey: keyOf(asked) });
  return { status: 200, body: { certificate: cert, authority: region.ca, controller: 'c', labels: {} } };
}

const token = () => ({ host: 'a', secret: 's'.repeat(32), fingerprint: region.fingerprint });
const attempt = (origin: string, made = newKey(), of = token()) => join(origin, of, made, Date.now());
const failure = async (origin: string, of = token()) =>
  attempt(origin, newKey(), of).then(
    () => 'it joined',
    (error: Error) => error.message.replaceAll(origin, 'URL'),
  );

it('a host says its token’s secret to the controller of that authority, and gets what is for its own key', async () => {
  heard.length = 0;
  const made = newKey();
  const { answer, localAddress } = await attempt(await controller(), made);
  expect([answer.controller, localAddress]).toEqual(['c', '127.0.0.1']);
  expect(heard).toHaveLength(1);
  expect(heard[0]).toContain('s'.repeat(32));
  expect(heard[0]).not.toContain('PRIVATE');
});

describe('the secret is never said to', () => {
  it.each<[string, () => Controller, RegExp]>([
    [
      'another region’s controller',
      () => ({ by: other }),
      /^what answers at URL is not the controller that made this token/,
    ],
    [
      'somebody who shows the authority behind a certificate of another',
      () => ({ by: other, chain: region.ca }),
      /is not of this region’s authority|is not the controller that made this token/,
    ],
    [
      'a host of the region that plays controller',
      () => ({ kind: 'host' }),
      /^URL cannot be reached: its certificate is not one of a controller/,
    ],
    [
      'a controller that is somewhere else',
      () => ({ names: ['192.0.2.1'] }),
      /add it to listen\.names in the controller’s configuration/,
    ],
  ])('%s', async (_, wish, why) => {
    heard.length = 0;
    expect(await failure(await controller(wish()))).toMatch(why);
    expect(heard).toEqual([]);
  });
});

describe('a clock', () => {
  it.each([
    ['an hour ahead of', hourMs],
    ['an hour behind', -hourMs],
    ['a day ahead of', dayMs],
    ['a day behind', -dayMs],
  ])('of the controller that is %s this host’s does not matter', async (_, aheadMs) => {
    await attempt(await controller({ aheadMs }));
  });

  it('that is a week behind the controller’s is named, with by how much', async () => {
    expect(await failure(await controller({ aheadMs: 7 * dayMs }))).toMatch(
      /^URL cannot be reached: its certificate is not valid yet by this host’s clock: this host’s clock is 7 d behind the controller’s \(.*Z here, .*Z there\): set the one that is wrong$/,
    );
  });

  it('that is two months ahead of the controller’s is named, too', async () => {
    expect(await failure(await controller({ aheadMs: -61 * dayMs }))).toMatch(
      /its certificate has expired by this host’s clock: this host’s clock is 61 d ahead of the controller’s/,
    );
  });

  it('is named beside a refusal that may come of it', async () => {
    const answer = async () => ({ status: 403, body: { code: 'x', message: 'the join token expired at …' } });
    expect(await failure(await controller({ aheadMs: -dayMs, answer }))).toMatch(
      /^URL refused this host: the join token expired at …; this host’s clock is 24 h ahead of the controller’s/,
    );
  });
});

describe('what answers at the address', () => {
  it('speaks plain HTTP', async () => {
    const origin = await listen(createHttp((_request, response) => response.end('hello')));
    expect(await failure(origin)).toMatch(/^URL cannot be reached: what answers there does not speak TLS/);
  });

  it('says garbage', async () => {
    const server = createTcp((socket) => {
      socket.on('error', () => undefined);
      socket.end('220 smtp.example ready\r\n'.repeat(100));
    });
    expect(await failure(await listen(server))).toMatch(
      /^URL cannot be reached: what answers there does not speak TLS/,
    );
  });

  it('hangs up', async () => {
    const server = createTcp((socket) => socket.destroy());
    expect(await failure(await listen(server))).toMatch(
      /^URL cannot be reached: what answers there ended the connection/,
    );
  });

  it('is nothing', async () => {
    const server = createTcp();
    const origin = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await failure(origin)).toBe('URL cannot be reached: nothing listens there');
  });

  it.each<[string, Controller['answer'] & {}, RegExp]>([
    ['no JSON', async () => ({ status: 200, body: 'yes' }), /^URL gave an answer that is none of a controller$/],
    [
      'JSON of another shape',
      async () => ({ status: 200, body: {} }),
      /^URL gave an answer that is none of a controller$/,
    ],
    [
      'far too much',
      async () => ({ status: 200, body: 'x'.repeat(1 << 20) }),
      /^URL cannot be reached: its answer is too long$/,
    ],
    ['a page of a proxy', async () => ({ status: 502, body: '<html>\n<p>…' }), /^URL refused this host: <html>$/],
    [
      'a certificate for another host',
      async (asked) => issue({ ...asked, host: 'b' }),
      /^URL: the certificate is for host 'b', not for 'a'$/,
    ],
    [
      'a certificate for another key',
      async (asked) => {
        const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
        const { cert } = await region.issue(
          { kind: 'host', name: asked.host, generation: 1 },
          { publicKey: publicKey.export({ format: 'der', type: 'spki' }) },
        );
        return { status: 200, body: { certificate: cert, authority: region.ca, controller: 'c', labels: {} } };
      },
      /^URL: the certificate is for another key$/,
    ],
    [
      'a certificate of an authority that it does not show',
      async (asked) => {
        const said = await issue(asked);
        return { status: 200, body: { ...(said.body as object), authority: other.ca } };
      },
      /^URL: the certificate is not of the authority that came with it$/,
    ],
  ])('is a controller that says %s', async (_, answer, why) => {
    expect(await failure(await controller({ answer }))).toMatch(why);
  });
});
