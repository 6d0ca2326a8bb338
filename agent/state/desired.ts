/**
 * What this host shall hold: the controller's resources with their versions, as last told.
 *
 * One owner (the agent) changes it, through `set` and `remove`; everyone else reads.
 */
import type { Guest, Mapping, Network, Resource, ResourceName, ResourceType, Session } from '../../wire/control.ts';

export interface Versioned<Body> {
  readonly version: string;
  readonly body: Body;
}

export interface DesiredView {
  /** By GNI in decimal. */
  readonly networks: ReadonlyMap<string, Versioned<Network>>;
  readonly guests: ReadonlyMap<string, Versioned<Guest>>;
  /** By the peer host's name. */
  readonly sessions: ReadonlyMap<string, Versioned<Session>>;
  /** By `GNI/ADDRESS`. */
  readonly mappings: ReadonlyMap<string, Versioned<Mapping>>;
  /** Keys of the mappings that live on a host. */
  mappingsOn(host: string): ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();

export class Desired implements DesiredView {
  readonly networks = new Map<string, Versioned<Network>>();
  readonly guests = new Map<string, Versioned<Guest>>();
  readonly sessions = new Map<string, Versioned<Session>>();
  readonly mappings = new Map<string, Versioned<Mapping>>();
  private readonly byHost = new Map<string, Set<string>>();

  mappingsOn(host: string): ReadonlySet<string> {
    return this.byHost.get(host) ?? none;
  }

  set({ name: { key }, version, body }: Resource): void {
    switch (body.type) {
      case 'network':
        this.networks.set(key, { version, body });
        break;
      case 'guest':
        this.guests.set(key, { version, body });
        break;
      case 'session':
        this.sessions.set(key, { version, body });
        break;
      case 'mapping':
        this.unindex(key);
        this.mappings.set(key, { version, body });
        this.index(key, body.host);
        break;
    }
  }

  remove({ type, key }: ResourceName): boolean {
    if (type === 'mapping') this.unindex(key);
    return this.ofType(type).delete(key);
  }

  private ofType(type: ResourceType): Map<string, unknown> {
    switch (type) {
      case 'network':
        return this.networks;
      case 'guest':
        return this.guests;
      case 'session':
        return this.sessions;
      case 'mapping':
        return this.mappings;
    }
  }

  private index(key: string, host: string | undefined): void {
    if (host === undefined) return;
    const keys = this.byHost.get(host);
    if (keys === undefined) this.byHost.set(host, new Set([key]));
    else keys.add(key);
  }

  private unindex(key: string): void {
    const host = this.mappings.get(key)?.body.host;
    if (host === undefined) return;
    const keys = this.byHost.get(host);
    keys?.delete(key);
    if (keys?.size === 0) this.byHost.delete(host);
  }
}
