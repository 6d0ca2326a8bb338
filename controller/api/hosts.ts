/** `/v1/hosts`: what agents say of their hosts, hosts without an agent, and new keys on an operator's word. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { apiBase, Host, HostRequest, type HostState, hostStates, KeyRotation } from '../../wire/resources.ts';
import type { PeoplesCommands } from '../state/commands.ts';
import type { Host as HostRecord } from '../state/records.ts';
import { grant } from '../state/refusal.ts';
import { asking } from './guard.ts';
import {
  addDelete,
  byName,
  createRoute,
  dryRunnable,
  errors,
  filters,
  known,
  labelFilters,
  listRoute,
  type Named,
  nameParameter,
  oneOf,
  oneRoute,
  type Query,
  Refused,
  unwrap,
  write,
} from './routes.ts';
import { type Sources, viewHost } from './views.ts';

export function addHosts(app: FastifyInstance, sources: Sources, commands: PeoplesCommands): void {
  const ask = (request: FastifyRequest) => asking(request, sources, commands);
  const { state } = sources;
  const path = `${apiBase}/hosts`;
  const keys = ['label', 'state'] as const;
  app.get<Query>(path, listRoute('hosts', Host, keys), async ({ query }) => {
    const wanted = oneOf('state', filters(query, keys).state, hostStates);
    const labels = labelFilters(query);
    const hosts = [...state.hosts.values()]
      .filter((host) => wanted === undefined || stateOf(sources, host) === wanted)
      .filter(({ assets }) => labels.every(([key, value]) => assets.labels[key] === value));
    return { items: hosts.sort(byName).map((host) => viewHost(sources, host)) };
  });
  const create = dryRunnable(createRoute('hosts', HostRequest, Host));
  app.post<Query & { Body: HostRequest }>(path, create, async (request, reply) => {
    const host = await write(request.query, ask(request), async (on) =>
      viewHost(on.sources, unwrap(await on.commands.createHost(request.body))),
    );
    return reply.code(201).send(host);
  });
  app.get<Named>(`${path}/:name`, oneRoute('hosts', Host), async (request) =>
    viewHost(sources, known('host', state.hosts, request.params.name)),
  );
  addDelete(app, path, ask, (on, name) => on.deleteHost(name));
  const schema = { tags: ['hosts'], params: nameParameter, response: { 202: KeyRotation, ...errors } };
  app.post<Named>(`${path}/:name/rotate-keys`, { schema }, async (request, reply) => {
    const { name } = request.params;
    const rotation = checkRotation(sources, known('host', state.hosts, name));
    // Nothing of it is in the store but that it was asked for.
    unwrap(
      await ask(request).commands.change(() =>
        grant({ operations: [], done: { resource: `host ${name}` }, result: () => grant(undefined) }),
      ),
    );
    sources.hub.rotateKeys(name);
    return reply.code(202).send(rotation);
  });
}

function stateOf({ hub }: Sources, { name, framework }: HostRecord): HostState {
  if (framework !== undefined) return 'foreign';
  return hub.isConnected(name) ? 'connected' : 'away';
}

function checkRotation({ hub }: Sources, { name, framework, keys }: HostRecord): KeyRotation {
  if (framework !== undefined) throw new Refused(409, 'no-agent', `host '${name}' has no agent, and so no keys`);
  if (!hub.isConnected(name)) {
    throw new Refused(
      409,
      'not-connected',
      `host '${name}' is not connected: its agent makes a new key when it starts`,
    );
  }
  const newest = keys?.epochs[0];
  if (newest === undefined) {
    throw new Refused(409, 'no-keys', `host '${name}' has no keys: it offers no format that encrypts`);
  }
  return { host: name, newestEpoch: newest.epoch };
}
