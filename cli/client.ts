/**
 * The controller's REST API as typed functions (`wire/resources.ts`), for the command line and the lab.
 *
 * Failures are Problems: the controller's own sentence, or why it could not be reached and what to do.
 */
import type { AccessToken, AccessTokenRequest, AuditPage, CreatedAccessToken } from '../wire/access.ts';
import type { Applied, ApplyRequest } from '../wire/apply.ts';
import type { EventPage } from '../wire/events.ts';
import type { Policy, PolicyRequest } from '../wire/policy.ts';
import {
  type ApiError,
  apiBase,
  type ControllerStatus,
  type Explanation,
  type Guest,
  type GuestRequest,
  type Host,
  type HostRequest,
  type JoinToken,
  type JoinTokenRequest,
  type KeyRotation,
  type Mapping,
  type Revocation,
  type Selection,
  type StoreStatus,
  type Vpc,
  type VpcRequest,
} from '../wire/resources.ts';
import type { ResumeRequest, Rollout, RolloutRequest } from '../wire/rollout.ts';
import { type Trace, type TraceRequest, traceDefaults } from '../wire/trace.ts';
import { type Endpoint, type HttpRequest, isUrl, send } from './http.ts';
import { Problem } from './problem.ts';

/** The controller answered, and the answer is no. */
export class ApiProblem extends Problem {
  readonly status: number;

  constructor(status: number, { code, message }: ApiError) {
    super(message, { code });
    this.name = 'ApiProblem';
    this.status = status;
  }
}

/** Nothing answered at the endpoint. */
export class UnreachableProblem extends Problem {
  constructor(message: string) {
    super(message, { code: 'unreachable' });
    this.name = 'UnreachableProblem';
  }
}

/** What lists are chosen by; the controller refuses one that it does not know of the list. */
export interface Filter {
  readonly vpc?: string | undefined;
  readonly host?: string | undefined;
  readonly phase?: string | undefined;
  readonly state?: string | undefined;
  /** `KEY=VALUE`, all of them. */
  readonly label?: readonly string[] | undefined;
  readonly customer?: string | undefined;
}
export type FilterName = keyof Filter;

export interface Writing {
  /** Everything is checked and answered, nothing is written. */
  readonly dryRun?: boolean | undefined;
}

export interface AuditQuery {
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
  /** Unix ms or ISO 8601. */
  readonly since?: string | undefined;
  readonly who?: string | undefined;
  readonly resource?: string | undefined;
}

export interface EventQuery {
  readonly after?: string | undefined;
  readonly host?: string | undefined;
  readonly code?: string | undefined;
  readonly since?: string | undefined;
}

export interface Api {
  status(): Promise<ControllerStatus>;
  hosts(filter?: Filter): Promise<readonly Host[]>;
  host(name: string): Promise<Host>;
  /** One without an agent. */
  createHost(wanted: HostRequest, how?: Writing): Promise<Host>;
  deleteHost(name: string, how?: Writing): Promise<void>;
  rotateKeys(host: string): Promise<KeyRotation>;
  /** No certificate of the host counts any more. */
  revokeHost(name: string): Promise<Revocation>;
  joinTokens(): Promise<readonly JoinToken[]>;
  /** With the token itself, this once. */
  createJoinToken(wanted: JoinTokenRequest): Promise<JoinToken>;
  deleteJoinToken(id: string): Promise<void>;
  vpcs(filter?: Filter): Promise<readonly Vpc[]>;
  vpc(name: string): Promise<Vpc>;
  createVpc(wanted: VpcRequest, how?: Writing): Promise<Vpc>;
  deleteVpc(name: string, how?: Writing): Promise<void>;
  guests(filter?: Filter): Promise<readonly Guest[]>;
  guest(name: string): Promise<Guest>;
  createGuest(wanted: GuestRequest, how?: Writing): Promise<Guest>;
  deleteGuest(name: string, how?: Writing): Promise<void>;
  mappings(filter?: Filter): Promise<readonly Mapping[]>;
  selections(): Promise<readonly Selection[]>;
  policies(): Promise<readonly Policy[]>;
  policy(name: string): Promise<Policy>;
  /** Creates or replaces it; the revision tells whether anything changed. */
  putPolicy(wanted: PolicyRequest): Promise<Policy>;
  deletePolicy(name: string, how?: Writing): Promise<void>;
  /** All of it or nothing; in the order in which it was done. */
  apply(wanted: ApplyRequest, how?: Writing): Promise<readonly Applied[]>;
  /** Newest first. */
  rollouts(): Promise<readonly Rollout[]>;
  rollout(name: string): Promise<Rollout>;
  startRollout(wanted: RolloutRequest): Promise<Rollout>;
  pauseRollout(name: string): Promise<Rollout>;
  resumeRollout(name: string, wanted: ResumeRequest): Promise<Rollout>;
  abortRollout(name: string): Promise<Rollout>;
  /** Between two hosts or two guests; `at` is Unix ms or ISO 8601. */
  explain(from: string, to: string, at?: string): Promise<Explanation>;
  accessTokens(): Promise<readonly AccessToken[]>;
  createAccessToken(wanted: AccessTokenRequest): Promise<CreatedAccessToken>;
  deleteAccessToken(name: string): Promise<void>;
  audit(query: AuditQuery): Promise<AuditPage>;
  store(): Promise<StoreStatus>;
  /** Writes a copy of the whole store to a new file. */
  backUpStore(file: string): Promise<void>;
  settleStore(): Promise<void>;
  /** Behind a cursor; with `waitMs`, the answer waits for the next one. `since`: Unix ms or ISO 8601. */
  events(filter: EventQuery, waitMs?: number): Promise<EventPage>;
  /** Ends when the packet has ended, or was waited for long enough. */
  trace(wanted: TraceRequest): Promise<Trace>;
}

