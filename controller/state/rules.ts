/**
 * The rules of virtual clouds: which GNI, prefixes and addresses may be given out, and which guests may be. Pure.
 *
 * Addresses of one cloud are unique in it; different clouds may overlap completely.
 * Of each prefix these are not for guests: the first address (the network; for IPv6 the subnet-router anycast,
 * RFC 4291 2.6.1), the one after it (the phantom router), and for IPv4 the last (broadcast).
 */
import {
  addressBits,
  addressFromNumber,
  addressNumber,
  familyOf,
  formatPrefix,
  isUnicast,
  type Prefix,
  parseAddress,
  parseInterfaceAddress,
  parsePrefix,
  prefixContains,
  prefixesOverlap,
} from '../../wire/address.ts';
import { limits } from '../../wire/limits.ts';
import type { GuestRequest } from '../../wire/resources.ts';
import { grant, type Outcome, type Refusal, refuse } from './refusal.ts';

/** The wanted GNI when it is free, else the lowest free one. `taken` tells the cloud that has a GNI. */
export function chooseGni(wanted: number | undefined, taken: (gni: number) => string | undefined): Outcome<number> {
  if (wanted !== undefined) {
    const owner = taken(wanted);
    return owner === undefined
      ? grant(wanted)
      : refuse('taken', `GNI ${wanted} is taken by vpc '${owner}': choose another one or leave it out`);
  }
  for (let gni: number = limits.gni.min; gni <= limits.gni.max; gni++) if (taken(gni) === undefined) return grant(gni);
  return refuse('exhausted', `all ${limits.gni.max} GNIs are taken: delete a vpc first`);
}

/** Canonical prefixes of a cloud. */
export function checkPrefixes(texts: readonly string[]): Outcome<string[]> {
  const prefixes: Prefix[] = [];
  for (const text of texts) {
    const prefix = parsePrefix(text);
    if (prefix === undefined) return refuse('invalid', notAPrefix(text));
    const special = specialRanges.find((range) => prefixesOverlap(range, prefix));
    if (special !== undefined) {
      return refuse('invalid', `prefix ${text} overlaps ${formatPrefix(special)}, which guests cannot use`);
    }
    if (lastAddress(prefix) - addressNumber(prefix.address) < 2n) {
      return refuse(
        'invalid',
        `prefix ${text} has no room for guests: use /${addressBits(prefix.address) - 2} or shorter`,
      );
    }
    const other = prefixes.find((known) => prefixesOverlap(known, prefix));
    if (other !== undefined) return refuse('invalid', `prefixes ${formatPrefix(other)} and ${text} overlap`);
    prefixes.push(prefix);
  }
  return grant(prefixes.map(formatPrefix));
}

function notAPrefix(text: string): string {
  const close = parseInterfaceAddress(text);
  if (close === undefined || !text.includes('/')) return `'${text}' is not a prefix such as 10.0.0.0/24 or fd00::/64`;
  const shift = BigInt(addressBits(close.address) - close.length);
  const network = addressFromNumber((addressNumber(close.address) >> shift) << shift, familyOf(close.address));
  return `prefix ${text} has bits set behind its length: did you mean ${network}/${close.length}?`;
}

/** Ranges with a meaning of their own: RFC 6890, RFC 4291. */
const specialRanges: readonly Prefix[] = [
  { address: '0.0.0.0', length: 8 },
  { address: '127.0.0.0', length: 8 },
  { address: '169.254.0.0', length: 16 },
  { address: '224.0.0.0', length: 3 },
  { address: '::', length: 127 },
  { address: '::ffff:0:0', length: 96 },
  { address: 'fe80::', length: 10 },
  { address: 'ff00::', length: 8 },
];

/** What the rules need to know about a cloud. */
export interface Cloud {
  readonly name: string;
  readonly prefixes: readonly string[];
  /** The guest that has the address. */
  readonly owner: (address: string) => string | undefined;
  /** An address of the prefix before which all are known to be taken; undefined: not known. */
  readonly firstCandidate?: (prefix: string) => string | undefined;
}

