/** The control protocol's edge outwards: types to the bytes of one WebSocket message. */
import { addressBytes, parseInterfaceAddress } from './address.ts';
import {
  type AgentMessage,
  type Assets,
  type Capabilities,
  type ControllerMessage,
  commandPhases,
  type GuestState,
  guestPhases,
  type HostKey,
  type Keys,
  type MappingName,
  type PairTerms,
  type ResourceBody,
  type ResourceName,
  resourceTypes,
  type Session,
} from './control.ts';
import { weft } from './gen/control.js';

const proto = weft.control.v1;

export function encodeAgentMessage(sequence: number, message: AgentMessage): Uint8Array {
  return proto.AgentMessage.encode({ sequence, ...agentFields(message) }).finish();
}

export function encodeControllerMessage(sequence: number, epoch: number, message: ControllerMessage): Uint8Array {
  return proto.ControllerMessage.encode({ sequence, epoch, ...controllerFields(message) }).finish();
}

/** Bytes that a resource takes: equal bytes are equal content, so versions are made from them. */
export function encodeResourceBody(body: ResourceBody): Uint8Array {
  return proto.Resource.encode(resourceFields(body)).finish();
}

function agentFields(message: AgentMessage): weft.control.v1.AgentMessage.$Properties {
  switch (message.kind) {
    case 'hello':
      return {
        hello: {
          ...message,
          substrateAddresses: message.substrateAddresses.map(addressBytes),
          capabilities: capabilityFields(message.capabilities),
          assets: assetFields(message.assets),
          keys: keyFields(message.keys),
          held: message.held.map((held) => ({
            name: resourceNameFields(held.name),
            version: held.version,
            ...(held.session === undefined ? {} : { session: sessionFields(held.session) }),
          })),
        },
      };
    case 'heartbeat':
      return { heartbeat: message };
    case 'assets':
      return { assets: assetFields(message) };
    case 'capabilities':
      return { capabilities: capabilityFields(message) };
    case 'guestStates':
      return { guestStates: { guests: message.guests.map(guestStateFields) } };
    case 'events':
      return { events: { events: [...message.events] } };
    case 'subscribe':
      return {
        subscribe: { wanted: message.wanted.map(mappingNameFields), unwanted: message.unwanted.map(mappingNameFields) },
      };
    case 'acknowledge':
      return {
        acknowledge: {
          update: message.update,
          refused: message.refused.map(({ name: refused, reason }) => ({ name: resourceNameFields(refused), reason })),
        },
      };
    case 'measurements':
      return {
        measurements: {
          paths: message.paths.map((path) => ({
            ...path,
            address: addressBytes(path.address),
            findings: [...path.findings],
          })),
        },
      };
    case 'keys':
      return { keys: keyFields(message) };
    case 'traced':
      return { traced: { ...message, steps: [...message.steps] } };
    case 'certificateRequest':
      return { certificateRequest: { request: message.request } };
  }
}

function controllerFields(message: ControllerMessage): weft.control.v1.ControllerMessage.$Properties {
  switch (message.kind) {
    case 'welcome':
      return { welcome: message };
    case 'heartbeatReply':
      return { heartbeatReply: message };
    case 'update':
      return {
        update: {
          number: message.number,
          set: message.set.map(({ name: resource, version, body }) => ({
            name: resourceNameFields(resource),
            version,
            ...resourceFields(body),
          })),
          removed: message.removed.map(resourceNameFields),
        },
      };
    case 'rotateKeys':
      return { rotateKeys: {} };
    case 'certificate':
      return { certificate: message };
    case 'trace':
      return {
        trace: {
          ...message,
          source: addressBytes(message.source),
          destination: addressBytes(message.destination),
        },
      };
  }
}

function keyFields({ identity, epochs }: Keys): weft.control.v1.Keys.$Properties {
  return { identity: fromBase64(identity), epochs: epochs.map(hostKeyFields) };
}

