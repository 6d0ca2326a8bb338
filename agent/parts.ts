/** What an agent is made of, so that tests give it a machine, a clock and a controller of theirs. */
import type { Assets, Nic } from '../wire/control.ts';
import type { Clock } from './clock.ts';
import type { CommandRecord, CommandRunner } from './commands/supervisor.ts';
import type { AgentConfig } from './config.ts';
import type { OpenedCounts } from './counts.ts';
import type { NativeAddon } from './datapath/datapath.ts';
import type { KeptDescriptors } from './datapath/kept-descriptors.ts';
import type { KeyringFiles } from './keys/keyring.ts';
import type { Log } from './log.ts';
import type { GuestSystem, PortDevices } from './ports/system.ts';
import type { Icmp } from './probes/icmp.ts';
import type { StateStore } from './state/store.ts';
import type { HostTrust } from './trust/host-trust.ts';

/** `start.ts` gives the real ones. */
export interface AgentParts {
  readonly config: AgentConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: StateStore;
  readonly keys: KeyringFiles;
  /** Why keys end with the process, where they shall not. */
  readonly keysNotKept: string | undefined;
  readonly trust: HostTrust;
  readonly native: NativeAddon;
  /** Undefined: counters of guests and peers end with the agent. */
  readonly counts?: OpenedCounts;
  /** What the service manager keeps open; undefined: there is none. */
  readonly descriptors?: KeptDescriptors | undefined;
  /** Why the prefix of gni6 is not routed to this machine, where it shall be. */
  readonly gni6Problem?: string | undefined;
  readonly system: GuestSystem;
  readonly devices: PortDevices;
  readonly commands: (onChange: (guest: string, record: CommandRecord) => void) => CommandRunner;
  readonly assets: Assets;
  /** Asks the machine again: everything, or only what its devices are like. */
  readonly findAssets: (labels: AgentConfig['labels']) => Promise<Assets>;
  readonly findLinks: () => Promise<readonly Nic[]>;
  /** Throws one clear sentence when there are no raw sockets. */
  readonly openIcmp: () => Icmp;
}
