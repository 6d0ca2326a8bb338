/** Join, renewal and revocation over real TLS on loopback, with agents that only pretend. */
import 'reflect-metadata';
import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { closeCodes, controlPath, controlSubprotocol, limits } from '../../wire/limits.ts';
import { formatJoinToken, joinPath, parseJoinToken, subjectOf } from '../../wire/trust.ts';
import { FakeAgent } from '../channel/fake-agent.ts';
import { FakeClock } from '../clock.ts';
import { TestController } from '../test-controller.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

let clock: FakeClock;
let controller: TestController;
beforeEach(async () => {
  clock = new FakeClock(Date.now());
  controller = await TestController.start('liveness: { deadlineMs: 600000 }\n', clock);
});
afterEach(() => controller.remove());

/** A host's new key and its request, as an agent makes them. */
async function newRequest(): Promise<{ readonly key: string; readonly der: Uint8Array }> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
  const made = await Pkcs10CertificateRequestGenerator.create({
    // What it asks to be called means nothing.
    name: 'CN=somebody-else',
    signingAlgorithm: algorithm,
    keys: {
      privateKey: await privateKey.toCryptoKey(algorithm, false, ['sign']),
      publicKey: await publicKey.toCryptoKey(algorithm, true, ['verify']),
    },
  });
  const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return { key, der: new Uint8Array(made.rawData) };
}

async function token(host = 'a', more: object = {}): Promise<string> {
  const { status, body } = await controller.post('/v1/join-tokens', { host, ...more });
  expect(status).toBe(201);
  return (body as unknown as { readonly token: string }).token;
}

interface Said {
  readonly status: number;
  readonly body: { readonly [key: string]: unknown; readonly message?: string };
}

