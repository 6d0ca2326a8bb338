/** Which of the controller's resources this host can hold: undefined, or the reason for refusing one. */
import { addressBits, familyOf, parseInterfaceAddress } from '../../wire/address.ts';
import type { HostKey, Resource, Session } from '../../wire/control.ts';
import { formatOf } from '../../wire/encapsulation.ts';
import { layoutByName } from '../../wire/formats/index.ts';
import { carrierPort } from '../../wire/formats/layout.ts';
import { limits } from '../../wire/limits.ts';
import type { DesiredView } from '../state/desired.ts';
import { carries, type TermsFacts, textsOf, whyUnusable } from './terms.ts';

export interface HostFacts extends TermsFacts {
  readonly host: string;
  readonly udpPort: number;
  readonly substrateAddresses: readonly string[];
  /** Whether the peer's identity has signed its key. */
  signed(peer: string, identity: string, key: HostKey): boolean;
}

export function checkResource(resource: Resource, desired: DesiredView, facts: HostFacts): string | undefined {
  const { body } = resource;
  switch (body.type) {
    case 'network':
    case 'mapping':
      return undefined;
    case 'guest':
      return checkGuest(body, desired);
    case 'session':
      return checkSession(body, desired, facts);
  }
}

function checkGuest(guest: Extract<Resource['body'], { type: 'guest' }>, desired: DesiredView): string | undefined {
  if (!desired.networks.has(String(guest.gni))) return `its network ${guest.gni} is not known on this host`;
  if (guest.addresses.length === 0) return 'it has no address';
  const taken = new Map<string, string>();
  for (const { body } of desired.guests.values()) {
    if (body.gni !== guest.gni || body.name === guest.name) continue;
    for (const address of body.addresses) taken.set(plainAddress(address), body.name);
  }
  for (const address of guest.addresses) {
    const owner = taken.get(plainAddress(address));
    if (owner !== undefined) return `address ${plainAddress(address)} is that of guest ${owner} already`;
  }
  return undefined;
}

function checkSession(
  session: Extract<Resource['body'], { type: 'session' }>,
  desired: DesiredView,
  facts: HostFacts,
): string | undefined {
  if (session.peer === facts.host) return 'a host has no session with itself';
  // The outer source address is all that tells peers apart.
  for (const { body } of desired.sessions.values()) {
    if (body.peer !== session.peer && body.address === session.address) {
      return `address ${session.address} is that of host ${body.peer} already`;
    }
  }
  // It is there to be shown, with its reasons.
  if (!carries(session)) return undefined;
  if (!reachable(session, facts)) {
    return `${session.address}: this host has no IPv${familyOf(session.address)} substrate address`;
  }
  if (session.udpPort !== facts.udpPort && !isForeign(session)) {
    return `UDP port ${session.udpPort}: this host's data plane sends to its own port number, ${facts.udpPort}; set udpPort alike on all hosts`;
  }
  return checkTerms(session, facts);
}

/** A host without an agent: it has the port of the one framework that it speaks. */
function isForeign(session: Session): boolean {
  return textsOf(session).every(({ text }) => {
    const layout = layoutByName(formatOf(text));
    return layout !== undefined && layout.carrier !== 'data' && carrierPort(layout) === session.udpPort;
  });
}

function checkTerms(session: Session, facts: HostFacts): string | undefined {
  const texts = textsOf(session);
  for (const { text, use } of texts) {
    const why = whyUnusable(text, use, session, facts);
    if (why !== undefined) return why;
  }
  const different = new Set(texts.map(({ text, use }) => `${use} ${text}`)).size;
  if (different > limits.encapsulationsPerPeer) {
    return `${different} encapsulations, the most for one peer are ${limits.encapsulationsPerPeer}`;
  }
  const unsigned = session.peerKeys.find((key) => !facts.signed(session.peer, session.peerIdentity, key));
  return unsigned && `the key of ${session.peer}'s epoch ${unsigned.epoch} is not signed by its identity`;
}

/** Whether this host has an address of the peer's family. */
export function reachable(
  { address }: Pick<Session, 'address'>,
  facts: Pick<HostFacts, 'substrateAddresses'>,
): boolean {
  const family = familyOf(address);
  return facts.substrateAddresses.some((own) => familyOf(own) === family);
}

/** 10.0.0.5/24 → 10.0.0.5 */
export function plainAddress(interfaceAddress: string): string {
  return parseInterfaceAddress(interfaceAddress)?.address ?? interfaceAddress;
}

/** 10.0.0.5/24 → 10.0.0.5/32 */
export function hostAddress(interfaceAddress: string): string {
  const address = plainAddress(interfaceAddress);
  return `${address}/${addressBits(address)}`;
}
