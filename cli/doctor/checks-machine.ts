/** Checks of the machine: kernel, BPF, TUN, rights, limits, clock, disks. */
import { bytes } from '../output.ts';
import { type Check, type Finding, ok, problem, warning } from './check.ts';
import type { Facts } from './facts.ts';

/** `make kernels` tests from here on; the second is where what the engine needs began. */
const kernels = { tested: [6, 1], needed: [5, 10] } as const;

/** capabilities(7). */
const capabilities = { CAP_NET_ADMIN: 12, CAP_SYS_ADMIN: 21 } as const;

export const machineChecks: readonly Check[] = [
  { name: 'kernel', judge: kernel },
  { name: 'root', judge: root },
  { name: 'tun', judge: tun },
  { name: 'bpf', judge: bpf },
  { name: 'tools', judge: tools },
  { name: 'open files', judge: openFiles },
  { name: 'neighbours', judge: neighbours },
  { name: 'socket buffers', judge: socketBuffers },
  { name: 'clock', judge: clock },
  { name: 'disk', judge: disk },
];

function kernel({ machine: { release, architecture } }: Facts): readonly Finding[] {
  const version = release.split(/[.-]/).slice(0, 2).map(Number);
  const before = (wanted: readonly [number, number]) =>
    (version[0] ?? 0) < wanted[0] || (version[0] === wanted[0] && (version[1] ?? 0) < wanted[1]);
  if (!['x86_64', 'aarch64'].includes(architecture)) {
    return [problem(`the machine is ${architecture}, which Weft is not built for`, 'use an x86_64 or aarch64 machine')];
  }
  if (before(kernels.needed)) {
    return [problem(`Linux ${release} is older than 5.10`, 'install a newer kernel; Debian 12 brings 6.1')];
  }
  if (before(kernels.tested)) {
    return [warning(`Linux ${release} is older than 6.1, the oldest that Weft is tested on`, 'install a newer kernel')];
  }
  return [ok(`Linux ${release} on ${architecture}`)];
}

function root({ roles, isRoot, capabilities: held }: Facts): readonly Finding[] {
  const missing = Object.entries(capabilities).flatMap(([name, bit]) => ((held >> BigInt(bit)) & 1n ? [] : [name]));
  if (!isRoot || (roles.agent && missing.length > 0)) {
    const what = isRoot ? `root here lacks ${missing.join(' and ')}` : 'this is not root, so much cannot be seen';
    return [problem(what, isRoot ? 'give the container these capabilities' : 'run `weft doctor` as root')];
  }
  return [ok('root with what the agent needs')];
}

function tun({ roles, tun: found }: Facts): readonly Finding[] {
  if (!roles.agent) return [];
  switch (found) {
    case 'ok':
      return [ok('/dev/net/tun opens')];
    case 'missing':
      return [problem('/dev/net/tun is not there', '`modprobe tun`, and `echo tun > /etc/modules-load.d/weft.conf`')];
    case 'closed':
      return [problem('/dev/net/tun cannot be opened', 'give the container that device, or run this as root')];
  }
}

function bpf({ roles, fastPathMode, kernelTypes, bpffs, sysctl, agent }: Facts): readonly Finding[] {
  if (!roles.agent) return [];
  if (fastPathMode === 'off') return [ok('the fast path is switched off: the engine carries everything')];
  // A running agent knows better than any guess.
  if (agent.status?.fastPath !== undefined) return [ok(`the fast path works, by ${agent.status.fastPath.mode}`)];
  const findings: Finding[] = [];
  if (!kernelTypes) {
    findings.push(
      warning(
        '/sys/kernel/btf/vmlinux is not there, so the engine will carry everything',
        'use a kernel with CONFIG_DEBUG_INFO_BTF, as distributions build them',
      ),
    );
  }
  if (sysctl['net.core.bpf_jit_enable'] === 0) {
    findings.push(warning('BPF programs are interpreted, which is slow', '`sysctl -w net.core.bpf_jit_enable=1`'));
  }
  if (agent.status !== undefined && findings.length === 0) {
    findings.push(
      warning(
        'the agent has no fast path, so its engine carries everything',
        'look at `problems` of `weft status` for why, or say `fastPath: {mode: off}` if it is meant',
      ),
    );
  }
  if (findings.length > 0) return findings;
  return [ok(bpffs === 'mounted' ? 'BPF and its file system are there' : 'BPF is there; the agent mounts a bpffs')];
}

const toolPackages: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  ss: 'iproute2',
  nsenter: 'util-linux',
  ping: 'iputils-ping',
  ethtool: 'ethtool',
};

