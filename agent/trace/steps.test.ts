import { describe, expect, it } from 'vitest';
import type { LookedUp, Traced } from '../datapath/datapath.ts';
import { readDevices } from './devices.ts';
import { dryRun } from './dry-run.ts';
import { readPing, sendEcho } from './echo.ts';
import { type Names, stepOf } from './steps.ts';

const ends = { gni: 7, source: '10.0.0.5', destination: '10.0.0.6' };
/** The source's host: guest web is here, 10.0.0.6 at host b. */
const left: Names = {
  guestAtPort: (slot) => (slot === 3 ? 'web' : undefined),
  peerAt: (slot) => (slot === 1 ? 'b' : undefined),
  encapsulation: (peer, place) => (peer === 'b' ? ['gni 1.0', 'gni 3.0 +aes-256-gcm #1.2'][place] : undefined),
  accepted: () => [],
  network: () => 'red',
  guestAt: (_, address) => ({ '10.0.0.5': 'web', '10.0.0.7': 'near' })[address],
  mapping: (gni, address) =>
    ({ '10.0.0.6': { gni, address, host: 'b' }, '10.0.0.8': { gni, address, host: undefined } })[address],
  executorOf: () => 'tc',
};
/** The destination's. */
const right: Names = {
  ...left,
  accepted: () => ['gni 1.0', 'gni 3.0 +aes-256-gcm #1.2'],
  guestAt: (_, address) => (address === '10.0.0.6' ? 'db' : undefined),
  mapping: (gni, address) => (address === '10.0.0.5' ? { gni, address, host: 'a' } : undefined),
};
const devices = new Map([
  [2, 'eth0'],
  [9, 'wgabc'],
]);
const event: Traced = {
  kind: 'traced',
  trace: 5,
  executor: 'tc',
  program: 'guest',
  verdict: 'sent',
  port: 3,
  peer: 1,
  encapsulation: 'gni 1.0',
  length: 84,
  device: 9,
  leftBy: 2,
  generation: 12,
  outer: { source: '198.18.0.1', destination: '198.18.0.2', sourcePort: 50_000 },
  timeUs: 1000,
};

describe('a step', () => {
  it('has names where the executor has numbers', () => {
    expect(stepOf(event, ends, left, devices)).toEqual({
      timeUs: 1000,
      executor: 'tc',
      program: 'guest',
      side: 'out',
      verdict: 'sent',
      reason: '',
      device: 'wgabc',
      leftBy: 'eth0',
      guest: 'web',
      peer: 'b',
      encapsulation: 'gni 1.0',
      mapping: 'red/10.0.0.6 → b',
      length: 84,
      generation: 12,
      outer: '198.18.0.1:50000 → 198.18.0.2',
    });
  });

  const cases: readonly [string, Partial<Traced>, Partial<ReturnType<typeof stepOf>>][] = [
    ['names an encapsulation by its place', { encapsulation: 1 }, { encapsulation: 'gni 3.0 +aes-256-gcm #1.2' }],
    ['keeps the index of a device that nobody knows', { device: 77 }, { device: 'device 77' }],
    ['takes no device of a guest’s namespace for one of the host', { executor: 'engine', device: 2 }, { device: '' }],
    ['names the receiver where it was delivered here', { verdict: 'delivered' }, { guest: 'web' }],
    [
      'says which source is not the guest’s',
      { verdict: 'dropped', reason: 'guest-spoofed-source' },
      { mapping: 'red/10.0.0.5 is not the guest’s own' },
    ],
    [
      'says which prefix is missing',
      { verdict: 'dropped', reason: 'no-route' },
      { mapping: 'no prefix of red holds 10.0.0.6' },
    ],
    [
      'brackets IPv6',
      { outer: { source: 'fd00::1', destination: 'fd00::2', sourcePort: 5 } },
      { outer: '[fd00::1]:5 → fd00::2' },
    ],
    [
      'names no port where there is none',
      { outer: { source: 'fd00::1', destination: 'fd00::2', sourcePort: 0 } },
      { outer: 'fd00::1 → fd00::2' },
    ],
    ['says what is waited for', { verdict: 'waiting' }, { reason: 'nothing is agreed with b yet', mapping: '' }],
    ['is on the way in at the substrate', { program: 'substrate' }, { side: 'in' }],
  ];
  it.each(cases)('%s', (_, change, expected) => {
    expect(stepOf({ ...event, ...change }, ends, left, devices)).toMatchObject(expected);
  });

  it('names the mapping of the source where that was refused', () => {
    const refused: Traced = { ...event, program: 'receive', verdict: 'dropped', reason: 'spoofed-inner-source' };
    expect(stepOf(refused, ends, right, devices)).toMatchObject({ mapping: 'red/10.0.0.5 → a', guest: 'db' });
  });

  it.each([
    ['10.0.0.7', 'red/10.0.0.7 → guest near'],
    ['10.0.0.8', 'red/10.0.0.8 → nowhere'],
    ['10.0.0.9', 'red/10.0.0.9 is not known here'],
  ])('says what the table holds of %s', (destination, mapping) => {
    expect(stepOf(event, { ...ends, destination }, left, devices)).toMatchObject({ mapping });
  });
});

