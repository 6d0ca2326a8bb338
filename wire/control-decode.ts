/**
 * The control protocol's edge inwards: bytes of one WebSocket message to a checked type.
 *
 * What does not fit is a refusal with the reason to close the session with; nothing throws.
 */
import {
  addressFromBytes,
  formatPrefix,
  networkAddress,
  type Prefix,
  parseInterfaceAddress,
  parsePrefix,
} from './address.ts';
import {
  type AgentEvent,
  type AgentMessage,
  type Assets,
  type Capabilities,
  type ControllerMessage,
  commandPhases,
  type GuestState,
  guestPhases,
  type Held,
  type Hello,
  type HostKey,
  type Keys,
  type MappingName,
  type PairTerms,
  type PathMeasurement,
  type Resource,
  type ResourceBody,
  type ResourceName,
  resourceName,
  resourceTypes,
  type Session,
} from './control.ts';
import { weft } from './gen/control.js';
import { type CloseReason, limits, namePattern } from './limits.ts';

const proto = weft.control.v1;

export type Decoded<T> =
  | { readonly ok: true; readonly sequence: number; readonly message: T }
  | { readonly ok: false; readonly close: CloseReason; readonly why: string };

/** What an agent sent. Refused with `tooLarge` or `malformed` and a sentence that says what was wrong. */
export function decodeAgentMessage(bytes: Uint8Array): Decoded<AgentMessage> {
  return decodeWith(bytes, () => {
    const raw = proto.AgentMessage.toObject(proto.AgentMessage.decode(bytes), plain) as Raw;
    return { sequence: whole(raw, 'sequence'), message: agentBody(raw) };
  });
}

/** What a controller sent, with its epoch. */
export function decodeControllerMessage(
  bytes: Uint8Array,
): Decoded<{ readonly epoch: number; readonly body: ControllerMessage }> {
  return decodeWith(bytes, () => {
    const raw = proto.ControllerMessage.toObject(proto.ControllerMessage.decode(bytes), plain) as Raw;
    return { sequence: whole(raw, 'sequence'), message: { epoch: whole(raw, 'epoch'), body: controllerBody(raw) } };
  });
}

/** Numbers instead of Long, every field present, so that the parsers below see one shape. */
const plain = { longs: Number, defaults: true, arrays: true, objects: true, oneofs: true } as const;

type Raw = Record<string, unknown>;

/** Thrown by the parsers below, caught by `decodeWith`: never leaves this file. */
class Unfit extends Error {}

function decodeWith<T>(bytes: Uint8Array, parse: () => { sequence: number; message: T }): Decoded<T> {
  if (bytes.length > limits.controlMessageBytes) {
    return {
      ok: false,
      close: 'tooLarge',
      why: `a message of ${bytes.length} bytes; the limit is ${limits.controlMessageBytes}`,
    };
  }
  try {
    return { ok: true, ...parse() };
  } catch (error) {
    const why = error instanceof Unfit ? error.message : `not a control message: ${(error as Error).message}`;
    return { ok: false, close: 'malformed', why: why.slice(0, 100) };
  }
}

function agentBody(raw: Raw): AgentMessage {
  switch (raw.body) {
    case 'hello':
      return { kind: 'hello', ...parseHello(record(raw, 'hello')) };
    case 'heartbeat': {
      const beat = record(raw, 'heartbeat');
      return {
        kind: 'heartbeat',
        number: whole(beat, 'number'),
        epoch: whole(beat, 'epoch'),
        guests: whole(beat, 'guests'),
        load1: finite(beat, 'load1'),
        residentBytes: whole(beat, 'residentBytes'),
      };
    }
    case 'assets':
      return { kind: 'assets', ...parseAssets(record(raw, 'assets')) };
    case 'capabilities':
      return { kind: 'capabilities', ...parseCapabilities(record(raw, 'capabilities')) };
    case 'guestStates':
      return { kind: 'guestStates', guests: list(record(raw, 'guestStates'), 'guests', 4096).map(parseGuestState) };
    case 'events':
      return { kind: 'events', events: list(record(raw, 'events'), 'events', limits.eventsPerMessage).map(parseEvent) };
    case 'subscribe': {
      const body = record(raw, 'subscribe');
      return {
        kind: 'subscribe',
        wanted: list(body, 'wanted', limits.namesPerSubscribe).map(parseMappingName),
        unwanted: list(body, 'unwanted', limits.namesPerSubscribe).map(parseMappingName),
      };
    }
    case 'acknowledge': {
      const body = record(raw, 'acknowledge');
      return {
        kind: 'acknowledge',
        update: whole(body, 'update'),
        refused: list(body, 'refused', limits.resourcesPerUpdate * 2).map((item) => ({
          name: parseResourceName(record(item, 'name')),
          reason: text(item, 'reason'),
        })),
      };
    }
    case 'measurements':
      return { kind: 'measurements', paths: list(record(raw, 'measurements'), 'paths', 65_536).map(parsePath) };
    case 'keys':
      return { kind: 'keys', ...parseKeys(record(raw, 'keys')) };
    default:
      throw new Unfit('the message has no body that this version knows');
  }
}

