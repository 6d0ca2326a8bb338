/** What happened since the agent began and nobody else counts. */
export class Tally {
  /** Sessions with a controller that came up. */
  connects = 0;
  /** Sessions that ended, and attempts that failed. */
  failures = 0;
  /** Addresses that packets met and that had to be asked for. */
  misses = 0;
  /** Since when there is no controller, by the steady clock; undefined: there is one. */
  aloneSinceMs: number | undefined;

  constructor(nowMs: number) {
    this.aloneSinceMs = nowMs;
  }

  up(): void {
    this.connects++;
    this.aloneSinceMs = undefined;
  }

  down(nowMs: number): void {
    this.failures++;
    this.aloneSinceMs ??= nowMs;
  }
}
