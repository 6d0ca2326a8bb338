/**
 * What the keys of the configuration files mean. The schemas say what values look like (which refusals quote); a test
 * says which key has no words here.
 */

/** `default` stands in the place of what the schema says where that depends on the machine or on another key. */
export interface KeyWords {
  readonly text: string;
  readonly default?: string;
}

export type FileWords = Readonly<Record<string, string | KeyWords>>;

export const agentWords: FileWords = {
  host: { text: 'name of this host in the region', default: 'the machine’s name' },
  controllers: 'where controllers listen for agents; they are tried in turn',
  'substrate.addresses': 'this host’s own addresses on the physical network: one IPv4 and one IPv6 at most',
  udpPort: 'UDP port of encapsulated packets, the same on all hosts of a region',
  stateDirectory: 'where the agent keeps what it was told, so that it comes back without a controller',
  statusSocket: 'Unix socket of the agent’s status, for `weft status`',
  namespacePrefix: 'what names of guests’ network namespaces begin with: a guest web is weft-web',
  labels: 'what policies and placement know of this host: area, rack, environment and others. Read again on SIGHUP',
  formats: {
    text: 'formats that this host offers, to stage a rollout. Read again on SIGHUP',
    default: 'all that the data plane has',
  },
  features: {
    text: 'features that this host offers; without a cipher it does not offer gni 3.0. Read again on SIGHUP',
    default: 'all that the data plane has',
  },
  'foreign.vxlan': 'frames of hosts without Weft, UDP 4789; auto: if the port is free',
  'foreign.geneve': 'frames of hosts without Weft, UDP 6081; auto: if the port is free',
  'gni6.prefix': { text: 'IPv6 /64 that the substrate routes to this host, for gni6', default: 'none' },
  joinTokenFile: { text: 'a join token, with which the host joins the region at its first start', default: 'none' },
  'keys.rotateMs': 'how often packets get new keys, in ms',
  'keys.directory': {
    text: 'where keys outlive the agent’s process: on a tmpfs; none: they end with the process',
    default: 'beside the status socket',
  },
  workers: { text: 'threads of the engine', default: 'one for each processor, at most 4' },
  'offloads.udpGso': 'several datagrams in one system call out',
  'offloads.udpGro': 'several datagrams in one system call in',
  'offloads.tso': 'guests send TCP in super-packets',
  'offloads.uso': 'guests send UDP in super-packets',
  'fastPath.mode':
    'who carries packets of veth and tap ports; auto: BPF programs at tc if the kernel takes them; xdp: unwrapped by the network card’s driver if that can; off: the engine carries everything',
  'fastPath.directory': 'where tables outlive the agent: on a bpffs; two agents on one machine need one each',
  'fastPath.sizes.locations': 'overlay addresses that the fast path’s table holds; what does not fit is the engine’s',
  'fastPath.sizes.peers': 'hosts that the fast path’s table holds',
  'fastPath.sizes.pairs': 'pairs of guests with terms of their own that the fast path’s table holds',
  'fastPath.flowSampling': 'one packet in so many is told as a flow record; 0: none',
  'firstPacket.queueBytes': 'bytes of packets that wait for a mapping, of all guests together',
  'firstPacket.packetsPerAddress': 'packets that wait for the mapping of one address',
  'firstPacket.deadlineMs': 'how long a packet waits for its mapping, in ms',
  'probe.intervalMs': 'how often the paths to other hosts are measured, in ms',
  'flows.sampling': 'one packet in so many is sampled; takes the place of fastPath.flowSampling',
  'flows.file': {
    text: 'where sampled packets are written, a line of JSON each',
    default: 'only the newest are kept, in memory',
  },
  'flows.maxBytes': 'most bytes of one file',
  'flows.files': 'how many files are kept: FILE, FILE.1 and so on',
  'metrics.address':
    'where /metrics, /healthz and /readyz are served to whoever reaches it; without key metrics nowhere',
  'metrics.port': 'TCP port of it',
  'log.level': 'the least that is logged',
};