function controllerBody(raw: Raw): ControllerMessage {
  switch (raw.body) {
    case 'welcome': {
      const body = record(raw, 'welcome');
      return {
        kind: 'welcome',
        controller: text(body, 'controller'),
        controllerVersion: text(body, 'controllerVersion'),
        heartbeatMs: within(body, 'heartbeatMs', 10, 600_000),
        deadlineMs: within(body, 'deadlineMs', 20, 3_600_000),
        store: text(body, 'store', 1),
      };
    }
    case 'heartbeatReply':
      return { kind: 'heartbeatReply', number: whole(record(raw, 'heartbeatReply'), 'number') };
    case 'update': {
      const body = record(raw, 'update');
      return {
        kind: 'update',
        number: whole(body, 'number'),
        set: list(body, 'set', limits.resourcesPerUpdate).map(parseResource),
        removed: list(body, 'removed', limits.resourcesPerUpdate).map(parseResourceName),
      };
    }
    case 'rotateKeys':
      return { kind: 'rotateKeys' };
    default:
      throw new Unfit('the message has no body that this version knows');
  }
}

function parseHello(raw: Raw): Hello {
  return {
    host: name(raw, 'host'),
    instance: text(raw, 'instance', 1),
    agentVersion: text(raw, 'agentVersion'),
    substrateAddresses: addresses(raw, 'substrateAddresses', 2),
    udpPort: within(raw, 'udpPort', 1, 65_535),
    epoch: whole(raw, 'epoch'),
    held: list(raw, 'held', limits.subscriptionsPerAgent + 100_000).map(parseHeld),
    capabilities: parseCapabilities(record(raw, 'capabilities')),
    assets: parseAssets(record(raw, 'assets')),
    // An agent of before there were keys sends none.
    keys: isRecord(raw.keys) ? parseKeys(raw.keys) : { identity: '', epochs: [] },
  };
}

function parseKeys(raw: Raw): Keys {
  const epochs = list(raw, 'epochs', limits.keyEpochs).map(parseHostKey);
  return { identity: base64(raw, 'identity', epochs.length === 0 ? [0, 32] : [32]), epochs };
}

function parseHostKey(raw: Raw): HostKey {
  return {
    epoch: within(raw, 'epoch', 1, limits.greatestEpoch),
    publicKey: base64(raw, 'publicKey', [32]),
    signature: base64(raw, 'signature', [64]),
  };
}

function parseHeld(raw: Raw): Held {
  const session = raw.session;
  const held = { name: parseResourceName(record(raw, 'name')), version: text(raw, 'version') };
  return isRecord(session) ? { ...held, session: parseSession(session) } : held;
}

function parseAssets(raw: Raw): Assets {
  const labels = record(raw, 'labels');
  const entries = Object.keys(labels).map((key) => [key, text(labels, key)] as const);
  if (entries.length > limits.labelsPerHost)
    throw new Unfit(`${entries.length} labels; the limit is ${limits.labelsPerHost}`);
  return {
    kernel: text(raw, 'kernel'),
    operatingSystem: text(raw, 'operatingSystem'),
    architecture: text(raw, 'architecture'),
    cpus: whole(raw, 'cpus'),
    cpuModel: text(raw, 'cpuModel'),
    memoryBytes: whole(raw, 'memoryBytes'),
    nics: list(raw, 'nics', limits.nicsPerHost).map((nic) => ({
      name: text(nic, 'name'),
      mac: text(nic, 'mac'),
      mtu: whole(nic, 'mtu'),
      up: nic.up === true,
      speedMbps: whole(nic, 'speedMbps'),
      addresses: addresses(nic, 'addresses', 64),
      offloads: texts(nic, 'offloads', 128),
    })),
    labels: Object.fromEntries(entries),
  };
}

function parseCapabilities(raw: Raw): Capabilities {
  return {
    formats: texts(raw, 'formats', 64),
    features: texts(raw, 'features', 64),
    offloads: texts(raw, 'offloads', 64),
    executors: texts(raw, 'executors', 64),
    ports: texts(raw, 'ports', 64),
    problems: texts(raw, 'problems', 64),
    ...named('gni6Prefix', gni6Prefix(raw, 'gni6Prefix')),
  };
}

