/**
 * Numbers for names: what the executors know guests, hosts and keys by.
 *
 * The kernel's counters outlive the agent and go by number, so a name that comes back after a restart has its number
 * again: `kept` is what the owner keeps on disk, and changes with every number that is given out or back.
 */

export class Slots {
  private readonly most: number;
  private readonly byName = new Map<string, number>();
  private readonly bySlot = new Map<number, string>();
  private readonly kept: Map<string, number>;
  /** Of names that a former run knew and this one has not met yet. */
  private reserved: Set<number>;
  private readonly free: number[] = [];
  private next = 0;

  constructor(most: number, kept = new Map<string, number>()) {
    this.most = most;
    this.kept = kept;
    this.reserved = new Set(kept.values());
  }

  of(name: string): number | undefined {
    return this.byName.get(name);
  }

  nameOf(slot: number): string | undefined {
    return this.bySlot.get(slot);
  }

  known(names: readonly string[]): number[] {
    return names.flatMap((name) => this.byName.get(name) ?? []);
  }

  take(name: string): number {
    const held = this.byName.get(name);
    if (held !== undefined) return held;
    const slot = this.formerOf(name) ?? this.fresh();
    if (slot >= this.most)
      throw new Error(`${this.most} are in use already, which is all that the data plane can hold`);
    this.byName.set(name, slot);
    this.bySlot.set(slot, name);
    this.kept.set(name, slot);
    return slot;
  }

  give(name: string): void {
    const slot = this.byName.get(name);
    if (slot === undefined) return;
    this.byName.delete(name);
    this.bySlot.delete(slot);
    this.kept.delete(name);
    this.free.push(slot);
  }

  /** Everybody who comes back has come: what is kept for others is theirs no longer. */
  settle(): void {
    this.reserved = new Set();
    for (const name of this.kept.keys()) if (!this.byName.has(name)) this.kept.delete(name);
  }

  /** What stands on disk may be damaged: a number that another has, or that there is not, is nobody's. */
  private formerOf(name: string): number | undefined {
    const slot = this.kept.get(name);
    if (slot === undefined || !this.reserved.has(slot) || this.bySlot.has(slot)) return undefined;
    return Number.isSafeInteger(slot) && slot >= 0 && slot < this.most ? slot : undefined;
  }

  private fresh(): number {
    for (let slot = this.free.pop(); slot !== undefined; slot = this.free.pop()) {
      if (!this.bySlot.has(slot)) return slot;
    }
    while (this.bySlot.has(this.next) || this.reserved.has(this.next)) this.next++;
    return this.next++;
  }
}
