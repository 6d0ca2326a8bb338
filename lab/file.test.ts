import { describe, expect, it } from 'vitest';
import { type LabSpec, readLabFile, readLabSpec } from './file.ts';

const options = { stateRoot: '/run/weft-lab' };

function read(text: string, name?: string) {
  return readLabFile(text, 'lab.yaml', { ...options, name });
}

function good(text: string, name?: string): LabSpec {
  const result = read(text, name);
  if (!result.ok) throw new Error(result.errors.join('\n'));
  return result.spec;
}

function errors(text: string): readonly string[] {
  const result = read(text);
  return result.ok ? [] : result.errors;
}

describe('a lab file', () => {
  it('needs nothing but hosts', () => {
    expect(good('hosts: [{name: a}]')).toEqual({
      name: 'lab',
      substrate: { mtu: 1500, families: ['ipv4'], link: 'switch' },
      controllerHost: undefined,
      hosts: [{ name: 'a' }],
      clouds: [],
      guests: [],
    });
  });

  it('has its name from the option, else from itself, else from its file', () => {
    expect(good('name: inside\nhosts: [{name: a}]', 'option').name).toBe('option');
    expect(good('name: inside\nhosts: [{name: a}]').name).toBe('inside');
    expect(good('hosts: [{name: a}]').name).toBe('lab');
  });

  it('puts the controller of a direct link into the first host', () => {
    expect(good('substrate: {link: direct}\nhosts: [{name: a}, {name: b}]').controllerHost).toBe('a');
  });

  it('may also come from a program', () => {
    const result = readLabSpec({ hosts: [{ name: 'a', formats: ['gni 1.0'] }] }, { ...options, name: 'mine' });
    expect(result.ok && result.spec.hosts).toEqual([{ name: 'a', formats: ['gni 1.0'] }]);
  });

  it('lets two clouds have the same prefixes and addresses', () => {
    const clouds = 'clouds: [{name: r, prefixes: [10.0.0.0/24]}, {name: b, prefixes: [10.0.0.0/24]}]';
    const guests = 'guests: [{name: g, cloud: r, addresses: [10.0.0.5]}, {name: h, cloud: b, addresses: [10.0.0.5]}]';
    expect(errors(`hosts: [{name: a}]\n${clouds}\n${guests}`)).toEqual([]);
  });
});

