/**
 * The REST API: requests checked against the schemas of `wire/resources.ts`, which are also published as
 * OpenAPI. Answers to writes are sent after the store has them. Errors are always `ApiError`.
 */
import swagger from '@fastify/swagger';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { Logger } from 'pino';
import { limits } from '../../wire/limits.ts';
import type { Watched } from '../../wire/metrics/listener.ts';
import { Policy, PolicyRequest } from '../../wire/policy.ts';
import {
  apiBase,
  ControllerStatus,
  Explanation,
  Guest,
  GuestRequest,
  guestPhases,
  Mapping,
  Selection,
  Vpc,
  VpcRequest,
} from '../../wire/resources.ts';
import type { AccessTokens } from '../access/tokens.ts';
import type { Trail } from '../access/trail.ts';
import type { Clock } from '../clock.ts';
import { countRequests, type Requests } from '../metrics/requests.ts';
import type { PeoplesCommands } from '../state/commands.ts';
import { addApply } from './apply.ts';
import { addAudit } from './audit.ts';
import { addEvents } from './events.ts';
import { explain, parseTime } from './explain.ts';
import { type Asking, asking, guardRoutes, seen } from './guard.ts';
import { addHosts } from './hosts.ts';
import { addJoinTokens } from './join-tokens.ts';
import { limitExplanation, limitStatus } from './limited.ts';
import { completeDocument } from './openapi.ts';
import { addRollouts } from './rollouts.ts';
import {
  addDelete,
  byName,
  createRoute,
  describeError,
  dryRunnable,
  errors,
  filters,
  listRoute,
  type Named,
  oneOf,
  oneRoute,
  putRoute,
  type Query,
  queryOf,
  Refused,
  refuseQueries,
  route,
  unwrap,
  write,
} from './routes.ts';
import { addStore, type StoreAccess } from './store.ts';
import { addAccessTokens } from './tokens.ts';
import { addTraces } from './traces.ts';
import { type Sources, viewGuest, viewMappings, viewPolicy, viewSelection, viewStatus, viewVpc } from './views.ts';
import { addWatching } from './watching.ts';

export interface ApiOptions {
  readonly sources: Sources;
  readonly commands: PeoplesCommands;
  readonly tokens: AccessTokens;
  readonly trail: Trail;
  readonly log: Logger;
  readonly clock: Clock;
  readonly watched: Watched;
  readonly requests: Requests;
  readonly store: StoreAccess;
}

/** The handler of all requests; it listens nowhere by itself. */
export async function createApi(options: ApiOptions): Promise<FastifyInstance> {
  const { sources, commands, tokens, trail, log, clock } = options;
  const app = Fastify({
    loggerInstance: log.child({}, { level: 'warn' }) as FastifyBaseLogger,
    bodyLimit: limits.requestBodyBytes,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false, allErrors: false } },
    routerOptions: { maxParamLength: 256 },
    // What goes wrong before a route is found has its answer in the same shape.
    frameworkErrors: (error, _request, reply) => {
      const { status, body } = describeError(error);
      void (reply as FastifyReply).code(status).send(body);
    },
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Weft controller', version: sources.version, license: { name: 'Apache-2.0' } },
      // Over TCP.
      components: { securitySchemes: { accessToken: { type: 'http', scheme: 'bearer' } } },
      security: [{ accessToken: [] }],
    },
  });
  countRequests(app, options.requests);
  guardRoutes(app, commands);
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const failure = describeError(error);
    if (failure.status === 500) log.error({ err: error }, 'request failed');
    return reply.code(failure.status).send(failure.body);
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      code: 'unknown',
      message: `${request.method} ${request.url.slice(0, 200)} is not part of the API: see ${apiBase}/openapi.json`,
    }),
  );
  app.addHook('preValidation', async (request) => refuseQueries(request));
  app.get(`${apiBase}/openapi.json`, { schema: { hide: true } }, async () => document);
  app.get(`${apiBase}/status`, route('controller', ControllerStatus), async (request) => {
    const { sight } = asking(request, sources, commands);
    return sight.customer === undefined ? viewStatus(sources) : limitStatus(viewStatus(sources), sight, sources.hub);
  });
  addVpcs(app, sources, commands);
  addGuests(app, sources, commands);
  addHosts(app, sources, commands);
  addPolicies(app, sources, commands);
  addLists(app, sources, commands);
  addRollouts(app, sources);
  addApply(app, sources, commands);
  addStore(app, sources, commands, options.store);
  addJoinTokens(app, sources);
  addExplain(app, sources, commands);
  addTraces(app, sources, commands, clock);
  addAccessTokens(app, tokens);
  addAudit(app, trail);
  addEvents(app, sources, clock);
  addWatching(app, options.watched);
  await app.ready();
  const document = completeDocument({ ...app.swagger() });
  return app;
}

function addVpcs(app: FastifyInstance, sources: Sources, commands: PeoplesCommands): void {
  const ask = (request: FastifyRequest) => asking(request, sources, commands);
  app.get<Query>(`${apiBase}/vpcs`, listRoute('vpcs', Vpc, ['customer']), async (request) => {
    const { customer } = filters(request.query, ['customer']);
    const { sight } = ask(request);
    const vpcs = sight.vpcs().filter((vpc) => customer === undefined || vpc.customer === customer);
    return { items: vpcs.sort(byName).map((vpc) => viewVpc(sources, vpc)) };
  });
  const create = dryRunnable(createRoute('vpcs', VpcRequest, Vpc));
  app.post<Query & { Body: VpcRequest }>(`${apiBase}/vpcs`, create, async (request, reply) => {
    const vpc = await write(request.query, ask(request), async (on) =>
      viewVpc(on.sources, unwrap(await on.commands.createVpc(request.body))),
    );
    return reply.code(201).send(vpc);
  });
  app.get<Named>(`${apiBase}/vpcs/:name`, oneRoute('vpcs', Vpc), async (request) =>
    viewVpc(sources, seen(ask(request), 'vpc', request.params.name, sources.state.vpcs)),
  );
  addDelete(app, `${apiBase}/vpcs`, ask, (on, name) => on.deleteVpc(name));
}

