/** Commands about hosts: those without an agent, and new keys. */
import { expect, it } from 'vitest';
import { cli, FakeController } from './fake-controller.ts';

const host = (name: string, rest: object = {}) => ({
  name,
  connected: true,
  agentVersion: '1',
  substrateAddresses: ['198.18.0.7'],
  labels: {},
  capabilities: { formats: ['vxlan'], features: [], offloads: [], executors: [], ports: [], problems: [] },
  assets: { kernel: '', operatingSystem: '', architecture: '', cpus: 0, cpuModel: '', memoryBytes: 0, nics: [] },
  guests: 0,
  paths: [],
  ...rest,
});
const rotation = { status: 202, body: { host: 'a', newestEpoch: 5 } };

it('creates a host without an agent and says what comes next', async () => {
  const rack7 = host('rack7', { framework: 'vxlan', connected: false });
  await using fake = await FakeController.start({ 'POST /v1/hosts': { status: 201, body: rack7 } });
  const asked = ['--address', '198.18.0.7', '--framework', 'vxlan', '--label', 'area=north', '--label', 'rack=r=7'];
  const run = await cli(['create', 'host', 'rack7', ...asked], { controller: fake.socket });
  expect(run).toMatchObject({ code: 0, err: '' });
  expect(run.out).toBe(
    "host 'rack7' created without an agent: vxlan at 198.18.0.7; next, its guests: " +
      'weft create guest NAME --host rack7 --vpc VPC --address IP --mac MAC\n',
  );
  expect(fake.asked[0]?.body).toEqual({
    name: 'rack7',
    address: '198.18.0.7',
    framework: 'vxlan',
    labels: { area: 'north', rack: 'r=7' },
  });
  const wrong = await cli(['create', 'host', 'x', '--address', '1.1.1.1', '--framework', 'vxlan', '--label', 'area'], {
    controller: fake.socket,
  });
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('--label area is not of the form key=value') });
});

it('shows a host without an agent as foreign', async () => {
  const items = [host('rack7', { framework: 'vxlan', connected: false }), host('a'), host('b', { connected: false })];
  await using fake = await FakeController.start({ 'GET /v1/hosts': { body: { items } } });
  const { out } = await cli(['get', 'hosts'], { controller: fake.socket });
  expect(out.split('\n').map((line) => line.split(/\s+/).slice(0, 2).join(' '))).toEqual([
    'HOST STATE',
    'rack7 foreign',
    'a connected',
    'b away',
    '',
  ]);
});

it('shows what hosts carry packets with only where it is asked for', async () => {
  const capabilities = { formats: ['gni 1.0'], features: [], offloads: [], executors: ['engine', 'tc'] };
  const items = [
    host('a', {
      capabilities: { ...capabilities, ports: ['tun', 'veth'], problems: [] },
      labels: { area: 'north', rack: 'r1' },
    }),
    host('b', {
      capabilities: { ...capabilities, executors: ['engine'], ports: ['tun'], problems: ['no BPF', 'no UDP_GRO'] },
    }),
  ];
  await using fake = await FakeController.start({ 'GET /v1/hosts': { body: { items } } });
  const shown = async (...argv: string[]) =>
    (await cli(['get', 'hosts', ...argv], { controller: fake.socket })).out.split('\n');
  expect((await shown())[0]).not.toContain('EXECUTORS');
  const wide = await shown('--wide');
  expect(wide.map((line) => line.split(/ {2,}/).slice(-5))).toEqual([
    ['EXECUTORS', 'PORTS', 'FEATURES', 'LABELS', 'PROBLEMS'],
    ['engine, tc', 'tun, veth', '-', 'area north, rack r1', '-'],
    ['engine', 'tun', '-', '-', 'no BPF; no UDP_GRO'],
    [''],
  ]);
});

