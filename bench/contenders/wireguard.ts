/**
 * wireguard-go, WireGuard in user space: Debian's, and any other that is named. Set up with `wg` (wg(8)), as
 * wg-quick does, with the largest MTU that the substrate carries.
 */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ipBatch, run } from '../../lab/run.ts';
import type { Contender } from '../contender.ts';
import type { Mode } from '../samples.ts';
import { type TunnelHost, type TunnelSite, tunnelHosts, tunnelTopology, waitFor } from './tunnel.ts';

export interface WireguardOptions {
  readonly path: string;
  readonly program: string;
  readonly modes: readonly Mode[];
  readonly packages?: readonly string[];
}

interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

const port = 51_820;
/** 1500 less outer IPv4 20, UDP 8, message header 16 and tag 16. */
const mtu = 1440;

export function wireguard({ path, program, modes, packages = [] }: WireguardOptions): Contender {
  return {
    path,
    modes,
    packages: [...packages, 'wireguard-tools'],
    version: async () => (await run([program, '--version'])).stdout.split('\n')[0] ?? '',
    build: () => tunnelTopology({ path, connect: (site) => connect(site, path, program) }),
  };
}

async function connect(site: TunnelSite, path: string, program: string): Promise<void> {
  const keys = { left: keyPair(), right: keyPair() };
  const [left, right] = tunnelHosts;
  for (const [own, peer] of [
    [left, right],
    [right, left],
  ] as const) {
    const device = deviceName(path, own);
    const running = site.start(own, [program, '--foreground', device]);
    await waitFor(`${device}: its control socket`, async () => {
      running.check();
      return existsSync(`/var/run/wireguard/${device}.sock`);
    });
    const file = join(site.folder, `${device}.conf`);
    writeFileSync(file, configuration(keys[own.place], keys[peer.place].publicKey, peer), { mode: 0o600 });
    const { code, stderr } = await site.network.exec(own.place, ['wg', 'setconf', device, file]);
    if (code !== 0) throw new Error(`wg setconf ${device}: ${stderr.trim()}`);
    await ipBatch(
      [`address add ${own.address}/24 dev ${device}`, `link set ${device} mtu ${mtu} up`],
      site.network.namespaceOf(own.place),
    );
  }
}

/** Control sockets of all namespaces share one folder, so each device has a name of its own (at most 15 bytes). */
export function deviceName(path: string, { place }: TunnelHost): string {
  return `wb-${path.slice('wireguard-'.length)}-${place.charAt(0)}`;
}

/** What `wg setconf` reads (wg(8), "configuration file format"). */
export function configuration({ privateKey }: KeyPair, peerPublicKey: string, peer: TunnelHost): string {
  return [
    '[Interface]',
    `PrivateKey = ${privateKey}`,
    `ListenPort = ${port}`,
    '[Peer]',
    `PublicKey = ${peerPublicKey}`,
    `Endpoint = ${peer.substrateAddress}:${port}`,
    `AllowedIPs = ${peer.address}/32`,
    '',
  ].join('\n');
}

/** Both halves as base64 of the 32 raw bytes: the ends of the DER encodings (RFC 8410). */
function keyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-32).toString('base64'),
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64'),
  };
}
