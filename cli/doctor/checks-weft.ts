/** Checks of Weft on the machine: files, certificates, substrate, ports, the agent and the controller themselves. */
import { ports } from '../../wire/limits.ts';
import { type Check, type Finding, ok, problem, warning } from './check.ts';
import type { ConfigFact, Device, Facts, FileFact, Listener } from './facts.ts';

export const weftChecks: readonly Check[] = [
  { name: 'configuration', judge: configuration },
  { name: 'permissions', judge: permissions },
  { name: 'certificates', judge: certificates },
  { name: 'substrate', judge: substrate },
  { name: 'mtu', judge: mtu },
  { name: 'offloads', judge: offloads },
  { name: 'ports', judge: usedPorts },
  { name: 'path to controller', judge: controllerPath },
  { name: 'agent', judge: agent },
  { name: 'peers', judge: peers },
  { name: 'controller', judge: controller },
];

function configuration({ roles, configs }: Facts): readonly Finding[] {
  const judge = (file: ConfigFact | undefined, what: string): Finding[] => {
    if (file === undefined) return [];
    if (!file.found) {
      return [warning(`${file.path} is not there, so no ${what} can start`, `copy examples/${what}.yaml there`)];
    }
    if (file.error !== undefined) return [problem(`${file.path}: ${file.error}`, 'mend the file')];
    return [ok(`${file.path} is there`)];
  };
  return [
    ...(roles.agent ? judge(configs.agent, 'agent') : []),
    ...(roles.controller ? judge(configs.controller, 'controller') : []),
  ];
}

function permissions({ files }: Facts): readonly Finding[] {
  const present = files.filter(({ found }) => found !== 'missing');
  const findings = present.flatMap(judgeFile);
  return findings.length > 0 || present.length === 0
    ? findings
    : [ok(`${present.length} files and directories are closed to others`)];
}

function judgeFile({ path, kind, found, mode, uid }: FileFact): readonly Finding[] {
  const octal = mode.toString(8).padStart(4, '0');
  const closed = found === 'directory' ? '700' : '600';
  if (found === 'unreadable') return [warning(`${path} cannot be looked at`, 'run this as root')];
  if (kind === 'private' && (mode & 0o077) !== 0) {
    return [problem(`${path} holds secrets and others may open it (mode ${octal})`, `\`chmod ${closed} ${path}\``)];
  }
  if ((mode & 0o002) !== 0) {
    return [problem(`everybody may write ${path} (mode ${octal})`, `\`chmod o-w ${path}\``)];
  }
  // Daemons may have a user of their own for their state, never for what they are told to do.
  if (kind === 'config' && uid !== 0) {
    return [
      warning(`${path} belongs to user ${uid}, who may change what root's programs do`, `\`chown root ${path}\``),
    ];
  }
  return [];
}

const dayMs = 86_400_000;

function certificates({ certificates: all, nowMs }: Facts): readonly Finding[] {
  return all.map(({ path, validFromMs = 0, validToMs = 0, subject, error }) => {
    if (error !== undefined) return problem(`${path} is no certificate: ${error}`, 'join again: `weft join URL TOKEN`');
    const days = Math.floor((validToMs - nowMs) / dayMs);
    const until = new Date(validToMs).toISOString().slice(0, 10);
    if (nowMs < validFromMs) {
      return problem(
        `${path} counts from ${new Date(validFromMs).toISOString()} on, which is in the future`,
        'set this clock right: `timedatectl`',
      );
    }
    if (nowMs >= validToMs) return problem(`${path} ended on ${until}`, 'join again: `weft join URL TOKEN`');
    // Agents renew theirs long before, so a short time means that renewing fails.
    if (validToMs - nowMs < Math.min(3 * dayMs, (validToMs - validFromMs) / 6)) {
      return warning(`${path} ends in ${days} days and was not renewed`, 'look at the log: `journalctl -u weft-agent`');
    }
    return ok(`${subject ?? path} counts until ${until}`);
  });
}

