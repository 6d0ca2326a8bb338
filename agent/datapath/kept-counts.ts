/**
 * What guests and peers have carried, over restarts of the agent, by name.
 *
 *     file ──► base ◄── what the engine of a killed process had counted since the file was written
 *               │
 *     executors ┴─► total ──► file, every 10 s and behind the engine's last packet
 *
 * The engine counts from nothing in every process; the fast path's maps are carried on by the kernel, most times. So the
 * file says how much of a total was the fast path's: when a new process has taken over and finds at least that in the
 * maps, it is not counted again.
 *
 * The engine's own counters lie in a file on a tmpfs, each under the number of its owner; so a process that was killed at
 * any instant is followed by one that knows what it carried.
 *
 * Guaranteed: totals are exact over an agent that was stopped or killed, except of guests and peers that are younger than
 * the file. Where the tmpfs is gone (the machine was), or is not to be had, or another build's counters have another
 * layout after a kill, what was counted since the file was written is missing, and a total may go back by as much.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OwnedCounters, PartCounters } from '../../native/index.ts';
import type { Clock } from '../clock.ts';
import { diskError } from '../state/disk.ts';
import { encodeStateFile, readStateFile } from '../state/file.ts';
import { Writer } from '../state/writer.ts';

/** Packets and bytes out, packets and bytes in, drops. */
type Numbers = readonly [number, number, number, number, number];
const nothing: Numbers = [0, 0, 0, 0, 0];

interface Count {
  /** Of former processes and of slots that were given back. */
  base: Numbers;
  /** As last read. */
  engine: Numbers;
  fast: Numbers;
  /** Contained in `base`, and in the maps too if they were carried on; until that is known. */
  unsettled: Numbers | undefined;
  /** By which the engine knows it; 0: it does not. */
  owner: number;
}

/** As it stands in the file. */
interface Saved {
  readonly name: string;
  readonly total: Numbers;
  readonly fast: Numbers;
  /** What of the total this owner had counted in the engine. */
  readonly owner: number;
  readonly engine: Numbers;
}

/** What was read of the executors. */
export interface LivePart {
  readonly part: PartCounters;
  readonly fast?: PartCounters | undefined;
  readonly owner?: number | undefined;
}

export type CountKind = 'guests' | 'peers';

/** Peers that have no session now, and are remembered. */
const absentMost = 4096;

export class KeptCounts {
  private readonly counts: Readonly<Record<CountKind, Map<string, Count>>> = { guests: new Map(), peers: new Map() };
  private readonly writer: Writer;
  private readonly path: string;
  private readonly saved: Readonly<Record<CountKind, readonly Saved[]>>;
  private failed: (error: Error) => void = () => undefined;

  private constructor(path: string, clock: Clock, found: unknown) {
    this.writer = new Writer({ path, clock, content: () => this.content(), onFailure: (error) => this.failed(error) });
    this.path = path;
    this.saved = { guests: entriesOf(found, 'guests'), peers: entriesOf(found, 'peers') };
    for (const kind of ['guests', 'peers'] as const) {
      for (const { name, total, fast } of this.saved[kind]) {
        this.counts[kind].set(name, { base: total, engine: nothing, fast: nothing, unsettled: fast, owner: 0 });
      }
    }
  }

  /** `problem`: one sentence, when what there was cannot be read and counts begin anew. */
  static async open(
    directory: string,
    clock: Clock,
  ): Promise<{ readonly counts: KeptCounts; readonly problem?: string }> {
    const path = join(directory, 'counters.json');
    try {
      return { counts: new KeptCounts(path, clock, await readStateFile(path)) };
    } catch (error) {
      const problem = `counters of guests and peers begin anew: ${(error as Error).message}`;
      return { counts: new KeptCounts(path, clock, undefined), problem };
    }
  }

  /** Told why the file cannot be written, once for each reason. */
  whenFailing(listener: (error: Error) => void): void {
    this.failed = listener;
  }

  /** Before anything is read: what the process before counted behind its last word. The file says so before it goes on. */
  recover(former: Readonly<Record<'ports' | 'peers', readonly OwnedCounters[]>>): void {
    for (const [kind, owned] of [
      ['guests', former.ports],
      ['peers', former.peers],
    ] as const) {
      const byOwner = new Map(owned.map((each) => [each.owner, numbersOf(each)]));
      for (const { name, owner, engine } of this.saved[kind]) {
        const count = this.counts[kind].get(name);
        const last = byOwner.get(owner);
        if (count === undefined || last === undefined || isBehind(last, engine)) continue;
        count.base = plus(count.base, plus(last, engine, -1));
      }
    }
    if (former.ports.length + former.peers.length > 0) this.writeNow();
  }

