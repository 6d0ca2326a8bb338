/**
 * When each update is acknowledged: as soon as it is in force, so that a session does not wait for a slow
 * guest; but never before an earlier update that names one of the same resources, since the controller takes
 * the last acknowledgement of a resource for what is in force.
 */
import type { Refusal, ResourceName, Update } from '../wire/control.ts';

interface Pending {
  readonly number: number;
  readonly names: ReadonlySet<string>;
  refused: readonly Refusal[] | undefined;
}

export class Acknowledgements {
  private readonly send: (update: number, refused: readonly Refusal[]) => void;
  private pending: Pending[] = [];

  constructor(send: (update: number, refused: readonly Refusal[]) => void) {
    this.send = send;
  }

  /** The answer tells that the update is in force. */
  expect({ number, set, removed }: Update): (refused: readonly Refusal[]) => void {
    const names = new Set([...set.map(({ name }) => text(name)), ...removed.map(text)]);
    const entry: Pending = { number, names, refused: undefined };
    this.pending.push(entry);
    return (refused) => {
      entry.refused = refused;
      this.release();
    };
  }

  /** Updates of an ended session are nobody's any more. */
  forget(): void {
    this.pending = [];
  }

  private release(): void {
    const waiting: Pending[] = [];
    for (const entry of this.pending) {
      const blocked = waiting.some(({ names }) => overlap(names, entry.names));
      if (entry.refused === undefined || blocked) waiting.push(entry);
      else this.send(entry.number, entry.refused);
    }
    this.pending = waiting;
  }
}

function text({ type, key }: ResourceName): string {
  return `${type} ${key}`;
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const name of a) if (b.has(name)) return true;
  return false;
}
