/**
 * What is in a bundle: one row a file. Programs are called with arguments that say nothing of environments and command
 * lines; answers of agent and controller go through `shown`, and every text through `scrub` in the end.
 */
import { parse, stringify } from 'yaml';
import { version } from '../../wire/version.ts';
import type { Facts } from '../doctor/facts.ts';
import { judge } from '../doctor/index.ts';
import { parseWeftConfig } from '../doctor/weft-config.ts';
import { Problem } from '../problem.ts';
import { shown } from './shown.ts';

/** Where a bundle's parts come from; injected, so that tests plant secrets everywhere. */
export interface Sources {
  /** What a program wrote; undefined: it is not there, or failed. */
  readonly outputOf: (argv: readonly string[]) => Promise<string | undefined>;
  /** A file's text; undefined: it cannot be read. */
  readonly textOf: (path: string) => string | undefined;
  /** A GET of the controller's API; throws a Problem. */
  readonly askController: (path: string) => Promise<unknown>;
  readonly facts: () => Promise<Facts>;
  readonly agentConfig: string;
  readonly controllerConfig: string;
  readonly nowMs: number;
}

export interface Part {
  readonly name: string;
  /** For those who open the bundle. */
  readonly what: string;
  /** Undefined: it could not be had. */
  readonly read: (sources: Sources) => Promise<string | undefined>;
}

const logLines = 2000;

export const parts: readonly Part[] = [
  { name: 'about.json', what: 'versions, machine, time', read: about },
  {
    name: 'doctor.json',
    what: 'what weft doctor finds',
    read: async ({ facts }) => json({ checks: judge(await facts()) }),
  },
  {
    name: 'agent/status.json',
    what: 'the agent’s status, without arguments of guests’ commands',
    read: async ({ facts }) => {
      const { status, error } = (await facts()).agent;
      if (status === undefined && error !== undefined) throw new Problem(error);
      return status === undefined ? undefined : json(shown(status));
    },
  },
  {
    name: 'agent/agent.yaml',
    what: 'its configuration, keys that are known to hold no secret',
    read: async ({ textOf, agentConfig }) => config(agentConfig, textOf(agentConfig)),
  },
  {
    name: 'controller/controller.yaml',
    what: 'the controller’s configuration, likewise',
    read: async ({ textOf, controllerConfig }) => config(controllerConfig, textOf(controllerConfig)),
  },
  ask('status', 'the controller’s status and its latest events'),
  ask('hosts', 'hosts as the controller knows them'),
  ask('guests', 'guests, without their commands’ arguments'),
  ask('vpcs', 'virtual clouds'),
  ask('selections', 'selections and sessions of all pairs'),
  ask('policies', 'policies'),
  program('network/links.json', 'devices', ['ip', '-j', '-d', '-s', 'link']),
  program('network/addresses.json', 'addresses', ['ip', '-j', 'address']),
  program('network/routes4.json', 'routes', ['ip', '-j', '-4', 'route', 'show', 'table', 'all']),
  program('network/routes6.json', 'routes', ['ip', '-j', '-6', 'route', 'show', 'table', 'all']),
  program('network/rules.json', 'routing rules', ['ip', '-j', 'rule']),
  program('network/neighbours.json', 'neighbours', ['ip', '-j', 'neighbour']),
  program('network/namespaces.txt', 'network namespaces', ['ip', 'netns', 'list']),
  program('network/udp.txt', 'who listens', ['ss', '-ulnp']),
  program('network/tcp.txt', 'who listens', ['ss', '-tlnp']),
  program('network/nft.txt', 'the packet filter', ['nft', 'list', 'ruleset']),
  program('network/tc.txt', 'queues', ['tc', '-s', 'qdisc']),
  { name: 'network/filters.txt', what: 'BPF programs at the devices', read: filters },
  program('network/snmp.txt', 'the kernel’s counters', ['nstat', '-asz']),
  program('bpf/programs.txt', 'BPF programs', ['bpftool', 'prog', 'list']),
  program('bpf/maps.txt', 'BPF maps', ['bpftool', 'map', 'list']),
  ...['weft-agent', 'weft-controller'].flatMap((unit) => [
    program(`units/${unit}.txt`, 'the service, as systemd sees it', [
      ...['systemctl', 'show', unit],
      '--property=ActiveState,SubState,Result,NRestarts,ExecMainStatus,ExecMainCode,MainPID,ActiveEnterTimestamp',
      '--property=MemoryCurrent,TasksCurrent,LimitNOFILE,WatchdogUSec,FileDescriptorStoreMax,NFileDescriptorStore',
    ]),
    {
      name: `logs/${unit}.txt`,
      what: `its last ${logLines} lines`,
      read: (sources: Sources) => journal(sources, unit),
    },
  ]),
];

