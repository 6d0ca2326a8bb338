/** Numbers for names: what the executors know guests, hosts and keys by. */

/** A number that was given back is given out again before a new one is. */
export class Slots {
  private readonly most: number;
  private readonly byName = new Map<string, number>();
  private readonly bySlot = new Map<number, string>();
  private readonly free: number[] = [];

  constructor(most: number) {
    this.most = most;
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
    const slot = this.free.pop() ?? this.byName.size;
    if (slot >= this.most)
      throw new Error(`${this.most} are in use already, which is all that the data plane can hold`);
    this.byName.set(name, slot);
    this.bySlot.set(slot, name);
    return slot;
  }

  give(name: string): void {
    const slot = this.byName.get(name);
    if (slot === undefined) return;
    this.byName.delete(name);
    this.bySlot.delete(slot);
    this.free.push(slot);
  }
}
