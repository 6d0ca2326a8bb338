/**
 * By what this host is known to its controllers: asked for every connection. A host that has not joined, and finds a join
 * token where its configuration says (`joinTokenFile`), joins then: so a machine can be set up without anybody at it.
 */
import { readFile, unlink } from 'node:fs/promises';
import { parseJoinToken } from '../../wire/trust.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { type FoundCredentials, readCredentials, writeCredentials } from './files.ts';
import { join } from './join.ts';
import { newKey } from './request.ts';

export interface HostTrustOptions {
  readonly directory: string;
  readonly host: string;
  readonly joinTokenFile: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export class HostTrust {
  readonly directory: string;
  readonly #options: HostTrustOptions;

  constructor(options: HostTrustOptions) {
    this.directory = options.directory;
    this.#options = options;
  }

  /** `url`: wss://… of the controller that is to be reached. */
  async credentials(url: string): Promise<FoundCredentials> {
    const found = await readCredentials(this.directory);
    if (!found.ok) return found.missing ? ((await this.#join(url)) ?? found) : found;
    const { host } = this.#options;
    if (found.certificate.host === host) return found;
    const why = `the certificate in ${this.directory} is for host '${found.certificate.host}', this agent is '${host}'`;
    return { ok: false, missing: false, why: `${why}: set 'host' in its configuration, or join again` };
  }

  /** Undefined: there is no token here. */
  async #join(url: string): Promise<FoundCredentials | undefined> {
    const { joinTokenFile, host, clock, log } = this.#options;
    const text = joinTokenFile === undefined ? undefined : await readFile(joinTokenFile, 'utf8').catch(() => undefined);
    if (text === undefined || joinTokenFile === undefined) return undefined;
    const no = (why: string) => ({ ok: false, missing: true, why }) as const;
    const token = parseJoinToken(text);
    if (token === undefined) return no(`${joinTokenFile} holds no join token such as weft token create prints`);
    if (token.host !== host) return no(`${joinTokenFile} is for host '${token.host}', this agent is '${host}'`);
    const made = newKey();
    try {
      const { answer } = await join(new URL(url.replace(/^wss:/, 'https:')).origin, token, made, clock.now());
      await writeCredentials(this.directory, made.key, answer);
    } catch (error) {
      return no((error as Error).message);
    }
    log.info({ host }, `joined by the token in ${joinTokenFile}`);
    // It is used up; one that stays harms nobody.
    await unlink(joinTokenFile).catch(() => undefined);
    return readCredentials(this.directory);
  }
}
