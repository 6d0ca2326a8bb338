/**
 * The contenders of one run: made ready one after the other, measured in turns, taken away together.
 *
 * What cannot be had, or fails while it is measured, leaves the run with a reason and no numbers; the others go on.
 */
import type { Contender, Topology } from './contender.ts';
import type { Measure } from './measures.ts';
import { install } from './packages.ts';
import type { Results, Sample } from './report.ts';

export interface FieldOptions {
  readonly contenders: readonly Contender[];
  readonly measures: readonly Measure[];
  readonly rounds: number;
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
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
  return field.result();
}

class Field {
  readonly #options: FieldOptions;
  readonly #built: Topology[] = [];
  readonly #samples = new Map<string, Omit<Sample, 'values'> & { readonly values: number[] }>();
  readonly #skipped = new Map<string, string>();
  readonly #versions: Record<string, string> = {};
  #failed = false;

  constructor(options: FieldOptions) {
    this.#options = options;
  }

  async make({ path, packages, version, build }: Contender): Promise<Topology | undefined> {
    this.#options.onProgress(`making ${path} ready`);
    const lacking = await install(packages);
    if (lacking !== undefined) return this.#skip(path, lacking);
    try {
      const made = await build();
      if ('skipped' in made) return this.#skip(path, made.skipped);
      if (version !== undefined) this.#versions[path] = await version();
      this.#built.push(made);
      return made;
    } catch (error) {
      return this.#fail(path, error);
    }
  }

  /** Every measure over every contender; who is first changes from round to round. */
  async round(round: number): Promise<void> {
    const { measures, seconds, rounds, signal, onProgress } = this.#options;
    for (const measure of measures) {
      for (const topology of turned(this.#built, round)) {
        if (this.#skipped.has(topology.path)) continue;
        signal.throwIfAborted();
        onProgress(`round ${round + 1} of ${rounds}: ${measure.metrics[0]?.name} over ${topology.path}`);
        try {
          this.#keep(topology.path, measure, await measure.run(topology, seconds));
        } catch (error) {
          signal.throwIfAborted();
          this.#fail(topology.path, error);
        }
      }
    }
  }

  result(): Measured {
    const remaining = this.#built.filter(({ path }) => !this.#skipped.has(path));
    const byMetric = this.#options.measures.flatMap(({ metrics }) =>
      metrics.flatMap(({ name }) => remaining.flatMap(({ path }) => this.#samples.get(`${name} ${path}`) ?? [])),
    );
    return {
      samples: [...byMetric, ...remaining.flatMap((topology) => topology.footprint?.() ?? [])],
      skipped: [...this.#skipped].map(([path, why]) => ({ path, why })),
      versions: this.#versions,
      failed: this.#failed,
    };
  }

  #keep(path: string, { metrics }: Measure, found: readonly number[]): void {
    for (const [at, { name, unit }] of metrics.entries()) {
      const key = `${name} ${path}`;
      const sample = this.#samples.get(key) ?? { path, mode: 'offload', metric: name, unit, values: [] };
      sample.values.push(found[at] ?? Number.NaN);
      this.#samples.set(key, sample);
    }
  }

  #skip(path: string, why: string): undefined {
    this.#skipped.set(path, why);
    this.#options.onProgress(`SKIPPED ${path}: ${why}`);
  }

  #fail(path: string, error: unknown): undefined {
    this.#failed = true;
    this.#skip(path, `failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The same items, `by` places turned: in round 1 the second is first. */
export function turned<T>(items: readonly T[], by: number): readonly T[] {
  const at = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
