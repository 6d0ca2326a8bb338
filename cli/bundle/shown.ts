/**
 * What of a JSON or YAML value goes into a bundle: keys on a list, and nothing else. A key that is not on it is there
 * by name and its value is not: what a later version adds, or somebody mistypes, is closed until it is put here.
 */
export const notShown = '(not shown)';

/** Of status, REST resources and configuration files, whose values are no secrets and hold none. */
const shownKeys: ReadonlySet<string> = new Set(
  `
  host version pid startedMs substrateAddresses udpPort session state controller sinceMs epoch lastError retryAtMs
  capabilities formats features executors ports problems gni6Prefix networks gni name prefixes guests namespace
  interface port executor device engineDevice mac addresses phase detail mtu command exit out in packets bytes
  peers address send accept none pairs generation reasons pathMtu roundTripUs lostPercent findings
  mappings keys older fastPath mode former tables table entries most lostEvents local receiveOverflows
  portOverflows waitingPackets workerAgeMs errors timeMs where message
  revision hosts known connected vpcs subscriptions events code items framework lastHeardMs agentVersion assets kernel
  operatingSystem architecture cpus cpuModel memoryBytes nics up speedMbps paths peer vpc customer subscribers source
  destination selected decidedBy accepted sending keyEpochs match effect author priority description
  controllers substrate stateDirectory statusSocket namespacePrefix foreign vxlan geneve gni6 prefix rotateMs
  directory workers sizes locations flowSampling firstPacket queueBytes packetsPerAddress deadlineMs probe intervalMs
  log level listen api socket tcp liveness heartbeatMs check checks verdict says fix
  time msg err type stack signal reason guest link area error format count ms url file status method route
  generations
  `
    .trim()
    .split(/\s+/),
);

/** Whose keys are data themselves; their values are numbers, switches and short words. */
const maps: ReadonlySet<string> = new Set(['drops', 'dropReasons', 'handedOver', 'offloads', 'labels']);

const plainName = /^[A-Za-z][A-Za-z0-9_.-]{0,47}$/;
const secretName = /pass|secret|token|credential|private|psk|apikey|api-key|api_key/i;

export function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inside]) => {
      if (!plainName.test(key)) return [];
      if (maps.has(key)) return [[key, shownMap(inside)]];
      // A guest's program: how it is called may hold passwords.
      const isArguments = key === 'command' && Array.isArray(inside);
      return [[key, shownKeys.has(key) && !isArguments ? shown(inside) : notShown]];
    }),
  );
}

function shownMap(value: unknown): unknown {
  // Of an agent's capabilities: a list of words.
  if (Array.isArray(value)) return value.filter((word) => typeof word === 'string');
  if (typeof value === 'number') return value;
  if (typeof value !== 'object' || value === null) return notShown;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inside]) => {
      if (!plainName.test(key)) return [];
      const plain = typeof inside !== 'object' && !secretName.test(key);
      return [[key, plain ? inside : notShown]];
    }),
  );
}
