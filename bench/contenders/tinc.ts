/**
 * tinc 1.0 from Debian in router mode with its default cipher (AES-256-CBC and SHA-256), and the largest MTU that the
 * substrate carries.
 */
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../lab/run.ts';
import { type Contender, singlePackets } from '../contender.ts';
import { type TunnelHost, type TunnelSite, tunnelHosts, tunnelTopology } from './tunnel.ts';

/** 1500 less outer IPv4 20, UDP 8, sequence 4, code 4, the Ethernet header 14 that tinc carries, and padding. */
const mtu = 1432;
const path = 'tinc';

export const tinc: Contender = {
  path,
  modes: singlePackets,
  packages: ['tinc'],
  version: async () => (await run(['tincd', '--version'])).stdout.split('\n')[0] ?? '',
  build: () => tunnelTopology({ path, connect }),
};

async function connect({ folder, start }: TunnelSite): Promise<void> {
  const keys = { left: keyPair(), right: keyPair() };
  for (const own of tunnelHosts) {
    const place = join(folder, own.place);
    mkdirSync(join(place, 'hosts'), { recursive: true });
    for (const [name, text] of Object.entries(files(own, keys)))
      writeFileSync(join(place, name), text, { mode: 0o600 });
    chmodSync(join(place, 'tinc-up'), 0o700);
    start(own, ['tincd', '--config', place, '--no-detach', `--pidfile=${join(place, 'pid')}`]);
  }
}

interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** tinc.conf(5). Without path MTU discovery nothing goes over TCP while it lasts. */
export function files(own: TunnelHost, keys: Readonly<Record<TunnelHost['place'], KeyPair>>): Record<string, string> {
  const peers = tunnelHosts.filter(({ place }) => place !== own.place);
  const hosts = tunnelHosts.map((host) => [
    `hosts/${host.place}`,
    lines(
      `Address = ${host.substrateAddress}`,
      `Subnet = ${host.address}/32`,
      'PMTUDiscovery = no',
      keys[host.place].publicKey.trim(),
    ),
  ]);
  return {
    'tinc.conf': lines(
      `Name = ${own.place}`,
      'Mode = router',
      'AddressFamily = ipv4',
      `Interface = tinc`,
      ...peers.map(({ place }) => `ConnectTo = ${place}`),
    ),
    'rsa_key.priv': keys[own.place].privateKey,
    'tinc-up': lines(
      '#!/bin/sh -e',
      `ip address add ${own.address}/24 dev "$INTERFACE"`,
      `ip link set "$INTERFACE" mtu ${mtu} up`,
    ),
    ...Object.fromEntries(hosts),
  };
}

function lines(...all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}

/** PEM of RFC 8017, as tinc 1.0 reads it. */
function keyPair(): KeyPair {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
}
