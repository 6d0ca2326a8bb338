/** Which hosts need each other: for how many subscriptions of one the answer is the other, both ways together. */
export class Pairs {
  readonly #counts = new Map<string, Map<string, number>>();

  /** True: the pair was not needed before. */
  add(a: string, b: string): boolean {
    this.#bump(b, a, 1);
    return this.#bump(a, b, 1) === 1;
  }

  /** True: the pair is not needed any more. */
  remove(a: string, b: string): boolean {
    this.#bump(b, a, -1);
    return this.#bump(a, b, -1) === 0;
  }

  wanted(a: string, b: string): boolean {
    return this.#counts.get(a)?.has(b) ?? false;
  }

  peersOf(host: string): Iterable<string> {
    return this.#counts.get(host)?.keys() ?? [];
  }

  #bump(a: string, b: string, by: number): number {
    const peers = this.#counts.get(a) ?? new Map<string, number>();
    const count = (peers.get(b) ?? 0) + by;
    if (count > 0) {
      peers.set(b, count);
      this.#counts.set(a, peers);
    } else {
      peers.delete(b);
      if (peers.size === 0) this.#counts.delete(a);
    }
    return count;
  }
}
