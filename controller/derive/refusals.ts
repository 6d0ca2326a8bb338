/**
 * Resources that agents have refused: each is told again after a while, ever more seldom, since the reason may
 * have passed (an address that was another host's, say). Guests are not among them: agents try those themselves.
 */
import type { ResourceName, ResourceType } from '../../wire/control.ts';

const wait = { firstMs: 1000, mostMs: 60_000 } as const;

export interface RefusedResource {
  readonly host: string;
  readonly type: ResourceType;
  readonly key: string;
}

interface Entry extends RefusedResource {
  readonly dueMs: number;
  readonly waitMs: number;
}

export class Refusals {
  readonly #entries = new Map<string, Entry>();

  /** An update was acknowledged: `set` is what it told, of which `refused` is not in force. */
  answered(host: string, set: readonly ResourceName[], refused: readonly ResourceName[], nowMs: number): void {
    const refusedIds = new Set(refused.map(({ type, key }) => idOf(host, type, key)));
    for (const { type, key } of set) {
      const id = idOf(host, type, key);
      if (!refusedIds.has(id)) this.#entries.delete(id);
      else if (type !== 'guest') this.#wait(id, { host, type, key }, nowMs);
    }
  }

  /** What is to be told again now; each waits for its next refusal or acceptance then. */
  due(nowMs: number): RefusedResource[] {
    const due = [...this.#entries.entries()].filter(([, { dueMs }]) => dueMs <= nowMs);
    for (const [id, entry] of due) this.#entries.set(id, { ...entry, dueMs: Number.POSITIVE_INFINITY });
    return due.map(([, { host, type, key }]) => ({ host, type, key }));
  }

  #wait(id: string, resource: RefusedResource, nowMs: number): void {
    const before = this.#entries.get(id);
    const waitMs = before === undefined ? wait.firstMs : Math.min(before.waitMs * 2, wait.mostMs);
    this.#entries.set(id, { ...resource, dueMs: nowMs + waitMs, waitMs });
  }

  /** The host begins anew, or is gone. */
  forget(host: string): void {
    for (const [id, entry] of this.#entries) if (entry.host === host) this.#entries.delete(id);
  }
}

function idOf(host: string, type: ResourceType, key: string): string {
  return `${host} ${type} ${key}`;
}