const remote: LookedUp = { location: 'remote', peer: 1, send: 0, sourceIsRight: true, generation: 4 };
const local: LookedUp = { location: 'local', sourceIsRight: true, generation: 4 };

describe('a dry run', () => {
  const out: readonly [string, LookedUp, string][] = [
    ['sends', remote, 'sent gni 1.0'],
    ['waits for a decision', { ...remote, send: undefined }, 'waiting nothing is agreed with b yet'],
    ['drops what policies leave nothing for', { ...remote, send: 'none' }, 'dropped no-selection'],
    ['drops without a session', { location: 'remote', sourceIsRight: true, generation: 4 }, 'dropped no-session'],
    ['drops a source that is not the guest’s', { ...remote, sourceIsRight: false }, 'dropped guest-spoofed-source'],
    ['drops what is in no prefix', { ...local, location: 'no-route' }, 'dropped no-route'],
    ['drops what is nowhere', { ...local, location: 'nowhere' }, 'dropped no-mapping'],
    ['asks for what is not known', { ...local, location: 'unknown' }, 'waiting the mapping server is asked'],
    ['delivers on the same host', local, 'delivered'],
  ];
  it.each(out)('of the engine alone: %s', (_, engine, expected) => {
    const [step, ...more] = dryRun(ends, { engine }, left);
    expect(more).toEqual([]);
    expect(step).toMatchObject({ executor: 'engine', program: 'send', side: 'out', generation: 4 });
    expect([step?.verdict, step?.reason, step?.encapsulation].filter(Boolean).join(' ')).toBe(expected);
  });

  const both: readonly [string, LookedUp, readonly string[]][] = [
    ['sends', remote, ['tc guest sent ']],
    ['leaves sealing to the engine', { ...remote, send: 1 }, ['tc guest handed-over by-engine', 'engine send sent ']],
    [
      'leaves what it does not know to the engine',
      { ...local, location: 'unknown' },
      ['tc guest handed-over unknown-location', 'engine send sent '],
    ],
    [
      'drops a source that is not the guest’s',
      { ...remote, sourceIsRight: false },
      ['tc guest dropped guest-spoofed-source'],
    ],
  ];
  it.each(both)('of the fast path: %s', (_, fastPath, expected) => {
    const steps = dryRun(ends, { engine: remote, fastPath }, left);
    expect(steps.map((step) => `${step.executor} ${step.program} ${step.verdict} ${step.reason}`)).toEqual(expected);
  });

  it('of a tun guest asks the engine alone', () => {
    const steps = dryRun(ends, { engine: remote, fastPath: remote }, { ...left, executorOf: () => 'engine' });
    expect(steps.map(({ executor }) => executor)).toEqual(['engine']);
  });

  it('of the receiver says what it accepts', () => {
    const steps = dryRun(ends, { engine: local }, right);
    expect(steps).toMatchObject([
      {
        program: 'receive',
        side: 'in',
        verdict: 'delivered',
        guest: 'db',
        peer: 'a',
        encapsulation: 'gni 1.0, gni 3.0 +aes-256-gcm #1.2',
        mapping: 'red/10.0.0.5 → a, red/10.0.0.6 → guest db',
      },
    ]);
  });

  const incoming: readonly [string, LookedUp, Partial<Names>, string][] = [
    ['of another host', { ...local, sourceIsRight: false }, {}, 'dropped spoofed-inner-source'],
    [
      'not known yet',
      { ...local, sourceIsRight: false },
      { mapping: () => undefined },
      'waiting the mapping server is asked where the source is',
    ],
    ['to nobody', { ...local, location: 'remote' }, {}, 'dropped no-guest'],
    ['of an unknown network', local, { network: () => undefined }, 'dropped unknown-gni'],
  ];
  it.each(incoming)('of the receiver, a packet %s', (_, engine, names, expected) => {
    const [step] = dryRun(ends, { engine }, { ...right, ...names });
    expect(`${step?.verdict} ${step?.reason}`).toBe(expected);
  });

  it('of the receiver’s fast path needs a format that it carries', () => {
    const sealed = { ...right, accepted: () => ['gni 3.0 +aes-256-gcm #1.2'] };
    const word = (names: Names) =>
      dryRun(ends, { engine: local, fastPath: local }, names).map(
        ({ executor, verdict, reason }) => `${executor} ${verdict} ${reason}`,
      );
    expect(word(right)).toEqual(['tc delivered ']);
    expect(word(sealed)).toEqual(['tc handed-over not-accepted', 'engine delivered ']);
  });
});