function tools({ roles, tools: found }: Facts): readonly Finding[] {
  if (!roles.agent) return [];
  const missing = Object.keys(toolPackages).filter((name) => found[name] === false);
  if (missing.length === 0) return [ok('the programs that Weft calls are there')];
  const packages = [...new Set(missing.map((name) => toolPackages[name]))];
  // Only the first one is needed to carry packets.
  const judge = missing.includes('ip') ? problem : warning;
  return [judge(`missing: ${missing.join(', ')}`, `\`apt install ${packages.join(' ')}\``)];
}

const wantedFiles = 4096;

function openFiles({ openFiles: limit }: Facts): readonly Finding[] {
  if (limit === undefined) return [];
  if (limit.soft >= wantedFiles) return [ok(`${limit.whose} may open ${limit.soft} files`)];
  return [
    warning(
      `${limit.whose} may open ${limit.soft} files, which a host with many guests will need more than`,
      'set LimitNOFILE=65536 in the unit (`systemctl edit weft-agent`)',
    ),
  ];
}

/** One per guest and peer; the table is one for the whole machine. */
const neighboursPerHost = 1024;

function neighbours({ roles, sysctl, agent }: Facts): readonly Finding[] {
  const most = sysctl['net.ipv4.neigh.default.gc_thresh3'];
  if (!roles.agent || most === undefined) return [];
  const used = (agent.status?.guests.length ?? 0) + (agent.status?.peers.length ?? 0);
  if (used * 2 <= most && most >= neighboursPerHost) return [ok(`the kernel remembers up to ${most} neighbours`)];
  const wanted = Math.max(4 * neighboursPerHost, used * 4);
  return [
    warning(
      `the kernel remembers ${most} neighbours for all namespaces together, and ${used} guests and peers are here`,
      `\`sysctl -w net.ipv4.neigh.default.gc_thresh3=${wanted}\`, and the same for ipv6`,
    ),
  ];
}

const wantedBuffer = 4 << 20;

/** The engine may exceed them as root; other users of the machine may not. */
function socketBuffers({ roles, agent }: Facts): readonly Finding[] {
  const lost = agent.status?.receiveOverflows ?? 0;
  if (!roles.agent || agent.status === undefined) return [];
  if (lost === 0) return [ok('no datagram was lost because a socket was full')];
  return [
    warning(
      `${lost} datagrams were lost because the agent's sockets were full`,
      `more \`workers\` in agent.yaml if processors are free, or \`sysctl -w net.core.rmem_max=${4 * wantedBuffer}\``,
    ),
  ];
}

/** Certificates and tokens are judged by the clock; keys' epochs are seconds of it. */
const aheadLimits = { warning: 2000, problem: 60_000 } as const;

function clock({ clock: { synchronized, aheadMs } }: Facts): readonly Finding[] {
  const findings: Finding[] = [];
  const fix = '`timedatectl set-ntp true`, or install chrony; then compare `date -u` on both machines';
  if (aheadMs !== undefined && Math.abs(aheadMs) >= aheadLimits.warning) {
    const side = aheadMs > 0 ? 'ahead of' : 'behind';
    const says = `this clock is ${spell(Math.abs(aheadMs))} ${side} the controller's`;
    findings.push(Math.abs(aheadMs) >= aheadLimits.problem ? problem(says, fix) : warning(says, fix));
  }
  if (synchronized === false) findings.push(warning('nothing keeps this clock right', fix));
  if (findings.length > 0) return findings;
  if (aheadMs !== undefined) return [ok("this clock agrees with the controller's")];
  return synchronized ? [ok('this clock is synchronized')] : [];
}

function spell(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

const wantedBytes = { warning: 512 << 20, problem: 32 << 20 } as const;

function disk({ disks }: Facts): readonly Finding[] {
  return disks.flatMap(({ path, what, freeBytes, freeFiles, writable }): Finding[] => {
    const free = `${bytes(freeBytes)} are free for ${what} (${path})`;
    if (!writable) {
      return [problem(`${what} (${path}) cannot be written`, `\`mount | grep -w ro\`; \`ls -ld ${path}\``)];
    }
    if (freeFiles < 100)
      return [problem(`no file can be made for ${what} (${path})`, `\`df -i ${path}\`: remove some`)];
    if (freeBytes < wantedBytes.problem) return [problem(`only ${free}`, `make room: \`df -h ${path}\``)];
    return [freeBytes < wantedBytes.warning ? warning(`only ${free}`, `make room: \`df -h ${path}\``) : ok(free)];
  });
}
