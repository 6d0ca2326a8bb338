/**
 * Packets followed through real executors: by the engine, by the fast path, from one to the other, sealed, dropped
 * by policy, to nobody, lost between hosts, on one host, and by the tables alone.
 *
 *   left: slow-left (tun) .5, slow-near (tun) .7, fast-left (veth) .15
 *   right: slow-right (tun) .6, fast-right (veth) .16
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, type LabFile, upLab } from '../../lab/index.ts';
import type { Trace, TraceRequest } from '../../wire/trace.ts';
import { leftovers } from './region.ts';

const name = 'weft-tr';
let lab: Lab;

function guest(guestName: string, host: string, number: number): NonNullable<LabFile['guests']>[number] {
  const addresses = [`10.0.0.${number}`, `fd00:10::${number}`];
  return { name: guestName, cloud: 'red', host, addresses, port: guestName.startsWith('fast') ? 'veth' : 'tun' };
}

beforeAll(async () => {
  lab = await upLab({
    name,
    hosts: [{ name: 'left' }, { name: 'right' }],
    clouds: [{ name: 'red', prefixes: ['10.0.0.0/24', 'fd00:10::/64'] }],
    guests: [
      guest('slow-left', 'left', 5),
      guest('slow-right', 'right', 6),
      guest('slow-near', 'left', 7),
      guest('fast-left', 'left', 15),
      guest('fast-right', 'right', 16),
      { ...guest('machine', 'left', 25), port: 'tap' },
    ],
  });
});
afterAll(async () => {
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

const trace = (from: string, to: string, rest: Partial<TraceRequest> = {}): Promise<Trace> =>
  lab.api.trace({ guest: from, to, ...rest });

/** `there left engine send sent` */
const words = ({ steps }: Trace): string[] =>
  steps.map(({ way, host, executor, program, verdict }) => [way, host, executor, program, verdict].join(' '));

async function warm(from: string, to: string): Promise<void> {
  expect(await lab.exec(from, ['ping', '-c', '1', '-w', '5', to])).toMatchObject({ code: 0 });
}

/** What is not sealed meets the fast path first, which leaves it to the engine when it is for a tun guest. */
const engineWords = (found: Trace): string[] =>
  words(found).filter((word) => !word.endsWith('tc substrate handed-over'));

/** Both hosts send it from now on, and know of each other's guests. */
async function use(encapsulation: string): Promise<void> {
  await Promise.all([warm('slow-left', '10.0.0.6'), warm('fast-left', '10.0.0.16'), warm('fast-left', '10.0.0.6')]);
  await lab.api.putPolicy({ name: 'format', effect: 'require', capabilities: encapsulation.split(' +') });
  await lab.waitUntil(`${encapsulation} in both directions`, async () => {
    const selections = await lab.api.selections();
    return selections.length === 2 && selections.every(({ sending }) => sending?.startsWith(encapsulation));
  });
}

/** A virtual machine as far as a trace needs one: opens its tap ($1) and sends an echo request ten times a second. */
const machine = `
import fcntl, os, socket, struct, sys, time
device, mac, source, destination = sys.argv[1:]
tap = os.open('/dev/net/tun', os.O_RDWR)
fcntl.ioctl(tap, 0x400454ca, struct.pack('16sH', device.encode(), 0x1002))
def checksum(data):
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16: total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff
echo = struct.pack('!BBHHH', 8, 0, 0, 7, 1) + bytes(8)
echo = echo[:2] + struct.pack('!H', checksum(echo)) + echo[4:]
ip = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(echo), 0, 0, 64, 1, 0, socket.inet_aton(source), socket.inet_aton(destination))
ip = ip[:10] + struct.pack('!H', checksum(ip)) + ip[12:]
frame = bytes.fromhex('025745465400' + mac.replace(':', '')) + bytes.fromhex('0800') + ip + echo
while True:
    os.write(tap, frame)
    time.sleep(0.1)
`;

const byEngines = [
  'there left engine send sent',
  'there right engine receive delivered',
  'back right engine send sent',
  'back left engine receive delivered',
];

