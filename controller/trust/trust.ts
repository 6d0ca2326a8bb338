/**
 * Who may speak for which host: join tokens, certificates, revocation. Every decision is a transaction on what is stored
 * (`commands.change`), so a token is used once and a certificate is never made for a host that was revoked before.
 */
import { X509Certificate } from 'node:crypto';
import type { JoinTokenRequest } from '../../wire/resources.ts';
import {
  formatJoinToken,
  type HostCertificate,
  type Issued,
  type JoinAnswer,
  type JoinRequest,
  joinPath,
} from '../../wire/trust.ts';
import type { Author } from '../access/author.ts';
import { deed } from '../access/deeds.ts';
import type { Clock } from '../clock.ts';
import type { Commands } from '../state/commands.ts';
import { hasNoAgent } from '../state/foreign.ts';
import { type JoinToken, type JoinTokenValue, keys, type TrustValue } from '../state/records.ts';
import { grant, type Outcome, refuse } from '../state/refusal.ts';
import type { State } from '../state/state.ts';
import type { Operation } from '../store/store.ts';
import { type Authority, requestedKey } from './authority.ts';
import { nextGeneration, revoked, voidBecause } from './generations.ts';
import { checkToken, idOf, isForgettable, newToken, phaseOf, tokenLimits } from './tokens.ts';

export interface TrustOptions {
  readonly controller: string;
  readonly authority: Authority;
  readonly state: State;
  readonly commands: Commands;
  readonly clock: Clock;
  /** Of hosts' certificates. */
  readonly lifetimeMs: number;
}

export interface MadeToken {
  /** Shown once: the controller keeps a hash of its secret. */
  readonly text: string;
  readonly record: JoinToken;
}

export type TokenWish = JoinTokenRequest & { readonly ttlMs: number };

/** The newest certificate of a host, as it is sent to it and as it is remembered. */
export interface Renewal {
  readonly issued: Issued;
  readonly certificate: HostCertificate;
}

export class Trust {
  readonly #options: TrustOptions;

  /** The issuer, and others that are trusted beside it. */
  readonly authorities: readonly X509Certificate[];

  constructor(options: TrustOptions) {
    this.#options = options;
    const pems = options.authority.pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    this.authorities = pems.map((pem) => new X509Certificate(pem));
  }

  get authority(): Authority {
    return this.#options.authority;
  }

  /** Why it counts for nothing; undefined: its holder may speak for the host. */
  voidBecause(certificate: HostCertificate): string | undefined {
    const { state, clock } = this.#options;
    return voidBecause(certificate, state.trusts.get(certificate.host), clock.unixMs());
  }

  createToken(author: Author, { host, labels = {}, ttlMs }: TokenWish): Promise<Outcome<MadeToken>> {
    const { commands, state, clock, authority } = this.#options;
    return commands.as(author).change<MadeToken>(() => {
      const nowMs = clock.unixMs();
      if (state.hosts.get(host)?.framework !== undefined) return refuse('exists', hasNoAgent(host));
      const old = [...state.joinTokens.values()];
      if (old.filter((token) => phaseOf(token, nowMs) === 'open').length >= tokenLimits.open) {
        return refuse('exhausted', `${tokenLimits.open} join tokens are open, the most: delete some (weft token list)`);
      }
      const { id, secret, value } = newToken({ host, labels, ttlMs }, nowMs);
      const forgotten = old.filter((token) => isForgettable(token, nowMs)).slice(0, 50);
      return grant({
        operations: [
          { kind: 'put', key: keys.joinToken(id), value: JSON.stringify(value) },
          ...forgotten.map(({ name }): Operation => ({ kind: 'delete', key: keys.joinToken(name) })),
        ],
        done: deed(`join-token ${id}`, undefined, toldToken(value)),
        result: () =>
          grant({
            text: formatJoinToken({ host, secret, fingerprint: authority.fingerprint }),
            record: { ...value, name: id, revision: 0 },
          }),
      });
    });
  }

  deleteToken(author: Author, id: string): Promise<Outcome<undefined>> {
    const { commands, state } = this.#options;
    return commands.as(author).change<undefined>(() => {
      const token = state.joinTokens.get(id);
      if (token === undefined) return refuse('unknown', `join token '${id}' does not exist`);
      return grant({
        operations: [{ kind: 'delete', key: keys.joinToken(id) }],
        done: deed(`join-token ${id}`, toldToken(token), undefined),
        result: () => grant(undefined),
      });
    });
  }

