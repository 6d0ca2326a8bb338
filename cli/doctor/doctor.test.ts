import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli } from '../fake-controller.ts';
import type { Judged } from './check.ts';
import type { Device, Facts, FileFact } from './facts.ts';
import { wellFacts, wellStatus } from './facts-of-a-well-host.ts';
import { aheadBy } from './gather-clock.ts';
import { findFiles, readCertificate } from './gather-files.ts';
import { parseListeners } from './gather-network.ts';
import { judge } from './index.ts';
import { conclusion } from './show.ts';
import { parseWeftConfig, readWeftConfig } from './weft-config.ts';

const found = (change: Partial<Facts>): readonly Judged[] => judge({ ...wellFacts, ...change });
const status = (change: Partial<typeof wellStatus>): Partial<Facts> => ({
  agent: { socket: '/run/weft/agent.sock', status: { ...wellStatus, ...change } },
});
const noAgent: Partial<Facts> = { agent: { socket: '/run/weft/agent.sock', error: 'nobody answers' } };
const device = (change: Partial<Device>): Partial<Facts> => ({
  devices: (wellFacts.devices ?? []).map((each) => (each.name === 'eth0' ? { ...each, ...change } : each)),
});
const file = (change: Partial<FileFact>): Partial<Facts> => ({
  files: [{ path: '/p', kind: 'private', found: 'file', mode: 0o600, uid: 0, ...change }],
});
const machine = (release: string, architecture = 'x86_64'): Partial<Facts> => ({ machine: { release, architecture } });
const disk = (change: object): Partial<Facts> => ({
  disks: [{ path: '/var', what: 'state', freeBytes: 2e9, freeFiles: 1e6, writable: true, ...change }],
});
const udp = (pid: number | undefined, port = 6741, program = 'other'): Partial<Facts> => ({
  listeners: [{ protocol: 'udp', address: '*', port, ...(pid === undefined ? {} : { pid, program }) }],
});
const until = (validToMs: number, validFromMs = 0): Partial<Facts> => ({
  certificates: [{ path: '/c', validFromMs, validToMs }],
});
const day = 86_400_000;
const { nowMs } = wellFacts;
const peer = (change: object): Partial<Facts> =>
  status({ peers: wellStatus.peers.map((each) => ({ ...each, ...change })) });