async function post(body: string, method = 'POST'): Promise<Said> {
  const { ca } = await controller.credentials('nobody');
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const options = { host: '127.0.0.1', port: controller.port, path: joinPath, ca, agent: false, method, headers };
    const sent = request(options, async (response) => {
      let text = '';
      for await (const chunk of response) text += String(chunk);
      resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Said['body'] });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

async function joinWith(text: string, host?: string, der?: Uint8Array): Promise<Said> {
  const { host: named = '', secret = '' } = parseJoinToken(text) ?? {};
  const asked = Buffer.from(der ?? (await newRequest()).der).toString('base64');
  return post(JSON.stringify({ host: host ?? named, secret, request: asked }));
}

describe('a join token', () => {
  it('names the host and the authority, and the controller keeps a hash of its secret only', async () => {
    const text = await token('host-a');
    const { host, secret = '', fingerprint } = parseJoinToken(text) ?? {};
    const { ca } = await controller.credentials('x');
    const der = new X509Certificate(ca).raw;
    expect([host, fingerprint]).toEqual(['host-a', createHash('sha256').update(der).digest('base64url')]);
    const shown = JSON.stringify((await controller.get('/v1/join-tokens')).body);
    expect(shown).toContain('"phase":"open"');
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain(createHash('sha256').update(secret).digest('hex'));
  });

  it('lets its host in once, with a certificate for that name and whatever labels it binds', async () => {
    const text = await token('a', { labels: { area: 'north' } });
    const { key, der } = await newRequest();
    const { status, body } = await joinWith(text, 'a', der);
    expect(status).toBe(200);
    expect(body).toMatchObject({ controller: 'controller', labels: { area: 'north' } });
    const made = new X509Certificate(String(body.certificate));
    expect(subjectOf(made.subjectAltName ?? '')).toMatchObject({ kind: 'host', name: 'a' });
    expect(Date.parse(made.validTo) - clock.unixMs()).toBeGreaterThan(6.9 * dayMs);
    const credentials = { key, cert: String(body.certificate), ca: String(body.authority) };
    const agent = await controller.agent('a', { credentials });
    await agent.flush();
    // What it reports of these labels does not count; of others it does.
    expect((await controller.get('/v1/hosts/a')).body.labels).toEqual({ area: 'north', rack: 'r1' });
    const { assets } = agent.hello();
    agent.send({ kind: 'assets', ...assets, labels: { area: 'south', rack: 'r2' } });
    await agent.flush();
    clock.advance(500);
    await expect
      .poll(async () => (await controller.get('/v1/hosts/a')).body)
      .toMatchObject({
        labels: { area: 'north', rack: 'r2' },
        capabilities: {
          problems: [expect.stringMatching(/^claimed label area=south; it joined as area=north, last at/)],
        },
      });
    expect((await joinWith(text)).body.message).toMatch(
      /^the join token was used already, at .* from 127\.0\.0\.1: if that was not this host, weft revoke a; then weft token/,
    );
    const { items } = (await controller.get('/v1/join-tokens')).body;
    expect(items).toMatchObject([{ phase: 'used', usedFrom: '127.0.0.1' }]);
  });

  it('is used up by one of two that come at once', async () => {
    const text = await token();
    const both = await Promise.all([joinWith(text), joinWith(text)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 403]);
  });

  it('is for no other host, and not used up by one that tries', async () => {
    const text = await token('a');
    expect(await joinWith(text, 'b')).toMatchObject({
      status: 403,
      body: { message: "the join token is for host 'a', not for 'b': weft token create --host b" },
    });
    expect((await joinWith(text)).status).toBe(200);
  });

  it('ends after ten minutes, or when somebody deletes it', async () => {
    const [first, second, third] = [await token(), await token(), await token('a', { ttlMs: 20 * minuteMs })];
    const { items } = (await controller.get('/v1/join-tokens')).body;
    expect(items.map((item) => item as unknown as { expiresMs: number; createdMs: number })).toContainEqual(
      expect.objectContaining({ createdMs: clock.unixMs(), expiresMs: clock.unixMs() + 10 * minuteMs }),
    );
    clock.advance(10 * minuteMs - 1);
    expect((await joinWith(first)).status).toBe(200);
    clock.advance(1);
    expect((await joinWith(second)).body.message).toMatch(/^the join token expired at .*Z \(it is .*Z here\)/);
    const open = (await controller.get('/v1/join-tokens')).body.items as unknown as { phase: string; id: string }[];
    const id = open.find(({ phase }) => phase === 'open')?.id;
    expect((await controller.delete(`/v1/join-tokens/${id}`)).status).toBe(204);
    expect((await joinWith(third)).body.message).toMatch(/knows no such join token/);
    expect((await controller.delete(`/v1/join-tokens/${id}`)).status).toBe(404);
  });

  it('that was invented is told nothing', async () => {
    const invented = formatJoinToken({ host: 'a', secret: 'x'.repeat(32), fingerprint: 'f'.repeat(43) });
    expect(await joinWith(invented)).toMatchObject({
      status: 403,
      body: { code: 'forbidden', message: expect.stringMatching(/^this controller knows no such join token/) },
    });
    expect(await controller.eventCodes()).toContain('undefined join-refused');
  });

  it('survives a restart of the controller, and so does what was used', async () => {
    const [used, open] = [await token('a'), await token('b')];
    expect((await joinWith(used)).status).toBe(200);
    await controller.restart();
    expect((await joinWith(used)).status).toBe(403);
    expect((await joinWith(open)).status).toBe(200);
  });

  it('of which there are too many open ones is not made', async () => {
    for (let made = 0; made < 1000; made += 50) {
      const asked = Array.from({ length: 50 }, () => controller.post('/v1/join-tokens', { host: 'a' }));
      expect((await Promise.all(asked)).every(({ status }) => status === 201)).toBe(true);
    }
    const { status, body } = await controller.post('/v1/join-tokens', { host: 'a' });
    expect([status, body.message]).toEqual([409, '1000 join tokens are open, the most: delete some (weft token list)']);
  });
});

describe('a bad join request', () => {
  it.each([
    ['no JSON', 'hello', 400, /^this is no join request/],
    ['another shape', '{"host":"a"}', 400, /^this is no join request/],
    [
      'more than is asked for',
      JSON.stringify({ host: 'a', secret: 's'.repeat(32), request: 'AA', x: 1 }),
      400,
      /additional/,
    ],
    ['a name that is none', JSON.stringify({ host: '../a', secret: 's'.repeat(32), request: 'AA' }), 400, /'host'/],
    ['very long', 'x'.repeat(limits.joinRequestBytes + 1), 413, /16384 bytes at most/],
    ['endless', 'x'.repeat(1 << 20), 413, /16384 bytes at most/],
  ])('that is %s is refused with a sentence', async (_, body, status, message) => {
    expect(await post(body)).toEqual({ status, body: { code: 'invalid', message: expect.stringMatching(message) } });
  });

  it('does not use up the token when its certificate request is none', async () => {
    const text = await token();
    const { der } = await newRequest();
    const forged = der.slice();
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;
    const rsa = await Pkcs10CertificateRequestGenerator.create({
      signingAlgorithm: algorithm,
      keys: {
        privateKey: await privateKey.toCryptoKey(algorithm, false, ['sign']),
        publicKey: await publicKey.toCryptoKey(algorithm, true, ['verify']),
      },
    });
    const wrong = [Uint8Array.of(1, 2, 3), der.slice(0, 50), forged, new Uint8Array(rsa.rawData)];
    const answers = [];
    for (const each of wrong) answers.push((await joinWith(text, 'a', each)).body.message);
    expect(answers).toEqual([
      'the certificate request is no PKCS #10 in DER',
      'the certificate request is no PKCS #10 in DER',
      'the certificate request is not signed by its own key',
      'the certificate request is not for an EC P-256 key',
    ]);
    expect((await joinWith(text)).status).toBe(200);
  });

  it('with another method is told so', async () => {
    expect((await post('', 'PUT')).status).toBe(405);
  });
});

/** What a WebSocket client without luck is told: status and sentence. */
async function refusal(credentials: object): Promise<string> {
  const url = `wss://127.0.0.1:${controller.port}${controlPath}`;
  const socket = new WebSocket(url, controlSubprotocol, { ...credentials });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => reject(new Error('it was let in')));
    socket.once('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += String(chunk);
      });
      response.once('end', () => resolve(`${response.statusCode} ${text.trim()}`));
    });
  });
}

