/**
 * The controller's own certificate: made at every start, with a key that no disk ever sees, and again before it expires
 * or when the machine has other addresses. Listeners take the newest one without closing a connection.
 */
import { generateKeyPairSync } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { Authority } from './authority.ts';

/** What a TLS server is given; see `tls.createSecureContext`. */
export interface ServerContext {
  readonly key: string;
  /** The certificate, and the authorities behind it, so that a host that joins finds the one that its token names. */
  readonly cert: string;
  readonly ca: string;
  readonly minVersion: 'TLSv1.3';
}

export interface ServerCertificateOptions {
  readonly authority: Authority;
  readonly controller: string;
  /** As of now. */
  readonly names: () => readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
}

const lifetimeMs = 30 * 86_400_000;
const lookEveryMs = 60_000;

export class ServerCertificate {
  readonly #options: ServerCertificateOptions;
  readonly #listeners = new Set<(context: ServerContext) => void>();
  #context: ServerContext;
  #names: string;
  #renewAtMs: number;
  #cancel: () => void = () => undefined;
  #making = false;

  private constructor(options: ServerCertificateOptions, context: ServerContext, names: string) {
    this.#options = options;
    this.#context = context;
    this.#names = names;
    this.#renewAtMs = renewAt(options);
    this.#arm();
  }

  static async open(options: ServerCertificateOptions): Promise<ServerCertificate> {
    const names = options.names();
    return new ServerCertificate(options, await make(options, names), String(names));
  }

  get context(): ServerContext {
    return this.#context;
  }

  /** Told of every later one; the returned function ends that. */
  onRenewed(listener: (context: ServerContext) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#cancel();
    this.#listeners.clear();
  }

  #arm(): void {
    const { clock, log } = this.#options;
    this.#cancel = clock.after(lookEveryMs, () => {
      this.#arm();
      this.#look().catch((error: unknown) =>
        log.error({ err: error }, 'no new certificate for this controller, tried again'),
      );
    });
  }

  async #look(): Promise<void> {
    const { clock, log } = this.#options;
    const names = this.#options.names();
    const isGood = clock.unixMs() < this.#renewAtMs && String(names) === this.#names;
    if (isGood || this.#making) return;
    this.#making = true;
    try {
      this.#context = await make(this.#options, names);
    } finally {
      this.#making = false;
    }
    this.#names = String(names);
    this.#renewAtMs = renewAt(this.#options);
    for (const listener of this.#listeners) listener(this.#context);
    log.info({ names }, 'this controller has a new certificate');
  }
}

function renewAt({ clock }: ServerCertificateOptions): number {
  return clock.unixMs() + (lifetimeMs * 2) / 3;
}

async function make(options: ServerCertificateOptions, names: readonly string[]): Promise<ServerContext> {
  const { authority, controller, clock } = options;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { pem } = await authority.issue({
    subject: { kind: 'controller', name: controller },
    publicKey: publicKey.export({ format: 'der', type: 'spki' }),
    names,
    nowMs: clock.unixMs(),
    lifetimeMs,
  });
  return {
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    cert: pem + authority.pem,
    ca: authority.pem,
    minVersion: 'TLSv1.3',
  };
}

/** A host's guests may have very many devices on it. */
const mostOwn = 64;

/** Under which a controller is reached: where it listens, what it is called, and what its operator says. */
export function serverNames(listens: readonly string[], configured: readonly string[]): readonly string[] {
  const own = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address));
  const isAny = listens.some((address) => address === '0.0.0.0' || address === '::');
  const listened = listens.filter((address) => address !== '0.0.0.0' && address !== '::');
  const machine = hostname().toLowerCase();
  const names = [...configured, ...listened, ...(isAny ? own.slice(0, mostOwn) : []), 'localhost', '127.0.0.1', '::1'];
  if (/^[a-z0-9.-]{1,253}$/.test(machine)) names.push(machine);
  // A link-local address has its interface behind it and is no name outside.
  return [...new Set(names)].filter((name) => !name.startsWith('fe80:')).sort();
}
