import { describe, expect, it } from 'vitest';
import { parseAgentConfig } from './config.ts';

const least = 'controllers: [wss://198.18.0.100:6740]\nsubstrate: {addresses: [198.18.0.1]}\n';
const parse = (text: string, machine = 'Box.example.org') => parseAgentConfig(text, 'agent.yaml', machine);

describe('the configuration', () => {
  it('needs only controllers and an address', () => {
    expect(parse(least)).toMatchObject({
      host: 'box',
      controllers: ['wss://198.18.0.100:6740/v1/agent'],
      substrateAddresses: ['198.18.0.1'],
      udpPort: 6741,
      stateDirectory: '/var/lib/weft/agent',
      statusSocket: '/run/weft/agent.sock',
      namespacePrefix: 'weft-',
      labels: {},
      formats: undefined,
      features: undefined,
      foreign: { vxlan: 'off', geneve: 'off' },
      keys: { rotateMs: 900_000 },
      offloads: { udpGso: 'auto', udpGro: 'auto', tso: 'auto', uso: 'auto' },
      fastPath: {
        mode: 'auto',
        directory: '/sys/fs/bpf/weft',
        sizes: { locations: 262_144, peers: 4096, pairs: 65_536 },
        flowSampling: 0,
      },
      firstPacket: { queueBytes: 1_048_576, packetsPerAddress: 64, deadlineMs: 2000 },
      probe: { intervalMs: 10_000 },
      log: { level: 'info' },
    });
  });

  it('takes every key', () => {
    const text = `
host: left
controllers: [wss://198.18.0.100, 'wss://[fd00:198:18::64]:7000/other']
substrate: {addresses: [198.18.0.1, 'FD00:198:18:0::1']}
udpPort: 7001
stateDirectory: /tmp/x
statusSocket: /tmp/x.sock
namespacePrefix: lab-
labels: {area: north, rack: r1}
formats: [gni 1.0, gni 3.0]
features: [aes-256-gcm, lz4]
foreign: {vxlan: on, geneve: auto}
keys: {rotateMs: 60000}
workers: 1
offloads: {uso: off}
fastPath: {mode: xdp, directory: /tmp/bpf, sizes: {locations: 1000000}, flowSampling: 1000}
firstPacket: {deadlineMs: 500}
probe: {intervalMs: 1000}
metrics: {port: 9101}
flows: {file: /var/log/weft/flows.jsonl}
log: {level: debug}
`;
    expect(parse(text)).toMatchObject({
      host: 'left',
      controllers: ['wss://198.18.0.100:6740/v1/agent', 'wss://[fd00:198:18::64]:7000/other'],
      substrateAddresses: ['198.18.0.1', 'fd00:198:18::1'],
      labels: { area: 'north', rack: 'r1' },
      formats: ['gni 1.0', 'gni 3.0'],
      features: ['aes-256-gcm', 'lz4'],
      foreign: { vxlan: 'on', geneve: 'auto' },
      keys: { rotateMs: 60_000 },
      offloads: { udpGso: 'auto', uso: 'off' },
      fastPath: {
        ...{ mode: 'xdp', directory: '/tmp/bpf', flowSampling: 1000 },
        sizes: { locations: 1_000_000, peers: 4096, pairs: 65_536 },
      },
      firstPacket: { queueBytes: 1_048_576, deadlineMs: 500 },
      metrics: { address: '127.0.0.1', port: 9101 },
      flows: { sampling: 1000, file: '/var/log/weft/flows.jsonl', maxBytes: 67_108_864, files: 4 },
    });
  });

  it.each([
    ['an unknown key', `${least}hosst: a\n`, "agent.yaml:3:1: unknown key 'hosst', expected 'host'?"],
    ['no controller', 'substrate: {addresses: [198.18.0.1]}\n', "agent.yaml:1:1: key 'controllers' is missing"],
    [
      'a URL that is no controller’s',
      'controllers:\n  - http://198.18.0.100\nsubstrate: {addresses: [198.18.0.1]}\n',
      "agent.yaml:2:5: 'http://198.18.0.100' is no controller, expected wss://ADDRESS:PORT",
    ],
    [
      'an address that is none',
      'controllers: [wss://c]\nsubstrate:\n  addresses: [198.18.0.300]\n',
      "agent.yaml:3:15: '198.18.0.300' is no IP address",
    ],
    [
      'two addresses of one family',
      'controllers: [wss://c]\nsubstrate:\n  addresses: [198.18.0.1, 198.18.0.2]\n',
      'agent.yaml:3:27: a second IPv4 address, expected one per family at most',
    ],
    ['a format that does not exist', `${least}formats: [gni 9.9]\n`, 'agent.yaml:3:11:'],
    ['a feature that does not exist', `${least}features: [lz4, lzma]\n`, 'agent.yaml:3:17:'],
    ['a prefix of gni6 that is too long', `${least}gni6: {prefix: 'fd06::/80'}\n`, 'agent.yaml:3:16:'],
    ['a framework that is none', `${least}foreign: {gre: on}\n`, 'agent.yaml:3:11:'],
    ['a fast path that is none', `${least}fastPath: {mode: bpf}\n`, 'agent.yaml:3:18:'],
    ['a table that is too small', `${least}fastPath: {sizes: {locations: 10}}\n`, 'agent.yaml:3:31:'],
    ['keys that change all the time', `${least}keys: {rotateMs: 10}\n`, 'agent.yaml:3:18:'],
    [
      'a port out of range',
      `${least}udpPort: 70000\n`,
      "agent.yaml:3:10: 'udpPort' is 70000, expected a whole number of 1",
    ],
    [
      'a relative path',
      `${least}stateDirectory: state\n`,
      "agent.yaml:3:17: 'stateDirectory' is 'state', expected an absolute path",
    ],
    ['metrics without a port', `${least}metrics: {address: 127.0.0.1}\n`, 'agent.yaml:3:10:'],
    [
      'metrics on what is no address',
      `${least}metrics: {address: localhost, port: 9101}\n`,
      "agent.yaml:3:20: 'localhost' is no IP address, expected one such as 127.0.0.1",
    ],
    ['a list that does not end', 'controllers: [wss://c\n', 'agent.yaml:2:1:'],
  ])('refuses %s and says where', (_, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('refuses a machine name that cannot be a host’s', () => {
    expect(() => parse(least, 'my_box')).toThrow(/^agent.yaml:1:1: the machine's name 'my_box' cannot be the host's/);
  });
});
