/**
 * What whoever asks may do, decided before a body is read: the route's row in `access/permissions.ts` and the role.
 * A route without a row is closed to everybody.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from '../../wire/resources.ts';
import type { Author } from '../access/author.ts';
import { principalOf } from '../access/gate.ts';
import { permissionOf, scopeOf } from '../access/permissions.ts';
import { Sight } from '../access/tenancy.ts';
import type { PeoplesCommands } from '../state/commands.ts';
import { Refused, type Target } from './routes.ts';
import type { Sources } from './views.ts';

export function guardRoutes(app: FastifyInstance, commands: PeoplesCommands): void {
  app.addHook('onRequest', async (request) => {
    const author = authorOf(request);
    if (request.is404) return;
    const path = request.routeOptions.url ?? '';
    const permission = permissionOf(request.method, path);
    if (permission !== undefined && scopeOf(author.role, permission) !== undefined) return;
    const message =
      permission === undefined
        ? `nobody may use ${request.method} ${path}: it has no permission yet, which is a mistake of this Weft`
        : `this needs the permission ${permission}, which the role ${author.role} does not have`;
    commands.as(author).noteRefusal(resourceOf(request), message);
    throw new Refused(403, 'forbidden', message);
  });
  const registered: string[] = [];
  registeredRoutes.set(app, registered);
  // So that the published schema says what every route may answer.
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) registered.push(`${method} ${route.url}`);
    const response = { 401: ApiError, 403: ApiError, 429: ApiError, ...(route.schema?.response ?? {}) };
    route.schema = { ...route.schema, response };
  });
}

const registeredRoutes = new WeakMap<FastifyInstance, string[]>();

/** `METHOD PATH` of every route that was registered since `guardRoutes`. */
export function routesOf(app: FastifyInstance): readonly string[] {
  return registeredRoutes.get(app) ?? [];
}

/** Throws a Refused when the request has not come through a gate: then nobody has asked. */
export function authorOf(request: FastifyRequest): Author {
  const principal = principalOf(request.raw);
  if (principal === undefined) throw new Refused(401, 'unauthorized', 'it is not known who asks');
  return { ...principal, what: `${request.method} ${request.routeOptions.url ?? ''}` };
}

/** One request of somebody: what they see, and what they may write. */
export interface Asking extends Target {
  readonly author: Author;
  readonly sight: Sight;
}

export function asking(request: FastifyRequest, sources: Sources, commands: PeoplesCommands): Asking {
  const author = authorOf(request);
  return { author, sources, sight: new Sight(sources.state, author.customer), commands: commands.as(author) };
}

type Kind = 'vpc' | 'guest' | 'policy';

/** What whoever asks sees under the name; what is another's is answered as what does not exist. */
export function seen<K extends Kind>(
  { sight, commands }: Asking,
  noun: K,
  name: string,
  all: ReadonlyMap<string, unknown>,
): NonNullable<ReturnType<Sight[K]>> {
  const record = sight[noun](name) as ReturnType<Sight[K]>;
  if (record !== undefined) return record as NonNullable<ReturnType<Sight[K]>>;
  if (all.has(name)) commands.noteRefusal(`${noun} ${name}`, 'another customer’s');
  throw new Refused(404, 'unknown', `${noun} '${name.slice(0, 100)}' does not exist`);
}

const nouns: Readonly<Record<string, string>> = {
  vpcs: 'vpc',
  guests: 'guest',
  hosts: 'host',
  policies: 'policy',
  rollouts: 'rollout',
  'access-tokens': 'access-token',
};

function resourceOf(request: FastifyRequest): string {
  const kind = request.routeOptions.url?.split('/')[2] ?? '';
  const { name } = (request.params ?? {}) as { readonly name?: string };
  return name === undefined ? kind : `${nouns[kind] ?? kind} ${name.slice(0, 100)}`;
}
