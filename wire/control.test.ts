import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AgentMessage,
  type Capabilities,
  type ControllerMessage,
  noKeys,
  plainSession,
  untested,
} from './control.ts';
import { decodeAgentMessage, decodeControllerMessage } from './control-decode.ts';
import { encodeAgentMessage, encodeControllerMessage } from './control-encode.ts';
import { limits } from './limits.ts';

const capabilities: Capabilities = {
  formats: ['gni 1.0', 'gni 1.1'],
  features: ['integrity'],
  offloads: ['udp-gso'],
  executors: ['engine'],
  ports: ['tun'],
  problems: ['USO could not be determined'],
  gni6Prefix: 'fd06:0:0:1::/64',
};
const session = {
  peer: 'b',
  address: '198.18.0.2',
  udpPort: 6741,
  send: undefined,
  accept: ['gni 1.0'],
  generation: 3,
  reasons: ['because'],
  ...plainSession,
};

const agentMessages: readonly AgentMessage[] = [
  {
    kind: 'hello',
    host: 'a',
    instance: '5f0c',
    agentVersion: '0.1.0',
    substrateAddresses: ['198.18.0.1', 'fd00:198:18::1'],
    udpPort: 6741,
    epoch: 2 ** 40,
    held: [
      { name: { type: 'mapping', key: '7/10.0.0.6' }, version: 'abc' },
      { name: { type: 'session', key: 'b' }, version: 'def', session },
    ],
    capabilities,
    keys: noKeys,
    assets: {
      kernel: '6.1.0',
      operatingSystem: 'Debian GNU/Linux 12',
      architecture: 'x64',
      cpus: 2,
      cpuModel: 'some cpu',
      memoryBytes: 2 ** 36,
      nics: [
        {
          name: 'eth0',
          mac: '02:00:00:00:00:01',
          mtu: 1500,
          up: true,
          speedMbps: 0,
          addresses: ['198.18.0.1'],
          offloads: ['tso'],
        },
      ],
      labels: { area: 'north', rack: 'r1' },
    },
  },
  { kind: 'heartbeat', number: 9, epoch: 2, guests: 3, load1: 0.25, residentBytes: 2 ** 33 },
  { kind: 'certificateRequest', request: Uint8Array.of(0x30, 1, 2) },
  {
    kind: 'guestStates',
    guests: [
      { guest: 'g', phase: 'failed', detail: 'no', mtu: 1456, port: 'veth' },
      {
        guest: 'h',
        phase: 'running',
        detail: '',
        mtu: 1456,
        command: { phase: 'exited', pid: 7, exitCode: -1, signal: 'SIGTERM' },
      },
    ],
  },
  { kind: 'events', events: [{ timeMs: 1_700_000_000_000, code: 'offload-off', detail: 'EINVAL' }] },
  { kind: 'subscribe', wanted: [{ gni: 7, address: 'fd00:10::5' }], unwanted: [{ gni: 7, address: '10.0.0.6' }] },
  { kind: 'acknowledge', update: 4, refused: [{ name: { type: 'guest', key: 'g' }, reason: 'no namespace' }] },
  {
    kind: 'measurements',
    paths: [{ peer: 'b', address: '198.18.0.2', pathMtu: 1500, roundTripUs: 80, lostPercent: 0, ...untested }],
  },
  {
    kind: 'traced',
    trace: 5,
    steps: [
      {
        timeUs: 1_700_000_000_000_000,
        executor: 'tc',
        program: 'guest',
        side: 'out',
        verdict: 'sent',
        reason: '',
        device: 'wgabc',
        leftBy: 'eth0',
        guest: 'g',
        peer: 'b',
        encapsulation: 'gni 1.0',
        mapping: '7/10.0.0.6 → b',
        length: 84,
        generation: 9,
        outer: '198.18.0.1:50000 → 198.18.0.2:6741',
      },
    ],
    last: true,
    problem: '',
    answeredUs: 84,
  },
];

