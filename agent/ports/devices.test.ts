/** Real devices: needs root. Names of guests begin with wagt-d, and everything is gone afterwards. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PortKind } from '../../wire/control.ts';
import { systemClock } from '../clock.ts';
import { LinuxDevices } from './devices.ts';
import { deviceNames } from './names.ts';
import { LinuxNamespaces } from './namespaces.ts';

const root = process.getuid?.() === 0;
const host = `wagt-d${process.pid}`;
const guest = `${host}-web`;
const mac = '02:04:0a:00:00:05';
const { device, engineDevice } = deviceNames(guest);

describe.skipIf(!root)(`devices of guests${root ? '' : ' (skipped: needs root)'}`, () => {
  let directory: string;
  let namespaces: LinuxNamespaces;
  let devices: LinuxDevices;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'wagt-devices-'));
    namespaces = new LinuxNamespaces(directory, '', systemClock);
    devices = new LinuxDevices(host);
    await namespaces.ensureNamespace(guest);
  });

  afterEach(async () => {
    await devices.remove(guest);
    await namespaces.removeNamespace(guest);
    rmSync(directory, { recursive: true });
    expect([device, engineDevice].filter((name) => devices.present().has(name))).toEqual([]);
  });

  const find = () => devices.find(guest, namespaces.pathOf(guest));
  const ensure = async (kind: PortKind) =>
    devices.ensure(guest, { kind, found: await find(), netnsPath: namespaces.pathOf(guest), mac, mtu: 1456 });
  const inside = (...argv: string[]) =>
    execFileSync('nsenter', [`--net=${namespaces.pathOf(guest)}`, ...argv], { encoding: 'utf8' });
  const indexOf = (name: string) =>
    execFileSync('ip', ['-o', 'link', 'show', name], { encoding: 'utf8' }).split(':')[0];

  it('are a veth into the guest and a way to the engine, made once and left down', async () => {
    expect(await ensure('veth')).toEqual({ made: true });
    expect(await find()).toBe('veth');
    const before = [indexOf(device), indexOf(engineDevice)];
    expect(await ensure('veth')).toEqual({ made: false });
    expect([indexOf(device), indexOf(engineDevice)]).toEqual(before);
    expect(inside('ip', '-br', 'link', 'show', 'weft0')).toMatch(/DOWN\s+02:04:0a:00:00:05/);
    const shown = execFileSync('ip', ['-d', 'link', 'show', device], { encoding: 'utf8' });
    expect(shown).toContain(`alias weft guest ${guest} of ${host}`);
    expect(shown).not.toMatch(/[<,]UP[,>]/);
    expect(execFileSync('cat', [`/proc/sys/net/ipv6/conf/${engineDevice}/disable_ipv6`], { encoding: 'utf8' })).toBe(
      '1\n',
    );
    expect(await devices.owned([])).toEqual([guest]);
    expect(await devices.owned([guest])).toEqual([]);
    expect(await new LinuxDevices('another').owned([])).toEqual([]);
  });

  it('take what is configured on the guest’s end, and find it as it was', async () => {
    await ensure('veth');
    const wish = { addresses: ['10.0.0.5/24', 'fd00::5/64'], routes: ['10.0.0.0/24', 'fd00::/64'], mtu: 1456 };
    await namespaces.configure(guest, { ...wish, ethernet: { mac } }, true);
    execFileSync('ip', ['link', 'set', device, 'up']);
    expect(inside('ip', 'route', 'get', '10.0.0.200')).toContain('via 169.254.87.1 dev weft0 src 10.0.0.5');
    expect(inside('ip', 'route', 'get', 'fd00::200')).toContain('via fe80::57 dev weft0');
    expect(inside('ip', 'neigh', 'show', '169.254.87.1')).toContain('lladdr 02:57:45:46:54:00 PERMANENT');
    inside('ip', 'neigh', 'del', 'fe80::57', 'dev', 'weft0');
    inside('ip', 'link', 'set', 'weft0', 'address', '02:00:00:00:00:01');
    await namespaces.configure(guest, { ...wish, mtu: 1400, ethernet: { mac } }, false);
    expect(inside('ip', 'neigh', 'show', 'fe80::57')).toContain('PERMANENT');
    expect(inside('ip', 'link', 'show', 'weft0')).toMatch(/mtu 1400[\s\S]*02:04:0a:00:00:05/);
  });

  it('are made anew when their other end is gone, or is not the guest’s', async () => {
    await ensure('veth');
    inside('ip', 'link', 'set', 'weft0', 'name', 'other0');
    expect(await find()).toBeUndefined();
    expect(await ensure('veth')).toEqual({ made: true });
    expect(await find()).toBe('veth');
    expect(inside('ip', '-br', 'link')).not.toContain('other0');
  });

  it('change from each kind to each other', async () => {
    const tun = () => inside('ip', 'tuntap', 'add', 'dev', 'weft0', 'mode', 'tun');
    const kinds = ['veth', 'tun', 'veth', 'tap', 'tun', 'tap', 'veth'] as const;
    const seen: (PortKind | undefined)[] = [];
    for (const kind of kinds) {
      await ensure(kind);
      if (kind === 'tun') tun();
      seen.push(await find());
      if (kind === 'tap') expect(inside('ip', '-br', 'link')).not.toContain('weft0');
    }
    expect(seen).toEqual(kinds);
  });

  it('of others stay, and are named', async () => {
    execFileSync('ip', ['link', 'add', device, 'type', 'veth', 'peer', 'name', `${device}p`]);
    execFileSync('ip', ['link', 'set', device, 'alias', 'of somebody else']);
    await expect(ensure('veth')).rejects.toThrow(`device ${device} belongs to another ('of somebody else')`);
    await expect(devices.remove(guest)).rejects.toThrow('belongs to another');
    expect(devices.present().has(device)).toBe(true);
    execFileSync('ip', ['link', 'delete', device]);
  });

  it('that a crash left without an alias are made again', async () => {
    execFileSync('ip', ['link', 'add', device, 'type', 'veth', 'peer', 'name', `${device}p`]);
    expect(await find()).toBeUndefined();
    await ensure('veth');
    expect(await find()).toBe('veth');
  });
});
