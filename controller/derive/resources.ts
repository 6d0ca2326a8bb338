/** Resources of the control protocol made from records, and the versions by which two ends compare them. */
import { createHash } from 'node:crypto';
import { type Family, familyOf } from '../../wire/address.ts';
import {
  type HostKey,
  type MappingName,
  type Resource,
  type ResourceBody,
  resourceName,
  type Session,
} from '../../wire/control.ts';
import { encodeResourceBody } from '../../wire/control-encode.ts';
import { parseEncapsulation } from '../../wire/encapsulation.ts';
import type { SessionTerms } from '../negotiation/sessions-guests.ts';
import type { Guest, Host, Selection, Vpc } from '../state/records.ts';

/** A resource and how many bytes it takes in a message. */
export interface Sized {
  readonly resource: Resource;
  readonly bytes: number;
}

/** The version is of the content alone, so a controller that restarts comes to the same one. */
export function sized(body: ResourceBody): Sized {
  const encoded = encodeResourceBody(body);
  const version = createHash('sha256').update(encoded).digest('hex').slice(0, 16);
  const name = resourceName(body);
  return { resource: { name, version, body }, bytes: encoded.length + name.key.length + version.length + 16 };
}

export function networkBody(vpc: Vpc): ResourceBody {
  return { type: 'network', gni: vpc.gni, name: vpc.name, prefixes: vpc.prefixes };
}

export function guestBody(guest: Guest): ResourceBody {
  const { name, gni, addresses, command, port, revision } = guest;
  // Records of guests never change: the revision is that of their making.
  const asked = port === undefined ? {} : { port };
  return { type: 'guest', name, gni, addresses, command, incarnation: revision, ...asked };
}

/** `guest` undefined: the address is nowhere. */
export function mappingBody({ gni, address }: MappingName, guest: Guest | undefined): ResourceBody {
  return {
    type: 'mapping',
    gni,
    address,
    host: guest?.host,
    guest: guest?.name,
    // A deleted guest leaves no revision behind; versions of answers that name a host are its guest's.
    version: guest?.revision ?? 0,
    ...(guest?.mac === undefined ? {} : { mac: guest.mac }),
  };
}

export interface SelectionsOfSession {
  readonly outgoing: Pick<Selection, 'reasons' | 'revision'> | undefined;
  readonly incoming: Pick<Selection, 'revision'> | undefined;
  /** Nothing may be sent, and that is decided. */
  readonly none: boolean;
}

export function sessionBody(
  own: Host,
  peer: Host,
  terms: SessionTerms,
  { outgoing, incoming, none }: SelectionsOfSession,
): ResourceBody | undefined {
  const address = sessionAddress(own, peer);
  if (address === undefined) return undefined;
  const pairs = [...terms.pairs.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair);
  const peerKeys = namedKeys(peer, [terms, ...pairs]);
  const session: Session = {
    peer: peer.name,
    address,
    udpPort: peer.udpPort,
    send: terms.send,
    accept: terms.accept,
    // The store's revisions only grow, so this grows with every change of either selection.
    generation: Math.max(outgoing?.revision ?? 0, incoming?.revision ?? 0),
    reasons: outgoing?.reasons ?? [],
    none,
    peerIdentity: peerKeys.length === 0 ? '' : (peer.keys?.identity ?? ''),
    peerKeys,
    pairs,
    ...peerPrefix(peer, [terms, ...pairs]),
  };
  return { type: 'session', ...session };
}

/** The peer's keys that the texts name: as receiver of what is sent, as sender of what is accepted. */
function namedKeys(peer: Host, terms: readonly Pick<Session, 'send' | 'accept'>[]): HostKey[] {
  const named = new Set<number | undefined>();
  for (const { send, accept } of terms) {
    if (send !== undefined) named.add(parseEncapsulation(send)?.keys?.destination);
    for (const text of accept) named.add(parseEncapsulation(text)?.keys?.source);
  }
  return (peer.keys?.epochs ?? []).filter(({ epoch }) => named.has(epoch));
}

/** Where any of the texts is gni6. */
function peerPrefix(
  { capabilities: { gni6Prefix } }: Host,
  terms: readonly Pick<Session, 'send' | 'accept'>[],
): Pick<Session, 'peerGni6Prefix'> {
  const isNamed = terms.some(({ send, accept }) => [send, ...accept].includes('gni6'));
  return isNamed && gni6Prefix !== undefined ? { peerGni6Prefix: gni6Prefix } : {};
}

export function addressFamilies(host: Host): Family[] {
  return ([4, 6] as const).filter((family) => host.substrateAddresses.some((address) => familyOf(address) === family));
}

/** Of packets between the two: the first family that both have, IPv4 first; undefined: there is none. */
export function substrateFamily(own: Host, peer: Host): Family | undefined {
  return addressFamilies(peer).find((family) => addressFamilies(own).includes(family));
}

/** The peer's address in the family of both; any when there is no such family. */
function sessionAddress(own: Host, peer: Host): string | undefined {
  const wanted = substrateFamily(own, peer) ?? addressFamilies(peer)[0];
  return peer.substrateAddresses.find((address) => familyOf(address) === wanted);
}