const controllerMessages: readonly ControllerMessage[] = [
  { kind: 'certificate', certificate: '-----BEGIN', authority: '-----BEGIN too', problem: '' },
  { kind: 'welcome', controller: 'c', controllerVersion: '0.1.0', heartbeatMs: 1000, deadlineMs: 3500, store: 's1' },
  { kind: 'heartbeatReply', number: 9 },
  {
    kind: 'trace',
    trace: 5,
    gni: 7,
    source: '10.0.0.5',
    destination: 'fd00:10::6',
    waitMs: 2000,
    echo: 65_535,
    inject: 'g',
    dryRun: true,
  },
  {
    kind: 'update',
    number: 4,
    set: [
      {
        name: { type: 'network', key: '7' },
        version: 'v1',
        body: { type: 'network', gni: 7, name: 'red', prefixes: ['10.0.0.0/24'] },
      },
      {
        name: { type: 'guest', key: 'g' },
        version: 'v2',
        body: {
          type: 'guest',
          name: 'g',
          gni: 7,
          addresses: ['10.0.0.5/24', 'fd00:10::5/64'],
          command: ['sleep', '1'],
          incarnation: 2 ** 40,
          port: 'tap',
        },
      },
      { name: { type: 'session', key: 'b' }, version: 'v3', body: { type: 'session', ...session, send: 'gni 1.0' } },
      {
        name: { type: 'mapping', key: '7/10.0.0.6' },
        version: 'v4',
        body: { type: 'mapping', gni: 7, address: '10.0.0.6', host: undefined, guest: undefined, version: 12 },
      },
    ],
    removed: [{ type: 'guest', key: 'old' }],
  },
];

describe('messages of an agent', () => {
  test.each(agentMessages)('$kind comes back as it was', (message) => {
    expect(decodeAgentMessage(encodeAgentMessage(5, message))).toEqual({ ok: true, sequence: 5, message });
  });

  test.each(agentMessages)('$kind, cut at any byte, is decoded or refused, never thrown at', (message) => {
    const bytes = encodeAgentMessage(5, message);
    for (let length = 0; length < bytes.length; length++) {
      const decoded = decodeAgentMessage(bytes.subarray(0, length));
      expect(decoded.ok || decoded.close === 'malformed').toBe(true);
    }
  });
});

describe('messages of a controller', () => {
  test.each(controllerMessages)('$kind comes back as it was', (body) => {
    const decoded = decodeControllerMessage(encodeControllerMessage(1, 2 ** 33, body));
    expect(decoded).toEqual({ ok: true, sequence: 1, message: { epoch: 2 ** 33, body } });
  });
});

test('any bytes are decoded or refused with a sentence that fits a close frame', () => {
  const seeds = [...agentMessages.map((message) => encodeAgentMessage(1, message)), new Uint8Array(0)];
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), fc.nat(), fc.integer({ min: 0, max: 255 }))
    .map(([bytes, at, value]) => {
      const copy = bytes.slice();
      if (copy.length > 0) copy[at % copy.length] = value;
      return copy;
    });
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 300 })), (bytes) => {
      for (const decoded of [decodeAgentMessage(bytes), decodeControllerMessage(bytes)]) {
        expect(decoded.ok || Buffer.byteLength(decoded.why) <= 120).toBe(true);
      }
    }),
    { numRuns: 3000 },
  );
});

describe('refused', () => {
  const refused = (message: AgentMessage) => {
    const decoded = decodeAgentMessage(encodeAgentMessage(1, message));
    return decoded.ok ? 'taken' : decoded.why;
  };

  test('a message over the limit', () => {
    const decoded = decodeAgentMessage(new Uint8Array(limits.controlMessageBytes + 1));
    expect(decoded).toMatchObject({ ok: false, close: 'tooLarge' });
  });

  test.each([
    [
      'a name that is no DNS label',
      {
        kind: 'measurements',
        paths: [{ peer: 'No_Name', address: '198.18.0.2', pathMtu: 0, roundTripUs: 0, lostPercent: 0, ...untested }],
      },
      /peer is not a name/,
    ],
    ['a GNI of zero', { kind: 'subscribe', wanted: [{ gni: 0, address: '10.0.0.1' }], unwanted: [] }, /gni is 0/],
    [
      'too many names',
      {
        kind: 'subscribe',
        wanted: Array(limits.namesPerSubscribe + 1).fill({ gni: 1, address: '10.0.0.1' }),
        unwanted: [],
      },
      /wanted has 1025 entries/,
    ],
    [
      'a long text',
      { kind: 'events', events: [{ timeMs: 1, code: 'x', detail: 'y'.repeat(limits.textLength + 1) }] },
      /detail has 1025 characters/,
    ],
  ] as [string, AgentMessage, RegExp][])('%s', (_what, message, why) => {
    expect(refused(message)).toMatch(why);
  });

  test('a resource whose name is not its own', () => {
    const bytes = encodeControllerMessage(1, 1, {
      kind: 'update',
      number: 1,
      set: [
        {
          name: { type: 'network', key: '8' },
          version: 'v',
          body: { type: 'network', gni: 7, name: 'red', prefixes: [] },
        },
      ],
      removed: [],
    });
    expect(decodeControllerMessage(bytes)).toMatchObject({ ok: false, close: 'malformed' });
  });
});
