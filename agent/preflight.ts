/** What the agent cannot do without, looked at before anything is touched: one clear sentence each. */
import { accessSync, constants, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { parseAddress } from '../wire/address.ts';
import type { Clock } from './clock.ts';

/** Something of the machine is missing: exit code 3. */
export class MissingError extends Error {}

/** capabilities(7) */
const wantedCapabilities = { CAP_NET_ADMIN: 12, CAP_SYS_ADMIN: 21 } as const;

/** For a substrate address that is not there yet. */
const addressWaitMs = 5000;
const lookMs = 50;

/** Throws a MissingError. */
export function checkMachine(): void {
  const missing = missingCapability(readFileSync('/proc/self/status', 'utf8'));
  if (missing !== undefined) throw new MissingError(`the agent needs ${missing}: run it as root`);
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
  } catch {
    throw new MissingError(
      '/dev/net/tun cannot be opened: load the kernel module (modprobe tun), or give the container that device',
    );
  }
}

/**
 * Ends when the host has its substrate addresses: a device that was just set up counts only when the kernel has seen
 * its carrier, which takes seconds on a machine that is busy. Throws a MissingError.
 */
export async function substrateReady(
  clock: Clock,
  substrateAddresses: readonly string[],
  ownAddresses = addressesOfThisHost,
): Promise<void> {
  const deadlineMs = clock.steadyMs() + addressWaitMs;
  for (;;) {
    const missing = addressNotHere(substrateAddresses, ownAddresses());
    if (missing === undefined) return;
    if (clock.steadyMs() >= deadlineMs) throw new MissingError(missing);
    await new Promise<void>((resolve) => void clock.after(lookMs, resolve));
  }
}

function addressesOfThisHost(): string[] {
  return Object.values(networkInterfaces()).flatMap((infos) => (infos ?? []).map(({ address }) => address));
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
