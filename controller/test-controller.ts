/** A whole controller for tests: in a folder of its own, on a free port, with its REST API. */
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions, request as requestTls } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Policy } from '../wire/policy.ts';
import type {
  ApiError,
  ControllerStatus,
  Explanation,
  Guest,
  GuestRequest,
  Host,
  Mapping,
  Selection,
  Vpc,
} from '../wire/resources.ts';
import {
  FakeAgent as Agent,
  type Credentials,
  type FakeAgent,
  type FakeAgentOptions,
  substrate,
} from './channel/fake-agent.ts';
import type { Clock } from './clock.ts';
import { type ControllerConfig, parseConfig } from './config.ts';
import { type RunningController, startController } from './start.ts';
import type { Authority, CertificateWish } from './trust/authority.ts';
import { ownAuthority } from './trust/authority-files.ts';
import { hostCredentials } from './trust/test-credentials.ts';

export interface Answer {
  readonly status: number;
  readonly body: Body;
}

/** Whichever of these was asked for: a test looks only at its fields, and fails when they are not there. */
type Body = ApiError &
  Item &
  Explanation &
  Omit<ControllerStatus, 'guests' | 'hosts'> & { readonly items: Item[] } & OpenApi;
type Item = Vpc & Guest & Host & Selection & Policy & Omit<Mapping, 'version'>;
interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, { readonly post: Operation }>>;
}
interface Operation {
  readonly requestBody: {
    readonly content: Readonly<Record<string, { readonly schema: object }>>;
  };
  readonly responses: object;
}

export class TestController {
  readonly directory: string;
  controller: RunningController;
  readonly #settings: string;
  readonly #clock: Clock | undefined;
  readonly #agents: FakeAgent[] = [];
  #authority: Promise<Authority> | undefined;

  private constructor(directory: string, controller: RunningController, settings: string, clock: Clock | undefined) {
    this.directory = directory;
    this.controller = controller;
    this.#settings = settings;
    this.#clock = clock;
  }

  /** `api`: more keys of the settings' `api`, such as `, tcp: { port: 0 }`. */
  static async start(settings = '', clock?: Clock, api = ''): Promise<TestController> {
    const directory = await mkdtemp(join(tmpdir(), 'weft-ctl-'));
    const file = settingsText(directory, settings, api);
    return new TestController(directory, await launch(file, clock), file, clock);
  }

  /** Stops it and starts another one on the same folder. */
  async restart(): Promise<void> {
    await this.controller.close();
    await this.relaunch();
  }

  /** After it was closed. */
  async relaunch(): Promise<void> {
    this.controller = await launch(this.#settings, this.#clock);
  }

  get config(): ControllerConfig {
    return parseConfig(this.#settings, 'test.yaml');
  }

  get port(): number {
    return this.controller.listeners[0]?.port ?? 0;
  }

  async agent(host: string, options: Partial<FakeAgentOptions> = {}): Promise<FakeAgent> {
    const agent = await Agent.start(await this.agentOptions(host, options));
    this.#agents.push(agent);
    return agent;
  }

  /** Of an agent that has joined. */
  async agentOptions(host: string, options: Partial<FakeAgentOptions> = {}): Promise<FakeAgentOptions> {
    const credentials = options.credentials ?? (await this.credentials(host));
    return { host, port: this.port, substrateAddresses: [addressFor(host)], ...options, credentials };
  }

  /** A host's key and certificate, as if it had joined: made without the controller, with its authority. */
  async credentials(host: string, wish: Partial<CertificateWish> = {}): Promise<Credentials> {
    this.#authority ??= ownAuthority(join(this.directory, 'state'), 'test', Date.now());
    return hostCredentials(await this.#authority, host, wish);
  }

  get(path: string): Promise<Answer> {
    return this.#request('GET', path);
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.#request('POST', path, JSON.stringify(body));
  }

  put(path: string, body: unknown): Promise<Answer> {
    return this.#request('PUT', path, JSON.stringify(body));
  }

  delete(path: string): Promise<Answer> {
    return this.#request('DELETE', path);
  }

  #request(method: string, path: string, body?: string): Promise<Answer> {
    return send(this.controller.apiSocket, method, path, body);
  }

  async vpc(name: string, prefixes: readonly string[] = ['10.0.0.0/24']): Promise<number> {
    const answer = await this.post('/v1/vpcs', { name, prefixes });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body.gni;
  }

  async guest(name: string, host: string, rest: Partial<GuestRequest> = {}): Promise<void> {
    const answer = await this.post('/v1/guests', { name, host, vpc: 'blue', ...rest });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  }

  async eventCodes(): Promise<string[]> {
    const { body } = await this.get('/v1/status');
    return body.events.map(({ host, code }) => `${host} ${code}`);
  }

  async remove(): Promise<void> {
    for (const agent of this.#agents) agent.kill();
    await this.controller.close();
    await rm(this.directory, { recursive: true });
  }
}

/** One for every name that tests use. */
function addressFor(host: string): string {
  if (host.length === 1) return substrate(host.charCodeAt(0));
  return `198.18.1.${[...host].reduce((sum, letter) => (sum * 7 + letter.charCodeAt(0)) % 251, 0) + 1}`;
}

function settingsText(directory: string, settings: string, api: string): string {
  return `
stateDirectory: ${directory}/state
listen: { address: 127.0.0.1, port: 0 }
api: { socket: ${directory}/api.sock${api} }
log: { level: silent }
${settings}`;
}

function launch(text: string, clock: Clock | undefined): Promise<RunningController> {
  const log = pino({ level: 'silent' });
  return startController(parseConfig(text, 'test.yaml'), clock === undefined ? { log } : { log, clock });
}

export function send(socketPath: string, method: string, path: string, body?: string): Promise<Answer> {
  return exchange({ socketPath, method, path }, body);
}

/** Hundreds of requests a second are many new connections for one source (`listen-limits.ts`): they share some. */
const shared = new HttpsAgent({ keepAlive: true, maxSockets: 16 });

/** Over TCP, as who has the access token. */
export function sendAs(
  { port, token }: { readonly port: number; readonly token: string | undefined },
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return exchange(
    // By whom the controller is known is tried elsewhere.
    { host: '127.0.0.1', port, method, path, headers, agent: shared, rejectUnauthorized: false },
    body === undefined ? undefined : JSON.stringify(body),
  );
}

function exchange(options: RequestOptions, body: string | undefined): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { ...options.headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const start = options.socketPath === undefined ? requestTls : request;
    const sent = start({ agent: false, ...options, headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += String(chunk);
      resolve({
        status: response.statusCode ?? 0,
        body: text === '' || !isJson(response) ? undefined : JSON.parse(text),
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

/** Metrics and readiness are text, a backup is a database. */
function isJson({ headers }: IncomingMessage): boolean {
  return headers['content-type']?.startsWith('application/json') === true;
}
