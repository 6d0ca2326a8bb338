/** What an executor tells of a packet, in words that people read: slots become names, indexes devices. Pure. */
import { familyOf } from '../../wire/address.ts';
import type { TraceStep } from '../../wire/control.ts';
import type { FastPathMode, Traced, TraceFilter } from '../datapath/datapath.ts';
import type { MappingEntry } from '../plan/forwarding.ts';

/** The two ends of what is followed. */
export type Ends = Pick<TraceFilter, 'gni' | 'source' | 'destination'>;

/** What this host calls what it holds. */
export interface Names {
  guestAtPort(slot: number): string | undefined;
  peerAt(slot: number): string | undefined;
  /** Of a peer's encapsulations, by place. */
  encapsulation(peer: string, place: number): string | undefined;
  /** What is accepted of a peer between two guests, as texts. */
  accepted(peer: string, gni: number, own: string, theirs: string): readonly string[];
  network(gni: number): string | undefined;
  /** Guest of this host that has the address. */
  guestAt(gni: number, address: string): string | undefined;
  mapping(gni: number, address: string): MappingEntry | undefined;
  /** What meets the guest's packets first. */
  executorOf(guest: string): 'engine' | FastPathMode;
}

/** Interface index → name, of the namespace that the agent is in. */
export type Devices = ReadonlyMap<number, string>;

const outward: readonly Traced['program'][] = ['guest', 'send'];

export function sideOf(program: Traced['program']): 'out' | 'in' {
  return outward.includes(program) ? 'out' : 'in';
}

export function stepOf(event: Traced, ends: Ends, names: Names, devices: Devices): TraceStep {
  const { executor, program, verdict, length, generation, timeUs } = event;
  const side = sideOf(program);
  const peer = event.peer === undefined ? undefined : names.peerAt(event.peer);
  const reason = verdict === 'waiting' ? whyWaiting(side, peer) : (event.reason ?? '');
  return {
    timeUs,
    executor,
    program,
    side,
    verdict,
    reason,
    ...devicesOf(event, devices),
    guest: guestOf(event, ends, names),
    peer: peer ?? '',
    encapsulation: encapsulationOf(event, peer, names),
    // What was waited for may be here by now.
    mapping: verdict === 'waiting' ? '' : deciding(side, verdict === 'dropped' ? reason : '', ends, names),
    length,
    generation,
    outer: outerOf(event),
  };
}

/** Packets wait for a mapping, or for a session's terms. */
export function whyWaiting(side: 'out' | 'in', peer: string | undefined): string {
  if (side === 'in') return 'the mapping server is asked where the source is';
  return peer === undefined ? 'the mapping server is asked' : `nothing is agreed with ${peer} yet`;
}

/** The engine's ports are devices of guests' namespaces, whose indexes say nothing here. */
function devicesOf({ executor, device, leftBy }: Traced, devices: Devices): Pick<TraceStep, 'device' | 'leftBy'> {
  if (executor === 'engine') return { device: '', leftBy: '' };
  const nameOf = (index: number | undefined) =>
    index === undefined || index === 0 ? '' : (devices.get(index) ?? `device ${index}`);
  return { device: nameOf(device), leftBy: nameOf(leftBy) };
}

/** Whose port it was: the sender's on the way out, the receiver's where it was delivered. */
function guestOf({ program, verdict, port }: Traced, { gni, source, destination }: Ends, names: Names): string {
  const isReceiver = sideOf(program) === 'in' || verdict === 'delivered';
  const owner = names.guestAt(gni, isReceiver ? destination : source);
  return owner ?? (port === undefined ? undefined : names.guestAtPort(port)) ?? '';
}

function encapsulationOf({ encapsulation }: Traced, peer: string | undefined, names: Names): string {
  if (typeof encapsulation !== 'number') return encapsulation ?? '';
  return (peer === undefined ? undefined : names.encapsulation(peer, encapsulation)) ?? '';
}

/** The entry that decided, or what was missing; `drop`: the reason of what was dropped. */
export function deciding(side: 'out' | 'in', drop: string, ends: Ends, names: Names): string {
  const { gni, source, destination } = ends;
  if (drop === 'guest-spoofed-source') return `${named(gni, source, names)} is not the guest’s own`;
  if (drop === 'no-route') return `no prefix of ${names.network(gni) ?? gni} holds ${destination}`;
  if (side === 'in' && drop === 'spoofed-inner-source') return mappingText(gni, source, names);
  return mappingText(gni, destination, names);
}

export function mappingText(gni: number, address: string, names: Names): string {
  const text = named(gni, address, names);
  const guest = names.guestAt(gni, address);
  if (guest !== undefined) return `${text} → guest ${guest}`;
  const mapping = names.mapping(gni, address);
  return mapping === undefined ? `${text} is not known here` : `${text} → ${mapping.host ?? 'nowhere'}`;
}

function named(gni: number, address: string, names: Names): string {
  return `${names.network(gni) ?? gni}/${address}`;
}

function outerOf({ outer }: Traced): string {
  if (outer === undefined) return '';
  const { source, destination, sourcePort } = outer;
  // gni6 has no ports.
  if (sourcePort === 0) return `${source} → ${destination}`;
  return `${familyOf(source) === 6 ? `[${source}]` : source}:${sourcePort} → ${destination}`;
}