describe('an echo', () => {
  it('is sent by ping in the guest’s namespace, from the guest’s address', async () => {
    const ran: string[] = [];
    const run = async (command: string, args: readonly string[]) => {
      ran.push([command, ...args].join(' '));
      return { ok: true, stdout: 'exit 1\n' } as const;
    };
    const echo = { netnsPath: '/run/netns/x', source: 'fd00::5', destination: 'fd00::6', id: 9, waitMs: 2000 };
    expect(await sendEcho(run, echo)).toEqual({ ok: true, answeredUs: undefined });
    expect(ran).toHaveLength(1);
    expect(ran[0]).toMatch(/^nsenter --net=\/run\/netns\/x sh -c /);
    expect(ran[0]).toMatch(/ echo 6 fd00::5 fd00::6 2 9$/);
  });

  it.each([
    [
      '64 bytes from 10.0.0.6: icmp_seq=1 ttl=64 time=0.084 ms\n\n--- statistics\nexit 0\n',
      { ok: true, answeredUs: 84 },
    ],
    ['64 bytes from 10.0.0.6: icmp_seq=1 ttl=64 time=0.000 ms\nexit 0\n', { ok: true, answeredUs: 1 }],
    ['PING 10.0.0.6\n\n1 packets transmitted, 0 received\nexit 1\n', { ok: true, answeredUs: undefined }],
    ['ping: connect: Network is unreachable\nexit 2\n', { ok: false, why: 'ping: connect: Network is unreachable' }],
    [
      'RTNETLINK answers: Network is unreachable\nexit 2\n',
      { ok: false, why: 'RTNETLINK answers: Network is unreachable' },
    ],
    ['sh: 1: ping: not found\nexit 127\n', { ok: false, why: 'ping is missing on this host: install iputils-ping' }],
    ['exit 2\n', { ok: false, why: 'ping ended with exit code 2' }],
  ])('is judged by what ping says: %j', (output, expected) => {
    expect(readPing(output)).toEqual(expected);
  });
});

it('devices are known by index, whatever else ip says', () => {
  expect(readDevices('[{"ifindex":2,"ifname":"eth0"},{"ifname":"x"}]')).toEqual(new Map([[2, 'eth0']]));
  expect(readDevices('nonsense')).toEqual(new Map());
  expect(readDevices('{}')).toEqual(new Map());
});