export const controllerWords: FileWords = {
  name: 'name of the controller, as logs and `weft status` show it',
  stateDirectory: 'where the store is: one SQLite file',
  'listen.address': 'where agents connect',
  'listen.port': 'TCP port for agents; 0: any free one',
  'listen.connections': 'connections of agents at a time',
  'listen.connectionsPerSource': 'connections of one address, or of one IPv6 /64, at a time',
  'listen.names': 'names and addresses under which agents reach it too: in its certificate beside its addresses',
  'trust.certificate': { text: 'the region’s authority, PEM; together with its key', default: 'one is made' },
  'trust.key': { text: 'the key of the region’s authority, PEM', default: 'one is made' },
  'trust.hostCertificateMs': 'how long a host is trusted without being heard, in ms; it renews after two thirds of it',
  'api.connections': 'connections to the REST API at a time',
  'api.connectionsPerSource': 'connections of one address, or of one IPv6 /64, at a time',
  'api.rates.perSource.perSecond': 'requests a second of one address, in the long run',
  'api.rates.perSource.burst': 'requests of one address at once',
  'api.rates.perToken.perSecond': 'requests a second with one token, in the long run',
  'api.rates.perToken.burst': 'requests with one token at once',
  'api.rates.failures.perSecond': 'refused tokens a second of one address, in the long run',
  'api.rates.failures.burst': 'refused tokens of one address at once',
  'audit.entries': 'entries that the audit log keeps; the oldest go first',
  'audit.bytes': 'bytes that the audit log keeps; the oldest entries go first',
  'audit.refusals': 'at most so many of the entries are requests that were refused',
  'api.socket': 'Unix socket of the REST API, for root of this machine',
  'api.tcp.address': 'where the REST API listens for other machines, when `api.tcp` is there',
  'api.tcp.port': 'TCP port of the REST API; 0: any free one',
  'liveness.heartbeatMs': 'how often agent and controller say that they are there, in ms',
  'liveness.deadlineMs': 'after how much silence the other is taken for gone, in ms; at least twice the heartbeat',
  'metrics.address':
    'where /metrics, /healthz and /readyz are served to whoever reaches it; without key metrics nowhere',
  'metrics.port': 'TCP port of it',
  'log.level': 'the least that is logged',
};

export const labWords: FileWords = {
  name: { text: 'name of the lab; names of its namespaces begin with it', default: 'the file’s name' },
  'substrate.mtu': { text: 'largest packet of the links between hosts', default: '1500' },
  'substrate.families': { text: 'what the hosts have addresses of', default: 'ipv4' },
  'substrate.link': { text: 'switch: all hosts at one; direct: two hosts, joined without one', default: 'switch' },
  'controller.host': { text: 'the host that the controller runs on', default: 'one of its own' },
  'hosts[].name': 'name of the host',
  'hosts[].mtu': { text: 'largest packet of its link', default: 'the substrate’s' },
  'hosts[].labels': { text: 'labels as in agent.yaml', default: 'none' },
  'hosts[].formats': { text: 'formats as in agent.yaml', default: 'all' },
  'hosts[].features': { text: 'features as in agent.yaml', default: 'all' },
  'hosts[].keys.rotateMs': { text: 'how often packets get new keys, in ms', default: '900000' },
  'hosts[].foreign.vxlan': { text: 'as in agent.yaml', default: 'off' },
  'hosts[].foreign.geneve': { text: 'as in agent.yaml', default: 'off' },
  'hosts[].gni6': { text: 'whether the host has a /64 for gni6, routed to it', default: 'false' },
  'hosts[].fastPath': { text: 'as fastPath.mode in agent.yaml', default: 'auto' },
  'hosts[].workers': { text: 'threads of the engine', default: 'as in agent.yaml' },
  'hosts[].offloads.udpGso': { text: 'as in agent.yaml', default: 'auto' },
  'hosts[].offloads.udpGro': { text: 'as in agent.yaml', default: 'auto' },
  'hosts[].offloads.tso': { text: 'as in agent.yaml', default: 'auto' },
  'hosts[].offloads.uso': { text: 'as in agent.yaml', default: 'auto' },
  'clouds[].name': 'name of the virtual cloud',
  'clouds[].prefixes': 'its address ranges; other clouds may have the same',
  'clouds[].customer': { text: 'whose it is', default: 'nobody’s in particular' },
  'clouds[].gni': { text: 'its guest network identifier', default: 'the next free' },
  'guests[].name': 'name of the guest',
  'guests[].cloud': 'the virtual cloud that it is in',
  'guests[].host': { text: 'where it runs', default: 'on the best host' },
  'guests[].addresses': { text: 'its addresses', default: 'the next free ones' },
  'guests[].port': { text: 'how it is attached', default: 'as suits it' },
  'guests[].command': { text: 'argv of a program that is run inside it', default: 'none' },
};
