import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { httpDeadlines } from '../../wire/limits.ts';
import type { AgentStatus } from '../../wire/status.ts';
import { FakeNative } from '../datapath/fake.ts';
import { ago, bytes, statusPage, table } from './page.ts';
import { serveStatus } from './server.ts';

const nowMs = 1_000_000_000;
const none = { packets: 0, bytes: 0 };
const status: AgentStatus = {
  host: 'a',
  version: '0.1.0',
  pid: 42,
  startedMs: nowMs - 90_000,
  substrateAddresses: ['198.18.0.1'],
  udpPort: 6741,
  session: { state: 'connected', controller: 'ws://198.18.0.100:6740/v1/agent', sinceMs: nowMs - 60_000, epoch: 3 },
  capabilities: { formats: ['gni 1.0', 'gni 1.1'], features: [], offloads: [], executors: [], ports: [], problems: [] },
  networks: [{ gni: 7, name: 'red', prefixes: ['10.0.0.0/24'] }],
  guests: [
    {
      name: 'web',
      gni: 7,
      namespace: 'weft-web',
      interface: 'weft0',
      addresses: ['10.0.0.5/24'],
      phase: 'running',
      port: 'veth',
      mtu: 1456,
      command: { argv: ['sleep', '60'], state: 'running', pid: 77 },
      out: { packets: 12, bytes: 3400 },
      in: none,
      drops: 2,
    },
    {
      name: 'db',
      gni: 7,
      namespace: 'weft-db',
      interface: 'weft0',
      addresses: ['10.0.0.6/24'],
      phase: 'failed',
      detail: 'no device',
      mtu: 0,
      out: none,
      in: none,
      drops: 0,
    },
  ],
  peers: [
    {
      host: 'b',
      address: '198.18.0.2',
      accept: [],
      generation: 1,
      reasons: ['none: no common format'],
      pathMtu: 1500,
      roundTripUs: 250,
      lostPercent: 0,
      out: none,
      in: none,
      drops: 0,
    },
  ],
  mappings: [{ gni: 7, address: '10.0.0.9', version: 3 }],
  drops: { ...new FakeNative().counters().drops, 'no-session': 9 },
  local: none,
  offloads: { udpGso: true, udpGro: true, tso: true, uso: false },
  waitingPackets: 0,
  workerAgeMs: [1],
  errors: [{ timeMs: nowMs - 5000, where: 'session', message: 'the connection was lost' }],
};

describe('the status page', () => {
  it('reads as this', () => {
    expect(statusPage(status, nowMs)).toBe(`host a: weft agent 0.1.0, process 42, up 90 s
substrate 198.18.0.1, UDP port 6741; formats gni 1.0, gni 1.1

session: connected to ws://198.18.0.100:6740/v1/agent for 60 s, epoch 3

guests
NAME  GNI  ADDRESSES    PHASE              PORT   MTU  NAMESPACE  SENT         RECEIVED  DROPS  COMMAND
web     7  10.0.0.5/24  running            veth  1456  weft-web   12 (3.4 kB)  0 (0 B)       2  sleep 60 (process 77)
db      7  10.0.0.6/24  failed: no device  -        0  weft-db    0 (0 B)      0 (0 B)       0  -

peers
HOST     ADDRESS  SENDS                            ACCEPTS  PATH MTU  ROUND TRIP  LOST  SENT     RECEIVED  DROPS
b     198.18.0.2  nothing: none: no common format  nothing      1500     0.25 ms  0%    0 (0 B)  0 (0 B)       0

mappings
GNI   ADDRESS  HOST       VERSION
  7  10.0.0.9  (nowhere)        3

drops
REASON      PACKETS
no-session        9

offloads: udpGso on, udpGro on, tso on, uso off

errors
  5 s ago, session: the connection was lost
`);
  });

  it('shows keys, what peers were refused and what tests of sessions found', () => {
    const [peer] = status.peers;
    const page = statusPage(
      {
        ...status,
        keys: { identity: 'x', epoch: 1_800_000_000, sinceMs: nowMs - 30_000, older: [1_799_999_000] },
        peers: [peer ?? []].flat().map((each) => ({
          ...each,
          send: 'gni 3.0 +aes-256-gcm #1.2',
          accept: ['gni 1.1', 'gni 3.0 +aes-256-gcm #2.1'],
          pairs: 2,
          dropReasons: { 'bad-tag': 4 },
          findings: ['no super-packets come through'],
        })),
      },
      nowMs,
    );
    expect(page).toContain('\nkeys: epoch 1800000000, 30 s old; older: 1799999000\n');
    expect(page).toContain(
      '  gni 3.0 +aes-256-gcm #1.2 (2 pairs of guests otherwise)  gni 1.1, gni 3.0 +aes-256-gcm #2.1  ',
    );
    expect(page).toContain('\nHOST  REASON   PACKETS\nb     bad-tag        4\n');
    expect(page).toContain('session tests\n  b: no super-packets come through\n');
  });

  it('shows the fast path in a few lines', () => {
    const flow = {
      ...{ timeUs: 1, side: 'out' as const, gni: 7, source: '10.0.0.5', destination: '10.0.0.9', protocol: 6 },
      ...{ sourcePort: 40_000, destinationPort: 80, packets: 1, bytes: 1500 },
    };
    const fastPath = {
      mode: 'tc',
      former: 'the tables of a former run were read',
      tables: [{ table: 'locations', entries: 3, most: 1024 }],
      handedOver: { fragment: 2, 'by-engine': 4 },
      lostEvents: 1,
      flows: Array.from({ length: 9 }, () => flow),
    };
    const page = statusPage({ ...status, fastPath }, nowMs);
    expect(page).toContain(`
fast path: tc; locations 3 of 1024
  the tables of a former run were read
  left to the engine: fragment 2, by-engine 4
  1 events were lost
  out 7: 10.0.0.5 port 40000 → 10.0.0.9 port 80, protocol 6, 1.5 kB
`);
    expect(page.split('out 7: ')).toHaveLength(6);
  });

  it('says why there is no session and when the next attempt is', () => {
    const session = {
      ...status.session,
      state: 'waiting',
      lastError: 'nothing listens there',
      retryAtMs: nowMs + 4000,
    } as const;
    const page = statusPage({ ...status, session }, nowMs);
    expect(page).toContain('session: waiting to try ws://198.18.0.100:6740/v1/agent for 60 s, epoch 3\n');
    expect(page).toContain('  next attempt in 4 s\n  reason: nothing listens there\n');
  });

  it('shows the first of many mappings and the number of the rest', () => {
    const mappings = Array.from({ length: 60 }, (_, i) => ({ gni: 7, address: `10.0.1.${i}`, host: 'b', version: 1 }));
    expect(statusPage({ ...status, mappings }, nowMs)).toContain('and 10 more');
  });

  it('says what was lost because queues were full, if anything was', () => {
    const lost = { ...status, receiveOverflows: 17, portOverflows: 4 };
    expect(statusPage(lost, nowMs)).toContain(
      'uso off\n\nlost on arrival: 17 datagrams, the receive sockets were full\n' +
        'lost between fast path and engine: 4 packets, the ports’ queues were full\n',
    );
  });

  it('leaves empty tables out', () => {
    expect(table('guests', ['NAME'], [])).toBe('');
  });

  it.each([
    [59_000, '59 s'],
    [300_000, '5 min'],
    [10_800_000, '3 h'],
    [864_000_000, '10 d'],
  ])('%i ms are %s', (ms, text) => expect(ago(ms)).toBe(text));

  it.each([
    [999, '999 B'],
    [1000, '1.0 kB'],
    [5_600_000, '5.6 MB'],
  ])('%i bytes are %s', (count, text) => expect(bytes(count)).toBe(text));
});

