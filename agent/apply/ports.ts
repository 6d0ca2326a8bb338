/**
 * A guest's port as a whole: namespace, devices, executors, addresses; of whichever kind.
 *
 *     tun    namespace ─► TUN device inside, opened by the engine ─► addresses
 *     veth   namespace ─► veth and a TUN device outside ─► engine, fast path ─► addresses
 *     tap    tap and a TUN device outside ─► engine, fast path; what is behind the tap is not ours
 */
import type { Guest, PortKind } from '../../wire/control.ts';
import { derivedMac } from '../../wire/ethernet.ts';
import type { DataPath } from '../datapath/datapath.ts';
import { plainAddress } from '../plan/check.ts';
import { choosePort } from '../plan/port.ts';
import { type GuestSystem, guestInterface, type InterfaceWish, type PortDevices } from '../ports/system.ts';

export interface GuestPortsOptions {
  readonly system: GuestSystem;
  readonly devices: PortDevices;
  readonly datapath: Pick<DataPath, 'openPort' | 'closePort' | 'setPortMtu'>;
  /** Why veth and tap cannot be had on this host; undefined: they can. */
  readonly noFastPath: string | undefined;
}

export interface PortMade {
  readonly kind: PortKind;
  /** Nothing of the guest was there before: a program of a former run cannot run any more. */
  readonly fresh: boolean;
  /** Its device was there already, so that flows go on. */
  readonly adopted: boolean;
}

/** The namespace of the agent's own process. */
const hostNamespace = '/proc/self/ns/net';

export class GuestPorts {
  private readonly options: GuestPortsOptions;
  /** Guests whose veth goes with their namespace. */
  private readonly leaving = new Set<string>();

  constructor(options: GuestPortsOptions) {
    this.options = options;
  }

  /** Namespace and devices: what a program can be in. Throws one clear sentence, or a NamespaceTaken. */
  async prepare(guest: Guest, mtu: number): Promise<PortMade> {
    const { system, devices, noFastPath } = this.options;
    const { name } = guest;
    const netnsPath = system.pathOf(name);
    this.leaving.delete(name);
    const found = await devices.find(name, system.isOurs(name) ? netnsPath : undefined);
    const kind = choosePort(guest, { found, noFastPath });
    if (kind === 'tap') await system.removeNamespace(name);
    const fresh = kind === 'tap' ? found !== 'tap' : (await system.ensureNamespace(name)).made;
    const { made } = await devices.ensure(name, { kind, found, netnsPath, mac: macOf(guest), mtu });
    return { kind, fresh, adopted: !made };
  }

  /** Behind `prepare`: both executors have the port. Throws one clear sentence. */
  open({ name, addresses }: Guest, made: PortMade, mtu: number): PortMade {
    const { system, devices, datapath } = this.options;
    const { kind } = made;
    if (kind === 'tun') {
      const { adopted } = datapath.openPort(name, {
        netnsPath: system.pathOf(name),
        interfaceName: guestInterface,
        mtu,
      });
      return { ...made, adopted };
    }
    const { device, engineDevice } = devices.names(name);
    const fast = { kind, device, mac: macOf({ addresses }) };
    datapath.openPort(name, { netnsPath: hostNamespace, interfaceName: engineDevice, mtu, fast });
    return made;
  }

  /**
   * Behind `open`, once forwarding knows the port: what a guest's kernel says as its device comes up would else be
   * dropped, and counted. `fresh`: there is nothing to look at first. Throws one clear sentence.
   */
  async configure(name: string, kind: PortKind, wish: InterfaceWish, fresh: boolean): Promise<void> {
    const { system, devices } = this.options;
    if (kind === 'tap') await devices.setMtu(name, wish.mtu);
    else await system.configure(name, wish, fresh);
  }

  /**
   * Everything of it is gone, or goes at once. A veth is left to the end of its namespace, which gives its name free
   * first: to wait for the kernel, device by device, would keep guests waiting that are set up meanwhile. Throws one
   * clear sentence.
   */
  async remove(name: string, kind: PortKind | undefined): Promise<void> {
    const { system, devices, datapath } = this.options;
    if (kind === 'veth' && system.isOurs(name)) {
      this.leaving.add(name);
      await system.removeNamespace(name);
      datapath.closePort(name, 'remove');
      return;
    }
    datapath.closePort(name, 'remove');
    await devices.remove(name);
    await system.removeNamespace(name);
  }

  /** Guests that are gone and whose devices are not: somebody holds their namespace. Each is told once. */
  left(present: ReadonlySet<string>): string[] {
    const names = [...this.leaving];
    this.leaving.clear();
    return names.filter((name) => Object.values(this.options.devices.names(name)).some((each) => present.has(each)));
  }

  /** What of its kernel's side is missing; undefined: nothing. `present`: devices of the host's namespace. */
  whatIsMissing(name: string, kind: PortKind, present: ReadonlySet<string>): string | undefined {
    const { system, devices } = this.options;
    if (kind !== 'tap' && !system.isOurs(name)) return 'its namespace was taken away';
    return kind !== 'tun' && !present.has(devices.names(name).device) ? 'its device was taken away' : undefined;
  }
}

/** As every host derives it: what comes from vxlan or geneve is addressed to it. */
export function macOf({ addresses }: Pick<Guest, 'addresses'>): string {
  return derivedMac(plainAddress(addresses[0] ?? '0.0.0.0'));
}
