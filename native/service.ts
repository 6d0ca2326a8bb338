/**
 * The one typed door to the service manager (systemd): what it handed over to this process, what it is told.
 * See sd_notify(3) and sd_listen_fds(3). Without a service manager everything here does nothing.
 */
import { createRequire } from 'node:module';

/** An open descriptor that this process was started with: of the manager's store, or a socket of a socket unit. */
export interface HandedOver {
  readonly name: string;
  readonly fd: number;
}

interface ServiceAddon {
  /** Takes all of it out of the environment. */
  takeSurroundings(): { socket?: string; watchdogMs?: number; inherited: HandedOver[] };
  /** Throws when it is not heard within a second. At most 250 descriptors. */
  notify(socket: string, text: string, descriptors?: readonly number[]): void;
  /** Of a Unix socket that listens on a path. */
  pathOf(fd: number): string | undefined;
}

export class ServiceManager {
  readonly handedOver: readonly HandedOver[];
  /** Within which it has to hear `alive` again and again; undefined: it does not watch. */
  readonly watchdogMs: number | undefined;
  /** Told when it cannot be told something: one sentence. */
  onFailure: (sentence: string) => void = () => undefined;
  private readonly addon: ServiceAddon;
  private readonly socket: string | undefined;
  private lastStatus = '';

  /** The manager that started this process. Once in a process, before anything else is started. */
  static open(): ServiceManager {
    return new ServiceManager(loadService());
  }

  private constructor(addon: ServiceAddon) {
    const { socket, watchdogMs, inherited } = addon.takeSurroundings();
    this.addon = addon;
    this.socket = socket;
    this.watchdogMs = socket === undefined ? undefined : watchdogMs;
    this.handedOver = inherited;
  }

  /** Start or reload is done. */
  ready(status: string): void {
    this.tell(`READY=1\n${this.statusLine(status)}`);
  }

  /** One sentence for `systemctl status`; nothing when it is the same. */
  status(status: string): void {
    if (status !== this.lastStatus) this.tell(this.statusLine(status));
  }

  /** Ends with `ready`. */
  reloading(): void {
    this.tell('RELOADING=1');
  }

  stopping(status: string): void {
    this.tell(`STOPPING=1\n${this.statusLine(status)}`);
  }

  alive(): void {
    this.tell('WATCHDOG=1');
  }

  /**
   * Keeps the descriptors open under the name, until `remove` or the service is stopped (not restarted): the next
   * process has them among `handedOver`. The manager does not look at what comes of them.
   */
  store(name: string, descriptors: readonly number[]): void {
    for (let at = 0; at < descriptors.length; at += mostAtOnce) {
      this.tell(`FDSTORE=1\nFDNAME=${name}\nFDPOLL=0`, descriptors.slice(at, at + mostAtOnce));
    }
  }

  /** All that is kept under the name. */
  remove(name: string): void {
    this.tell(`FDSTOREREMOVE=1\nFDNAME=${name}`);
  }

  /** The descriptor, of those handed over, that listens on this path. */
  listenerOn(path: string): number | undefined {
    return this.handedOver.find(({ fd }) => this.addon.pathOf(fd) === path)?.fd;
  }

  private statusLine(status: string): string {
    this.lastStatus = status;
    return `STATUS=${status.replaceAll('\n', ' ')}`;
  }

  private tell(text: string, descriptors?: readonly number[]): void {
    if (this.socket === undefined) return;
    try {
      this.addon.notify(this.socket, text, descriptors);
    } catch (error) {
      this.onFailure((error as Error).message);
    }
  }
}

const mostAtOnce = 250;

/** Loads the addon built by `make setup`. Throws with advice when it is missing. */
function loadService(): ServiceAddon {
  const require = createRequire(import.meta.url);
  try {
    return require('../build/native/service.node') as ServiceAddon;
  } catch (cause) {
    throw new Error('the native addon is not built or does not fit this Node: run `make setup`', { cause });
  }
}