function program(name: string, what: string, argv: readonly string[]): Part {
  return { name, what: `${what}: ${argv.slice(0, 6).join(' ')}`, read: ({ outputOf }) => outputOf(argv) };
}

function ask(kind: string, what: string): Part {
  return {
    name: `controller/${kind}.json`,
    what,
    read: async (sources) => json(shown(await sources.askController(`/${kind}`))),
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 1)}\n`;
}

/** Lines of these names: others of /etc/os-release may be anything. */
const releaseLines = /^(?:PRETTY_NAME|ID|VERSION_ID|VERSION_CODENAME)=.*$/gm;

async function about({ textOf, outputOf, nowMs }: Sources): Promise<string> {
  const memory = /^MemTotal:\s*(.*)$/m.exec(textOf('/proc/meminfo') ?? '')?.[1];
  const cpu = /^model name\s*:\s*(.*)$/m.exec(textOf('/proc/cpuinfo') ?? '')?.[1];
  return json({
    weft: version,
    node: process.version,
    time: new Date(nowMs).toISOString(),
    kernel: textOf('/proc/sys/kernel/version')?.trim(),
    release: textOf('/proc/sys/kernel/osrelease')?.trim(),
    system: textOf('/etc/os-release')?.match(releaseLines),
    packages: (await outputOf(['dpkg-query', '-W', 'weft-agent', 'weft-controller', 'weft-cli']))?.trim().split('\n'),
    virtual: (await outputOf(['systemd-detect-virt']))?.trim(),
    memory,
    cpu,
    uptimeSeconds: textOf('/proc/uptime')?.split(' ')[0],
    load: textOf('/proc/loadavg')?.trim(),
    pressure: textOf('/proc/pressure/cpu')?.trim(),
  });
}

function config(path: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const { fact } = parseWeftConfig(path, text);
  // A text that is no YAML has no keys to choose by.
  if (fact.error !== undefined) return `# not shown: ${fact.error}\n`;
  return stringify(shown(parse(text)));
}

/** Of the devices that have such a hook: Weft's own, and those of the substrate. */
async function filters({ outputOf, facts }: Sources): Promise<string | undefined> {
  const { devices = [] } = await facts();
  const wanted = devices.filter(({ name, addresses }) => /^w[ge]/.test(name) || addresses.length > 0).slice(0, 32);
  const texts = await Promise.all(
    wanted.map(
      async ({ name }) => `${name}\n${(await outputOf(['tc', 'filter', 'show', 'dev', name, 'ingress'])) ?? '-\n'}`,
    ),
  );
  return texts.length === 0 ? undefined : texts.join('');
}

async function journal({ outputOf }: Sources, unit: string): Promise<string | undefined> {
  const argv = ['journalctl', '--no-pager', '--no-hostname', '-o', 'short-iso', '-n', String(logLines), '-u', unit];
  const text = await outputOf(argv);
  return text?.split('\n').map(logLine).join('\n');
}

/** The daemons log JSON: of that, fields that are known. */
export function logLine(line: string): string {
  const start = line.indexOf('{');
  if (start < 0) return line;
  try {
    const fields = JSON.parse(line.slice(start)) as unknown;
    return `${line.slice(0, start)}${JSON.stringify(shown(fields))}`;
  } catch {
    return line;
  }
}