it('creates a guest with the port that is asked for, and shows the one that it has', async () => {
  const guest = { name: 'vm', vpc: 'blue', gni: 1, host: 'a', addresses: ['10.0.0.7/24'], revision: 1 };
  await using fake = await FakeController.start({
    'POST /v1/guests': { status: 201, body: { ...guest, phase: 'pending', port: 'tap', mac: '02:06:00:00:00:07' } },
    'GET /v1/guests': { body: { items: [{ ...guest, phase: 'running', port: 'tap' }] } },
  });
  const create = (port: string) =>
    cli(['create', 'guest', 'vm', '--vpc', 'blue', '--port', port], { controller: fake.socket });
  const next = 'start its machine on a with the Ethernet address 02:06:00:00:00:07; weft status there names the device';
  expect(await create('tap')).toMatchObject({ code: 0, out: expect.stringContaining(next) });
  expect(fake.asked).toEqual([{ what: 'POST /v1/guests', body: { name: 'vm', vpc: 'blue', port: 'tap' } }]);
  expect(await create('wire')).toMatchObject({ code: 2, err: expect.stringContaining('tun, veth, tap') });
  const rows = (await cli(['get', 'guests'], { controller: fake.socket })).out
    .split('\n')
    .map((line) => line.split(/ {2,}/));
  expect(rows[0]?.indexOf('PORT')).toBe(rows[1]?.indexOf('tap'));
});

it('does not wait for a guest that nobody watches', async () => {
  const guest = { name: 'out', vpc: 'blue', gni: 1, host: 'rack7', addresses: ['10.0.0.77/24'], phase: 'unwatched' };
  await using fake = await FakeController.start({
    'POST /v1/guests': { status: 201, body: { ...guest, revision: 1 } },
  });
  const argv = ['create', 'guest', 'out', '--vpc', 'blue', '--host', 'rack7', '--mac', '52:54:00:AB:CD:EF', '--wait'];
  const run = await cli(argv, { controller: fake.socket });
  expect(run).toMatchObject({ code: 0, out: expect.stringContaining('(unwatched)') });
  expect(fake.asked).toEqual([
    {
      what: 'POST /v1/guests',
      body: { name: 'out', vpc: 'blue', host: 'rack7', mac: '52:54:00:ab:cd:ef' },
    },
  ]);
});

it('rotates the keys of one host', async () => {
  await using fake = await FakeController.start({ 'POST /v1/hosts/a/rotate-keys': rotation });
  const { code, out } = await cli(['keys', 'rotate', 'a'], { controller: fake.socket });
  expect([code, out]).toEqual([0, "host 'a' was told to make a new key; the newest one was of epoch 5\n"]);
});

it('rotates the keys of every connected host that has some', async () => {
  const items = [
    host('a', { keyEpochs: [5] }),
    host('b'),
    host('c', { keyEpochs: [5], connected: false }),
    host('d', { keyEpochs: [7, 6] }),
  ];
  await using fake = await FakeController.start({
    'GET /v1/hosts': { body: { items } },
    'POST /v1/hosts/a/rotate-keys': rotation,
    'POST /v1/hosts/d/rotate-keys': { status: 202, body: { host: 'd', newestEpoch: 7 } },
  });
  const { code, out } = await cli(['keys', 'rotate', '--all', '--json'], { controller: fake.socket });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({ items: [rotation.body, { host: 'd', newestEpoch: 7 }] });
});

it('says what is missing when there is nothing to rotate', async () => {
  await using fake = await FakeController.start({ 'GET /v1/hosts': { body: { items: [host('b')] } } });
  const config = { controller: fake.socket };
  expect(await cli(['keys', 'rotate'], config)).toMatchObject({ code: 2, err: expect.stringContaining('--all') });
  expect(await cli(['keys', 'rotate', 'b', '--all'], config)).toMatchObject({ code: 2 });
  expect(await cli(['keys', 'rotate', '--all'], config)).toMatchObject({
    code: 1,
    err: expect.stringContaining('none of the 1 known hosts is connected and has keys'),
  });
});
