import { expect, test } from 'vitest';
import { readLabSpec } from '../../lab/file.ts';
import type { Encapsulation } from '../../wire/encapsulation.ts';
import type { AgentStatus } from '../../wire/status.ts';
import { contenders } from './index.ts';
import { files } from './tinc.ts';
import { tunnelHosts } from './tunnel.ts';
import { addressOf, handedOverPart, labFile, missing, policies } from './weft.ts';
import { configuration, deviceName } from './wireguard.ts';

test('every contender has a path of its own, and the optional one is there when it is named', () => {
  const paths = contenders({ wireguardGo: '/opt/wireguard-go' }).map(({ path }) => path);
  expect(new Set(paths).size).toBe(paths.length);
  expect(paths).toContain('wireguard-go-own');
  expect(contenders({}).map(({ path }) => path)).not.toContain('wireguard-go-own');
});

test('names of WireGuard devices differ in one folder of sockets and fit the kernel', () => {
  const names = ['wireguard-go', 'wireguard-go-own'].flatMap((path) =>
    tunnelHosts.map((host) => deviceName(path, host)),
  );
  expect(new Set(names).size).toBe(4);
  expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(15);
});

test('a WireGuard host is told the other end and nothing else', () => {
  const keys = { privateKey: 'own-private', publicKey: 'own-public' };
  expect(configuration(keys, 'peer-public', tunnelHosts[1])).toBe(
    '[Interface]\nPrivateKey = own-private\nListenPort = 51820\n' +
      '[Peer]\nPublicKey = peer-public\nEndpoint = 198.18.0.2:51820\nAllowedIPs = 10.9.0.2/32\n',
  );
});

test('a tinc host has its own private key, and the public half of both', () => {
  const keys = {
    left: { privateKey: 'left private', publicKey: 'left public' },
    right: { privateKey: 'right private', publicKey: 'right public' },
  };
  const made = files(tunnelHosts[0], keys);
  expect(made['rsa_key.priv']).toBe('left private');
  expect(made['tinc.conf']).toContain('ConnectTo = right\n');
  expect(made['tinc.conf']).not.toContain('ConnectTo = left\n');
  expect(made['hosts/right']).toBe('Address = 198.18.0.2\nSubnet = 10.9.0.2/32\nPMTUDiscovery = no\nright public\n');
  expect(Object.values(made).join('')).not.toContain('right private');
});

const offered = { formats: ['gni 1.0'], features: ['integrity'], executors: ['engine'], ports: ['tun'] };

test('what a build lacks is told by format, feature, executor and port', () => {
  const sealed = { format: 'gni 3.0', cipher: 'aes-256-gcm' } as const;
  expect(missing({ encapsulation: sealed, fastPath: 'xdp', port: 'veth' }, offered)).toEqual([
    'gni 3.0',
    'aes-256-gcm',
    'executor xdp',
    'port veth',
  ]);
  expect(missing({ encapsulation: { format: 'gni 1.0' }, fastPath: 'off', port: 'tun' }, offered)).toEqual([]);
});

test('the format is pinned, and cipher or compression required beside it', () => {
  const told = (encapsulation: Encapsulation) =>
    policies(encapsulation).map(({ effect, capabilities }) => [effect, capabilities]);
  expect(told({ format: 'gni 1.0' })).toEqual([['pin', ['gni 1.0']]]);
  expect(told({ format: 'gni 3.0', cipher: 'aes-256-gcm' })).toEqual([
    ['pin', ['gni 3.0']],
    ['require', ['aes-256-gcm']],
  ]);
  expect(told({ format: 'gni 2.0', compression: 'lz4' })).toEqual([
    ['pin', ['gni 2.0']],
    ['require', ['lz4']],
  ]);
});

test('the lab file of every contender of ours is one that a lab can be built from', () => {
  for (const fastPath of ['off', 'tc', 'xdp'] as const) {
    const read = readLabSpec(labFile({ path: 'engine-plain', fastPath }), { stateRoot: '/run/weft/lab' });
    expect(read.ok).toBe(true);
  }
});

test('guests have addresses of their own on both hosts, and none that ends a subnet or is its router', () => {
  const numbers = Array.from({ length: 1000 }, (_, at) => at + 1);
  const all = numbers.flatMap((number) => [addressOf('client', number), addressOf('server', number)]);
  expect(new Set(all).size).toBe(2000);
  expect(addressOf('client', 1)).toBe('10.0.0.4');
  expect(all).not.toContain('10.0.0.1');
});

test('what the fast path left to the engine is told as a part of all packets', () => {
  const traffic = { packets: 100, bytes: 1 };
  const peers = [{ out: traffic, in: traffic }] as unknown as AgentStatus['peers'];
  const fastPath = { mode: 'tc', tables: [], handedOver: { odd: 3, 'too-big': 1 }, lostEvents: 0, flows: [] };
  expect(handedOverPart({ fastPath, peers })).toBe(0.02);
  expect(handedOverPart({ peers })).toBeNaN();
});
