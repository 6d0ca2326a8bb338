/** All that a machine is made of, as lines: to see what is left of something that came and went. */
import type { Machine } from './machine.ts';

/** What any package and any boot changes, whoever's it is. */
const passing = [
  ...['/var/lib/dpkg', '/var/lib/apt', '/var/cache', '/var/log', '/tmp', '/var/tmp', '/packages', '/root'],
  ...['/var/lib/systemd/timers', '/var/lib/systemd/random-seed', '/var/lib/systemd/catalog', '/etc/.pwd.lock'],
  // Copies that every tool for users makes of what was before.
  ...['/etc/passwd-', '/etc/group-', '/etc/shadow-', '/etc/gshadow-'],
];

/** systemd's and D-Bus's own, and the folder that `ip netns` makes; what a service has under /run is looked at. */
const passingRun = [
  '/run/netns',
  '/run/systemd',
  '/run/udev',
  '/run/log',
  '/run/user',
  '/run/credentials',
  '/run/lock',
  '/run/utmp',
];

const script = `
skip() { for path in "$@"; do printf ' -path %s -prune -o' "$path"; done; }
files() { find "$@"; }
eval "files / -xdev $(skip ${passing.join(' ')}) \\( -type f -o -type l -o -type d \\) -printf 'path %p %y %m %u %g %l\\n'"
eval "files / -xdev $(skip ${passing.join(' ')}) -type f -print0" | xargs -0 md5sum | sed 's/^/content /'
eval "files /run -xdev $(skip ${passingRun.join(' ')}) -printf 'path %p %y\\n'"
eval "files /run/systemd/system /run/systemd/generator /sys/fs/bpf -printf 'path %p %y\\n'"
ip -o link | sed -E 's/^[0-9]+: /link /; s/ qdisc .*//'
ip -o address | sed -E 's/^[0-9]+: /address /; s/ valid_lft.*//; s/\\\\.*//'
ls -A /run/netns 2> /dev/null | sed 's/^/namespace /'
ip netns | sed 's/^/namespace /'
for family in -4 -6; do ip $family route show table all; ip $family rule; done | sed 's/^/route /'
for device in $(ls /sys/class/net); do
  tc qdisc show dev "$device"; tc filter show dev "$device" ingress 2> /dev/null || true
done | sed 's/^/tc /'
for key in net.ipv4.conf net.ipv6.conf; do sysctl -a --pattern "$key.(lo|all|default|eth0).forwarding" 2> /dev/null; done | sed 's/^/sysctl /'
cut -d: -f1 /etc/passwd /etc/group | sed 's/^/user /'
systemctl list-unit-files --no-legend | sed 's/^/unit /'
systemctl list-units --all --no-legend --plain 'weft*' | { grep -v ' not-found  *inactive  *dead' || true; } | sed 's/^/loaded /'
find /sys/fs/cgroup -name 'weft*' -printf 'cgroup %p\\n'
ls /proc/*/exe 2> /dev/null | while read -r exe; do readlink "$exe" || true; done | grep weft | sed 's/^/process /' || true
`;

/** systemd may remember the name of a unit that is gone; that is of its own memory, and no part of the machine. */
export async function footprint(machine: Machine): Promise<readonly string[]> {
  return (await machine.run(script)).split('\n').sort();
}

/** Lines with + or - in front. */
export function changes(before: readonly string[], after: readonly string[]): readonly string[] {
  const [old, now] = [new Set(before), new Set(after)];
  return [
    ...before.filter((line) => !now.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !old.has(line)).map((line) => `+ ${line}`),
  ];
}
