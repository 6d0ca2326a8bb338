/**
 * Stands before the API: nothing of a request is looked at before it is known who asks.
 *
 *   Unix socket ─► local ──────────────────────────────────────────────► API
 *   TCP         ─► source's rate ─► token? ─► token's rate ─► principal ─► API
 *                     429            401         429
 *
 * What a principal may do is decided where the route is known (`api/guard.ts`).
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { ApiError } from '../../wire/resources.ts';
import { sourceOf } from '../admission.ts';
import type { Clock } from '../clock.ts';
import { localPrincipal, type Principal } from './author.ts';
import { Buckets, type Rate } from './token-bucket.ts';
import type { AccessTokens } from './tokens.ts';

export interface GateRates {
  /** Requests from one address, or IPv6 /64. */
  readonly perSource: Rate;
  readonly perToken: Rate;
  /** Requests without a valid token from one address that are answered with what is wrong, and logged. */
  readonly failures: Rate;
}

export const gateRates: GateRates = {
  perSource: { perSecond: 200, burst: 400 },
  perToken: { perSecond: 100, burst: 200 },
  failures: { perSecond: 0.5, burst: 20 },
};

export interface GateOptions {
  readonly tokens: Pick<AccessTokens, 'check'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly rates?: GateRates;
}

/** Since the start, for those who watch. */
export interface GateCounts {
  noToken: number;
  badToken: number;
  limitedSources: number;
  limitedTokens: number;
}

const principals = new WeakMap<IncomingMessage, Principal>();

/** Undefined: it has not come through a gate. */
export function principalOf(request: IncomingMessage): Principal | undefined {
  return principals.get(request);
}

export class Gate {
  readonly counts: GateCounts = { noToken: 0, badToken: 0, limitedSources: 0, limitedTokens: 0 };
  readonly #options: GateOptions;
  readonly #perSource: Buckets;
  readonly #perToken: Buckets;
  readonly #failures: Buckets;

  constructor(options: GateOptions) {
    const { perSource, perToken, failures } = options.rates ?? gateRates;
    this.#options = options;
    this.#perSource = new Buckets(perSource);
    this.#perToken = new Buckets(perToken);
    this.#failures = new Buckets(failures);
  }

  /** For a socket that only root can open. */
  local(handler: RequestListener): RequestListener {
    return (request, response) => {
      principals.set(request, localPrincipal);
      return handler(request, response);
    };
  }

  remote(handler: RequestListener): RequestListener {
    return (request, response) => {
      const principal = this.#admit(request, response);
      if (principal === undefined) return undefined;
      principals.set(request, principal);
      return handler(request, response);
    };
  }

  /** Undefined: it has been answered. */
  #admit(request: IncomingMessage, response: ServerResponse): Principal | undefined {
    const { tokens, clock } = this.#options;
    const source = sourceOf(request.socket.remoteAddress);
    const sourceWaitMs = this.#perSource.take(source, clock.nowMs());
    if (sourceWaitMs > 0) {
      this.counts.limitedSources += 1;
      return tooMany(response, sourceWaitMs, 'this address has sent too many requests');
    }
    const text = bearer(request.headers.authorization);
    if (text === undefined) {
      this.counts.noToken += 1;
      const message = 'an access token is needed here: send it as Authorization: Bearer TOKEN';
      return this.#fail(response, source, { why: 'no token', name: undefined, message });
    }
    const checked = tokens.check(text);
    if (!checked.ok) {
      this.counts.badToken += 1;
      const message = 'this access token is not valid: it is wrong, has expired or was deleted; ask for another one';
      return this.#fail(response, source, { ...checked, message });
    }
    const { name, role, customer } = checked.token;
    const tokenWaitMs = this.#perToken.take(name, clock.nowMs());
    if (tokenWaitMs > 0) {
      this.counts.limitedTokens += 1;
      return tooMany(response, tokenWaitMs, `too many requests with access token '${name}'`);
    }
    return { who: `token ${name}`, role, customer, from: request.socket.remoteAddress ?? source };
  }

  /** A secret has 256 bits: what is bounded is not guessing but the noise of those who try. */
  #fail(
    response: ServerResponse,
    source: string,
    { why, name, message }: { readonly why: string; readonly name: string | undefined; readonly message: string },
  ): undefined {
    const { clock, log } = this.#options;
    const waitMs = this.#failures.take(source, clock.nowMs());
    if (waitMs > 0) return tooMany(response, waitMs, 'too many requests without a valid access token');
    // The name is what was claimed; the secret is not looked at again.
    log.warn({ source, why, token: name }, 'access refused');
    answer(response, 401, { code: 'unauthorized', message }, { 'www-authenticate': 'Bearer', connection: 'close' });
    return undefined;
  }
}

function bearer(header: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(header ?? '')?.[1];
}

function tooMany(response: ServerResponse, waitMs: number, what: string): undefined {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  const message = `${what}: try again in ${seconds} s`;
  answer(response, 429, { code: 'too-many', message }, { 'retry-after': String(seconds) });
  return undefined;
}

function answer(
  response: ServerResponse,
  status: number,
  body: ApiError,
  headers: Readonly<Record<string, string>>,
): void {
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': length, ...headers });
  response.end(text);
}