function deviceOf(devices: readonly Device[], address: string): Device | undefined {
  return devices.find(({ addresses }) => addresses.includes(address));
}

function substrate({ roles, devices, substrate: { addresses } }: Facts): readonly Finding[] {
  if (!roles.agent || devices === undefined) return [];
  return addresses.map((address) => {
    const device = deviceOf(devices, address);
    if (device === undefined) {
      return problem(
        `the substrate address ${address} is on no device of this machine`,
        'set `substrate.addresses` in agent.yaml to one of `ip address`, or give the machine that address',
      );
    }
    if (!device.up) return problem(`${device.name} with ${address} is down`, `\`ip link set ${device.name} up\``);
    return ok(`${address} is on ${device.name}`);
  });
}

/** Outer IPv6 and UDP headers, and those of gni 3.0 with its tag. */
const encapsulationBytes = 40 + 8 + 36;
/** RFC 8200 §5, and RFC 791: what has to pass everywhere. */
const leastInside = { ipv6: 1280, ipv4: 576 } as const;

function mtu({ roles, devices, substrate: { addresses }, agent: { status } }: Facts): readonly Finding[] {
  if (!roles.agent || devices === undefined) return [];
  const used = [...new Set(addresses.flatMap((address) => deviceOf(devices, address) ?? []))];
  const findings = used.map((device): Finding => {
    const inside = device.mtu - encapsulationBytes;
    const says = `${device.name} takes ${device.mtu} bytes, so guests get about ${inside}`;
    if (inside >= leastInside.ipv6) return ok(says);
    const judge = inside < leastInside.ipv4 ? problem : warning;
    return judge(
      `${says}, less than IPv6 needs`,
      `\`ip link set ${device.name} mtu 1500\`, if the network carries that`,
    );
  });
  const largest = Math.max(0, ...used.map((device) => device.mtu));
  const narrow = (status?.peers ?? []).filter(({ pathMtu }) => pathMtu > 0 && pathMtu < largest);
  if (narrow.length === 0) return findings;
  const names = narrow.slice(0, 5).map(({ host, pathMtu }) => `${host} (${pathMtu})`);
  return [
    ...findings,
    warning(
      `paths carry less than this machine's ${largest} bytes: ${names.join(', ')}${narrow.length > 5 ? ', …' : ''}`,
      'Weft keeps to it; to have more, find the narrow device between: `tracepath HOST`',
    ),
  ];
}

/** What lets one packet of 64 KiB cross where 44 would have to. */
const wantedOffloads = ['tx-checksumming', 'generic-segmentation-offload', 'generic-receive-offload'] as const;

function offloads({ roles, devices, substrate: { addresses }, agent: { status } }: Facts): readonly Finding[] {
  if (!roles.agent || devices === undefined) return [];
  const used = [...new Set(addresses.flatMap((address) => deviceOf(devices, address) ?? []))];
  const findings = used.flatMap((device): Finding[] => {
    const off = wantedOffloads.filter((name) => device.offloads?.[name] === false);
    if (device.offloads === undefined) return [];
    if (off.length === 0) return [ok(`${device.name} has the offloads that help`)];
    const short = { 'tx-checksumming': 'tx', 'generic-segmentation-offload': 'gso', 'generic-receive-offload': 'gro' };
    const words = off.map((name) => `${short[name]} on`).join(' ');
    return [
      warning(`${device.name} has ${off.join(', ')} off, which costs speed`, `\`ethtool -K ${device.name} ${words}\``),
    ];
  });
  const refused = Object.entries(status?.offloads ?? {}).flatMap(([name, on]) => (on ? [] : [name]));
  if (refused.length === 0) return findings;
  return [
    ...findings,
    warning(
      `the engine runs without ${refused.join(', ')}`,
      'if agent.yaml does not switch them off, the kernel refused them: see `problems` of `weft status`',
    ),
  ];
}