function addGuests(app: FastifyInstance, sources: Sources, commands: PeoplesCommands): void {
  const ask = (request: FastifyRequest) => asking(request, sources, commands);
  app.get<Query>(`${apiBase}/guests`, listRoute('guests', Guest, ['vpc', 'host', 'phase']), async (request) => {
    const { phase, ...where } = filters(request.query, ['vpc', 'host', 'phase']);
    const wanted = oneOf('phase', phase, guestPhases);
    const guests = selectGuests(ask(request), where).map((guest) => viewGuest(sources, guest));
    return { items: guests.filter((guest) => wanted === undefined || guest.phase === wanted) };
  });
  const create = dryRunnable(createRoute('guests', GuestRequest, Guest));
  app.post<Query & { Body: GuestRequest }>(`${apiBase}/guests`, create, async (request, reply) => {
    const guest = await write(request.query, ask(request), async (on) =>
      viewGuest(on.sources, unwrap(await on.commands.createGuest(request.body))),
    );
    return reply.code(201).send(guest);
  });
  app.get<Named>(`${apiBase}/guests/:name`, oneRoute('guests', Guest), async (request) =>
    viewGuest(sources, seen(ask(request), 'guest', request.params.name, sources.state.guests)),
  );
  addDelete(app, `${apiBase}/guests`, ask, (on, name) => on.deleteGuest(name));
}

function addPolicies(app: FastifyInstance, sources: Sources, commands: PeoplesCommands): void {
  const { policies } = sources.state;
  const ask = (request: FastifyRequest) => asking(request, sources, commands);
  const path = `${apiBase}/policies`;
  app.get<Query>(path, listRoute('policies', Policy, []), async (request) => {
    filters(request.query, []);
    return { items: ask(request).sight.policies().sort(byName).map(viewPolicy) };
  });
  const create = dryRunnable(createRoute('policies', PolicyRequest, Policy));
  app.post<Query & { Body: PolicyRequest }>(path, create, async (request, reply) => {
    const policy = await write(request.query, ask(request), async (on) =>
      unwrap(await on.commands.createPolicy(request.body)),
    );
    return reply.code(201).send(viewPolicy(policy));
  });
  app.get<Named>(`${path}/:name`, oneRoute('policies', Policy), async (request) =>
    viewPolicy(seen(ask(request), 'policy', request.params.name, policies)),
  );
  const put = dryRunnable(putRoute('policies', PolicyRequest, Policy));
  app.put<Named & Query & { Body: PolicyRequest }>(`${path}/:name`, put, async (request, reply) => {
    const { name } = request.params;
    if (request.body.name !== name) {
      throw new Refused(
        400,
        'invalid',
        `the path names policy '${name.slice(0, 100)}', the body '${request.body.name}'`,
      );
    }
    const isNew = !policies.has(name);
    const policy = await write(request.query, ask(request), async (on) =>
      unwrap(await on.commands.putPolicy(request.body)),
    );
    return reply.code(isNew ? 201 : 200).send(viewPolicy(policy));
  });
  addDelete(app, path, ask, (on, name) => on.deletePolicy(name));
}

function addExplain(app: FastifyInstance, sources: Sources, commands: PeoplesCommands): void {
  const parameters = ['from', 'to', 'at'] as const;
  const schema = { tags: ['selections'], querystring: queryOf(parameters), response: { 200: Explanation, ...errors } };
  app.get<Query>(`${apiBase}/explain`, { schema }, async (request) => {
    const { from, to, at } = filters(request.query, parameters);
    if (from === undefined || to === undefined) {
      throw new Refused(400, 'invalid', 'explain needs from= and to=: two hosts or two guests');
    }
    const atMs = at === undefined ? undefined : unwrap(parseTime(at));
    const asked = asking(request, sources, commands);
    if (asked.sight.customer === undefined) return unwrap(await explain(sources, commands, { from, to, atMs }));
    for (const name of [from, to]) seen(asked, 'guest', name, sources.state.guests);
    return limitExplanation(unwrap(await explain(sources, commands, { from, to, atMs })), asked.sight);
  });
}

function addLists(app: FastifyInstance, sources: Sources, commands: PeoplesCommands): void {
  const { state } = sources;
  app.get<Query>(`${apiBase}/mappings`, listRoute('mappings', Mapping, ['vpc', 'host']), async (request) => ({
    items: selectGuests(asking(request, sources, commands), request.query).flatMap((guest) =>
      viewMappings(sources, guest),
    ),
  }));
  app.get<Query>(`${apiBase}/selections`, listRoute('selections', Selection, []), async (request) => {
    filters(request.query, []);
    const ordered = [...state.selections.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    return { items: ordered.map(([, selection]) => viewSelection(sources, selection)) };
  });
}

function selectGuests({ sight }: Asking, query: unknown) {
  const { vpc, host } = filters(query, ['vpc', 'host']);
  return sight
    .guests()
    .filter((guest) => (vpc === undefined || guest.vpc === vpc) && (host === undefined || guest.host === host))
    .sort(byName);
}
