/**
 * The contenders of one run: made ready one after the other, measured in turns, taken away together.
 *
 * What cannot be had, or fails while it is measured, leaves the run with a reason and no numbers; the others go on.
 */
import type { Contender, Topology } from './contender.ts';
import { isTaken, type Measure } from './measures/measure.ts';
import { setMode } from './mode.ts';
import { install } from './packages.ts';
import { Damaged } from './probe.ts';
import type { Results } from './report.ts';
import { type Mode, modes, type Sample } from './samples.ts';

export interface FieldOptions {
  readonly contenders: readonly Contender[];
  readonly measures: readonly Measure[];
  readonly rounds: number;
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
  /** Another one in tests. */
  readonly setMode?: typeof setMode;
}

export type Measured = Pick<Results, 'samples' | 'skipped' | 'versions'> & {
  /** Something failed that should have run: not merely missing here. */
  readonly failed: boolean;
};

export async function measureField(options: FieldOptions): Promise<Measured> {
  await using stack = new AsyncDisposableStack();
  const field = new Field(options);
  for (const contender of options.contenders) {
    options.signal.throwIfAborted();
    const topology = await field.make(contender);
    if (topology !== undefined) stack.use(topology);
  }
  for (let round = 0; round < options.rounds; round++) await field.round(round);
  await field.verify();
  return field.result();
}

interface Built {
  readonly topology: Topology;
  readonly modes: readonly Mode[];
}

class Field {
  readonly #options: FieldOptions;
  readonly #built: Built[] = [];
  readonly #samples = new Map<string, Omit<Sample, 'values'> & { readonly values: number[] }>();
  readonly #skipped = new Map<string, Results['skipped'][number]>();
  readonly #versions: Record<string, string> = {};
  #failed = false;

  constructor(options: FieldOptions) {
    this.#options = options;
  }

  async make({ path, modes, packages, version, build }: Contender): Promise<Topology | undefined> {
    this.#options.onProgress(`making ${path} ready`);
    const lacking = await install(packages);
    if (lacking !== undefined) return this.#skip(path, lacking);
    try {
      const began = performance.now();
      const topology = await build();
      if ('skipped' in topology) return this.#skip(path, topology.skipped);
      this.#keep({ path, mode: 'offload', metric: 'ready', unit: 's' }, (performance.now() - began) / 1000);
      if (version !== undefined) this.#versions[path] = await version();
      this.#built.push({ topology, modes });
      return topology;
    } catch (error) {
      return this.#fail(path, error);
    }
  }

  /** In each mode, every measure over every contender; who is first changes from round to round. */
  async round(round: number): Promise<void> {
    for (const mode of modes) {
      for (const { topology } of this.#remaining(mode)) await this.#change(topology, mode);
      for (const measure of this.#options.measures) {
        if (!measure.modes.includes(mode) || !isTaken(measure, round)) continue;
        for (const { topology } of turned(this.#remaining(mode), round)) {
          this.#options.onProgress(
            `round ${round + 1} of ${this.#options.rounds}, ${mode}: ${measure.title} over ${topology.path}`,
          );
          await this.#take(topology, mode, measure);
        }
      }
    }
  }

  async verify(): Promise<void> {
    for (const { topology } of this.#built) {
      if (this.#skipped.has(key(topology.path))) continue;
      this.#options.signal.throwIfAborted();
      try {
        await topology.verify?.();
      } catch (error) {
        this.#fail(topology.path, error);
      }
    }
  }

  result(): Measured {
    const remaining = this.#built.filter(({ topology }) => !this.#skipped.has(key(topology.path)));
    const samples = [...this.#samples.values()].filter(({ path }) => !this.#skipped.has(key(path)));
    return {
      samples: [...samples, ...remaining.flatMap(({ topology }) => topology.footprint?.() ?? [])],
      skipped: [...this.#skipped.values()],
      versions: this.#versions,
      failed: this.#failed,
    };
  }

  #remaining(mode: Mode): readonly Built[] {
    return this.#built.filter(
      ({ topology: { path }, modes }) =>
        modes.includes(mode) && !this.#skipped.has(key(path)) && !this.#skipped.has(key(path, mode)),
    );
  }

  async #change(topology: Topology, mode: Mode): Promise<void> {
    this.#options.signal.throwIfAborted();
    const refused = await (this.#options.setMode ?? setMode)(topology, mode);
    if (refused !== undefined) this.#skip(topology.path, refused, mode);
  }

  async #take(topology: Topology, mode: Mode, measure: Measure): Promise<void> {
    const { path } = topology;
    try {
      const found = await this.#twice(() => measure.run(topology, this.#options.seconds, mode), path);
      for (const [at, { name, unit }] of measure.metrics.entries()) {
        this.#keep({ path, mode, metric: name, unit }, found[at] ?? Number.NaN);
      }
    } catch (error) {
      this.#options.signal.throwIfAborted();
      this.#fail(path, error, ` in mode ${mode}, ${measure.title}`);
    }
  }

  /** A slow path may be too slow once in a long run; what came damaged is never measured again. */
  async #twice<T>(run: () => Promise<T>, path: string): Promise<T> {
    const { signal, onProgress } = this.#options;
    signal.throwIfAborted();
    try {
      return await run();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Damaged) throw error;
      onProgress(`once more over ${path}: ${messageOf(error)}`);
      return run();
    }
  }

  #keep(sample: Omit<Sample, 'values'>, value: number): void {
    const name = `${sample.metric} ${sample.mode} ${sample.path}`;
    const kept = this.#samples.get(name) ?? { ...sample, values: [] };
    kept.values.push(value);
    this.#samples.set(name, kept);
  }

  #skip(path: string, why: string, mode?: Mode): undefined {
    this.#skipped.set(key(path, mode), { path, ...(mode === undefined ? {} : { mode }), why });
    this.#options.onProgress(`SKIPPED ${key(path, mode)}: ${why}`);
  }

  #fail(path: string, error: unknown, where = ''): undefined {
    this.#failed = true;
    this.#skip(path, `failed${where}: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function key(path: string, mode?: Mode): string {
  return mode === undefined ? path : `${path} ${mode}`;
}

/** The same items, `by` places turned: in round 1 the second is first. */
export function turned<T>(items: readonly T[], by: number): readonly T[] {
  const at = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
