/** What the data plane was last found to do; asked again now and then, since kernels and drivers change under us. */
import { type Capabilities, guestPairsWord, traceWord } from '../../wire/control.ts';
import type { DataPlaneProbe, FastPathMode } from '../datapath/datapath.ts';
import {
  type CapabilityFacts,
  encryptingFormats,
  type ForeignFramework,
  findCapabilities,
  type Masks,
  offeredFormats,
  spokenFormats,
} from './capabilities.ts';

export interface AbilityOptions {
  readonly probe: () => DataPlaneProbe;
  /** The operator's, who may change them. */
  readonly masks: () => Masks;
  readonly bound: readonly ForeignFramework[];
  /** Of this host; undefined: the engine has no socket for gni6. */
  readonly gni6Prefix?: string | undefined;
  readonly hasKey: () => boolean;
  /** What carries packets besides the engine. */
  readonly fastPath?: FastPathMode | undefined;
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
    return spokenFormats({ probe: this.found, bound: this.options.bound, gni6Prefix: this.options.gni6Prefix });
  }

  get ciphers(): DataPlaneProbe['ciphers'] {
    return this.found.ciphers;
  }

  get features(): DataPlaneProbe['features'] {
    return this.found.features;
  }

  get compressions(): DataPlaneProbe['compressions'] {
    return this.found.compressions;
  }

  /** Formats that the controller may choose, as soon as there is a key. */
  get offered(): readonly string[] {
    return offeredFormats(this.facts());
  }

  /** Whether a format is offered whose packets are always encrypted. */
  get encrypts(): boolean {
    return this.offered.some((format) => encryptingFormats.includes(format));
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
    const problems = [...(this.failure === undefined ? [] : [this.failure]), ...this.problems];
    const { hasKey, offloads, fastPath } = this.options;
    const found = findCapabilities({ ...this.facts(), hasKey: hasKey(), offloads: offloads(), fastPath, problems });
    // Not the data plane's: this agent knows what sessions say of pairs of guests, and what a trace is.
    return { ...found, features: [...found.features, guestPairsWord, traceWord] };
  }

  private facts(): Pick<CapabilityFacts, 'probe' | 'masks' | 'bound' | 'gni6Prefix'> {
    const { bound, gni6Prefix } = this.options;
    const masks = this.options.masks();
    if (this.failure === undefined) return { probe: this.found, masks, bound, gni6Prefix };
    const nothing = { formats: [], ciphers: [], compressions: [] } as const;
    // That what is wanted is missing has a single reason now, which is told.
    return {
      probe: { ...this.found, ...nothing },
      masks: { formats: undefined, features: undefined },
      bound,
      gni6Prefix,
    };
  }
}
