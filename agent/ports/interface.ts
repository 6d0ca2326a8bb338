/**
 * A guest's interface: from what is found and what is wished to the lines for `ip -batch`. Pure.
 *
 * The overlay is layer 3: addresses are host addresses, and every prefix of the cloud is a route to the
 * port, so that no neighbour is ever looked for. Nothing that is right already is touched, so that a
 * restarted agent leaves running flows alone.
 */
import { familyOf, formatPrefix, parseInterfaceAddress, prefixContains } from '../../wire/address.ts';
import { hostAddress } from '../plan/check.ts';
import { guestInterface, type InterfaceWish } from './system.ts';

export interface InterfaceFound {
  readonly up: boolean;
  readonly mtu: number;
  /** ADDRESS/LENGTH, without link-local ones. */
  readonly addresses: readonly string[];
  /** Prefixes that lead to the port, with the source address preferred for each. */
  readonly routes: readonly RouteFound[];
}

export interface RouteFound {
  readonly prefix: string;
  readonly source: string | undefined;
}

const device = `dev ${guestInterface}`;
/** Routes of ours carry this number (rtnetlink(7), rtm_protocol), so that those of the guest itself are left alone. */
const routeProtocol = '67';

/** The port was just opened: nothing is known of it yet. */
export const newInterface: InterfaceFound = { up: false, mtu: 0, addresses: [], routes: [] };

export function planInterface(wish: InterfaceWish, found: InterfaceFound): string[] {
  const lines: string[] = [];
  if (found.mtu !== wish.mtu) lines.push(`link set ${device} mtu ${wish.mtu}`);
  if (!found.up) lines.push(`link set ${device} up`);

  const addresses = wish.addresses.map(hostAddress);
  for (const address of addresses.filter((each) => !found.addresses.includes(each))) {
    lines.push(`address add ${address} ${device}${familyOf(address) === 6 ? ' nodad' : ''}`);
  }
  const routes = wishedRoutes(wish);
  for (const { prefix, source } of routes.filter((each) => !found.routes.some((held) => sameRoute(each, held)))) {
    lines.push(
      `route replace ${prefix} ${device} proto ${routeProtocol}${source === undefined ? '' : ` src ${source}`}`,
    );
  }
  // Last, so that what stays is never without a source address or a route.
  for (const { prefix } of found.routes.filter((held) => !routes.some((each) => each.prefix === held.prefix))) {
    lines.push(`route del ${prefix} ${device} proto ${routeProtocol}`);
  }
  for (const address of found.addresses.filter((held) => !addresses.includes(held))) {
    lines.push(`address del ${address} ${device}`);
  }
  return lines;
}

/** From `ip -j address show` and `ip -j route show` of the device; of the routes, ours. */
export function readInterface(link: unknown, routes: unknown): InterfaceFound {
  const [first] = asList(link);
  const flags = asList(first?.flags as unknown) as unknown[];
  return {
    up: flags.includes('UP'),
    mtu: typeof first?.mtu === 'number' ? first.mtu : 0,
    // Link-local ones are not ours to take away.
    addresses: asList(first?.addr_info)
      .map(({ local, prefixlen }) => parseInterfaceAddress(`${String(local)}/${String(prefixlen)}`))
      .flatMap((prefix) => (prefix === undefined || prefix.address.startsWith('fe80:') ? [] : [formatPrefix(prefix)])),
    routes: asList(routes).flatMap(readRoute),
  };
}

function readRoute(route: Readonly<Record<string, unknown>>): RouteFound[] {
  if (route.protocol !== routeProtocol) return [];
  const prefix = parseInterfaceAddress(String(route.dst));
  if (prefix === undefined) return [];
  const source = typeof route.prefsrc === 'string' ? route.prefsrc : undefined;
  return [{ prefix: formatPrefix(prefix), source }];
}

function wishedRoutes({ addresses, routes }: InterfaceWish): RouteFound[] {
  const own = addresses.map((address) => parseInterfaceAddress(address));
  return routes.flatMap((prefix) => {
    const family = familyOf(prefix);
    const ofFamily = own.flatMap((address) => (address && familyOf(address.address) === family ? [address] : []));
    // Without an address of the family a route would only lead packets without a source.
    const [first] = ofFamily;
    if (first === undefined) return [];
    const inside = ofFamily.find((address) => contains(prefix, address.address));
    return [{ prefix, source: (inside ?? first).address }];
  });
}

function contains(prefix: string, address: string): boolean {
  const outer = parseInterfaceAddress(prefix);
  return outer !== undefined && prefixContains(outer, address);
}

function sameRoute(a: RouteFound, b: RouteFound): boolean {
  return a.prefix === b.prefix && a.source === b.source;
}

function asList(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value : [];
}