  /** With all that was counted before. */
  total(kind: CountKind, name: string, { part, fast, owner = 0 }: LivePart): PartCounters {
    const count = this.of(kind, name);
    const ofFast = fast === undefined ? nothing : numbersOf(fast);
    const ofEngine = plus(numbersOf(part), ofFast, -1);
    // A slot that was opened anew begins with nothing, in each executor for itself.
    if (isBehind(ofEngine, count.engine)) count.base = plus(count.base, count.engine);
    if (isBehind(ofFast, count.fast)) count.base = plus(count.base, count.fast);
    count.owner = owner;
    count.engine = ofEngine;
    count.fast = ofFast;
    return partOf(totalOf(count));
  }

  /**
   * The executors give up the slot, of which `total` was read just now. What a killed process left of its owner is in the
   * total already.
   */
  givenBack(kind: CountKind, name: string): void {
    const count = this.counts[kind].get(name);
    if (count === undefined) return;
    this.counts[kind].delete(name);
    this.counts[kind].set(name, { ...count, base: totalOf(count), engine: nothing, fast: nothing, owner: 0 });
  }

  has(kind: CountKind, name: string): boolean {
    return this.counts[kind].has(name);
  }

  forget(kind: CountKind, name: string): void {
    this.counts[kind].delete(name);
  }

  /** The fast path has taken over and every total was read again: what its maps hold was not lost. */
  settle(): void {
    for (const counts of Object.values(this.counts)) {
      for (const count of counts.values()) {
        const { unsettled, fast } = count;
        count.unsettled = undefined;
        if (unsettled !== undefined && !isBehind(fast, unsettled)) {
          count.base = plus(count.base, unsettled, -1);
        }
      }
    }
  }

  /** Of totals as last read; a disk that fails is tried again. `here`: names that are in use. */
  save(here: (kind: CountKind, name: string) => boolean): void {
    for (const kind of ['guests', 'peers'] as const) this.shed(kind, here);
    // It ends with an error only when the agent stops, which writes once more.
    this.writer.keep().catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.writer.close();
  }

  private of(kind: CountKind, name: string): Count {
    const known = this.counts[kind].get(name);
    if (known !== undefined) return known;
    const count = { base: nothing, engine: nothing, fast: nothing, unsettled: undefined, owner: 0 };
    this.counts[kind].set(name, count);
    return count;
  }

  /** Guests that are gone are forgotten; peers when there are too many, those first that left first. */
  private shed(kind: CountKind, here: (kind: CountKind, name: string) => boolean): void {
    const absent = [...this.counts[kind].keys()].filter((name) => !here(kind, name));
    const most = kind === 'guests' ? 0 : absentMost;
    for (const name of absent.slice(0, Math.max(0, absent.length - most))) this.counts[kind].delete(name);
  }

  /** The process before has left its counters to this one, which may be killed as well. */
  private writeNow(): void {
    try {
      writeFileSync(`${this.path}.now`, encodeStateFile(this.content()), { mode: 0o600 });
      renameSync(`${this.path}.now`, this.path);
    } catch (error) {
      this.failed(diskError(this.path, error));
    }
  }

  private content(): Record<CountKind, unknown> {
    return { guests: entries(this.counts.guests), peers: entries(this.counts.peers) };
  }
}

function entries(counts: ReadonlyMap<string, Count>): unknown[] {
  return [...counts].map(([name, count]) => {
    const { unsettled, fast, owner, engine } = count;
    return [name, totalOf(count), unsettled ?? fast, owner, engine];
  });
}

/** Of a file whose checksum is right: what does not fit is another version's, and is left out. */
function entriesOf(found: unknown, kind: CountKind): Saved[] {
  const list = (found as Partial<Record<CountKind, unknown>> | undefined)?.[kind];
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) => {
    const [name, total, fast, owner, engine] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (typeof name !== 'string' || !Number.isSafeInteger(owner)) return [];
    if (!isNumbers(total) || !isNumbers(fast) || !isNumbers(engine)) return [];
    return [{ name, total, fast, owner: owner as number, engine }];
  });
}

function isNumbers(value: unknown): value is Numbers {
  return Array.isArray(value) && value.length === nothing.length && value.every((each) => Number.isSafeInteger(each));
}

function totalOf({ base, engine, fast }: Count): Numbers {
  return plus(plus(base, engine), fast);
}

function isBehind(now: Numbers, before: Numbers): boolean {
  return now.some((value, at) => value < (before[at] ?? 0));
}

function numbersOf({ out, in: received, drops }: PartCounters): Numbers {
  return [out.packets, out.bytes, received.packets, received.bytes, drops];
}

function partOf([packetsOut, bytesOut, packetsIn, bytesIn, drops]: Numbers): PartCounters {
  return { out: { packets: packetsOut, bytes: bytesOut }, in: { packets: packetsIn, bytes: bytesIn }, drops };
}

function plus(a: Numbers, b: Numbers, sign: 1 | -1 = 1): Numbers {
  return [a[0] + sign * b[0], a[1] + sign * b[1], a[2] + sign * b[2], a[3] + sign * b[3], a[4] + sign * b[4]];
}