/** Addresses for a guest, with prefix lengths: the wanted ones when allowed and free, else the lowest free of each prefix. */
export function chooseAddresses(wanted: readonly string[] | undefined, cloud: Cloud): Outcome<string[]> {
  const prefixes = cloud.prefixes.map(trustedPrefix);
  const chosen: string[] = [];
  if (wanted === undefined) {
    for (const prefix of prefixes.slice(0, limits.addressesPerGuest)) {
      const address = lowestFree(prefix, cloud);
      if (address === undefined) {
        return refuse('exhausted', `prefix ${formatPrefix(prefix)} of vpc '${cloud.name}' has no free address`);
      }
      chosen.push(`${address}/${prefix.length}`);
    }
    return grant(chosen);
  }
  for (const text of wanted) {
    const checked = checkAddress(text, prefixes, cloud);
    if (!checked.ok) return checked;
    if (chosen.includes(checked.value)) return refuse('invalid', `address ${text} is given twice`);
    chosen.push(checked.value);
  }
  return grant(chosen);
}

function checkAddress(text: string, prefixes: readonly Prefix[], cloud: Cloud): Outcome<string> {
  const given = parseInterfaceAddress(text);
  if (given === undefined) return refuse('invalid', `'${text}' is not an IP address such as 10.0.0.5 or fd00::5`);
  const { address } = given;
  const prefix = prefixes.find((candidate) => prefixContains(candidate, address));
  const ranges = cloud.prefixes.join(', ');
  if (prefix === undefined) {
    return refuse('invalid', `address ${address} is in no prefix of vpc '${cloud.name}' (${ranges})`);
  }
  if (parseAddress(text) === undefined && given.length !== prefix.length) {
    return refuse('invalid', `address ${text} has another length than its prefix ${formatPrefix(prefix)}`);
  }
  const reserved = reservedFor(prefix, address);
  if (reserved !== undefined) {
    return refuse('invalid', `address ${address} is the ${reserved} of ${formatPrefix(prefix)}: choose another one`);
  }
  if (!isUnicast(address)) return refuse('invalid', `address ${address} is not a unicast address`);
  const owner = cloud.owner(address);
  if (owner !== undefined) {
    return refuse('taken', `address ${address} is taken in vpc '${cloud.name}' by guest '${owner}'`);
  }
  return grant(`${address}/${prefix.length}`);
}

function reservedFor(prefix: Prefix, address: string): string | undefined {
  const number = addressNumber(address);
  const first = addressNumber(prefix.address);
  if (number === first) return 'network address';
  if (number === first + 1n) return "phantom router's address";
  return number > lastAddress(prefix) ? 'broadcast address' : undefined;
}

/** The last address that a guest may have. */
function lastAddress(prefix: Prefix): bigint {
  const size = 1n << BigInt(addressBits(prefix.address) - prefix.length);
  return addressNumber(prefix.address) + size - (familyOf(prefix.address) === 4 ? 2n : 1n);
}

function lowestFree(prefix: Prefix, { owner, firstCandidate }: Cloud): string | undefined {
  const candidate = firstCandidate?.(formatPrefix(prefix));
  const first = addressNumber(prefix.address) + 2n;
  const last = lastAddress(prefix);
  for (let number = candidate === undefined ? first : addressNumber(candidate); number <= last; number++) {
    const address = addressFromNumber(number, familyOf(prefix.address));
    if (owner(address) === undefined) return address;
  }
  return undefined;
}

function trustedPrefix(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new Error(`a stored prefix is none: ${text}`);
  return prefix;
}

/** What runs in a virtual machine is the business of whoever starts that. */
export function unfitPort({ name, port, command }: GuestRequest): Refusal | undefined {
  if (port !== 'tap' || command === undefined) return undefined;
  const advice = 'start that program inside it, or choose another port';
  return refuse(
    'invalid',
    `guest '${name}' with a tap port is a virtual machine, where no command can be run: ${advice}`,
  );
}