  /** Uses up the token. `from`: where the request came from, for people. */
  join(request: JoinRequest, from: string): Promise<Outcome<JoinAnswer>> {
    const { commands, state, clock, controller, authority } = this.#options;
    const { host } = request;
    const id = idOf(request.secret);
    return commands.as(bearerOf(id, from)).change<JoinAnswer>(async () => {
      const nowMs = clock.unixMs();
      const token = checkToken(state.joinTokens.get(id), request, nowMs);
      if (!token.ok) return token;
      if (state.hosts.get(host)?.framework !== undefined) return refuse('exists', hasNoAgent(host));
      if (token.value.createdMs < (state.trusts.get(host)?.revokedMs ?? 0)) {
        const again = `weft token create --host ${host}`;
        return refuse('forbidden', `host '${host}' was revoked or deleted after this token was made: ${again}`);
      }
      const generation = nextGeneration(state.trusts.get(host), nowMs);
      const issued = await this.#issue(host, generation, Buffer.from(request.request, 'base64'));
      if (!issued.ok) return issued;
      const { name: _name, revision: _revision, ...tokenValue } = token.value;
      const { labels } = tokenValue;
      const trust: TrustValue = { generation, labels, certificate: issued.value.record };
      return grant({
        operations: [
          put(keys.joinToken(id), { ...tokenValue, used: { atMs: nowMs, from } }),
          put(keys.trust(host), trust),
        ],
        done: deed(`host ${host}`, undefined, { joined: true, labels, generation }),
        result: () => grant({ certificate: issued.value.pem, authority: authority.pem, controller, labels }),
      });
    });
  }

  /** Another certificate for the holder of this one. */
  renew(certificate: HostCertificate, request: Uint8Array): Promise<Outcome<Renewal>> {
    const { commands, state, authority } = this.#options;
    const { host, generation } = certificate;
    return commands.change<Renewal>(async () => {
      const why = this.voidBecause(certificate);
      if (why !== undefined) return refuse('forbidden', why);
      const issued = await this.#issue(host, generation, request);
      if (!issued.ok) return issued;
      const { pem, record } = issued.value;
      const labels = state.trusts.get(host)?.labels ?? {};
      const { serial, notAfterMs, issuedMs } = record;
      const trust: TrustValue = { generation, labels, certificate: record };
      return grant({
        operations: [put(keys.trust(host), trust)],
        done: { resource: `host ${host}` },
        result: () =>
          grant({
            issued: { certificate: pem, authority: authority.pem },
            certificate: { host, generation, serial, notBeforeMs: issuedMs, notAfterMs },
          }),
      });
    });
  }

  /** From now on no certificate that the host has is valid. */
  revoke(author: Author, host: string): Promise<Outcome<TrustValue>> {
    const { commands, state, clock } = this.#options;
    return commands.as(author).change<TrustValue>(() => {
      const trust = state.trusts.get(host);
      if (trust === undefined && !state.hosts.has(host)) return refuse('unknown', `host '${host}' does not exist`);
      if (state.hosts.get(host)?.framework !== undefined) return refuse('exists', hasNoAgent(host));
      const nowMs = clock.unixMs();
      const open = [...state.joinTokens.values()].filter(
        (token) => token.host === host && phaseOf(token, nowMs) === 'open',
      );
      const value = revoked(trust, nowMs);
      return grant({
        operations: [
          put(keys.trust(host), value),
          // Whoever has one would be back at once.
          ...open.slice(0, 50).map(({ name }): Operation => ({ kind: 'delete', key: keys.joinToken(name) })),
        ],
        done: { resource: `host ${host}`, after: { revokedMs: value.revokedMs } },
        result: () => grant(value),
      });
    });
  }

  async #issue(host: string, generation: number, request: Uint8Array) {
    const { authority, clock, lifetimeMs } = this.#options;
    const key = await requestedKey(request);
    if (!key.ok) return refuse('invalid', key.why);
    const nowMs = clock.unixMs();
    const { pem, serial, notAfterMs } = await authority.issue({
      subject: { kind: 'host', name: host, generation },
      publicKey: key.publicKey,
      nowMs,
      lifetimeMs,
    });
    return grant({ pem, record: { serial, issuedMs: nowMs, notAfterMs } });
  }
}

/** In the audit log, who lets a host join is whoever made its token. */
function bearerOf(id: string, from: string): Author {
  return { who: `join-token ${id}`, role: 'operator', customer: undefined, from, what: `POST ${joinPath}` };
}

/** For the audit log: nothing that is secret. */
function toldToken({ host, labels, createdMs, expiresMs, used }: JoinTokenValue): unknown {
  return { host, labels, createdMs, expiresMs, ...(used === undefined ? {} : { used }) };
}

function put(key: string, value: unknown): Operation {
  return { kind: 'put', key, value: JSON.stringify(value) };
}