function parseGuestState(raw: Raw): GuestState {
  const phase = guestPhases[whole(raw, 'phase')];
  if (phase === undefined) throw new Unfit('a guest state has no phase');
  const state = { guest: name(raw, 'guest'), phase, detail: text(raw, 'detail'), mtu: whole(raw, 'mtu') };
  const command = raw.command;
  if (!isRecord(command)) return state;
  const commandPhase = commandPhases[whole(command, 'phase')];
  if (commandPhase === undefined) return state;
  return {
    ...state,
    command: {
      phase: commandPhase,
      pid: whole(command, 'pid'),
      exitCode: finite(command, 'exitCode'),
      signal: text(command, 'signal'),
    },
  };
}

function parseEvent(raw: Raw): AgentEvent {
  return { timeMs: whole(raw, 'timeMs'), code: text(raw, 'code'), detail: text(raw, 'detail') };
}

function parsePath(raw: Raw): PathMeasurement {
  return {
    peer: name(raw, 'peer'),
    address: address(raw, 'address'),
    pathMtu: within(raw, 'pathMtu', 0, 65_535),
    roundTripUs: whole(raw, 'roundTripUs'),
    lostPercent: within(raw, 'lostPercent', 0, 100),
    packetsOut: whole(raw, 'packetsOut'),
    bytesOut: whole(raw, 'bytesOut'),
    packetsIn: whole(raw, 'packetsIn'),
    bytesIn: whole(raw, 'bytesIn'),
    drops: whole(raw, 'drops'),
    findings: texts(raw, 'findings', 16),
    testedMs: whole(raw, 'testedMs'),
  };
}

function parseResource(raw: Raw): Resource {
  const resource = {
    name: parseResourceName(record(raw, 'name')),
    version: text(raw, 'version', 1),
    body: resourceBody(raw),
  };
  const own = resourceName(resource.body);
  if (own.type !== resource.name.type || own.key !== resource.name.key) {
    throw new Unfit(`a resource is named ${resource.name.type} ${resource.name.key} but holds ${own.type} ${own.key}`);
  }
  return resource;
}

function resourceBody(raw: Raw): ResourceBody {
  switch (raw.body) {
    case 'network': {
      const body = record(raw, 'network');
      return {
        type: 'network',
        gni: gni(body),
        name: name(body, 'name'),
        prefixes: list(body, 'prefixes', limits.prefixesPerNetwork).map(parseNetworkPrefix),
      };
    }
    case 'guest': {
      const body = record(raw, 'guest');
      return {
        type: 'guest',
        name: name(body, 'name'),
        gni: gni(body),
        addresses: list(body, 'addresses', limits.addressesPerGuest).map((item) => formatPrefix(parseRawPrefix(item))),
        command: texts(body, 'command', limits.commandArguments, 4096),
        incarnation: whole(body, 'incarnation'),
      };
    }
    case 'session':
      return { type: 'session', ...parseSession(record(raw, 'session')) };
    case 'mapping': {
      const body = record(raw, 'mapping');
      return {
        type: 'mapping',
        ...parseMappingName(body),
        host: optional(text(body, 'host')),
        guest: optional(text(body, 'guest')),
        version: whole(body, 'version'),
        ...parseMac(body),
      };
    }
    default:
      throw new Unfit('a resource has no body that this version knows');
  }
}

function parseSession(raw: Raw): Session {
  return {
    peer: name(raw, 'peer'),
    address: address(raw, 'address'),
    udpPort: within(raw, 'udpPort', 1, 65_535),
    send: optional(text(raw, 'send')),
    accept: texts(raw, 'accept', 64),
    generation: whole(raw, 'generation'),
    reasons: texts(raw, 'reasons', 64),
    none: raw.none === true,
    peerIdentity: base64(raw, 'peerIdentity', [0, 32]),
    peerKeys: list(raw, 'peerKeys', limits.keyEpochs).map(parseHostKey),
    pairs: list(raw, 'pairs', limits.pairsPerSession).map(parsePair),
    ...named('peerGni6Prefix', gni6Prefix(raw, 'peerGni6Prefix')),
  };
}

function parsePair(raw: Raw): PairTerms {
  return {
    gni: gni(raw),
    own: address(raw, 'own'),
    theirs: address(raw, 'theirs'),
    send: optional(text(raw, 'send')),
    accept: texts(raw, 'accept', 64),
    none: raw.none === true,
  };
}

function parseMac(raw: Raw): { mac?: string } {
  const { mac } = raw;
  if (!(mac instanceof Uint8Array) || mac.length === 0) return {};
  if (mac.length !== 6) throw new Unfit('mac is no Ethernet address');
  return { mac: Array.from(mac, (byte) => byte.toString(16).padStart(2, '0')).join(':') };
}