describe('the status endpoint', () => {
  let busy: string | undefined;
  const watched = { metrics: () => 'a_total 1\n', readiness: () => ({ ready: false, detail: 'guests are restored' }) };
  const source = { watched, read: () => status, rotateKeys: () => busy };
  let directory: string;
  let socket: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'wagt-status-'));
    socket = join(directory, 'deeper', 'agent.sock');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function ask(path: string, method = 'GET'): Promise<{ code: number; type: string; body: string }> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: socket, path, method }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () =>
          resolve({ code: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', body }),
        );
      });
      asked.on('error', reject).end();
    });
  }

  it('answers as JSON, as a page, and whether it lives; only to root', async () => {
    const server = await serveStatus(socket, source);
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    const json = await ask('/status');
    expect(json).toMatchObject({ code: 200, type: 'application/json' });
    expect(JSON.parse(json.body)).toEqual(status);
    expect((await ask('/')).body).toContain('host a: weft agent');
    expect(await ask('/healthz')).toMatchObject({ code: 200, body: 'ok\n' });
    expect(await ask('/readyz')).toMatchObject({ code: 503, body: 'guests are restored\n' });
    expect(await ask('/metrics')).toMatchObject({ code: 200, body: 'a_total 1\n' });
    expect(await ask('/other')).toMatchObject({ code: 404 });
    expect(await ask('/status', 'POST')).toMatchObject({ code: 405, body: 'only GET is answered here\n' });
    await server.close();
  });

  it('takes the wish for a new key, or says why not now', async () => {
    const server = await serveStatus(socket, source);
    expect(await ask('/rotate-keys', 'POST')).toMatchObject({ code: 202 });
    busy = 'a new key is being made already';
    expect(await ask('/rotate-keys', 'POST')).toMatchObject({ code: 409, body: `${busy}\n` });
    expect(await ask('/rotate-keys')).toMatchObject({ code: 405, body: 'only POST is answered here\n' });
    await server.close();
  });

  it('cuts a peer that says nothing, or too much', async () => {
    const deadlines = { ...httpDeadlines, headersTimeout: 50, requestTimeout: 50, connectionsCheckingInterval: 10 };
    const server = await serveStatus(socket, source, deadlines);
    expect(await text(connect(socket))).toMatch(/^HTTP\/1.1 408 /);
    const greedy = connect(socket);
    greedy.write(`GET /status HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}`);
    expect(await text(greedy)).toMatch(/^HTTP\/1.1 431 /);
    await server.close();
  });

  it('refuses a socket on which another answers, and takes one over that nobody answers on', async () => {
    const server = await serveStatus(socket, source);
    await expect(serveStatus(socket, source)).rejects.toThrow(
      `${socket}: another agent answers there; stop it, or set another statusSocket`,
    );
    await server.close();
    writeFileSync(socket, '');
    const second = await serveStatus(socket, source);
    expect((await ask('/healthz')).code).toBe(200);
    await second.close();
  });
});