describe('a host’s certificate', () => {
  it('that is missing, of another authority, a controller’s, expired or not valid yet is refused with a sentence', async () => {
    const { ca } = await controller.credentials('a');
    await using other = {
      controller: await TestController.start(),
      [Symbol.asyncDispose]: () => other.controller.remove(),
    };
    const foreign = await other.controller.credentials('a');
    const asController = await controller.credentials('a', { subject: { kind: 'controller', name: 'a' } });
    const expired = await controller.credentials('a', { nowMs: Date.now() - 3 * dayMs, lifetimeMs: dayMs });
    const early = await controller.credentials('a', { nowMs: Date.now() + 3 * dayMs });
    expect(await refusal({ ca })).toMatch(/^403 no certificate was shown: join with a new token/);
    expect(await refusal({ ...foreign, ca })).toMatch(
      /^403 the certificate is of another authority than this region’s/,
    );
    expect(await refusal({ ...asController })).toMatch(/^403 the certificate is not one of a host/);
    expect(await refusal({ ...expired })).toMatch(
      /^403 the certificate of host 'a' expired at .*Z, and it is .*Z at the controller: join with a new token/,
    );
    expect(await refusal({ ...early })).toMatch(
      /^403 the certificate of host 'a' is valid from .*Z on, but it is .*Z at the controller: set its clock/,
    );
    expect((await controller.eventCodes()).filter((code) => code.endsWith('host-not-trusted'))).toHaveLength(5);
  });

  it.each([
    ['an hour', 3_600_000],
    ['a day', dayMs],
  ])('works when clocks are %s apart, either way', async (_, apartMs) => {
    for (const nowMs of [Date.now() - apartMs, Date.now() + apartMs]) {
      const agent = await controller.agent('a', {
        credentials: await controller.credentials('a', { nowMs, lifetimeMs: 7 * dayMs }),
      });
      await agent.flush();
      await agent.close();
    }
  });

  it('says who its holder is, whatever the hello says', async () => {
    await controller.agent('b');
    const liar = await FakeAgent.start(
      await controller.agentOptions('b', { credentials: await controller.credentials('a') }),
    );
    expect(await liar.untilClosed()).toEqual({
      code: closeCodes.notYours.code,
      reason: "host 'a' claimed the name of host 'b'",
    });
    expect(await controller.eventCodes()).toContain('a claim-refused');
    expect((await controller.get('/v1/hosts/b')).body.connected).toBe(true);
  });

  it('is needed: nobody is heard without TLS, or with an older one', async () => {
    const plain = new WebSocket(`ws://127.0.0.1:${controller.port}${controlPath}`, controlSubprotocol);
    await expect(new Promise((_, reject) => plain.once('error', reject))).rejects.toThrow(/hang up|ECONNRESET/);
    const { ca } = await controller.credentials('a');
    const old = connect({ host: '127.0.0.1', port: controller.port, ca, maxVersion: 'TLSv1.2' });
    await expect(new Promise((_, reject) => old.once('error', reject))).rejects.toThrow(/protocol version/);
  });

  it('ends a session when it expires', async () => {
    const credentials = await controller.credentials('a', { lifetimeMs: minuteMs });
    const agent = await controller.agent('a', { credentials });
    clock.advance(minuteMs - 2000);
    await agent.flush();
    clock.advance(3000);
    expect(await agent.untilClosed()).toMatchObject({
      code: closeCodes.notTrusted.code,
      reason: expect.stringMatching(/^the certificate of host 'a' expired at/),
    });
  });

  it('is renewed over its session, which then lasts as long as the new one', async () => {
    const credentials = await controller.credentials('a', { lifetimeMs: minuteMs });
    const agent = await controller.agent('a', { credentials });
    const { key, der } = await newRequest();
    agent.send({ kind: 'certificateRequest', request: der });
    await agent.until(() => agent.messages.some(({ kind }) => kind === 'certificate'));
    const said = agent.messages.flatMap((message) => (message.kind === 'certificate' ? [message] : []));
    expect(said).toMatchObject([{ problem: '', authority: credentials.ca }]);
    clock.advance(2 * minuteMs);
    await agent.flush();
    const cert = said[0]?.certificate ?? '';
    const again = await controller.agent('a', { credentials: { key, cert, ca: credentials.ca } });
    await again.flush();
    expect((await controller.get('/v1/hosts/a')).body).toMatchObject({ certificate: { phase: 'valid' } });
  });

  it('is not renewed for a request that is none, nor twice in a second, and the session goes on', async () => {
    const agent = await controller.agent('a');
    const { der } = await newRequest();
    for (const request of [Uint8Array.of(1), der]) agent.send({ kind: 'certificateRequest', request });
    const problems = () =>
      agent.messages.flatMap((message) => (message.kind === 'certificate' ? [message.problem] : []));
    await agent.until(() => problems().length === 2);
    expect(problems().sort()).toEqual([
      'a certificate was asked for a moment ago',
      'the certificate request is no PKCS #10 in DER',
    ]);
    await agent.flush();
  });
});

