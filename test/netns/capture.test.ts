/** `weft capture`, `weft top` and `weft doctor` where there is something to see: a region with real packets. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../lab/index.ts';
import { leftovers, region, root, upRegion } from './region.ts';

const name = 'weft-cap';
const weft = join(root, 'bin/weft');
let lab: Lab;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weft-capture-'));
  lab = await upRegion(region(name));
}, 60_000);

afterAll(async () => {
  await lab?.down();
  rmSync(folder, { recursive: true });
  expect(leftovers(name)).toEqual([]);
}, 60_000);

interface Item {
  readonly kind: string;
  readonly matchedBy?: string;
  readonly port?: { readonly direction: string; readonly inner: { readonly text: string } };
  readonly wire?: readonly { readonly format: string; readonly destinationGni: number }[];
}

/** The guest's packets while it pings three times, from when both taps are open. */
async function capturePings(...argv: readonly string[]): Promise<readonly Item[]> {
  const capture = spawn(weft, [
    'capture',
    'red-left',
    'icmp',
    '--lab',
    name,
    '--both',
    '--json',
    '--count',
    '6',
    ...argv,
  ]);
  const lines = text(capture.stdout);
  const opened = Promise.withResolvers<void>();
  let notes = '';
  capture.stderr.on('data', (data: Buffer) => {
    notes += data;
    if (notes.split('capturing ').length === 3) opened.resolve();
  });
  capture.on('close', () => opened.reject(new Error(`the capture ended: ${notes}`)));
  await opened.promise;
  await lab.exec('red-left', ['ping', '-c', '3', '-i', '0.2', '10.0.0.6']);
  return (await lines)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Item);
}

const shape = (items: readonly Item[]) =>
  items.map(({ kind, matchedBy, port, wire }) => [kind, matchedBy, port?.direction, wire?.map(({ format }) => format)]);
const both = (by: string, format: string) =>
  Array.from({ length: 6 }, (_, i) => ['both', by, i % 2 === 0 ? 'out' : 'in', [format]]);
const inTurns = (items: readonly Item[]) =>
  [...items].sort((a, b) => (a.port?.inner.text ?? '').slice(-1).localeCompare((b.port?.inner.text ?? '').slice(-1)));

test('a sealed packet is found on the wire by its size, and a plain one by what is inside', async () => {
  const sealed = inTurns(await capturePings());
  expect(shape(sealed)).toEqual(both('size', 'gni 3.0'));
  await lab.api.putPolicy({ name: 'plain', effect: 'pin', capabilities: ['gni 1.1'] });
  await lab.waitUntil('gni 1.1 is in force', async () => {
    const peers = (await Promise.all(['left', 'right'].map((host) => lab.agentStatus(host)))).flatMap(
      ({ peers: all }) => all,
    );
    return peers.filter(({ send }) => send === 'gni 1.1').length >= 2;
  });
  const file = join(folder, 'both.pcapng');
  const plain = inTurns(await capturePings('--write', file));
  expect(shape(plain)).toEqual(both('content', 'gni 1.1'));
  const gni = plain[0]?.wire?.[0]?.destinationGni;
  // And Wireshark says the same of the file.
  const lua = join(root, 'wire/gen/gni.lua');
  const fields = ['frame.interface_name', 'gni.destination_gni', 'frame.comment'].flatMap((field) => ['-e', field]);
  const rows = execFileSync(
    'tshark',
    ['-X', `lua_script:${lua}`, '-r', file, '-Y', 'icmp', '-T', 'fields', ...fields],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const seen = rows
    .split('\n')
    .filter(Boolean)
    .map((row) => row.split('\t'));
  const wire = seen.filter(([tap]) => tap === `${name}-left/eth0`);
  expect(seen.filter(([tap]) => tap === `${name}-red-left/weft0`)).toHaveLength(6);
  expect(wire.map((row) => row[1])).toEqual(Array.from({ length: 6 }, () => String(gni)));
  expect(wire[0]?.[2]).toContain(`gni 1.1, GNI ${gni}: 10.0.0.5 → 10.0.0.6  ICMP echo request`);
}, 60_000);

test('a capture that cannot begin says why, and leaves no process behind', async () => {
  const capture = spawn(weft, ['capture', 'red-left', 'no such expression', '--lab', name, '--both']);
  const [complaint, [code]] = await Promise.all([text(capture.stderr), once(capture, 'close')]);
  expect(code).toBe(1);
  expect(complaint).toContain("cannot capture on interface 'weft0'");
  await lab.waitUntil('no helper runs', async () => {
    const running = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
    return !running.some((line) => line.includes('capture/helper.ts') && line.includes('having:198.18.'));
  });
}, 30_000);

test('the doctor of a host of the region finds its agent, its substrate and its peers in order', async () => {
  const config = lab.record.layout.processes.find((each) => each.name === 'left')?.config ?? '';
  const { stdout } = await lab.exec('left', [weft, 'doctor', '--role', 'agent', '--agent-config', config, '--json']);
  const { checks } = JSON.parse(stdout) as { checks: { check: string; verdict: string; says: string }[] };
  const of = (check: string) => checks.filter((each) => each.check === check);
  expect(checks.filter(({ verdict }) => verdict === 'problem')).toEqual([]);
  expect(of('agent')[0]?.says).toContain('of host left has its controller');
  expect(of('substrate')[0]?.says).toContain('198.18.0.1 is on eth0');
  expect(of('ports')[0]?.says).toBe('the agent has UDP port 6741');
  expect(of('path to controller')[0]?.verdict).toBe('ok');
  expect(of('clock').map(({ verdict }) => verdict)).not.toContain('problem');
}, 30_000);

test('top shows every host, guest and path of the region', async () => {
  const view = JSON.parse(
    execFileSync(weft, ['top', '--lab', name, '--json', '--interval', '0.2'], { encoding: 'utf8' }),
  );
  expect(view.hosts.map((host: { name: string; control: string }) => [host.name, host.control])).toEqual([
    ['left', 'connected'],
    ['right', 'connected'],
    ['spare', 'connected'],
  ]);
  expect(view.guests).toHaveLength(5);
  expect(view.peers.map((peer: { name: string }) => peer.name)).toContain('left → right');
  expect(view.guests[0].out).toBeDefined();
}, 30_000);
