import { expect, test } from 'vitest';
import { contenders } from './index.ts';
import { tunnelHosts } from './tunnel.ts';
import { missing, policies } from './weft.ts';
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

test('what a build lacks of an encapsulation is told by format and cipher', () => {
  const wanted = { format: 'gni 3.0', cipher: 'aes-256-gcm' } as const;
  expect(missing(wanted, { formats: ['gni 1.0'], features: ['integrity'] })).toEqual(['gni 3.0', 'aes-256-gcm']);
  expect(missing(wanted, { formats: ['gni 1.0', 'gni 3.0'], features: ['aes-256-gcm'] })).toEqual([]);
});

test('the format is pinned, and a cipher required beside it', () => {
  expect(policies({ format: 'gni 1.0' }).map(({ effect, capabilities }) => [effect, capabilities])).toEqual([
    ['pin', ['gni 1.0']],
  ]);
  const encrypted = policies({ format: 'gni 3.0', cipher: 'aes-256-gcm' });
  expect(encrypted.map(({ effect, capabilities }) => [effect, capabilities])).toEqual([
    ['pin', ['gni 3.0']],
    ['require', ['aes-256-gcm']],
  ]);
});
