/** Records of hosts without an agent, and of the guests there: what is written by hand and nobody watches. Pure. */
import { ports } from '../../wire/limits.ts';
import type { ForeignFramework, GuestRequest } from '../../wire/resources.ts';
import type { GuestValue, HostValue, Vpc } from './records.ts';
import { grant, type Outcome, refuse } from './refusal.ts';

export interface ForeignDescription {
  readonly address: string;
  readonly framework: ForeignFramework;
  readonly labels: Readonly<Record<string, string>>;
}

/** Its one capability is its framework; it has no ports, so nothing is ever placed on it. */
export function foreignHost({ address, framework, labels }: ForeignDescription): HostValue {
  return {
    instance: '',
    framework,
    agentVersion: '',
    substrateAddresses: [address],
    udpPort: ports[framework],
    capabilities: { formats: [framework], features: [], offloads: [], executors: [], ports: [], problems: [] },
    assets: {
      kernel: '',
      operatingSystem: '',
      architecture: '',
      cpus: 0,
      cpuModel: '',
      memoryBytes: 0,
      nics: [],
      labels: { ...labels },
    },
  };
}

/** To an agent that says this host name; short, since it is told with the close of its session. */
export function hasNoAgent(name: string): string {
  return `host '${name}' was created as one without an agent: delete it, or choose another name`;
}

export function planForeignGuest(
  { name, mac, command, port, require = [], desire = [] }: GuestRequest,
  vpc: Vpc,
  host: string,
  addresses: string[],
): Outcome<GuestValue> {
  const where = `host '${host}' has no agent`;
  if (command !== undefined) return refuse('invalid', `${where} that could run a command in guest '${name}'`);
  if (port !== undefined) return refuse('invalid', `${where} that could give guest '${name}' a port: leave out 'port'`);
  if (require.length + desire.length > 0) {
    return refuse('invalid', `${where} to ask what it can: leave out 'require' and 'desire'`);
  }
  if (mac === undefined) return refuse('invalid', `${where}: say the Ethernet address of guest '${name}' there (mac)`);
  if (isGroup(mac)) return refuse('invalid', `${mac} is the Ethernet address of a group, not of one guest`);
  return grant({ vpc: vpc.name, gni: vpc.gni, host, addresses, mac, command: [], placement: 'named; no agent there' });
}

/** Broadcast and multicast (IEEE 802: the first bit on the wire), and the address that is none. */
function isGroup(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1 || mac === '00:00:00:00:00:00';
}