function parseResourceName(raw: Raw): ResourceName {
  const type = resourceTypes[whole(raw, 'type')];
  if (type === undefined) throw new Unfit('a resource name has no type');
  return { type, key: text(raw, 'key', 1) };
}

function parseMappingName(raw: Raw): MappingName {
  return { gni: gni(raw), address: address(raw, 'address') };
}

function parseRawPrefix(raw: Raw): Prefix {
  const prefix = parseInterfaceAddress(`${address(raw, 'address')}/${whole(raw, 'length')}`);
  if (prefix === undefined) throw new Unfit('a prefix is longer than its address');
  return prefix;
}

function parseNetworkPrefix(raw: Raw): string {
  const prefix = parseRawPrefix(raw);
  if (networkAddress(prefix) !== prefix.address) throw new Unfit(`prefix ${formatPrefix(prefix)} has host bits`);
  return formatPrefix(prefix);
}

// ---- decode: single values ---------------------------------------------------------------------------

const nameRule = new RegExp(namePattern);

function isRecord(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null;
}

function record(raw: Raw, key: string): Raw {
  const value = raw[key];
  if (!isRecord(value)) throw new Unfit(`${key} is missing`);
  return value;
}

function list(raw: Raw, key: string, most: number): Raw[] {
  const value = raw[key];
  if (!Array.isArray(value)) return [];
  if (value.length > most) throw new Unfit(`${key} has ${value.length} entries; the limit is ${most}`);
  return value as Raw[];
}

function text(raw: Raw, key: string, least = 0, most: number = limits.textLength): string {
  return checkText(raw[key], key, least, most);
}

function checkText(value: unknown, key: string, least: number, most: number): string {
  if (typeof value !== 'string') throw new Unfit(`${key} is no text`);
  if (value.length < least) throw new Unfit(`${key} is empty`);
  if (value.length > most) throw new Unfit(`${key} has ${value.length} characters; the limit is ${most}`);
  return value;
}

function texts(raw: Raw, key: string, most: number, characters: number = limits.textLength): string[] {
  return (list(raw, key, most) as unknown[]).map((value) => checkText(value, key, 0, characters));
}

function name(raw: Raw, key: string): string {
  const value = text(raw, key);
  if (!nameRule.test(value))
    throw new Unfit(`${key} is not a name (a-z, 0-9, -, at most ${limits.nameLength} characters)`);
  return value;
}

function finite(raw: Raw, key: string): number {
  const value = raw[key];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Unfit(`${key} is no number`);
  return value;
}

function whole(raw: Raw, key: string): number {
  const value = raw[key];
  // An enum value that this version does not know arrives as its number, a known one too (toObject without enums: String).
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new Unfit(`${key} is no whole number`);
  return value;
}

function within(raw: Raw, key: string, least: number, most: number): number {
  const value = whole(raw, key);
  if (value < least || value > most) throw new Unfit(`${key} is ${value}, not ${least} to ${most}`);
  return value;
}

function gni(raw: Raw): number {
  return within(raw, 'gni', limits.gni.min, limits.gni.max);
}

function address(raw: Raw, key: string): string {
  return checkAddress(raw[key], key);
}

function addresses(raw: Raw, key: string, most: number): string[] {
  return (list(raw, key, most) as unknown[]).map((value) => checkAddress(value, key));
}

function checkAddress(value: unknown, key: string): string {
  const found = value instanceof Uint8Array ? addressFromBytes(value) : undefined;
  if (found === undefined) throw new Unfit(`${key} is no IP address`);
  return found;
}

/** 16 bytes, or none. */
function gni6Prefix(raw: Raw, key: string): string | undefined {
  const value = raw[key];
  if (!(value instanceof Uint8Array) || value.length === 0) return undefined;
  const prefix = parsePrefix(`${address(raw, key)}/64`);
  if (value.length !== 16 || prefix === undefined) throw new Unfit(`${key} is no IPv6 prefix of length 64`);
  return formatPrefix(prefix);
}

/** A member that is there only when it has a value. */
function named<K extends string>(key: K, value: string | undefined): { readonly [key in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: string };
}

/** Bytes of one of the lengths, in base64. */
function base64(raw: Raw, key: string, lengths: readonly number[]): string {
  const value = raw[key];
  if (!(value instanceof Uint8Array) || !lengths.includes(value.length))
    throw new Unfit(`${key} has not ${lengths.join(' or ')} bytes`);
  return Buffer.from(value).toString('base64');
}

function optional(value: string): string | undefined {
  return value === '' ? undefined : value;
}