describe('the doctor', () => {
  it('finds nothing wrong with a host that is well, and looks at everything', () => {
    const all = found({});
    expect(all.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
    expect(new Set(all.map(({ check }) => check)).size).toBe(21);
    expect(conclusion(all)).toMatch(/^0 problems, 0 warnings, \d+ ok$/);
  });

  const ills: readonly (readonly [string, Partial<Facts>, 'warning' | 'problem', RegExp])[] = [
    ['kernel', machine('5.4.0'), 'problem', /older than 5.10/],
    ['kernel', machine('4.19.0'), 'problem', /older than 5.10/],
    ['kernel', machine('5.15.0-1'), 'warning', /oldest that Weft is tested on/],
    ['kernel', machine('6.1.0', 'riscv64'), 'problem', /riscv64/],
    ['root', { isRoot: false }, 'problem', /not root/],
    ['root', { capabilities: 1n << 12n }, 'problem', /lacks CAP_SYS_ADMIN/],
    ['tun', { tun: 'missing' }, 'problem', /not there/],
    ['tun', { tun: 'closed' }, 'problem', /cannot be opened/],
    ['bpf', { ...noAgent, kernelTypes: false }, 'warning', /engine will carry everything/],
    ['bpf', { ...noAgent, sysctl: { 'net.core.bpf_jit_enable': 0 } }, 'warning', /interpreted/],
    ['tools', { tools: { ...wellFacts.tools, ping: false } }, 'warning', /missing: ping/],
    ['tools', { tools: { ...wellFacts.tools, ip: false } }, 'problem', /missing: ip/],
    ['open files', { openFiles: { soft: 1024, whose: 'the agent' } }, 'warning', /1024 files/],
    ['neighbours', { sysctl: { 'net.ipv4.neigh.default.gc_thresh3': 128 } }, 'warning', /128 neighbours/],
    ['socket buffers', status({ receiveOverflows: 9 }), 'warning', /9 datagrams/],
    ['clock', { clock: { aheadMs: 5000 } }, 'warning', /5 s ahead of the controller's/],
    ['clock', { clock: { aheadMs: -3_600_000 } }, 'problem', /60 min behind/],
    ['clock', { clock: { synchronized: false } }, 'warning', /nothing keeps this clock right/],
    ['disk', disk({ freeBytes: 1 << 20 }), 'problem', /only 1.0 MiB/],
    ['disk', disk({ freeBytes: 100 << 20 }), 'warning', /only 100 MiB/],
    ['disk', disk({ freeFiles: 3 }), 'problem', /no file can be made/],
    ['disk', disk({ writable: false }), 'problem', /cannot be written/],
    ['configuration', { configs: { agent: { path: '/a', found: false } } }, 'warning', /\/a is not there/],
    ['configuration', { configs: { agent: { path: '/a', found: true, error: 'no YAML' } } }, 'problem', /no YAML/],
    ['permissions', file({ mode: 0o640 }), 'problem', /others may open it \(mode 0640\)/],
    ['permissions', file({ found: 'directory', mode: 0o755 }), 'problem', /others may open/],
    ['permissions', file({ kind: 'config', mode: 0o646 }), 'problem', /everybody may write/],
    ['permissions', file({ kind: 'config', uid: 1000 }), 'warning', /belongs to user 1000/],
    ['permissions', file({ found: 'unreadable', mode: 0 }), 'warning', /cannot be looked at/],
    ['certificates', until(nowMs - 1), 'problem', /ended on 2026-12-14/],
    ['certificates', until(nowMs + 9 * day, nowMs + day), 'problem', /in the future/],
    ['certificates', until(nowMs + 2 * day), 'warning', /ends in 2 days and was not renewed/],
    ['certificates', { certificates: [{ path: '/c', error: 'bad' }] }, 'problem', /no certificate: bad/],
    ['substrate', device({ addresses: [] }), 'problem', /192.0.2.11 is on no device/],
    ['substrate', device({ up: false }), 'problem', /eth0 with 192.0.2.11 is down/],
    ['mtu', device({ mtu: 600 }), 'problem', /guests get about 516/],
    ['mtu', device({ mtu: 1300 }), 'warning', /guests get about 1216, less than IPv6 needs/],
    ['mtu', peer({ pathMtu: 1400 }), 'warning', /host-b \(1400\)/],
    ['offloads', device({ offloads: { 'generic-receive-offload': false } }), 'warning', /receive-offload off/],
    ['offloads', status({ offloads: { ...wellStatus.offloads, udpGso: false } }), 'warning', /without udpGso/],
    ['ports', udp(7), 'problem', /runs and nobody has|taken by other/],
    ['ports', { listeners: [] }, 'problem', /runs and nobody has UDP port 6741/],
    ['ports', { ...noAgent, ...udp(7) }, 'problem', /taken by other \(process 7\)/],
    [
      'ports',
      { ...noAgent, ...udp(7, 6741, 'weft agent') },
      'problem',
      /held by a weft agent \(process 7\) that does not answer/,
    ],
    ['ports', udp(undefined, 4789), 'warning', /4789 is used by the kernel/],
    ['path to controller', { reach: [{ url: 'ws://c', error: 'refused' }, { url: 'ws://d' }] }, 'warning', /refused/],
    ['path to controller', { ...noAgent, reach: [{ url: 'ws://c', error: 'refused' }] }, 'problem', /refused/],
    ['agent', noAgent, 'problem', /nobody answers/],
    [
      'agent',
      status({ session: { ...wellStatus.session, state: 'waiting', lastError: 'refused' } }),
      'problem',
      /refused/,
    ],
    ['agent', status({ capabilities: { ...wellStatus.capabilities, problems: ['no x'] } }), 'warning', /no x/],
    ['agent', status({ workerAgeMs: [3, 9000] }), 'problem', /9000 ms ago/],
    ['agent', status({ errors: [{ timeMs: nowMs - 1000, where: 'send', message: 'full' }] }), 'warning', /send: full/],
    ['peers', peer({ none: true }), 'problem', /policies leave no format towards host-b/],
    ['peers', peer({ lostPercent: 100 }), 'problem', /nothing comes back from host-b/],
    ['peers', peer({ lostPercent: 3 }), 'warning', /3 % of probes/],
    ['peers', peer({ findings: ['lz4 does not come through'] }), 'warning', /lz4/],
    ['controller', { controller: { endpoint: '/s', error: 'nobody is there' } }, 'problem', /nobody is there/],
    ['controller', { controller: { ...wellFacts.controller, away: ['host-b'] } }, 'warning', /1 of 2 hosts are away/],
  ];
  it.each(ills.map(([check, change, verdict, says]) => ({ check, change, verdict, says })))(
    'check $check sees a $verdict: $says',
    ({ check, change, verdict, says }) => {
      const wrong = found(change).filter((each) => each.check === check && each.verdict === verdict);
      expect(wrong.map((each) => each.says).join('\n')).toMatch(says);
      expect(wrong.every(({ fix }) => fix !== undefined && fix !== '')).toBe(true);
    },
  );

  it('does not miss an agent or a controller before they are installed', () => {
    const before = found({ ...noAgent, configs: {}, controller: { endpoint: '/s', error: 'none' }, listeners: [] });
    expect(before.filter(({ verdict }) => verdict === 'problem')).toEqual([]);
    expect(before.find(({ check }) => check === 'ports')?.says).toBe('UDP port 6741 is free');
  });

  it('asks nothing of a controller’s machine that only hosts need', () => {
    const names = new Set(
      found({ roles: { agent: false, controller: true }, tun: 'missing' }).map(({ check }) => check),
    );
    expect(['tun', 'substrate', 'mtu', 'agent'].filter((name) => names.has(name))).toEqual([]);
  });

  it('forgets errors that are long ago', () => {
    const old = status({ errors: [{ timeMs: nowMs - day, where: 'send', message: 'full' }] });
    expect(found(old).filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  });
});

describe('what the doctor reads', () => {
  it('is who listens, as ss tells it', () => {
    const text = 'UNCONN 0 0 192.0.2.1:6741 0.0.0.0:* users:(("node",pid=42,fd=20))\nUNCONN 0 0 [::]:4789 [::]:*\n';
    expect(parseListeners('udp', text)).toEqual([
      { protocol: 'udp', address: '192.0.2.1', port: 6741, program: 'node', pid: 42 },
      { protocol: 'udp', address: '::', port: 4789 },
    ]);
  });

  it('is another clock, as far as its seconds tell', () => {
    const date = 'Tue, 15 Dec 2026 00:00:10 GMT';
    const at = Date.parse(date);
    expect([0, 999, 1999, -5].map((more) => aheadBy(date, at + more))).toEqual([0, 0, 1000, -5]);
    expect([aheadBy(undefined, at), aheadBy('soon', at)]).toEqual([undefined, undefined]);
  });

  it('is a daemon’s file with its defaults, and why it is no YAML', () => {
    expect(parseWeftConfig('/etc/weft/agent.yaml', 'host: a\nsubstrate: {addresses: [192.0.2.1]}')).toMatchObject({
      fact: { found: true },
      substrateAddresses: ['192.0.2.1'],
      udpPort: 6741,
      keysDirectory: '/run/weft/keys-a',
    });
    expect(parseWeftConfig('/x', 'a: [').fact.error).toBeTypeOf('string');
    expect(readWeftConfig('/nonexistent/agent.yaml').fact).toEqual({ path: '/nonexistent/agent.yaml', found: false });
  });

  it('is certificates and secrets, by name and by what stands in them', () => {
    const directory = mkdtempSync(join(tmpdir(), 'weft-doctor-'));
    try {
      const put = (name: string, text: string) => writeFileSync(join(directory, name), text, { mode: 0o644 });
      put('agent.yaml', `stateDirectory: ${directory}/state`);
      put('host.crt', certificate);
      put('host.key', 'x');
      put('both.pem', `${certificate}\n-----BEGIN PRIVATE KEY-----\n`);
      const { files, certificates } = findFiles([readWeftConfig(join(directory, 'agent.yaml'))]);
      const secret = files.filter(({ kind }) => kind === 'private').map(({ path }) => path.slice(directory.length + 1));
      expect(secret.sort()).toEqual(['both.pem', 'host.key']);
      expect(certificates).toEqual([join(directory, 'host.crt')]);
      expect(readCertificate(join(directory, 'host.crt'))).toMatchObject({
        validToMs: Date.parse('2027-03-01T01:23:56Z'),
        subject: expect.stringContaining('CN=host-a'),
      });
      expect(readCertificate(join(directory, 'host.key')).error).toBeTypeOf('string');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('can be nothing at all, and the doctor still answers', async () => {
    const argv = ['--role', 'agent', '--agent-config', '/nonexistent/agent.yaml', '--json'];
    const { out, err } = await cli(['doctor', ...argv]);
    const { checks } = JSON.parse(out) as { checks: Judged[] };
    expect(err).toBe('');
    expect(checks.map(({ check }) => check)).toContain('kernel');
    expect(checks.find(({ check }) => check === 'configuration')?.verdict).toBe('warning');
  });
});

const certificate = `-----BEGIN CERTIFICATE-----
MIIBNjCB6aADAgECAhRwSaHQ3cQsmVW2CjO5ZPbotYphoTAFBgMrZXAwETEPMA0G
A1UEAwwGaG9zdC1hMB4XDTI2MTIwMTAxMjM1NloXDTI3MDMwMTAxMjM1NlowETEP
MA0GA1UEAwwGaG9zdC1hMCowBQYDK2VwAyEAtoigWwb2C25EjHWULBuJgc7O/BKW
4844pIdmg9vZ6oKjUzBRMB0GA1UdDgQWBBQkw0u4GYveMzx2zFKfsENDizasujAf
BgNVHSMEGDAWgBQkw0u4GYveMzx2zFKfsENDizasujAPBgNVHRMBAf8EBTADAQH/
MAUGAytlcANBAF0+v+gBsbwccBIbUS/Uw20/JRrdo4/Gbfdm5gqAGJGfB74v8+45
J/A269DlGZW4PVxBjnED0W40Omcq+UuaXQs=
-----END CERTIFICATE-----
`;
