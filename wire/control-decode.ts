/**
 * The control protocol's edge inwards: bytes of one WebSocket message to a checked type.
 *
 * What does not fit is a refusal with the reason to close the session with; nothing throws.
 */
import { formatPrefix } from './address.ts';
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
  type Trace,
  type Traced,
  type TraceStep,
} from './control.ts';
import {
  address,
  addresses,
  base64,
  bytes,
  finite,
  gni,
  gni6Prefix,
  isRecord,
  list,
  mac,
  name,
  named,
  networkPrefix,
  optional,
  portKind,
  prefix,
  type Raw,
  record,
  text,
  texts,
  Unfit,
  whole,
  within,
} from './control-fields.ts';
import { weft } from './gen/control.js';
import { type CloseReason, limits } from './limits.ts';

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
    case 'traced':
      return { kind: 'traced', ...parseTraced(record(raw, 'traced')) };
    case 'certificateRequest':
      return {
        kind: 'certificateRequest',
        request: bytes(record(raw, 'certificateRequest'), 'request', limits.certificateRequestBytes),
      };
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
    case 'trace':
      return { kind: 'trace', ...parseTrace(record(raw, 'trace')) };
    case 'certificate': {
      const body = record(raw, 'certificate');
      return {
        kind: 'certificate',
        certificate: text(body, 'certificate', 0, limits.certificateBytes),
        authority: text(body, 'authority', 0, limits.authorityBytes),
        problem: text(body, 'problem'),
      };
    }
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
  const state = {
    ...{ guest: name(raw, 'guest'), phase, detail: text(raw, 'detail'), mtu: whole(raw, 'mtu') },
    ...named('port', portKind(raw)),
  };
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

function parseTraced(raw: Raw): Traced {
  return {
    trace: whole(raw, 'trace'),
    steps: list(raw, 'steps', limits.traceSteps).map(parseTraceStep),
    last: raw.last === true,
    problem: text(raw, 'problem'),
    answeredUs: whole(raw, 'answeredUs'),
  };
}

function parseTraceStep(raw: Raw): TraceStep {
  return {
    timeUs: whole(raw, 'timeUs'),
    executor: text(raw, 'executor'),
    program: text(raw, 'program'),
    side: text(raw, 'side'),
    verdict: text(raw, 'verdict'),
    reason: text(raw, 'reason'),
    device: text(raw, 'device'),
    leftBy: text(raw, 'leftBy'),
    guest: text(raw, 'guest'),
    peer: text(raw, 'peer'),
    encapsulation: text(raw, 'encapsulation'),
    mapping: text(raw, 'mapping'),
    length: whole(raw, 'length'),
    generation: whole(raw, 'generation'),
    outer: text(raw, 'outer'),
  };
}

function parseTrace(raw: Raw): Trace {
  return {
    trace: whole(raw, 'trace'),
    gni: gni(raw),
    source: address(raw, 'source'),
    destination: address(raw, 'destination'),
    waitMs: within(raw, 'waitMs', 0, limits.traceWaitMs),
    echo: within(raw, 'echo', 0, 65_535),
    inject: text(raw, 'inject'),
    dryRun: raw.dryRun === true,
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
        prefixes: list(body, 'prefixes', limits.prefixesPerNetwork).map(networkPrefix),
      };
    }
    case 'guest': {
      const body = record(raw, 'guest');
      return {
        type: 'guest',
        name: name(body, 'name'),
        gni: gni(body),
        addresses: list(body, 'addresses', limits.addressesPerGuest).map((item) => formatPrefix(prefix(item))),
        command: texts(body, 'command', limits.commandArguments, 4096),
        incarnation: whole(body, 'incarnation'),
        ...named('port', portKind(body)),
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
        ...named('mac', mac(body, 'mac')),
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

function parseResourceName(raw: Raw): ResourceName {
  const type = resourceTypes[whole(raw, 'type')];
  if (type === undefined) throw new Unfit('a resource name has no type');
  return { type, key: text(raw, 'key', 1) };
}

function parseMappingName(raw: Raw): MappingName {
  return { gni: gni(raw), address: address(raw, 'address') };
}