function usedPorts(facts: Facts): readonly Finding[] {
  const {
    roles,
    listeners,
    substrate: own,
    agent: { status },
  } = facts;
  if (listeners === undefined) return [];
  const findings: Finding[] = [];
  if (roles.agent) {
    findings.push(...judgePort(listeners, 'udp', own.udpPort, status?.pid, 'agent'));
    findings.push(...foreignFrames(facts));
  }
  if (roles.controller) findings.push(...controllerPort(facts));
  return findings;
}

function judgePort(
  listeners: readonly Listener[],
  protocol: Listener['protocol'],
  port: number,
  ownPid: number | undefined,
  what: string,
): readonly Finding[] {
  const name = `${protocol.toUpperCase()} port ${port}`;
  const holders = listeners.filter((each) => each.protocol === protocol && each.port === port);
  // systemd may hold the agent's sockets over a restart.
  const others = holders.filter(({ pid }) => pid !== undefined && pid !== ownPid && pid !== 1);
  const [other] = others;
  if (ownPid !== undefined) {
    if (holders.some(({ pid }) => pid === ownPid)) return [ok(`the ${what} has ${name}`)];
    if (holders.length === 0) {
      return [problem(`the ${what} runs and nobody has ${name}`, `\`systemctl restart weft-${what}\``)];
    }
  }
  if (other?.program === `weft ${what}`) {
    const says = `${name} is held by a ${other.program} (process ${other.pid ?? '?'}) that does not answer`;
    return [problem(says, `look at its log, then \`systemctl restart weft-${what}\``)];
  }
  if (other !== undefined) {
    const says = `${name} is taken by ${other.program ?? 'a program'} (process ${other.pid ?? '?'})`;
    return [problem(says, `stop that program, or give the ${what} another port in ${what}.yaml`)];
  }
  return holders.length > 0 ? [] : [ok(`${name} is free`)];
}

/** A kernel's vxlan or geneve, or Open vSwitch, has the port for itself. */
function foreignFrames({ listeners = [], agent: { status } }: Facts): readonly Finding[] {
  return (['vxlan', 'geneve'] as const).flatMap((framework) => {
    const [holder] = listeners.filter(
      ({ protocol, port, pid }) => protocol === 'udp' && port === ports[framework] && pid !== status?.pid,
    );
    if (holder === undefined) return [];
    return [
      warning(
        `UDP port ${ports[framework]} is used by ${holder.program ?? 'the kernel'}: this host cannot take ${framework} of others`,
        `if it shall, remove the other (\`ip -d link show type ${framework}\`); else leave \`foreign\` off`,
      ),
    ];
  });
}

function controllerPort({ listeners = [], controller: { status } }: Facts): readonly Finding[] {
  const [holder] = listeners.filter(({ protocol, port }) => protocol === 'tcp' && port === ports.control);
  if (status !== undefined) {
    return holder === undefined
      ? [
          warning(
            `the controller answers, and nobody listens on TCP port ${ports.control}`,
            'see `listen` in controller.yaml',
          ),
        ]
      : [ok(`TCP port ${ports.control} is listened on`)];
  }
  if (holder === undefined) return [ok(`TCP port ${ports.control} is free`)];
  const says = `TCP port ${ports.control} is taken by ${holder.program ?? 'a program'}, and the controller does not answer`;
  return [problem(says, 'stop that program, or see `journalctl -u weft-controller`')];
}

function controllerPath({ roles, reach, agent: { status } }: Facts): readonly Finding[] {
  if (!roles.agent || reach.length === 0) return [];
  const findings = reach.map(({ url, error }) =>
    error === undefined
      ? ok(`${url} takes connections`)
      : warning(`${url} cannot be reached: ${error}`, 'is the controller up, and is its TCP port open on the way?'),
  );
  const none = findings.every(({ verdict }) => verdict !== 'ok') && status?.session.state !== 'connected';
  return none ? findings.map((finding) => ({ ...finding, verdict: 'problem' })) : findings;
}

