/**
 * nebula from Debian with its default cipher, AES-256-GCM, and the largest MTU that the substrate carries. Each
 * host knows the other's address, so no lighthouse takes part; its firewall lets everything through.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { run } from '../../lab/run.ts';
import { type Contender, singlePackets } from '../contender.ts';
import { type TunnelHost, type TunnelSite, tunnelHosts, tunnelTopology } from './tunnel.ts';

const port = 4242;
/** 1500 less outer IPv4 20, UDP 8, header 16 and tag 16. */
const mtu = 1440;
const path = 'nebula';

export const nebula: Contender = {
  path,
  modes: singlePackets,
  packages: ['nebula'],
  version: async () => `nebula ${(await run(['nebula', '-version'])).stdout.trim().replace(/^Version: /, '')}`,
  build: () => tunnelTopology({ path, connect }),
};

async function connect({ folder, start }: TunnelSite): Promise<void> {
  const at = (file: string) => join(folder, file);
  const authority = ['-ca-crt', at('ca.crt'), '-ca-key', at('ca.key')];
  await certify(['ca', '-name', 'bench', '-out-crt', at('ca.crt'), '-out-key', at('ca.key')]);
  const [left, right] = tunnelHosts;
  for (const [own, peer] of [
    [left, right],
    [right, left],
  ] as const) {
    const { place, address } = own;
    const files = ['-out-crt', at(`${place}.crt`), '-out-key', at(`${place}.key`)];
    await certify(['sign', ...authority, ...files, '-name', place, '-ip', `${address}/24`]);
    writeFileSync(at(`${place}.yml`), stringify(configuration(folder, own, peer)));
    start(own, ['nebula', '-config', at(`${place}.yml`)]);
  }
}

async function certify(words: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await run(['nebula-cert', ...words]);
  if (code !== 0) throw new Error(`nebula-cert ${words[0]}: ${`${stdout}${stderr}`.trim()}`);
}

/** nebula.yml(5). */
export function configuration(folder: string, own: TunnelHost, peer: TunnelHost): object {
  const anything = [{ port: 'any', proto: 'any', host: 'any' }];
  return {
    pki: {
      ca: join(folder, 'ca.crt'),
      cert: join(folder, `${own.place}.crt`),
      key: join(folder, `${own.place}.key`),
    },
    static_host_map: { [peer.address]: [`${peer.substrateAddress}:${port}`] },
    lighthouse: { am_lighthouse: false, hosts: [] },
    listen: { host: own.substrateAddress, port },
    cipher: 'aes',
    tun: { dev: 'nebula', mtu },
    firewall: { outbound: anything, inbound: anything },
    logging: { level: 'warning', format: 'text' },
  };
}
