/** What the data plane was last found to do; asked again now and then, since kernels and drivers change under us. */
import type { Capabilities } from '../../wire/control.ts';
import type { DataPlaneProbe } from '../datapath/datapath.ts';
import {
  encryptingFormats,
  type ForeignFramework,
  findCapabilities,
  type Masks,
  spokenFormats,
} from './capabilities.ts';

export interface AbilityOptions {
  readonly probe: () => DataPlaneProbe;
  readonly masks: Masks;
  readonly bound: readonly ForeignFramework[];
  readonly offloads: () => Readonly<Record<'udpGso' | 'udpGro' | 'tso' | 'uso', boolean>>;
}

export class Abilities {
  private readonly options: AbilityOptions;
  private readonly problems: string[] = [];
  private found: DataPlaneProbe;
  private failure: string | undefined;

  /** Throws when the data plane cannot be asked: without an answer there is nothing to offer. */
  constructor(options: AbilityOptions) {
    this.options = options;
    this.found = options.probe();
  }

  get formats(): readonly string[] {
    return spokenFormats(this.found, this.options.bound);
  }

  get ciphers(): DataPlaneProbe['ciphers'] {
    return this.found.ciphers;
  }

  get compressions(): DataPlaneProbe['compressions'] {
    return this.found.compressions;
  }

  /** Whether a format is offered whose packets are always encrypted. */
  get encrypts(): boolean {
    return this.capabilities().formats.some((format) => encryptingFormats.includes(format));
  }

  /** Something that was found outside of the data plane. */
  problem(sentence: string): void {
    this.problems.push(sentence);
  }

  /** Offers nothing of a data plane that no longer answers. */
  ask(): void {
    try {
      this.found = this.options.probe();
      this.failure = undefined;
    } catch (error) {
      this.failure = `formats, ciphers and compressions cannot be determined: ${(error as Error).message}`;
    }
  }

  capabilities(): Capabilities {
    const { masks, bound, offloads } = this.options;
    const nothing = { formats: [], ciphers: [], compressions: [] } as const;
    return findCapabilities({
      probe: this.failure === undefined ? this.found : { ...this.found, ...nothing },
      masks: this.failure === undefined ? masks : { formats: undefined, features: undefined },
      bound,
      offloads: offloads(),
      problems: [...(this.failure === undefined ? [] : [this.failure]), ...this.problems],
    });
  }
}
