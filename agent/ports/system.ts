/**
 * What the agent asks of the kernel for a guest besides packets: a network namespace, devices in the host's own, and
 * an interface that is set up. Interfaces of ours, so that the agent can be tested without root.
 */
import type { PortKind } from '../../wire/control.ts';
import type { DeviceNames } from './names.ts';

export interface InterfaceWish {
  /** With the length of the cloud's prefix; the port gets them as host addresses. */
  readonly addresses: readonly string[];
  /** Prefixes that lead to the port. */
  readonly routes: readonly string[];
  readonly mtu: number;
  /** Of a veth: everything goes to one neighbour, the host's end. */
  readonly ethernet?: { readonly mac: string };
}

/** A namespace of the guest's name is there and is somebody else's. It may be going away. */
export class NamespaceTaken extends Error {}

export interface GuestSystem {
  /** Name of the guest's namespace. */
  nameOf(guest: string): string;
  /** `/run/netns/NAME` */
  pathOf(guest: string): string;
  /** Whether the guest's namespace is there, and is the one that this agent made. Cheap. */
  isOurs(guest: string): boolean;
  /**
   * The guest's namespace exists and is ours. `made`: it was not there before. Throws one clear sentence, as
   * a NamespaceTaken when the name is somebody else's.
   */
  ensureNamespace(guest: string): Promise<{ readonly made: boolean }>;
  /**
   * The guest's interface is as wished; what is right already is not touched. `fresh`: it was just made, so
   * there is nothing to look at first. Throws one clear sentence.
   */
  configure(guest: string, wish: InterfaceWish, fresh: boolean): Promise<void>;
  /** Ends every process in the namespace, politely first, if the namespace is ours. Throws one clear sentence. */
  endProcesses(guest: string): Promise<void>;
  /** Ends its processes, then removes the namespace; one that is not ours stays as it is. Throws one clear sentence. */
  removeNamespace(guest: string): Promise<void>;
  /** Guests whose namespaces this agent has made, in this run or a former one, and that are still there. */
  owned(): Promise<string[]>;
}

export interface PortDevicesWish {
  readonly kind: PortKind;
  /** What `find` has found. */
  readonly found: PortKind | undefined;
  /** The guest's namespace, for every kind but `tap`. */
  readonly netnsPath: string;
  /** Of the guest's own end. */
  readonly mac: string;
  readonly mtu: number;
}

/** Devices of guests' ports in the host's own namespace. */
export interface PortDevices {
  names(guest: string): DeviceNames;
  /** Names of all devices of the host's own namespace. Cheap. */
  present(): ReadonlySet<string>;
  /** The port that a former run left the guest, if it is whole; `netnsPath`: of its namespace, where it has one. */
  find(guest: string, netnsPath: string | undefined): Promise<PortKind | undefined>;
  /**
   * The devices of a port of the kind are there, and those of another kind are not; what is right already is not
   * touched, and what is made is left down. A tun is the engine's to make. Throws one clear sentence.
   */
  ensure(guest: string, wish: PortDevicesWish): Promise<{ readonly made: boolean }>;
  /** Of a tap. Throws one clear sentence. */
  setMtu(guest: string, mtu: number): Promise<void>;
  /** Those that are ours. Throws one clear sentence. */
  remove(guest: string): Promise<void>;
  /** Guests that have devices of ours, other than those; each device of another is asked about. */
  owned(besides: Iterable<string>): Promise<string[]>;
}

/** The guest's interface, inside its namespace. */
export const guestInterface = 'weft0';