describe('a host that is revoked', () => {
  async function joined(host: string) {
    const { key, der } = await newRequest();
    const { body } = await joinWith(await token(host), host, der);
    return { key, cert: String(body.certificate), ca: String(body.authority) };
  }

  it('is cut off, stays out, and comes back with a new token only', async () => {
    const credentials = await joined('a');
    const open = await token('a');
    const agent = await controller.agent('a', { credentials });
    const revocation = await controller.post('/v1/hosts/a/revoke', undefined);
    expect(revocation).toMatchObject({ status: 200, body: { host: 'a', wasConnected: true } });
    expect(await agent.untilClosed()).toMatchObject({
      code: closeCodes.notTrusted.code,
      reason: expect.stringMatching(/^host 'a' was revoked at .*Z: to let it join again, weft token create --host a$/),
    });
    expect((await controller.get('/v1/hosts/a')).body).toMatchObject({
      connected: false,
      certificate: { phase: 'revoked' },
    });
    expect(await refusal(credentials)).toMatch(/^403 host 'a' was revoked at/);
    expect((await joinWith(open)).body.message).toMatch(/knows no such join token/);
    await controller.restart();
    expect(await refusal(credentials)).toMatch(/^403 host 'a' was revoked at/);
    const back = await controller.agent('a', { credentials: await joined('a') });
    await back.flush();
  });

  it('or deleted does not come back with a token from before', async () => {
    const agent = await controller.agent('a', { credentials: await joined('a') });
    const open = await token('a');
    clock.advance(1);
    expect((await controller.delete('/v1/hosts/a')).status).toBe(204);
    await agent.untilClosed();
    const { status, body } = await joinWith(open, 'a');
    expect({ status, message: body.message }).toEqual({
      status: 403,
      message: expect.stringMatching(/^host 'a' was revoked or deleted after this token was made/),
    });
  });

  it('has no say over others', async () => {
    const other = await controller.agent('b', { credentials: await joined('b') });
    await controller.agent('a', { credentials: await joined('a') });
    await controller.post('/v1/hosts/a/revoke', undefined);
    await other.flush();
    expect(other.closed).toBeUndefined();
  });

  it('is cut off from its peers as well, and speaks to them again when it is back', async () => {
    const gni = await controller.vpc('blue');
    const a = await controller.agent('a', { credentials: await joined('a') });
    const b = await controller.agent('b', { credentials: await joined('b') });
    await controller.guest('on-a', 'a');
    await controller.guest('on-b', 'b', { addresses: ['10.0.0.9'] });
    await a.until(() => a.get('guest', 'on-a') !== undefined);
    await b.until(() => b.get('guest', 'on-b') !== undefined);
    a.subscribe({ gni, address: '10.0.0.9' });
    await a.until(() => a.get('session', 'b')?.send === 'gni 1.1');
    await controller.post('/v1/hosts/b/revoke', undefined);
    await a.until(() => a.get('session', 'b')?.none === true);
    expect(a.get('session', 'b')).toMatchObject({ send: undefined, accept: [], reasons: ['b was revoked'] });
    // A mapping that is asked for now is answered, so that packets are dropped and do not wait.
    a.unsubscribe({ gni, address: '10.0.0.9' });
    a.subscribe({ gni, address: '10.0.0.9' });
    await a.until(() => a.get('mapping', `${gni}/10.0.0.9`) !== undefined);
    await controller.agent('b', { credentials: await joined('b') });
    await a.until(() => a.get('session', 'b')?.send === 'gni 1.1');
  });

  it('cannot renew what is void, however soon it asks', async () => {
    const agent = await controller.agent('a', { credentials: await joined('a') });
    const { der } = await newRequest();
    agent.send({ kind: 'certificateRequest', request: der });
    await controller.post('/v1/hosts/a/revoke', undefined);
    await agent.untilClosed();
    const made = agent.messages.flatMap((message) => (message.kind === 'certificate' ? [message.certificate] : []));
    // Made before or not at all: what was made is of the old generation, and void as well.
    expect(made.length).toBeLessThanOrEqual(1);
    expect((await controller.get('/v1/hosts/a')).body).toMatchObject({ certificate: { phase: 'revoked' } });
  });

  it('by being deleted is out in the same way', async () => {
    const credentials = await joined('a');
    const agent = await controller.agent('a', { credentials });
    expect((await controller.delete('/v1/hosts/a')).status).toBe(204);
    expect(await agent.untilClosed()).toMatchObject({ code: closeCodes.removed.code });
    expect(await refusal(credentials)).toMatch(/^403 host 'a' was revoked at/);
  });

  it('is so by a later join as well: a name has one holder', async () => {
    const [first, second] = [await joined('a'), await joined('a')];
    expect(await refusal(first)).toMatch(
      /^403 host 'a' has joined anew since this certificate was made: if that was not you/,
    );
    await (await controller.agent('a', { credentials: second })).flush();
  });

  it('that nobody knows cannot be', async () => {
    expect(await controller.post('/v1/hosts/x/revoke', undefined)).toMatchObject({ status: 404 });
  });
});

it('the authority’s key is its owner’s alone, and stays the same', async () => {
  const state = join(controller.directory, 'state');
  expect(readdirSync(state).filter((name) => name.startsWith('region-ca'))).toEqual(['region-ca.crt', 'region-ca.key']);
  expect(statSync(join(state, 'region-ca.key')).mode & 0o777).toBe(0o600);
  const before = parseJoinToken(await token())?.fingerprint;
  await controller.restart();
  expect(parseJoinToken(await token())?.fingerprint).toBe(before);
});
