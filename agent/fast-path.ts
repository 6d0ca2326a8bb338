/**
 * The fast path in the agent's life: opened behind the engine, in force once guests have their ports again, looked
 * after from then on, and what there was of a former run gone where there shall be none.
 */
import type { AgentConfig } from './config.ts';
import type { DataPath, EngineOptions, FastPathMode, NativeAddon } from './datapath/datapath.ts';
import { openFastPath, removeFormerFastPath } from './datapath/fast-path.ts';
import type { Journal } from './journal.ts';

export interface FastPathParts {
  readonly native: NativeAddon;
  readonly config: Pick<AgentConfig, 'fastPath' | 'udpPort' | 'substrateAddresses' | 'flows'>;
  /** As the engine has them. */
  readonly foreign: EngineOptions['foreign'];
  readonly datapath: DataPath;
  readonly journal: Journal;
}

export class FastPathLife {
  /** Undefined: there is none. */
  readonly mode: FastPathMode | undefined;
  /** Why there is none. */
  readonly missing: string | undefined;
  /** One sentence each. */
  readonly problems: readonly string[];
  private readonly parts: FastPathParts;
  private isInForce = false;
  /** What the last look found: a trouble that stays is told once. */
  private found: readonly string[] = [];

  constructor(parts: FastPathParts) {
    this.parts = parts;
    const { native, config, foreign, datapath } = parts;
    const { fastPath: wanted, udpPort, substrateAddresses, flows } = config;
    const fastPath = { ...wanted, flowSampling: flows?.sampling ?? wanted.flowSampling };
    const told = { udpPort, substrateAddresses, foreign };
    const { mode, why, problems } = openFastPath(native, fastPath, told, (options) => datapath.openFastPath(options));
    this.mode = mode;
    this.missing = mode === undefined ? why : undefined;
    this.problems = problems;
  }

  /** Before guests are looked at: nobody waits for programs of a former run where there was none. */
  begin(): void {
    const { datapath } = this.parts;
    if (this.mode !== undefined && datapath.fastPath()?.former === undefined) this.takeOver();
  }

  /** Once all guests have their ports, so that no packet meets a table that does not know its guest yet. */
  takeOver(): void {
    const { native, config, datapath } = this.parts;
    if (this.isInForce) return;
    if (this.mode === undefined) {
      this.isInForce = true;
      this.tell(removeFormerFastPath(native, config.fastPath.directory));
      return;
    }
    try {
      datapath.takeOver();
      this.isInForce = true;
    } catch (error) {
      this.tell(`packets go by the tables of a former run still: ${(error as Error).message}`);
    }
  }

  /** Every 10 s. */
  look(): void {
    const { datapath, journal } = this.parts;
    this.takeOver();
    const before = this.found;
    this.found = datapath.look();
    for (const sentence of this.found.filter((each) => !before.includes(each))) {
      journal.event('fast-path-mended', sentence);
      journal.error('fast path', sentence);
    }
  }

  private tell(problem: string | undefined): void {
    if (problem === undefined) return;
    this.parts.journal.event('engine-fault', `fast path: ${problem}`);
    this.parts.journal.error('fast path', problem);
  }
}
