/** What of a host's hello is another host's. Pure; what is claimed later is looked at where it arrives (`hub.ts`). */
import type { Hello } from '../../wire/control.ts';
import type { Host } from '../state/records.ts';

export interface Others {
  /** Hellos of the other hosts that are connected. */
  readonly connected: Iterable<Pick<Hello, 'host' | 'substrateAddresses'>>;
  readonly records: Iterable<Host>;
}

type Said = Pick<Hello, 'host' | 'substrateAddresses' | 'keys'>;

/** In words, behind "claimed"; undefined: all of it is its own. */
export function claimInHello(hello: Said, { connected, records }: Others): string | undefined {
  const { host, substrateAddresses, keys } = hello;
  const shared = (addresses: readonly string[]) => addresses.find((address) => substrateAddresses.includes(address));
  for (const other of connected) {
    const address = other.host === host ? undefined : shared(other.substrateAddresses);
    if (address !== undefined) return `address ${address}, which is that of host '${other.host}'`;
  }
  for (const other of records) {
    if (other.name === host) continue;
    // Who is away may have lost its address to another; who has no agent is never connected.
    const address = other.framework === undefined ? undefined : shared(other.substrateAddresses);
    if (address !== undefined) return `address ${address}, which is that of host '${other.name}'`;
    if (keys.identity !== '' && other.keys?.identity === keys.identity) {
      return `the identity key of host '${other.name}' (is its state directory a copy? purge it there)`;
    }
  }
  return undefined;
}

/** Labels that were bound to the host when it joined, and that it reports otherwise. */
export function claimedLabels(
  reported: Readonly<Record<string, string>>,
  bound: Readonly<Record<string, string>>,
): string | undefined {
  const [wrong] = Object.entries(bound).filter(([key, value]) => (reported[key] ?? value) !== value);
  if (wrong === undefined) return undefined;
  const [key, value] = wrong;
  return `label ${key}=${reported[key]?.slice(0, 100)}; it joined as ${key}=${value}`;
}