export interface ApiOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly token?: string;
  /** PEM: whom to trust at a URL. */
  readonly authority?: string;
}

export function createApi(endpoint: Endpoint, options: ApiOptions = {}): Api {
  const call = async (wanted: HttpRequest): Promise<unknown> => answer(endpoint, { ...options, ...wanted });
  const get = async <T>(path: string): Promise<T> => (await call({ method: 'GET', path: apiBase + path })) as T;
  const items = <T>(answered: unknown): readonly T[] => {
    const list = (answered as { items?: unknown } | undefined)?.items;
    if (!Array.isArray(list)) throw notOurs(endpoint);
    return list as T[];
  };
  const list = async <T>(path: string): Promise<readonly T[]> => {
    return items(await get(path));
  };
  const write = async <T>(method: 'POST' | 'PUT', path: string, body: unknown): Promise<T> =>
    (await call({ method, path: apiBase + path, body })) as T;
  const remove = async (path: string): Promise<void> => {
    await call({ method: 'DELETE', path: apiBase + path });
  };
  const one = (kind: string, name: string) => `/${kind}/${encodeURIComponent(name)}`;
  return {
    status: () => get('/status'),
    hosts: (filter) => list(`/hosts${query({ ...filter })}`),
    host: (name) => get(one('hosts', name)),
    createHost: (wanted, how) => write('POST', `/hosts${query(writing(how))}`, wanted),
    deleteHost: (name, how) => remove(one('hosts', name) + query(writing(how))),
    rotateKeys: (host) => write('POST', `${one('hosts', host)}/rotate-keys`, undefined),
    revokeHost: (name) => write('POST', `${one('hosts', name)}/revoke`, undefined),
    joinTokens: () => list('/join-tokens'),
    createJoinToken: (wanted) => write('POST', '/join-tokens', wanted),
    deleteJoinToken: (id) => remove(one('join-tokens', id)),
    vpcs: (filter) => list(`/vpcs${query({ ...filter })}`),
    vpc: (name) => get(one('vpcs', name)),
    createVpc: (wanted, how) => write('POST', `/vpcs${query(writing(how))}`, wanted),
    deleteVpc: (name, how) => remove(one('vpcs', name) + query(writing(how))),
    guests: (filter) => list(`/guests${query({ ...filter })}`),
    guest: (name) => get(one('guests', name)),
    createGuest: (wanted, how) => write('POST', `/guests${query(writing(how))}`, wanted),
    deleteGuest: (name, how) => remove(one('guests', name) + query(writing(how))),
    mappings: (filter) => list(`/mappings${query({ ...filter })}`),
    selections: () => list('/selections'),
    policies: () => list('/policies'),
    policy: (name) => get(one('policies', name)),
    putPolicy: (wanted) => write('PUT', one('policies', wanted.name), wanted),
    deletePolicy: (name, how) => remove(one('policies', name) + query(writing(how))),
    apply: async (wanted, how) => items(await write('POST', `/apply${query(writing(how))}`, wanted)),
    rollouts: () => list('/rollouts'),
    rollout: (name) => get(one('rollouts', name)),
    startRollout: (wanted) => write('POST', '/rollouts', wanted),
    pauseRollout: (name) => write('POST', `${one('rollouts', name)}/pause`, {}),
    resumeRollout: (name, wanted) => write('POST', `${one('rollouts', name)}/resume`, wanted),
    abortRollout: (name) => write('POST', `${one('rollouts', name)}/abort`, {}),
    explain: (from, to, at) => get(`/explain${query({ from, to, at })}`),
    accessTokens: () => list('/access-tokens'),
    createAccessToken: (wanted) => write('POST', '/access-tokens', wanted),
    deleteAccessToken: (name) => remove(one('access-tokens', name)),
    audit: ({ after, limit, ...rest }) =>
      get(`/audit${query({ ...rest, after: after?.toString(), limit: limit?.toString() })}`),
    store: () => get('/store'),
    backUpStore: async (file) => {
      // A large store over a slow link.
      await call({ method: 'POST', path: `${apiBase}/store/backup`, timeoutMs: 30 * 60_000, file });
    },
    settleStore: async () => {
      await call({ method: 'POST', path: `${apiBase}/store/settle` });
    },
    events: async ({ after, host, code, since }, waitMs = 0) => {
      const path = `${apiBase}/events${query({ after, host, code, since, ...(waitMs === 0 ? {} : { wait: String(waitMs) }) })}`;
      return (await call({ method: 'GET', path, timeoutMs: waitMs + 10_000 })) as EventPage;
    },
    trace: async (wanted) => {
      // There and back, with what hosts take to answer.
      const timeoutMs = 2 * (wanted.waitMs ?? traceDefaults.waitMs) + 15_000;
      return (await call({ method: 'POST', path: `${apiBase}/traces`, body: wanted, timeoutMs })) as Trace;
    },
  };
}

