/**
 * Hosts without a fast path, each for another reason: they say so, their guests have tun ports and everything works.
 * And what there was of a fast path is gone when it is not to be.
 *
 *   all on one switch      on        has one
 *                          off       switched off in its configuration
 *                          refused   bpf(2) is refused to its agent (seccomp), once it has a guest with a veth
 *                          astray    nothing can be pinned where its configuration says, once it has such a guest
 *
 *   a guest on each, of the same name with '-guest': 10.0.0.5 … 10.0.0.8, also fd00:10::N
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Lab } from '../../lab/index.ts';
import { echoReady, guest, guestRequest, leftovers, root, transfer, upRegion } from './region.ts';

const name = 'weft-fn';
const hosts = ['on', 'off', 'refused', 'astray'] as const;
type HostName = (typeof hosts)[number];
const addressOf = { on: '10.0.0.5', off: '10.0.0.6', refused: '10.0.0.7', astray: '10.0.0.8' } as const;
const folder = mkdtempSync(join(tmpdir(), 'weft-none-'));
const bpf = join(folder, 'bpf');
let lab: Lab;

beforeAll(async () => {
  execFileSync('cc', ['-O1', '-Wall', '-Werror', '-o', bpf, join(import.meta.dirname, 'bpf.c')]);
  lab = await upRegion({
    name,
    hosts: hosts.map((host) =>
      host === 'off' ? { name: host, fastPath: 'off' } : { name: host, formats: ['gni 1.0'] },
    ),
    clouds: [{ name: 'red', prefixes: ['10.0.0.0/24', 'fd00:10::/64'] }],
    guests: hosts.map((host, at) => guest(`${host}-guest`, 'red', host, at + 5)),
  });
});
afterAll(async () => {
  await lab?.down();
  rmSync(folder, { recursive: true });
  expect(leftovers(name)).toEqual([]);
});

/** Its main program becomes the agent's, but to bpf(2) the kernel says no. */
function refusingCheckout(): string {
  mkdirSync(join(folder, 'agent'));
  const argv = [bpf, 'refuse', process.execPath, join(root, 'agent/main.ts')];
  const main = `process.execve(${JSON.stringify(bpf)}, [...${JSON.stringify(argv)}, ...process.argv.slice(2)]);\n`;
  writeFileSync(join(folder, 'agent/main.ts'), main);
  return folder;
}

function configOf(host: HostName): string {
  return lab.record.layout.processes.find((process) => process.name === host)?.config ?? '';
}

async function ports(): Promise<Readonly<Record<string, string | undefined>>> {
  return Object.fromEntries((await lab.api.guests()).map((each) => [each.name, each.port]));
}

/** Every guest talks to every other one. */
async function everybodyTalks(): Promise<void> {
  await Promise.all(hosts.map((host) => echoReady(lab, `${host}-guest`)));
  for (const from of hosts) {
    for (const to of hosts.filter((each) => each !== from)) {
      const six = addressOf[to].replace('10.0.0.', 'fd00:10::');
      const sizes = [1, 1400, 60_000, 500_000];
      const { greeting, failures } = await transfer(lab, `${from}-guest`, `${addressOf[to]},${six}`, sizes);
      expect([greeting, failures]).toEqual([`${to}-guest`, []]);
    }
  }
}

/** Devices and programs of the fast path in a host's namespace. */
async function traces(host: HostName): Promise<string[]> {
  const links = (await lab.exec(host, ['ip', '-j', 'link'])).stdout;
  const devices = (JSON.parse(links) as { readonly ifname: string }[]).map(({ ifname }) => ifname);
  const found = devices.filter((device) => /^w[ge]/.test(device));
  for (const device of devices) {
    const { stdout } = await lab.exec(host, ['tc', 'filter', 'show', 'dev', device, 'ingress']);
    found.push(...stdout.split('\n').filter((line) => line.includes('weft_')));
  }
  return found;
}

/** Numbers of all programs of Weft that this machine holds. */
function programs(): number[] {
  const lines = execFileSync(bpf, ['programs'], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line !== '').map((line) => Number.parseInt(line, 10));
}

test('with a fast path guests have veth ports, without one tun ports', async () => {
  const expected = { 'on-guest': 'veth', 'off-guest': 'tun', 'refused-guest': 'veth', 'astray-guest': 'veth' };
  expect(await ports()).toEqual(expected);
  await everybodyTalks();
});

