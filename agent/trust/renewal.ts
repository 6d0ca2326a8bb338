/**
 * A new certificate long before the present one expires. Pure: `nextRenewal` says when, `Renewal` asks and takes.
 *
 *    issued                 2/3 … 3/4 of its life            expires
 *      ├──────────────────────────┼───┼───────────────────────┤
 *                                 asked, then again every 1/24 of its life
 *
 * Where in that window a host asks follows from its certificate's number, so that hosts which joined together do not all
 * come at once.
 */
import type { Certificate, CertificateRequest } from '../../wire/control.ts';
import type { HostCertificate } from '../../wire/trust.ts';
import type { Clock } from '../clock.ts';
import type { Journal } from '../journal.ts';
import { certificateOf, lifetimeMs, readCredentials, unfit, writeCredentials } from './files.ts';
import { newKey } from './request.ts';

export interface RenewalOptions {
  readonly directory: string;
  readonly host: string;
  readonly clock: Clock;
  readonly journal: Journal;
  /** False: there is no session. */
  readonly send: (request: CertificateRequest) => boolean;
}

/** A clock that is set anew is noticed within this time. */
const longestWaitMs = 3_600_000;
const shortestWaitMs = 250;

export function nextRenewal(certificate: HostCertificate): number {
  const spread = Number.parseInt(certificate.serial.slice(-4), 16) / 0xffff;
  return certificate.notAfterMs - lifetimeMs(certificate) * (1 / 3 - (Number.isNaN(spread) ? 0 : spread) / 12);
}

export class Renewal {
  readonly #options: RenewalOptions;
  /** Of the certificate that was asked for. */
  #key: string | undefined;
  #cancel: () => void = () => undefined;
  #closed = false;

  constructor(options: RenewalOptions) {
    this.#options = options;
  }

  /** The session is up: what is due is asked for now. */
  connected(): void {
    this.#look();
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  /** What the controller has answered. */
  async take(said: Certificate): Promise<void> {
    const { directory, host, journal, clock } = this.#options;
    const key = this.#key;
    if (key === undefined) return;
    this.#key = undefined;
    const why = said.problem === '' ? this.#unfit(said, key) : said.problem;
    if (why !== undefined) return journal.error('certificate', `not renewed: ${why}`);
    await writeCredentials(directory, key, said);
    const untilMs = certificateOf(said.certificate)?.notAfterMs ?? clock.now();
    journal.event('certificate-renewed', `host '${host}' is trusted until ${new Date(untilMs).toISOString()}`);
    this.#look();
  }

  /** One that this host would not believe itself is not put in the place of one that works. */
  #unfit(said: Certificate, key: string): string | undefined {
    const { host, clock } = this.#options;
    const { notBeforeMs = 0, notAfterMs = 0 } = certificateOf(said.certificate) ?? {};
    const nowMs = clock.now();
    const why = unfit(said, key, host);
    if (why !== undefined || (nowMs >= notBeforeMs && nowMs < notAfterMs)) return why;
    const [from, until] = [notBeforeMs, notAfterMs].map((ms) => new Date(ms).toISOString());
    return `the new one is valid from ${from} to ${until}, which is not now: this host’s clock or the controller’s is wrong`;
  }

  #look(): void {
    this.#cancel();
    this.#lookNow().then(
      (waitMs) => this.#arm(waitMs),
      (error: Error) => {
        this.#options.journal.error('certificate', error.message);
        this.#arm(longestWaitMs);
      },
    );
  }

  #arm(waitMs: number): void {
    this.#cancel();
    if (this.#closed) return;
    const { clock } = this.#options;
    this.#cancel = clock.after(Math.min(Math.max(waitMs, shortestWaitMs), longestWaitMs), () => this.#look());
  }

  /** How long to wait until it is worth looking again. */
  async #lookNow(): Promise<number> {
    const { directory, clock, send } = this.#options;
    const found = await readCredentials(directory);
    if (!found.ok) return longestWaitMs;
    const restMs = nextRenewal(found.certificate) - clock.now();
    if (restMs > 0) return restMs;
    const { key, request } = newKey();
    this.#key = send({ request }) ? key : undefined;
    return lifetimeMs(found.certificate) / 24;
  }
}
