import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Assets, type Capabilities, noKeys } from '../../wire/control.ts';
import { FakeClock } from '../fake-clock.ts';
import { FakeController } from '../fake-parts.ts';
import { FakeRegion, fakeRegion } from '../trust/fake-region.ts';
import { readCredentials } from '../trust/files.ts';
import { Session } from './driver.ts';

const capabilities: Capabilities = {
  formats: [],
  features: [],
  offloads: [],
  executors: [],
  ports: [],
  problems: [],
};
const assets: Assets = {
  kernel: '6.1',
  operatingSystem: 'Debian',
  architecture: 'x64',
  cpus: 1,
  cpuModel: '',
  memoryBytes: 1,
  nics: [],
  labels: {},
};

it.each([
  ['an hour forth', 3_600_000],
  ['an hour back', -3_600_000],
])('a clock that is set %s neither ends a session nor keeps a silent one', async (_, shiftMs) => {
  const controller = await FakeController.listen(1);
  const clock = new FakeClock();
  const downs: string[] = [];
  const directory = mkdtempSync(join(tmpdir(), 'weft-driver-'));
  await (await fakeRegion()).enrol(directory, 'a');
  const credentials = () => readCredentials(directory);
  const session = new Session(
    { controllers: [controller.url], epoch: 0, store: undefined, guests: () => 0, credentials, clock },
    {
      hello: () => ({
        host: 'a',
        instance: 'i',
        agentVersion: '1',
        substrateAddresses: ['198.18.0.1'],
        udpPort: 6741,
        held: [],
        capabilities,
        assets,
        keys: noKeys,
      }),
      heartbeat: () => ({ guests: 0, load1: 0, residentBytes: 1 }),
      obey: () => undefined,
      up: () => undefined,
      update: () => undefined,
      rotateKeys: () => undefined,
      trace: () => undefined,
      certificate: () => undefined,
      down: (why) => downs.push(why),
    },
  );
  session.start();
  await expect.poll(() => session.connected).toBe(true);
  clock.shiftMs = shiftMs;
  clock.advance(3499);
  expect(downs).toEqual([]);
  // No answer can have arrived: the test has not let go of the thread.
  clock.advance(1);
  expect(downs).toEqual(['nothing was heard for 3500 ms']);
  await session.stop();
  await controller.close();
  rmSync(directory, { recursive: true });
});

/** Why an attempt failed, told once and as people read it. */
async function whyDown(url: string, directory: string): Promise<{ readonly why: string; readonly waitMs: number }> {
  const clock = new FakeClock();
  clock.shiftMs = Date.now() - clock.now();
  const { promise, resolve } = Promise.withResolvers<string>();
  const session = new Session(
    {
      ...{ controllers: [url], epoch: 0, store: undefined, guests: () => 0, clock, random: () => 0 },
      credentials: () => readCredentials(directory),
    },
    {
      hello: () => {
        throw new Error('nobody is greeted');
      },
      heartbeat: () => ({ guests: 0, load1: 0, residentBytes: 1 }),
      obey: () => undefined,
      up: () => undefined,
      update: () => undefined,
      rotateKeys: () => undefined,
      trace: () => undefined,
      certificate: () => undefined,
      down: resolve,
    },
  );
  session.start();
  const why = await promise;
  const { phase } = session.state;
  await session.stop();
  return { why: why.replaceAll(url, 'URL'), waitMs: phase.name === 'waiting' ? phase.retryAtMs - clock.steadyMs() : 0 };
}

interface Answering {
  readonly aheadMs?: number;
  readonly region?: FakeRegion;
  readonly status?: number;
  readonly said?: string;
}

/** A controller that takes no session. */
async function answering({ aheadMs = 0, region, status = 403, said = '' }: Answering): Promise<Server> {
  const by = region ?? (await fakeRegion());
  const nowMs = Date.now() + aheadMs;
  const validity = { notBeforeMs: nowMs - 26 * 3_600_000, notAfterMs: nowMs + 30 * 86_400_000 };
  const { key, cert } = await by.issue({ kind: 'controller', name: 'c' }, { names: ['127.0.0.1'], ...validity });
  const server = createServer({ key, cert: cert + by.ca });
  const date = `Date: ${new Date(nowMs).toUTCString()}`;
  server.on('upgrade', (_request, socket) => {
    socket.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\n${date}\r\n\r\n${said}\n`);
  });
  server.on('request', (_request, response) => response.writeHead(426, { date: new Date(nowMs).toUTCString() }).end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const dayMs = 86_400_000;

it.each<[string, Answering, RegExp, number]>([
  [
    'a refusal, in its own words, and tries later',
    { said: "host 'a' was revoked at 2026-12-01T10:00:00Z: to let it join again, weft token create --host a" },
    /^URL refused this host: host 'a' was revoked at .*: to let it join again, weft token create --host a$/,
    2500,
  ],
  [
    'a refusal that a clock may be the reason of, with by how much',
    { aheadMs: 10 * dayMs, said: "the certificate of host 'a' expired at …" },
    /its certificate is not valid yet by this host’s clock: this host’s clock is 10 d behind the controller’s/,
    100,
  ],
  [
    'a refusal while clocks are a day apart, with that',
    { aheadMs: dayMs, said: "the certificate of host 'a' expired at …" },
    /refused this host: the certificate of host 'a' expired at …; this host’s clock is 24 h behind the controller’s/,
    2500,
  ],
  ['another server', { status: 404 }, /^URL answered with 404 instead of a session: is it a controller’s\?$/, 100],
])('tells %s', async (_, wish, why, waitMs) => {
  const directory = mkdtempSync(join(tmpdir(), 'weft-driver-'));
  await (await fakeRegion()).enrol(directory, 'a');
  const server = await answering(wish);
  const { port } = server.address() as AddressInfo;
  const told = await whyDown(`wss://127.0.0.1:${port}/v1/agent`, directory);
  expect(told).toEqual({ why: expect.stringMatching(why), waitMs });
  server.close();
  rmSync(directory, { recursive: true });
});

it('speaks to no controller of another region', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'weft-driver-'));
  await (await fakeRegion()).enrol(directory, 'a');
  const server = await answering({ region: await FakeRegion.make('another') });
  const { port } = server.address() as AddressInfo;
  const { why } = await whyDown(`wss://127.0.0.1:${port}/v1/agent`, directory);
  expect(why).toMatch(/^URL cannot be reached: its certificate is not of this region’s authority/);
  server.close();
  rmSync(directory, { recursive: true });
});

it('that has nothing to show says how to join, and tries later', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'weft-driver-'));
  const told = await whyDown('wss://127.0.0.1:1/v1/agent', directory);
  expect(told).toEqual({ why: expect.stringMatching(/^this host has not joined: weft token create/), waitMs: 2500 });
  rmSync(directory, { recursive: true });
});
