/** What the agent cannot do without, looked at before anything is touched: one clear sentence each. */
import { accessSync, constants, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { parseAddress } from '../wire/address.ts';

/** Something of the machine is missing: exit code 3. */
export class MissingError extends Error {}

/** capabilities(7) */
const wantedCapabilities = { CAP_NET_ADMIN: 12, CAP_SYS_ADMIN: 21 } as const;

/** Throws a MissingError. */
export function checkMachine(substrateAddresses: readonly string[]): void {
  const missing = missingCapability(readFileSync('/proc/self/status', 'utf8'));
  if (missing !== undefined) throw new MissingError(`the agent needs ${missing}: run it as root`);
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
  } catch {
    throw new MissingError(
      '/dev/net/tun cannot be opened: load the kernel module (modprobe tun), or give the container that device',
    );
  }
  const own = Object.values(networkInterfaces()).flatMap((infos) => infos ?? []);
  const missingAddress = addressNotHere(
    substrateAddresses,
    own.map(({ address }) => address),
  );
  if (missingAddress !== undefined) throw new MissingError(missingAddress);
}

/** `status`: /proc/self/status. */
export function missingCapability(status: string): string | undefined {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  return Object.entries(wantedCapabilities).find(([, bit]) => ((effective >> BigInt(bit)) & 1n) === 0n)?.[0];
}

export function addressNotHere(wanted: readonly string[], own: readonly string[]): string | undefined {
  const here = own.map((address) => parseAddress(address.split('%')[0] ?? '') ?? address);
  const missing = wanted.find((address) => !here.includes(address));
  if (missing === undefined) return undefined;
  const choice = here.filter((address) => address !== '127.0.0.1' && address !== '::1' && !address.startsWith('fe80:'));
  return `substrate address ${missing} is on no interface of this host that is up; it has ${choice.join(', ') || 'none'}`;
}