test('the first packet of all waits for its mapping, then goes on, sealed', async () => {
  const found = await trace('slow-left', 'slow-right');
  expect(found).toMatchObject({
    outcome: 'arrived',
    conclusion: expect.stringMatching(/^delivered to slow-right on right .* answered after \d+ µs$/),
    notes: [],
  });
  expect(words(found)).toEqual([
    'there left engine send waiting',
    'there left engine send sent',
    'there right engine receive waiting',
    'there right engine receive delivered',
    ...byEngines.slice(2),
  ]);
  const [, sent, , delivered] = found.steps;
  const sealed = expect.stringMatching(/^gni 3\.0 \+aes-256-gcm #\d+\.\d+$/);
  expect(sent).toMatchObject({ guest: 'slow-left', peer: 'right', encapsulation: sealed, length: 84 });
  expect(sent?.mapping).toBe('red/10.0.0.6 → right');
  expect(sent?.outer).toMatch(/^[\d.]+:\d+ → [\d.]+$/);
  expect(delivered).toMatchObject({ guest: 'slow-right', peer: 'left', encapsulation: sealed });
});

test('IPv6 is followed too', async () => {
  await trace('slow-left', 'fd00:10::6');
  expect(words(await trace('slow-left', 'fd00:10::6'))).toEqual(byEngines);
});

test('a packet of a veth guest that the engine has to seal goes through both', async () => {
  await use('gni 3.0 +aes-256-gcm');
  const found = await trace('fast-left', '10.0.0.16');
  expect(words(found)).toEqual([
    'there left tc guest handed-over',
    'there left engine send sent',
    'there right engine receive delivered',
    'there right tc return delivered',
    'back right tc guest handed-over',
    'back right engine send sent',
    'back left engine receive delivered',
    'back left tc return delivered',
  ]);
  expect(found.steps[0]).toMatchObject({ reason: 'by-engine', device: expect.stringMatching(/^wg[a-z2-7]{10}$/) });
});

test('a plain packet between veth guests stays in the kernel', async () => {
  await use('gni 1.0');
  const found = await trace('fast-left', '10.0.0.16');
  expect(words(found)).toEqual([
    'there left tc guest sent',
    'there right tc substrate delivered',
    'back right tc guest sent',
    'back left tc substrate delivered',
  ]);
  expect(found.steps[0]).toMatchObject({ encapsulation: 'gni 1.0', leftBy: 'eth0', peer: 'right', guest: 'fast-left' });
  expect(found.steps[1]).toMatchObject({ device: 'eth0', leftBy: expect.stringMatching(/^wg/), guest: 'fast-right' });
});

test('a plain packet from a veth guest to a tun guest is the engine’s at the other end', async () => {
  await use('gni 1.0');
  const found = await trace('fast-left', '10.0.0.6');
  expect(found.outcome).toBe('arrived');
  expect(words(found).filter((word) => word.startsWith('there') && !word.endsWith('handed-over'))).toEqual([
    'there left tc guest sent',
    'there right engine receive delivered',
  ]);
});

test.each([
  ['slow-left', '10.0.0.7', ['there left engine send delivered', 'back left engine send delivered']],
  [
    'fast-left',
    '10.0.0.7',
    [
      'there left tc guest handed-over',
      'there left engine send delivered',
      'back left engine send delivered',
      'back left tc return delivered',
    ],
  ],
])('a packet of %s on one host to %s', async (from, to, expected) => {
  expect(words(await trace(from, to))).toEqual(expected);
});

test('a packet of the guest’s own is followed without sending one', async () => {
  await use('gni 1.0');
  const pinging = lab.spawn('slow-left', ['ping', '-i', '0.1', '-c', '50', '10.0.0.6'], { stdio: 'ignore' });
  try {
    const found = await trace('slow-left', '10.0.0.6', { packet: true });
    expect(found).toMatchObject({ mode: 'packet', outcome: 'arrived' });
    expect(engineWords(found)).toEqual(byEngines);
  } finally {
    pinging.kill('SIGKILL');
  }
});

test('of a guest with a tap port the next packet is waited for', async () => {
  expect(await trace('machine', '10.0.0.6', { waitMs: 200 })).toMatchObject({
    mode: 'packet',
    steps: [],
    conclusion: 'no packet from 10.0.0.25 to 10.0.0.6 was seen within 0.2 s',
    notes: [expect.stringContaining("guest 'machine' has a tap port")],
  });
});

test('what a machine behind a tap sends itself is followed, there and back', async () => {
  await use('gni 1.0');
  const guests = (await lab.agentStatus('left')).guests;
  const device = guests.find((each) => each.name === 'machine')?.device ?? 'none';
  const mac = (await lab.api.guest('machine')).mac ?? 'none';
  const sending = lab.spawn('left', ['python3', '-c', machine, device, mac, '10.0.0.25', '10.0.0.16'], {
    stdio: 'ignore',
  });
  try {
    // The first ones wait for mappings, which takes them through the engine.
    await lab.waitUntil('the machine is known', async () =>
      words(await trace('fast-right', '10.0.0.25', { packet: true, waitMs: 500 })).includes(
        'there right tc guest sent',
      ),
    );
    const found = await trace('machine', 'fast-right', { waitMs: 2000 });
    expect(found).toMatchObject({ mode: 'packet', outcome: 'arrived' });
    expect(words(found)).toEqual([
      'there left tc guest sent',
      'there right tc substrate delivered',
      'back right tc guest sent',
      'back left tc substrate delivered',
    ]);
  } finally {
    sending.kill('SIGKILL');
  }
});

test('a dry run says the same by the tables, and agrees with the controller', async () => {
  await use('gni 1.0');
  const found = await trace('slow-left', '10.0.0.6', { dryRun: true });
  expect(found).toMatchObject({ mode: 'dry-run', outcome: 'arrived', notes: [], differences: [] });
  expect(engineWords(found)).toEqual(byEngines);
  const fast = await trace('fast-left', '10.0.0.16', { dryRun: true });
  expect(fast).toMatchObject({ outcome: 'arrived', notes: [], differences: [] });
  expect(words(fast)).toEqual([
    'there left tc guest sent',
    'there right tc substrate delivered',
    'back right tc guest sent',
    'back left tc substrate delivered',
  ]);
});

test('a packet to nobody is dropped where it comes from', async () => {
  const found = await trace('slow-left', '10.0.0.99');
  expect(found).toMatchObject({
    outcome: 'dropped',
    conclusion: 'dropped on left by its engine (send): no-mapping: the mapping server knows no guest at this address',
    notes: [expect.stringContaining('knows no guest at 10.0.0.99')],
  });
  expect(found.steps.at(-1)).toMatchObject({ reason: 'no-mapping', mapping: 'red/10.0.0.99 → nowhere' });
});

test('an echo that the guest itself cannot send is told in its own words', async () => {
  const found = await trace('slow-left', '10.9.9.9');
  expect(found).toMatchObject({ outcome: 'unknown', steps: [] });
  expect(found.conclusion).toMatch(/^the echo could not be sent in guest slow-left: .*unreachable/);
});

test.each([
  [
    'left',
    'netdev tr { chain e { type filter hook egress device eth0 priority 0; udp dport 6741 drop; }; }',
    /^left left .*was not seen on right within 2 s: .*UDP 6741/,
  ],
  [
    'right',
    'inet tr { chain i { type filter hook input priority 0; udp dport 6741 drop; }; }',
    /^left to the engine on right .*firewall of right \(UDP 6741\)$/,
  ],
])('a packet that %s loses is said to be lost there', async (host, table, conclusion) => {
  await use('gni 1.0');
  expect(await lab.exec(host, ['nft', `table ${table}`])).toMatchObject({ code: 0, stderr: '' });
  try {
    expect(await trace('slow-left', '10.0.0.6')).toMatchObject({
      outcome: 'lost',
      conclusion: expect.stringMatching(conclusion),
    });
  } finally {
    await lab.exec(host, ['nft', `delete table ${table.split(' ', 2).join(' ')}`]);
  }
});

test.each([
  ['slow-left', '10.0.0.6', 'engine (send)'],
  ['fast-left', '10.0.0.16', 'tc (guest)'],
])('what policies leave no format for is dropped where %s sends it', async (from, to, by) => {
  await lab.api.putPolicy({
    name: 'format',
    effect: 'forbid',
    capabilities: ['gni *', 'vxlan *', 'geneve *', 'gni6 *'],
  });
  await lab.waitUntil('nothing is sent', async () => {
    const { peers } = await lab.agentStatus('left');
    return peers.every(({ send }) => send === undefined);
  });
  expect(await trace(from, to)).toMatchObject({
    outcome: 'dropped',
    conclusion: `dropped on left by its ${by}: no-selection: the policies leave no format for this pair`,
  });
});
