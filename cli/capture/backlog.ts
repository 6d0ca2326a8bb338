/**
 * Records on their way out of the helper. It must not wait for who reads: while it waits, the kernel's ring fills up,
 * and what is lost there is counted by nobody. So what the pipe does not take is kept, up to a bound; then whole frames
 * are left out, and counted.
 */
export interface Sink {
  /** Bytes taken; 0: none now. */
  write(bytes: Uint8Array): number;
}

export class Backlog {
  readonly #sink: Sink;
  readonly #mostBytes: number;
  #waiting: Uint8Array[] = [];
  #bytes = 0;
  /** Frames left out so far. */
  lost = 0;

  constructor(sink: Sink, mostBytes: number) {
    this.#sink = sink;
    this.#mostBytes = mostBytes;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** `record`: called with what was lost before it, when there is room. */
  push(length: number, record: (lost: number) => Uint8Array): void {
    if (this.#bytes + length > this.#mostBytes) this.flush();
    if (this.#bytes + length > this.#mostBytes) {
      this.lost++;
      return;
    }
    const bytes = record(this.lost);
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    if (this.#waiting.length === 1) this.flush();
  }

  flush(): void {
    let done = 0;
    for (const bytes of this.#waiting) {
      const taken = this.#sink.write(bytes);
      this.#bytes -= taken;
      if (taken < bytes.length) {
        // Its end goes first the next time: a record is never cut.
        this.#waiting[done] = bytes.subarray(taken);
        break;
      }
      done++;
    }
    if (done > 0) this.#waiting = this.#waiting.slice(done);
  }
}
