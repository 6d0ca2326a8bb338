/** What stands before the API, over real sockets: the handler behind it tells who was let in. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../clock.ts';
import { Gate, type GateRates, gateRates, principalOf } from './gate.ts';
import type { AccessTokens } from './tokens.ts';

type Check = AccessTokens['check'];

/** `good-NAME` is a token of NAME, an operator. */
const check: Check = (token) => {
  const [, name] = /^good-(\w+)$/.exec(token) ?? [];
  if (name === undefined) return { ok: false, why: 'wrong secret', name: 'ann' };
  const record = { name, revision: 1, hash: '', role: 'operator', createdMs: 0, createdBy: 'local' } as const;
  return { ok: true, token: record };
};

let clock: FakeClock;
let gate: Gate;
let reached: string[];
let logged: string;
let server: ReturnType<typeof createServer>;

async function start(rates: Partial<GateRates> = {}): Promise<void> {
  clock = new FakeClock();
  reached = [];
  logged = '';
  const log = pino(
    { level: 'debug' },
    {
      write: (line: string) => {
        logged += line;
      },
    },
  );
  gate = new Gate({ tokens: { check }, clock, log, rates: { ...gateRates, ...rates } });
  server = createServer(
    gate.remote((incoming, response) => {
      reached.push(`${principalOf(incoming)?.who} ${incoming.url}`);
      response.end('in');
    }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}
beforeEach(() => start());
afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

async function ask(authorization?: string) {
  const headers = authorization === undefined ? {} : { authorization };
  const { port } = server.address() as AddressInfo;
  const asked = request({ port, host: '127.0.0.1', path: '/v1/x', headers, agent: false }).end();
  const [response] = await once(asked, 'response');
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

describe('a request over TCP', () => {
  it('with a token is let in, as that token', async () => {
    expect(await ask('Bearer good-ann')).toMatchObject({ status: 200, body: 'in' });
    expect(await ask('bearer  good-bob')).toMatchObject({ status: 200 });
    expect(reached).toEqual(['token ann /v1/x', 'token bob /v1/x']);
  });

  it.each([
    ['none', undefined],
    ['another scheme', 'Basic Z29vZC1hbm46'],
    ['a bare token', 'good-ann'],
    ['two words', 'Bearer good-ann good-bob'],
    ['an empty one', 'Bearer '],
  ])('with %s is answered with what is missing, and reaches nothing', async (_title, authorization) => {
    const { status, headers, body } = await ask(authorization);
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toBe('Bearer');
    expect(JSON.parse(body)).toEqual({
      code: 'unauthorized',
      message: 'an access token is needed here: send it as Authorization: Bearer TOKEN',
    });
    expect(reached).toEqual([]);
  });

  it('with a wrong token is refused in one sentence, whatever is wrong with it', async () => {
    const { status, body } = await ask('Bearer bad-and-secret');
    expect(status).toBe(401);
    expect(JSON.parse(body).message).toMatch(
      /^this access token is not valid: it is wrong, has expired or was deleted/,
    );
    expect(reached).toEqual([]);
  });

  it('is logged with its source and without the token when it is refused', async () => {
    await ask('Bearer bad-and-secret');
    expect(logged).toContain('"source":"127.0.0.1","why":"wrong secret","token":"ann"');
    expect(logged).not.toContain('secret-');
    expect(logged).not.toContain('bad-and-secret');
    expect(gate.counts).toEqual({ noToken: 0, badToken: 1, limitedSources: 0, limitedTokens: 0 });
  });

  it('is refused before it is sent whole, and the connection ends', async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('POST /v1/vpcs HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 401 /);
  });

  it('is judged on its own when several come at once on one connection', async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const get = (path: string, token: string) =>
      `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    socket.write(get('/1', 'good-ann') + get('/2', 'good-bob') + get('/3', 'bad') + get('/4', 'good-ann'));
    const answers = await text(socket);
    expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 401']);
    expect(reached.slice(0, 2)).toEqual(['token ann /1', 'token bob /2']);
    expect(reached).not.toContain('token bob /3');
  });
});

describe('too many requests', () => {
  it('of one token are told when to come again, and do not keep others out', async () => {
    await start({ perToken: { perSecond: 0.5, burst: 2 } });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await ask('Bearer good-ann')).status);
    expect(statuses).toEqual([200, 200, 429]);
    const { headers, body } = await ask('Bearer good-ann');
    expect(headers['retry-after']).toBe('2');
    expect(JSON.parse(body).message).toBe("too many requests with access token 'ann': try again in 2 s");
    expect((await ask('Bearer good-bob')).status).toBe(200);
    clock.advance(2000);
    expect((await ask('Bearer good-ann')).status).toBe(200);
  });

  it('of one address are refused before a token is looked at', async () => {
    await start({ perSource: { perSecond: 1, burst: 1 } });
    expect((await ask('Bearer good-ann')).status).toBe(200);
    expect((await ask('Bearer bad')).status).toBe(429);
    expect(gate.counts).toMatchObject({ limitedSources: 1, badToken: 0 });
  });

  it('without a valid token are neither answered in full nor logged, and a valid one still gets in', async () => {
    await start({ failures: { perSecond: 0.1, burst: 2 } });
    const statuses = [];
    for (let i = 0; i < 5; i++) statuses.push((await ask('Bearer bad')).status);
    expect(statuses).toEqual([401, 401, 429, 429, 429]);
    expect(logged.match(/access refused/g)).toHaveLength(2);
    expect(gate.counts.badToken).toBe(5);
    expect((await ask('Bearer good-ann')).status).toBe(200);
  });
});

describe('a request over the Unix socket', () => {
  it('is root’s', async () => {
    let who: unknown;
    const handler = gate.local((incoming) => {
      who = principalOf(incoming);
    });
    handler({} as Parameters<typeof handler>[0], {} as Parameters<typeof handler>[1]);
    expect(who).toEqual({ who: 'local', role: 'administrator', customer: undefined, from: 'socket' });
  });
});