function hostKeyFields({ epoch, publicKey, signature }: HostKey): weft.control.v1.HostKey.$Properties {
  return { epoch, publicKey: fromBase64(publicKey), signature: fromBase64(signature) };
}

function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}

function capabilityFields(from: Capabilities): weft.control.v1.Capabilities.$Properties {
  return {
    formats: [...from.formats],
    features: [...from.features],
    offloads: [...from.offloads],
    executors: [...from.executors],
    ports: [...from.ports],
    problems: [...from.problems],
    gni6Prefix: prefixBytes(from.gni6Prefix),
  };
}

function assetFields(from: Assets): weft.control.v1.Assets.$Properties {
  return {
    ...from,
    nics: from.nics.map((nic) => ({ ...nic, addresses: nic.addresses.map(addressBytes), offloads: [...nic.offloads] })),
    labels: { ...from.labels },
  };
}

function guestStateFields(state: GuestState): weft.control.v1.GuestState.$Properties {
  return {
    guest: state.guest,
    phase: guestPhases.indexOf(state.phase),
    detail: state.detail,
    mtu: state.mtu,
    port: state.port ?? '',
    ...(state.command === undefined
      ? {}
      : { command: { ...state.command, phase: commandPhases.indexOf(state.command.phase) } }),
  };
}

function resourceNameFields(from: ResourceName): weft.control.v1.ResourceName.$Properties {
  return { type: resourceTypes.indexOf(from.type), key: from.key };
}

function mappingNameFields(from: MappingName): weft.control.v1.MappingName.$Properties {
  return { gni: from.gni, address: addressBytes(from.address) };
}

function resourceFields(body: ResourceBody): weft.control.v1.Resource.$Properties {
  switch (body.type) {
    case 'network':
      return { network: { gni: body.gni, name: body.name, prefixes: body.prefixes.map(prefixFields) } };
    case 'guest':
      return {
        guest: {
          name: body.name,
          gni: body.gni,
          addresses: body.addresses.map(prefixFields),
          command: [...body.command],
          incarnation: body.incarnation,
          port: body.port ?? '',
        },
      };
    case 'session':
      return { session: sessionFields(body) };
    case 'mapping':
      return {
        mapping: {
          ...mappingNameFields(body),
          host: body.host ?? '',
          guest: body.guest ?? '',
          version: body.version,
          ...(body.mac === undefined ? {} : { mac: macBytes(body.mac) }),
        },
      };
  }
}

function sessionFields(session: Session): weft.control.v1.Session.$Properties {
  return {
    peer: session.peer,
    address: addressBytes(session.address),
    udpPort: session.udpPort,
    send: session.send ?? '',
    accept: [...session.accept],
    generation: session.generation,
    reasons: [...session.reasons],
    none: session.none,
    peerIdentity: fromBase64(session.peerIdentity),
    peerKeys: session.peerKeys.map(hostKeyFields),
    pairs: session.pairs.map(pairFields),
    peerGni6Prefix: prefixBytes(session.peerGni6Prefix),
  };
}

function pairFields(pair: PairTerms): weft.control.v1.PairTerms.$Properties {
  return {
    gni: pair.gni,
    own: addressBytes(pair.own),
    theirs: addressBytes(pair.theirs),
    send: pair.send ?? '',
    accept: [...pair.accept],
    none: pair.none,
  };
}

/** ADDRESS/64 */
function prefixBytes(text: string | undefined): Uint8Array {
  return text === undefined ? new Uint8Array(0) : addressBytes(text.replace(/\/.*$/, ''));
}

function macBytes(text: string): Uint8Array {
  return Buffer.from(text.replaceAll(':', ''), 'hex');
}

function prefixFields(text: string): weft.control.v1.Prefix.$Properties {
  const prefix = parseInterfaceAddress(text);
  if (prefix === undefined) throw new Error(`not a prefix: ${text}`);
  return { address: addressBytes(prefix.address), length: prefix.length };
}