describe('a mistake in a lab file is told with its place', () => {
  const cloud = 'clouds: [{name: r, prefixes: [10.0.0.0/24]}]';
  const table: readonly [what: string, text: string, expected: RegExp][] = [
    ['no YAML', 'hosts: [', /^lab\.yaml:\d+:\d+: .+expected valid YAML$/],
    ['an unknown key', 'hots: [{name: a}]', /^lab\.yaml:1:1: unknown key 'hots', expected 'hosts'\?$/m],
    ['no hosts', 'guests: []', /^lab\.yaml:1:1: key 'hosts' is missing/],
    ['a host name in capitals', 'hosts:\n  - name: Left', /^lab\.yaml:2:11: 'hosts\[0\]\.name' is 'Left', expected/],
    ['the same host twice', 'hosts: [{name: a}, {name: a}]', /^lab\.yaml:1:27: 'a' is the name of host 'a' already/],
    [
      'a host called switch',
      'hosts: [{name: switch}]',
      /^lab\.yaml:1:16: 'switch' is the name of the lab’s own switch/,
    ],
    [
      'a guest with a host’s name',
      `hosts: [{name: a}]\n${cloud}\nguests: [{name: a, cloud: r}]`,
      /^lab\.yaml:3:17: 'a' is the name of host 'a' already/,
    ],
    [
      'a guest called controller',
      `hosts: [{name: a}]\n${cloud}\nguests: [{name: controller, cloud: r}]`,
      /^lab\.yaml:3:17: 'controller' is the name of the lab’s own controller/,
    ],
    [
      'a direct link of three hosts',
      'substrate: {link: direct}\nhosts: [{name: a}, {name: b}, {name: c}]',
      /^lab\.yaml:1:19: 'direct' joins exactly two hosts, here are 3/,
    ],
    ['an MTU under that of IPv6', 'substrate: {mtu: 1000}\nhosts: [{name: a}]', /^lab\.yaml:1:18: .*1280 to 65535/],
    ['a family twice', 'substrate: {families: [ipv4, ipv4]}\nhosts: [{name: a}]', /^lab\.yaml:1:23: /],
    [
      'an unknown format',
      'hosts: [{name: a, formats: [gni 9.9]}]',
      /^lab\.yaml:1:29: .*'gni 1.0', 'gni 1.1', .* or 'gni6'/,
    ],
    [
      'an unknown feature',
      'hosts: [{name: a, features: [zip]}]',
      /^lab\.yaml:1:30: .*'integrity', .* or 'flow-control'/,
    ],
    ['an unknown cloud', 'hosts: [{name: a}]\nguests: [{name: g, cloud: x}]', /^lab\.yaml:2:27: no cloud 'x'/],
    [
      'an unknown host of a guest',
      `hosts: [{name: a}]\n${cloud}\nguests: [{name: g, cloud: r, host: b}]`,
      /^lab\.yaml:3:36: no host 'b', expected one of a$/,
    ],
    [
      'an unknown host of the controller',
      'controller: {host: b}\nhosts: [{name: a}]',
      /^lab\.yaml:1:20: no host 'b', expected one of a$/,
    ],
    [
      'a prefix with host bits',
      'hosts: [{name: a}]\nclouds: [{name: r, prefixes: [10.0.0.1/24]}]',
      /^lab\.yaml:2:31: /,
    ],
    [
      'prefixes that overlap',
      'hosts: [{name: a}]\nclouds: [{name: r, prefixes: [10.0.0.0/8, 10.1.0.0/16]}]',
      /^lab\.yaml:2:43: 10\.1\.0\.0\/16 overlaps 10\.0\.0\.0\/8/,
    ],
    [
      'one cloud twice',
      'hosts: [{name: a}]\nclouds: [{name: r, prefixes: [10.0.0.0/8]}, {name: r, prefixes: [10.0.0.0/8]}]',
      /^lab\.yaml:2:52: cloud 'r' is there twice/,
    ],
    [
      'one GNI twice',
      'hosts: [{name: a}]\nclouds: [{name: r, gni: 5, prefixes: [10.0.0.0/8]}, {name: s, gni: 5, prefixes: [10.0.0.0/8]}]',
      /^lab\.yaml:2:68: GNI 5 is cloud 'r'/,
    ],
    [
      'an address outside its cloud',
      `hosts: [{name: a}]\n${cloud}\nguests: [{name: g, cloud: r, addresses: [10.0.1.5]}]`,
      /^lab\.yaml:3:42: 10\.0\.1\.5 is in no prefix of cloud 'r', expected one in 10\.0\.0\.0\/24$/,
    ],
    [
      'an address that is none',
      `hosts: [{name: a}]\n${cloud}\nguests: [{name: g, cloud: r, addresses: [10.0.0.256]}]`,
      /^lab\.yaml:3:42: '10\.0\.0\.256' is no guest's address/,
    ],
    [
      'one address twice in a cloud, spelt differently',
      'hosts: [{name: a}]\nclouds: [{name: r, prefixes: [fd00:10::/64]}]\n' +
        'guests: [{name: g, cloud: r, addresses: ["fd00:10::5"]}, {name: h, cloud: r, addresses: ["fd00:10:0::5"]}]',
      /^lab\.yaml:3:90: fd00:10:0::5 is guest 'g' in cloud 'r'/,
    ],
    [
      'a command with a zero byte',
      `hosts: [{name: a}]\n${cloud}\nguests: [{name: g, cloud: r, command: [echo, "a\\0b"]}]`,
      /^lab\.yaml:3:46: 'guests\[0\]\.command\[1\]' is .*expected text of up to 4096 characters without NUL$/,
    ],
    [
      'an unknown port',
      `hosts: [{name: a}]\n${cloud}\nguests: [{name: g, cloud: r, port: wire}]`,
      /^lab\.yaml:3:36: 'guests\[0\]\.port' is 'wire', expected 'tun', 'veth' or 'tap'$/,
    ],
    [
      'a command where a virtual machine is',
      `hosts: [{name: a}]\n${cloud}\nguests: [{name: g, cloud: r, port: tap, command: [sleep]}]`,
      /^lab\.yaml:3:36: 'tap' is for a virtual machine, where no command can be run, expected 'tun' or 'veth'$/,
    ],
    [
      'a port without what it needs',
      `hosts: [{name: a, fastPath: off}]\n${cloud}\nguests: [{name: g, cloud: r, host: a, port: veth}]`,
      /^lab\.yaml:3:45: 'veth' needs the fast path, which is off on host 'a', expected 'tun'$/,
    ],
    [
      'an unknown way of the fast path',
      'hosts: [{name: a, fastPath: on}]',
      /^lab\.yaml:1:29: .* is 'on', expected 'auto', 'tc', 'xdp' or 'off'$/,
    ],
    [
      'a name too long for its socket',
      `name: ${'l'.repeat(60)}\nhosts: [{name: ${'h'.repeat(60)}}]`,
      /^lab\.yaml:2:16: the socket/,
    ],
  ];

  it.each(table)('%s', (_what, text, expected) => {
    expect(errors(text).join('\n')).toMatch(expected);
  });

  it('also when the name comes from the file’s', () => {
    const result = readLabFile('hosts: [{name: a}]', '/tmp/My Lab.yaml', options);
    expect(result).toMatchObject({ ok: false, errors: [expect.stringMatching(/the lab's name would be 'My Lab'/)] });
  });

  it('and all of them at once, in the order of the file', () => {
    const found = errors(`hosts: [{name: a}, {name: a}]\n${cloud}\nguests: [{name: g, cloud: x}, {name: g, cloud: y}]`);
    expect(found.map((line) => line.split(':').slice(1, 3).join(':'))).toEqual(['1:27', '3:27', '3:38', '3:48']);
  });
});