function agent({ roles, configs, nowMs, agent: { status, error, socket } }: Facts): readonly Finding[] {
  if (!roles.agent) return [];
  if (status === undefined) {
    // Before it is installed there is nothing to miss.
    if (configs.agent?.found !== true) return [];
    const fix = '`systemctl status weft-agent`, `journalctl -u weft-agent -n 50`';
    return [problem(error ?? `no agent answers on ${socket}`, fix)];
  }
  const { session, capabilities, guests } = status;
  const stuckMs = Math.max(0, ...status.workerAgeMs);
  const failed = guests.filter(({ phase }) => phase === 'failed');
  return [
    session.state === 'connected'
      ? ok(`agent ${status.version} of host ${status.host} has its controller`)
      : problem(
          `the agent has no controller (${session.state}): ${session.lastError ?? 'no connection yet'}`,
          `packets go on meanwhile; is ${session.controller} up and reachable?`,
        ),
    ...capabilities.problems.map((each) => warning(each, 'what needs it is done by the engine, or not offered')),
    ...(stuckMs > 5000
      ? [problem(`an engine thread was last seen ${stuckMs} ms ago`, '`weft bundle`, then restart')]
      : []),
    ...failed.map(({ name, detail }) =>
      problem(`guest ${name} failed: ${detail ?? 'no reason told'}`, '`weft get guests`'),
    ),
    ...recent(status.errors, nowMs),
  ];
}

const recentMs = 10 * 60_000;

function recent(errors: NonNullable<Facts['agent']['status']>['errors'], nowMs: number): readonly Finding[] {
  const last = errors.filter(({ timeMs }) => nowMs - timeMs < recentMs).at(-1);
  if (last === undefined) return [];
  return [warning(`the agent's last error: ${last.where}: ${last.message}`, '`weft status` and its log have the rest')];
}

function peers({ roles, agent: { status } }: Facts): readonly Finding[] {
  if (!roles.agent || status === undefined || status.peers.length === 0) return [];
  const findings = status.peers.flatMap(({ host, none, lostPercent = 0, findings: tested = [] }): Finding[] => [
    ...(none ? [problem(`policies leave no format towards ${host}`, `\`weft explain ${status.host} ${host}\``)] : []),
    ...(lostPercent >= 100
      ? [
          problem(
            `nothing comes back from ${host}`,
            `is it up? \`ping\` its substrate address, then UDP ${status.udpPort}`,
          ),
        ]
      : lostPercent > 0
        ? [
            warning(
              `${lostPercent} % of probes to ${host} are lost`,
              'look at the network between: `mtr`, switch counters',
            ),
          ]
        : []),
    ...tested.map((finding) => warning(`session with ${host}: ${finding}`, `\`weft explain ${status.host} ${host}\``)),
  ]);
  return findings.length > 0 ? findings : [ok(`${status.peers.length} peers answer`)];
}

function controller({ roles, configs, controller: { status, away = [], error, endpoint } }: Facts): readonly Finding[] {
  if (!roles.controller) return [];
  if (status === undefined) {
    if (configs.controller?.found !== true) return [];
    const fix = '`systemctl status weft-controller`, `journalctl -u weft-controller -n 50`';
    return [problem(error ?? `no controller answers at ${endpoint}`, fix)];
  }
  if (away.length > 0) {
    const names = `${away.slice(0, 5).join(', ')}${away.length > 5 ? ', …' : ''}`;
    return [
      warning(`${away.length} of ${status.hosts.known} hosts are away: ${names}`, '`weft doctor` on each of them'),
    ];
  }
  return [ok(`controller ${status.version} '${status.name}', ${status.hosts.connected} hosts connected`)];
}
