/**
 * Descriptors of the data plane that the service manager keeps open while no agent runs: sockets that receive, queues
 * of ports. What comes to them meanwhile waits there and is carried on by the next process.
 *
 * A name is no more than what a descriptor is removed from the manager's store by: what it is, the engine asks the
 * kernel. Names are short, since all of them travel in one environment variable.
 */
import { createHash } from 'node:crypto';

/** Who keeps them: `ServiceManager` of `native/service.ts`. */
export interface DescriptorStore {
  store(name: string, descriptors: readonly number[]): void;
  remove(name: string): void;
}

export interface NamedDescriptor {
  readonly name: string;
  readonly fd: number;
}

export const socketsName = 'sockets';

/** Of the port of a guest. */
export function portName(guest: string): string {
  return `p${createHash('sha256').update(guest).digest('hex').slice(0, 10)}`;
}

export class KeptDescriptors {
  private readonly store: DescriptorStore;
  /** What the store holds, as far as it is known. */
  private readonly held = new Map<string, readonly number[]>();
  /** Names that came from a former process and nobody has used yet. */
  private readonly unused = new Set<string>();

  constructor(store: DescriptorStore, inherited: readonly NamedDescriptor[]) {
    this.store = store;
    for (const { name, fd } of inherited) this.held.set(name, [...(this.held.get(name) ?? []), fd]);
    for (const name of this.held.keys()) this.unused.add(name);
  }

  /** All that came from a former process. */
  inherited(): number[] {
    return [...this.held.values()].flat();
  }

  /** The store holds these under the name, and no others. Answers with those that it held. */
  put(name: string, descriptors: readonly number[]): readonly number[] {
    const held = this.held.get(name);
    if (held !== undefined && held.join() === descriptors.join()) {
      // The very ones are there: taking them out to put them in again could be cut short between.
      this.unused.delete(name);
      return [];
    }
    const before = this.drop(name);
    this.store.store(name, descriptors);
    this.held.set(name, descriptors);
    return before;
  }

  /** The store holds nothing under the name. Answers with what it held. */
  drop(name: string): readonly number[] {
    const before = this.held.get(name) ?? [];
    this.unused.delete(name);
    if (this.held.delete(name)) this.store.remove(name);
    return before;
  }

  /** What came from a former process and will not be used, `wanted` names aside, is dropped. Answers with it. */
  dropUnused(wanted: ReadonlySet<string>): number[] {
    return [...this.unused].filter((name) => !wanted.has(name)).flatMap((name) => this.drop(name));
  }
}
