/**
 * Devices of guests' ports in the host's own namespace, by `ip`: the host's end of a veth or a tap, and the TUN
 * device through which the engine serves the same guest.
 *
 * An alias on each says whose it is. It is set right after the device is made; one that a crash left without an alias
 * has our name all the same, leads nowhere, and is made again. Nothing that bears somebody else's alias is touched.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { PortKind } from '../../wire/control.ts';
import { run } from '../run.ts';
import { type DeviceFound, judgePort, readDevices } from './found.ts';
import { aliasOf, type DeviceNames, deviceNames, guestOfAlias, isPortDevice } from './names.ts';
import { guestInterface, type PortDevices, type PortDevicesWish } from './system.ts';

/** The largest there is: what a guest sends is bounded by its own end, what it receives by the sender's path. */
const hostMtu = 65_535;

export class LinuxDevices implements PortDevices {
  private readonly host: string;

  constructor(host: string) {
    this.host = host;
  }

  names(guest: string): DeviceNames {
    return deviceNames(guest);
  }

  present(): ReadonlySet<string> {
    // One line for every device behind two of headings, whatever namespace /sys shows.
    const lines = readFileSync('/proc/self/net/dev', 'utf8').split('\n').slice(2);
    return new Set(lines.map((line) => line.slice(0, line.indexOf(':')).trim()));
  }

  async find(guest: string, netnsPath: string | undefined): Promise<PortKind | undefined> {
    const { device } = deviceNames(guest);
    const isThere = this.present().has(device);
    if (!isThere && netnsPath === undefined) return undefined;
    const [outside, inside] = await Promise.all([
      isThere ? show(device) : undefined,
      netnsPath === undefined ? undefined : show(guestInterface, netnsPath),
    ]);
    return judgePort({ outside, inside }, aliasOf(guest, this.host));
  }

  async ensure(guest: string, wish: PortDevicesWish): Promise<{ readonly made: boolean }> {
    const { kind, netnsPath, found } = wish;
    const isRight = kind === found;
    if (!isRight) await this.remove(guest);
    if (!isRight && found === 'tun') await removeDevice(guestInterface, netnsPath);
    if (kind === 'tun') return { made: false };
    const present = this.present();
    const missing = makeLines(deviceNames(guest), wish, aliasOf(guest, this.host)).filter(
      ([name]) => !present.has(name),
    );
    if (missing.length > 0) await batch(missing.flatMap(([, lines]) => lines));
    for (const [name] of missing) silence(name);
    return { made: !isRight };
  }

  async setMtu(guest: string, mtu: number): Promise<void> {
    await batch([`link set dev ${deviceNames(guest).device} mtu ${mtu}`]);
  }

  async remove(guest: string): Promise<void> {
    const present = this.present();
    const { device, engineDevice } = deviceNames(guest);
    for (const name of [device, engineDevice].filter((each) => present.has(each))) await this.removeOurs(name, guest);
  }

  async owned(besides: Iterable<string>): Promise<string[]> {
    const known = new Set([...besides].flatMap((guest) => Object.values(deviceNames(guest))));
    const guests = new Set<string>();
    for (const name of this.present()) {
      if (!isPortDevice(name) || known.has(name)) continue;
      const guest = guestOfAlias((await show(name))?.alias ?? '', this.host);
      if (guest !== undefined && Object.values(deviceNames(guest)).includes(name)) guests.add(guest);
    }
    return [...guests];
  }

  private async removeOurs(name: string, guest: string): Promise<void> {
    const found = await show(name);
    if (found === undefined) return;
    if (found.alias !== '' && found.alias !== aliasOf(guest, this.host))
      throw new Error(
        `device ${name} belongs to another ('${found.alias}'): delete it (ip link delete ${name}) if nobody uses it`,
      );
    await removeDevice(name);
  }
}

/** What makes each device, in the order in which they are made: a veth or tap that is there has a way to the engine. */
function makeLines(
  { device, engineDevice }: DeviceNames,
  { kind, netnsPath, mac, mtu }: PortDevicesWish,
  alias: string,
): [name: string, lines: string[]][] {
  const tap = `tuntap add dev ${device} mode tap vnet_hdr`;
  const veth = `link add dev ${device} mtu ${hostMtu} type veth peer name ${guestInterface} address ${mac} mtu ${mtu} netns ${netnsPath}`;
  const tun = `tuntap add dev ${engineDevice} mode tun multi_queue vnet_hdr`;
  return [
    [engineDevice, [tun, `link set dev ${engineDevice} alias "${alias}"`]],
    [
      device,
      [
        ...(kind === 'tap' ? [tap, `link set dev ${device} mtu ${mtu}`] : [veth]),
        `link set dev ${device} alias "${alias}"`,
      ],
    ],
  ];
}

/** Before it is up, or this host would solicit routers and join groups on it. */
function silence(name: string): void {
  try {
    writeFileSync(`/proc/sys/net/ipv6/conf/${name}/disable_ipv6`, '1');
  } catch {
    // A kernel without IPv6 says nothing on it anyway.
  }
}

async function batch(lines: readonly string[]): Promise<void> {
  const result = await run('ip', ['-batch', '-'], `${lines.join('\n')}\n`);
  if (!result.ok) throw new Error(`${lines[0]}: ${result.why}`);
}

/** Undefined: there is none of the name. */
async function show(name: string, netnsPath?: string): Promise<DeviceFound | undefined> {
  const result = await runIn(netnsPath, ['-d', '-j', 'link', 'show', 'dev', name]);
  return result.ok ? readDevices(result.stdout)[0] : undefined;
}

/** One that is gone already is no failure: a TUN device ends with its last descriptor, a veth with its other end. */
async function removeDevice(name: string, netnsPath?: string): Promise<void> {
  const result = await runIn(netnsPath, ['link', 'delete', 'dev', name]);
  if (!result.ok && (await show(name, netnsPath)) !== undefined) throw new Error(result.why);
}

function runIn(netnsPath: string | undefined, args: readonly string[]) {
  return netnsPath === undefined ? run('ip', args) : run('nsenter', [`--net=${netnsPath}`, 'ip', ...args]);
}