function writing({ dryRun }: Writing = {}): Readonly<Record<string, string | undefined>> {
  return dryRun === true ? { dryRun: 'true' } : {};
}

function query(filter: Readonly<Record<string, string | readonly string[] | undefined>> = {}): string {
  const parameters = new URLSearchParams();
  for (const [key, value = []] of Object.entries(filter)) {
    for (const each of [value].flat()) parameters.append(key, each);
  }
  return parameters.size === 0 ? '' : `?${parameters}`;
}

async function answer(endpoint: Endpoint, wanted: HttpRequest): Promise<unknown> {
  const result = await send(endpoint, wanted);
  if (!result.ok) throw unreachable(endpoint, result.code, result.message);
  const body = result.text === '' ? undefined : parseJson(result.text, endpoint);
  if (result.status >= 200 && result.status < 300) return body;
  if (isApiError(body)) throw new ApiProblem(result.status, body.code === 'unauthorized' ? howToAsk(body) : body);
  throw notOurs(endpoint);
}

function howToAsk({ code, message }: ApiError): ApiError {
  return { code, message: `${message}\ngive one with --token-file FILE, WEFT_TOKEN_FILE or WEFT_TOKEN` };
}

function parseJson(text: string, endpoint: Endpoint): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw notOurs(endpoint);
  }
}

function isApiError(body: unknown): body is ApiError {
  const { code, message } = (body ?? {}) as Partial<Record<keyof ApiError, unknown>>;
  return typeof code === 'string' && typeof message === 'string';
}

function notOurs(endpoint: Endpoint): Problem {
  return new Problem(`what answers at ${endpoint} is not a Weft controller: name one with --controller`);
}

function unreachable(endpoint: Endpoint, code: string, message: string): Problem {
  const advice =
    'start one with `weft controller --config FILE`, or name another with --controller SOCKET_OR_URL, ' +
    'WEFT_CONTROLLER or --lab NAME';
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    const what = isUrl(endpoint) ? 'nothing listens there' : 'no controller listens on this socket';
    return new UnreachableProblem(`cannot reach the controller at ${endpoint}: ${what}; ${advice}`);
  }
  if (endpoint.startsWith('http://') && code === 'ECONNRESET') {
    return new UnreachableProblem(`cannot reach the controller at ${endpoint}: its port speaks TLS: write https://`);
  }
  if (/^(SELF_SIGNED|DEPTH_ZERO|UNABLE_TO)/.test(code)) {
    return new UnreachableProblem(
      `what answers at ${endpoint} is not known: name the region’s authority with --ca FILE or WEFT_CA ` +
        '(the controller’s region-ca.crt; on its hosts /var/lib/weft/agent/trust/region.pem)',
    );
  }
  if (code === 'EACCES') {
    return new UnreachableProblem(`cannot reach the controller at ${endpoint}: permission denied; run this as root`);
  }
  if (code === 'ETIMEDOUT') {
    return new UnreachableProblem(
      `the controller at ${endpoint} does not answer: look at its log, or whether its host is reachable`,
    );
  }
  return new UnreachableProblem(`cannot reach the controller at ${endpoint}: ${message}`);
}