describe('hosts that lose their fast path', () => {
  beforeAll(async () => {
    await lab.stopAgent('refused', 'SIGKILL');
    await lab.startAgent('refused', refusingCheckout());
    const { fastPath, ...rest } = parse(readFileSync(configOf('astray'), 'utf8')) as { readonly fastPath: object };
    writeFileSync(configOf('astray'), stringify({ ...rest, fastPath: { ...fastPath, directory: '/proc/weft' } }));
    await lab.restartAgent('astray');
    await lab.waitUntil('their guests have tun ports', async () => {
      const found = await ports();
      return found['refused-guest'] === 'tun' && found['astray-guest'] === 'tun';
    });
  });

  test.each([
    ['off', []],
    ['refused', [expect.stringMatching(/^the engine carries everything, there is no fast path: .*EPERM/)]],
    [
      'astray',
      [expect.stringMatching(/^the engine carries everything, there is no fast path: .*\/proc\/weft.*ENOENT/)],
    ],
  ] as const)('%s says what is missing', async (host, problems) => {
    const { capabilities, fastPath } = await lab.agentStatus(host);
    expect(capabilities).toMatchObject({ executors: ['engine'], ports: ['tun'] });
    expect(capabilities.problems).toEqual(expect.arrayContaining([...problems]));
    expect(capabilities.problems.filter((each) => each.includes('fast path'))).toHaveLength(problems.length);
    expect(fastPath).toBeUndefined();
  });

  test('their guests talk to everybody as before', everybodyTalks);

  test.each(['off', 'refused', 'astray'] as const)('nothing of a fast path is left on %s', async (host) => {
    expect(await traces(host)).toEqual([]);
  });

  test.each(['off', 'refused', 'astray'] as const)('a veth on %s is refused, any port is a tun', async (host) => {
    const late = guestRequest('late', 'red', host, 20);
    const sentence = `host '${host}' cannot take guest 'late': has no veth ports`;
    await expect(lab.api.createGuest({ ...late, port: 'veth' })).rejects.toThrow(sentence);
    await lab.api.createGuest(late);
    await lab.waitUntil('it runs', async () => (await lab.api.guest('late')).phase === 'running');
    expect((await lab.api.guest('late')).port).toBe('tun');
    await lab.api.deleteGuest('late');
    await lab.waitUntil(
      'it is gone',
      async () => !(await lab.agentStatus(host)).guests.some((each) => each.name === 'late'),
    );
  });

  test('one that has it again gives new guests veth ports, and leaves those that flow alone', async () => {
    await lab.restartAgent('refused');
    await lab.api.createGuest(guestRequest('later', 'red', 'refused', 21));
    await lab.waitUntil('it runs', async () => (await lab.api.guest('later')).phase === 'running');
    expect(await ports()).toMatchObject({ later: 'veth', 'refused-guest': 'tun' });
    await everybodyTalks();
  });
});

test('an agent that is taken off its machine leaves nothing of the fast path there', async () => {
  await lab.api.createGuest({ name: 'machine', vpc: 'red', host: 'on', port: 'tap', addresses: ['10.0.0.30'] });
  await lab.waitUntil('it runs', async () => (await lab.api.guest('machine')).phase === 'running');
  const pins = join(dirname(configOf('on')), 'bpf');
  expect(await traces('on')).not.toEqual([]);
  expect(readdirSync(pins)).not.toEqual([]);
  await lab.stopAgent('on');
  const agent = [process.execPath, join(root, 'agent/main.ts'), '--config', configOf('on'), '--purge'];
  expect(await lab.exec('on', agent)).toMatchObject({ code: 0 });
  expect(await traces('on')).toEqual([]);
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(pins);
});

test('programs go with the lab', async () => {
  const lines = (await Promise.all(hosts.map(traces))).flat();
  const attached = lines.flatMap((line) => / id (\d+)/.exec(line)?.[1] ?? []).map(Number);
  expect(attached.length).toBeGreaterThan(0);
  expect(programs()).toEqual(expect.arrayContaining(attached));
  await lab.down();
  // The kernel takes namespaces apart behind our back.
  await lab.waitUntil('they are gone', async () => !programs().some((each) => attached.includes(each)));
});
