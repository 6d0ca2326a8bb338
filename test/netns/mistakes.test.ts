/** What goes wrong before or beside the packets: wrong files, missing permissions, a second agent of one name. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Lab } from '../../lab/index.ts';
import { capture, leftovers, region, root, upRegion } from './region.ts';

const name = 'weft-e1';
const weft = join(root, 'bin/weft');
const folder = mkdtempSync(join(tmpdir(), 'weft-mistakes-'));
let lab: Lab;

beforeAll(async () => {
  lab = await upRegion({ ...region(name), guests: region(name).guests?.slice(0, 2) ?? [] });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

function run(argv: readonly string[]): { code: number | null; stdout: string; stderr: string } {
  const [program = '', ...args] = argv;
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 20_000 });
  return { code: status, stdout, stderr };
}

function file(title: string, text: string): string {
  const path = join(folder, title);
  writeFileSync(path, text);
  return path;
}

function agentConfig(changes: Record<string, unknown>): string {
  const base = parse(readFileSync(`/run/weft-lab/${name}/left/agent.yaml`, 'utf8')) as Record<string, unknown>;
  const own = {
    stateDirectory: join(folder, 'state'),
    statusSocket: join(folder, 'agent.sock'),
    namespacePrefix: 'weft-e1x-',
  };
  return file('agent.yaml', stringify({ ...base, ...own, ...changes }));
}

describe('a lab file with a mistake changes nothing, exits with 2 and names the place', () => {
  test.each([
    ['an unknown key', 'hosts: [{name: a}]\ncluods: []\n', /:2:1: .*clouds/],
    [
      'a guest on no host',
      'hosts: [{name: a}]\nclouds: [{name: r, prefixes: [10.0.0.0/24]}]\nguests:\n  - {name: g, cloud: r, host: b}\n',
      /:4:31: .*'b'/,
    ],
    [
      'host bits in a prefix',
      'hosts: [{name: a}]\nclouds: [{name: r, prefixes: [10.0.0.1/24]}]\n',
      /:2:31: .*10\.0\.0\.1\/24/,
    ],
    ['broken YAML', 'hosts: [{name: a}\n', /:\d+:\d+: /],
    [
      'one address twice',
      'hosts: [{name: a}]\nclouds: [{name: r, prefixes: [10.0.0.0/24]}]\nguests:\n  - {name: g, cloud: r, addresses: [10.0.0.5]}\n  - {name: h, cloud: r, addresses: [10.0.0.5]}\n',
      /:5:37: .*10\.0\.0\.5/,
    ],
  ])('%s', (_what, text, message) => {
    const path = file('weft-e1wrong.yaml', text);
    const result = run([weft, 'lab', 'up', path]);
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).toContain(path);
    expect(leftovers('weft-e1wrong')).toEqual([]);
  });
});

describe('an agent says in one sentence why it does not start', () => {
  test('a configuration with a mistake: file, line, column', () => {
    const result = run([weft, 'agent', '--config', file('wrong.yaml', 'host: left\nudpPort: many\n')]);
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/wrong\.yaml:2:10: .*udpPort|wrong\.yaml:2:10: /);
  });

  test.each(['net_admin', 'sys_admin'])('no permission: %s', (capability) => {
    const inside = ['nsenter', `--net=/run/netns/${name}-left`];
    const without = ['setpriv', '--bounding-set', `-${capability}`, '--inh-caps', `-${capability}`];
    const result = run([...inside, ...without, weft, 'agent', '--config', agentConfig({})]);
    expect(result.code).toBe(3);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect(result.stderr).toContain(`the agent needs CAP_${capability.toUpperCase()}: run it as root`);
  });

  test('no /dev/net/tun', () => {
    const hidden = `mount -t tmpfs none /dev/net && exec nsenter --net=/run/netns/${name}-left ${weft} agent --config ${agentConfig({})}`;
    const result = run(['unshare', '-m', 'sh', '-c', hidden]);
    expect(result.code).toBe(3);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect(result.stderr).toMatch(/\/dev\/net\/tun/);
  });

  test('a substrate address that this host does not have', () => {
    const config = agentConfig({ substrate: { addresses: ['198.18.0.77'] } });
    const result = run(['nsenter', `--net=/run/netns/${name}-left`, weft, 'agent', '--config', config]);
    expect(result.code).not.toBe(0);
    expect(result.stderr).toMatch(/198\.18\.0\.77/);
  });
});

test('a second agent with the same host name is refused with an explanation, the first is not disturbed', async () => {
  // Somebody has copied a host's key: without it, nobody is that host.
  cpSync(`/run/weft-lab/${name}/left/state/trust`, join(folder, 'state/trust'), { recursive: true });
  const config = agentConfig({ host: 'left', substrate: { addresses: ['198.18.0.3'] }, udpPort: 6999 });
  const second = lab.spawn('spare', [weft, 'agent', '--config', config], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  second.stdout?.on('data', (data: Buffer) => lines.push(data.toString()));
  try {
    await lab.waitUntil('the refusal', async () => /host name 'left' is in use/.test(lines.join('')));
    const { events } = await lab.api.status();
    expect(events.some(({ detail }) => detail.includes("'left'") || detail.includes('left'))).toBe(true);
    expect((await lab.agentStatus('left')).session.state).toBe('connected');
    expect((await lab.api.host('left')).substrateAddresses).toEqual(['198.18.0.1']);
  } finally {
    second.kill('SIGTERM');
    await new Promise((done) => second.once('exit', done));
  }
});

test('weft capture shows what the reference codec makes of real packets', async () => {
  const capturing = lab.spawn(
    'left',
    [weft, 'capture', '--interface', 'eth0', '--count', '4', '--seconds', '10', '--json'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const lines: string[] = [];
  const said: string[] = [];
  capturing.stdout?.on('data', (data: Buffer) => lines.push(data.toString()));
  capturing.stderr?.on('data', (data: Buffer) => said.push(data.toString()));
  const ended = new Promise((done) => capturing.once('exit', done));
  await lab.waitUntil('the capture listens', async () => said.join('').includes('capturing'));
  const ping = () => lab.exec('red-left', ['ping', '-c', '4', '-i', '0.1', '10.0.0.6']);
  await capture(lab, { name: 'right', interface: 'eth0', filter: 'udp port 6741' }, ping, (captured) => {
    expect(captured.fields(['gni.format'], 'gni').map(([format]) => format)).toContain('gni 3.0');
  });
  expect(await ended).toBe(0);
  const packets = lines
    .join('')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as unknown);
  expect(packets).toHaveLength(4);
  expect(JSON.stringify(packets)).toContain('gni 3.0');
});
