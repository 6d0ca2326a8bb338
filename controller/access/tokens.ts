/**
 * Access tokens: `weft.NAME.SECRET`, shown once when they are made. The store has the SHA-256 of the secret, which is
 * 256 random bits, so that no slow hash is needed: who reads the store has no token.
 *
 * When a token was used last is kept in memory, and written down once a minute at most.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Logger } from 'pino';
import { type AccessToken, type AccessTokenRequest, accessLimits, type CreatedAccessToken } from '../../wire/access.ts';
import { namePattern } from '../../wire/limits.ts';
import type { Clock } from '../clock.ts';
import type { Commands, PeoplesCommands } from '../state/commands.ts';
import { type AccessTokenValue, keys, type AccessToken as Stored } from '../state/records.ts';
import { grant, type Outcome, refuse } from '../state/refusal.ts';
import type { State } from '../state/state.ts';
import { type Operation, type Store, storeLimits } from '../store/store.ts';
import type { Author } from './author.ts';
import { deed } from './deeds.ts';

export interface AccessTokensOptions {
  readonly store: Store;
  readonly state: State;
  readonly commands: PeoplesCommands & Pick<Commands, 'write'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Why nobody is let in with it; `name` is what it claims to be. */
export interface Unfit {
  readonly ok: false;
  readonly why: 'not a token' | 'unknown' | 'wrong secret' | 'expired';
  readonly name: string | undefined;
}

const writeUsesMs = 60_000;
const form = new RegExp(`^weft\\.(?<name>${namePattern.slice(1, -1)})\\.(?<secret>[A-Za-z0-9_-]{43})$`);
/** Compared with where there is no token, so that this takes as long. */
const nobodys = '0'.repeat(64);

export class AccessTokens {
  readonly #options: AccessTokensOptions;
  readonly #uses: Map<string, number>;
  /** Used since the last writing. */
  readonly #unwritten = new Set<string>();
  #cancelWrite: (() => void) | undefined;

  private constructor(options: AccessTokensOptions, uses: Map<string, number>) {
    this.#options = options;
    this.#uses = uses;
  }

  static async open(options: AccessTokensOptions): Promise<AccessTokens> {
    const uses = new Map<string, number>();
    const prefix = keys.accessTokenUse('');
    const { entries } = await options.store.range(prefix, { limit: storeLimits.pageEntries });
    for (const { key, value } of entries) uses.set(key.slice(prefix.length), Number(value));
    return new AccessTokens(options, uses);
  }

  /** Takes the same time for all that have the form of a token. */
  check(text: string): { readonly ok: true; readonly token: Stored } | Unfit {
    const { state, clock } = this.#options;
    const { name, secret } = form.exec(text)?.groups ?? {};
    if (name === undefined || secret === undefined) return { ok: false, why: 'not a token', name: undefined };
    const token = state.accessTokens.get(name);
    const isRight = timingSafeEqual(Buffer.from(hashOf(secret), 'hex'), Buffer.from(token?.hash ?? nobodys, 'hex'));
    if (token === undefined) return { ok: false, why: 'unknown', name };
    if (!isRight) return { ok: false, why: 'wrong secret', name };
    if (token.expiresMs !== undefined && token.expiresMs <= clock.unixMs()) return { ok: false, why: 'expired', name };
    this.#used(name);
    return { ok: true, token };
  }

  async create(author: Author, request: AccessTokenRequest): Promise<Outcome<CreatedAccessToken>> {
    const { state, commands, clock } = this.#options;
    const { name, role, customer, lifeMs } = request;
    const secret = randomBytes(32).toString('base64url');
    return commands.as(author).change(() => {
      if (role === 'customer' && customer === undefined) {
        return refuse('invalid', "a token of role customer needs 'customer': whose clouds it is for");
      }
      if (role !== 'customer' && customer !== undefined) {
        return refuse('invalid', `'customer' goes with role customer, not with ${role}`);
      }
      // `weft audit --who local` shall mean one thing.
      if (name === 'local') return refuse('invalid', `'local' is who comes over the Unix socket: choose another name`);
      if (state.accessTokens.has(name)) return refuse('exists', `access token '${name}' exists already`);
      if (state.accessTokens.size >= accessLimits.tokens) {
        return refuse(
          'exhausted',
          `there are ${accessLimits.tokens} access tokens, which is the limit: delete some first`,
        );
      }
      const createdMs = clock.unixMs();
      const told = {
        role,
        ...(customer === undefined ? {} : { customer }),
        createdMs,
        createdBy: author.who,
        ...(lifeMs === undefined ? {} : { expiresMs: createdMs + lifeMs }),
      };
      const value: AccessTokenValue = { hash: hashOf(secret), ...told };
      this.#uses.delete(name);
      return grant({
        operations: [{ kind: 'put', key: keys.accessToken(name), value: JSON.stringify(value) }],
        done: deed(`access-token ${name}`, undefined, told),
        result: () => grant({ name, ...told, token: `weft.${name}.${secret}` }),
      });
    });
  }

  list(): AccessToken[] {
    return [...this.#options.state.accessTokens.values()].map((token) => this.#view(token));
  }

  async delete(author: Author, name: string): Promise<Outcome<undefined>> {
    const { state, commands } = this.#options;
    return commands.as(author).change(() => {
      const token = state.accessTokens.get(name);
      if (token === undefined) return refuse('unknown', `access token '${name.slice(0, 100)}' does not exist`);
      const { hash: _hash, revision: _revision, name: _name, ...told } = token;
      this.#unwritten.delete(name);
      return grant({
        operations: [
          { kind: 'delete', key: keys.accessToken(name) },
          { kind: 'delete', key: keys.accessTokenUse(name) },
        ],
        done: deed(`access-token ${name}`, told, undefined),
        result: () => grant(undefined),
      });
    });
  }

  /** Writes down what was used since, if it still can. */
  async stop(): Promise<void> {
    this.#cancelWrite?.();
    await this.#tryToWriteUses();
  }

  #view({ hash: _hash, revision: _revision, ...token }: Stored): AccessToken {
    const lastUsedMs = this.#uses.get(token.name);
    return { ...token, ...(lastUsedMs === undefined ? {} : { lastUsedMs }) };
  }

  #used(name: string): void {
    const { clock } = this.#options;
    this.#uses.set(name, clock.unixMs());
    this.#unwritten.add(name);
    this.#cancelWrite ??= clock.after(writeUsesMs, () => {
      this.#cancelWrite = undefined;
      void this.#tryToWriteUses();
    });
  }

  /** Worth a line in the log, no more. */
  #tryToWriteUses(): Promise<void> {
    const { log } = this.#options;
    return this.#writeUses().catch((error: unknown) => log.warn({ err: error }, 'uses of access tokens not stored'));
  }

  async #writeUses(): Promise<void> {
    await this.#options.commands.write(() => {
      // Of those that are still there: a deleted one takes its use with it.
      const names = [...this.#unwritten].filter((name) => this.#options.state.accessTokens.has(name));
      this.#unwritten.clear();
      return names.map(
        (name): Operation => ({
          kind: 'put',
          key: keys.accessTokenUse(name),
          value: String(this.#uses.get(name) ?? 0),
        }),
      );
    });
  }
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
