/**
 * What `weft doctor` judges: everything that was read of a machine, as data. `undefined` means that it could not be
 * read, or does not concern this machine; checks then say nothing, unless not knowing is itself worth telling.
 *
 * Gathered in `gather.ts`, judged in `checks-*.ts`.
 */
import type { ControllerStatus } from '../../wire/resources.ts';
import type { AgentStatus } from '../../wire/status.ts';

/** What a machine is, or is going to be. */
export interface Roles {
  readonly agent: boolean;
  readonly controller: boolean;
}

export interface Device {
  readonly name: string;
  readonly up: boolean;
  readonly mtu: number;
  /** Without prefix length. */
  readonly addresses: readonly string[];
  /** Name → on; those that `ethtool` tells. */
  readonly offloads: Readonly<Record<string, boolean>> | undefined;
}

export interface Listener {
  readonly protocol: 'udp' | 'tcp';
  readonly address: string;
  readonly port: number;
  /** Absent: the kernel itself, or somebody whom we may not see. */
  readonly program?: string;
  readonly pid?: number;
}

export interface FileFact {
  readonly path: string;
  /** `private`: a secret, or where secrets are; nobody but its owner may read it. */
  readonly kind: 'private' | 'config' | 'state';
  readonly found: 'file' | 'directory' | 'other' | 'missing' | 'unreadable';
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
}

export interface DiskFact {
  readonly path: string;
  /** What it is for, in words. */
  readonly what: string;
  readonly freeBytes: number;
  readonly freeFiles: number;
  readonly writable: boolean;
}

export interface CertificateFact {
  readonly path: string;
  /** Unix ms. */
  readonly validFromMs?: number;
  readonly validToMs?: number;
  readonly subject?: string;
  /** Why it could not be read. */
  readonly error?: string;
}

export interface ConfigFact {
  readonly path: string;
  readonly found: boolean;
  /** Why it cannot be taken as it is; the daemon's own check is stricter. */
  readonly error?: string;
}

export interface ControllerReach {
  readonly url: string;
  /** Undefined: a connection was made. */
  readonly error?: string;
}

export interface Facts {
  readonly roles: Roles;
  readonly nowMs: number;
  readonly isRoot: boolean;
  readonly machine: { readonly release: string; readonly architecture: string };
  /** Effective capabilities of this process, as in /proc/self/status. */
  readonly capabilities: bigint;
  readonly tun: 'ok' | 'missing' | 'closed';
  readonly kernelTypes: boolean;
  readonly bpffs: 'mounted' | 'absent';
  /** Keys as for sysctl(8). */
  readonly sysctl: Readonly<Record<string, number | undefined>>;
  readonly devices: readonly Device[] | undefined;
  readonly listeners: readonly Listener[] | undefined;
  readonly openFiles: { readonly soft: number; readonly whose: string } | undefined;
  readonly files: readonly FileFact[];
  readonly disks: readonly DiskFact[];
  readonly certificates: readonly CertificateFact[];
  readonly configs: { readonly agent?: ConfigFact; readonly controller?: ConfigFact };
  /** Of this host; from its agent or its file. */
  readonly substrate: { readonly addresses: readonly string[]; readonly udpPort: number };
  readonly fastPathMode: string;
  readonly clock: {
    /** Undefined: nothing here tells. */
    readonly synchronized?: boolean;
    /** This machine's clock ahead of the controller's, exact to a second. */
    readonly aheadMs?: number;
  };
  readonly tools: Readonly<Record<string, boolean>>;
  /** Where the agent's file says that controllers are. */
  readonly reach: readonly ControllerReach[];
  readonly agent: { readonly socket: string; readonly status?: AgentStatus; readonly error?: string };
  readonly controller: {
    readonly endpoint: string;
    readonly status?: ControllerStatus;
    /** Hosts with an agent that are not connected. */
    readonly away?: readonly string[];
    readonly error?: string;
  };
}
