/**
 * What the devices of a guest's port are called in the host's namespace, and how they are marked as ours: pure.
 *
 * A device's name has 15 characters, a guest's up to 63: the name is a digest, and the alias says the guest.
 */
import { createHash } from 'node:crypto';

export interface DeviceNames {
  /** The host's end of a veth, or the tap. */
  readonly device: string;
  /** The TUN device through which the engine serves the same guest. */
  readonly engineDevice: string;
}

/** RFC 4648 §6, in lower case. */
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
const digestLength = 10;
const portDevice = new RegExp(`^w[ge][${alphabet}]{${digestLength}}$`);
const bitsPerCharacter = 5n;

export function deviceNames(guest: string): DeviceNames {
  const digest = digestOf(guest);
  return { device: `wg${digest}`, engineDevice: `we${digest}` };
}

/** Whether a device is called as those of guests' ports are: no card of the machine's. */
export function isPortDevice(name: string): boolean {
  return portDevice.test(name);
}

/** `host`: several agents of one machine leave each other's devices alone. */
export function aliasOf(guest: string, host: string): string {
  return `weft guest ${guest} of ${host}`;
}

/** Undefined: it is no device of this host's agent. */
export function guestOfAlias(alias: string, host: string): string | undefined {
  const [weft, word, guest, of, owner, ...rest] = alias.split(' ');
  const isOurs = weft === 'weft' && word === 'guest' && of === 'of' && owner === host && rest.length === 0;
  return isOurs ? guest : undefined;
}

function digestOf(guest: string): string {
  const bits = createHash('sha256').update(guest).digest().readBigUInt64BE();
  const at = (place: number) => Number((bits >> (64n - bitsPerCharacter * BigInt(place + 1))) & 31n);
  return Array.from({ length: digestLength }, (_, place) => alphabet[at(place)]).join('');
}
