/** What `ip -d -j link show` says of the devices of a port, and which port they are: pure. */
import type { PortKind } from '../../wire/control.ts';

export interface DeviceFound {
  readonly name: string;
  readonly index: number;
  /** Of a veth, the other end's number in its own namespace; else 0. */
  readonly peerIndex: number;
  /** `tun` and `tap` are told apart; empty for hardware. */
  readonly kind: string;
  readonly alias: string;
}

export function readDevices(text: string): DeviceFound[] {
  const list: unknown = JSON.parse(text.trim() || '[]');
  return asList(list).flatMap((entry) => {
    const { ifname, ifindex, link_index: link, linkinfo, ifalias } = entry;
    if (typeof ifname !== 'string' || typeof ifindex !== 'number') return [];
    return [
      {
        name: ifname,
        index: ifindex,
        peerIndex: typeof link === 'number' ? link : 0,
        kind: kindOf(linkinfo),
        alias: typeof ifalias === 'string' ? ifalias : '',
      },
    ];
  });
}

/** `alias`: of our own. Undefined: there is none, or it is not whole, or not ours. */
export function judgePort(
  { outside, inside }: { readonly outside: DeviceFound | undefined; readonly inside: DeviceFound | undefined },
  alias: string,
): PortKind | undefined {
  if (outside?.alias === alias && outside.kind === 'tap') return 'tap';
  if (inside?.kind === 'tun') return 'tun';
  if (outside?.alias !== alias || outside.kind !== 'veth' || inside?.kind !== 'veth') return undefined;
  // Numbers count per namespace: only both together say that the two are each other's ends.
  return outside.peerIndex === inside.index && inside.peerIndex === outside.index ? 'veth' : undefined;
}

function kindOf(info: unknown): string {
  const { info_kind: kind, info_data: data } = asRecord(info);
  return kind === 'tun' ? String(asRecord(data).type) : typeof kind === 'string' ? kind : '';
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function asList(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(asRecord) : [];
}
