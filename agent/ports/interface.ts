/**
 * A guest's interface: from what is found and what is wished to the lines for `ip -batch`. Pure.
 *
 * The overlay is layer 3: addresses are host addresses, and every prefix of the cloud is a route to the
 * port. On a veth it leads by one gateway per family, a neighbour that is known for good, so that no neighbour is
 * ever looked for and a guest has one, however many it talks to. Nothing that is right already is touched, so that
 * a restarted agent leaves running flows alone.
 */
import { familyOf, formatPrefix, parseInterfaceAddress, prefixContains } from '../../wire/address.ts';
import { hostAddress } from '../plan/check.ts';
import { type SuperPackets, superPackets } from './offloads.ts';
import { guestInterface, type InterfaceWish } from './system.ts';

export interface InterfaceFound {
  readonly up: boolean;
  readonly mtu: number;
  /** Empty where it has none. */
  readonly mac: string;
  readonly superPackets: SuperPackets;
  /** Those that stay: ADDRESS MAC. */
  readonly neighbours: readonly string[];
  /** ADDRESS/LENGTH, without link-local ones. */
  readonly addresses: readonly string[];
  /** Prefixes that lead to the port, with the source address preferred for each. */
  readonly routes: readonly RouteFound[];
}

export interface RouteFound {
  readonly prefix: string;
  readonly source: string | undefined;
  readonly gateway: string | undefined;
}

const device = `dev ${guestInterface}`;
/** Routes of ours carry this number (rtnetlink(7), rtm_protocol), so that those of the guest itself are left alone. */
const routeProtocol = '67';

/** Of the host's end of every veth, as its guest sees it (native/bpf/maps.h). */
const hostMac = '02:57:45:46:54:00';
/** The host's end has no address: these stand for it in the guest's routes. Link-local, so no cloud has them. */
const gateways = { 4: '169.254.87.1', 6: 'fe80::57' } as const;

/** The port was just opened: nothing is known of it yet. */
export const newInterface: InterfaceFound = {
  up: false,
  mtu: 0,
  mac: '',
  superPackets: { gsoMaxSize: 0, gsoMaxSegments: 0 },
  neighbours: [],
  addresses: [],
  routes: [],
};

export function planInterface(wish: InterfaceWish, found: InterfaceFound): string[] {
  const lines: string[] = [];
  if (found.mtu !== wish.mtu) lines.push(`link set ${device} mtu ${wish.mtu}`);
  if (wish.ethernet !== undefined) lines.push(...ethernetLines(wish.ethernet.mac, wish.mtu, found));
  if (!found.up) lines.push(`link set ${device} up`);

  const addresses = wish.addresses.map(hostAddress);
  for (const address of addresses.filter((each) => !found.addresses.includes(each))) {
    lines.push(`address add ${address} ${device}${familyOf(address) === 6 ? ' nodad' : ''}`);
  }
  if (wish.ethernet !== undefined) lines.push(...neighbourLines(addresses, found));
  const routes = wishedRoutes(wish);
  for (const route of routes.filter((each) => !found.routes.some((held) => sameRoute(each, held)))) {
    lines.push(routeLine(route));
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

/** Before the device is up, so that nothing leaves with another address or longer than fits. */
function ethernetLines(mac: string, mtu: number, found: InterfaceFound): string[] {
  const { gsoMaxSize, gsoMaxSegments } = superPackets(mtu);
  const held = found.superPackets;
  const same = held.gsoMaxSize === gsoMaxSize && held.gsoMaxSegments === gsoMaxSegments;
  return [
    ...(found.mac === mac ? [] : [`link set ${device} address ${mac}`]),
    ...(same ? [] : [`link set ${device} gso_max_size ${gsoMaxSize} gso_max_segs ${gsoMaxSegments}`]),
  ];
}

/** Before the routes that lead by them. */
function neighbourLines(addresses: readonly string[], found: InterfaceFound): string[] {
  const families = new Set(addresses.map(familyOf));
  return [...families]
    .map((family) => gateways[family])
    .filter((gateway) => !found.neighbours.includes(`${gateway} ${hostMac}`))
    .map((gateway) => `neigh replace ${gateway} lladdr ${hostMac} ${device} nud permanent`);
}

function routeLine({ prefix, source, gateway }: RouteFound): string {
  const by = gateway === undefined ? device : `via ${gateway} ${device} onlink`;
  return `route replace ${prefix} ${by} proto ${routeProtocol}${source === undefined ? '' : ` src ${source}`}`;
}

/** From `ip -d -j address show`, `ip -j route show` and `ip -j neigh show` of the device; of the routes, ours. */
export function readInterface(link: unknown, routes: unknown, neighbours: unknown): InterfaceFound {
  const [first] = asList(link);
  const flags = asList(first?.flags as unknown) as unknown[];
  return {
    up: flags.includes('UP'),
    mtu: numberOf(first?.mtu),
    mac: first?.link_type === 'ether' ? String(first.address) : '',
    superPackets: { gsoMaxSize: numberOf(first?.gso_max_size), gsoMaxSegments: numberOf(first?.gso_max_segs) },
    neighbours: asList(neighbours)
      .filter(({ state }) => Array.isArray(state) && state.includes('PERMANENT'))
      .map(({ dst, lladdr }) => `${String(dst)} ${String(lladdr)}`),
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
  return [{ prefix: formatPrefix(prefix), source: textOf(route.prefsrc), gateway: textOf(route.gateway) }];
}

function wishedRoutes({ addresses, routes, ethernet }: InterfaceWish): RouteFound[] {
  const own = addresses.map((address) => parseInterfaceAddress(address));
  return routes.flatMap((prefix) => {
    const family = familyOf(prefix);
    const ofFamily = own.flatMap((address) => (address && familyOf(address.address) === family ? [address] : []));
    // Without an address of the family a route would only lead packets without a source.
    const [first] = ofFamily;
    if (first === undefined) return [];
    const inside = ofFamily.find((address) => contains(prefix, address.address));
    const gateway = ethernet === undefined ? undefined : gateways[family];
    return [{ prefix, source: (inside ?? first).address, gateway }];
  });
}

function contains(prefix: string, address: string): boolean {
  const outer = parseInterfaceAddress(prefix);
  return outer !== undefined && prefixContains(outer, address);
}

function sameRoute(a: RouteFound, b: RouteFound): boolean {
  return a.prefix === b.prefix && a.source === b.source && a.gateway === b.gateway;
}

function asList(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value : [];
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
