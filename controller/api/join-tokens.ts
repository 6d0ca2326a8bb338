/** `/v1/join-tokens`: what hosts join with; and the end of a host's trust, `/v1/hosts/:name/revoke`. */
import type { FastifyInstance } from 'fastify';
import { apiBase, JoinToken, JoinTokenRequest, Revocation } from '../../wire/resources.ts';
import { Type } from '../../wire/schema.ts';
import type { JoinToken as JoinTokenRecord } from '../state/records.ts';
import { phaseOf } from '../trust/tokens.ts';
import { authorOf } from './guard.ts';
import { createRoute, errors, filters, listRoute, type Named, nameParameter, type Query, unwrap } from './routes.ts';
import type { Sources } from './views.ts';

const defaultTtlMs = 600_000;

export function addJoinTokens(app: FastifyInstance, { state, trust, hub, unixMs }: Sources): void {
  const path = `${apiBase}/join-tokens`;
  app.get<Query>(path, listRoute('join-tokens', JoinToken, []), async (request) => {
    filters(request.query, []);
    const newestFirst = [...state.joinTokens.values()].sort((a, b) => b.createdMs - a.createdMs);
    return { items: newestFirst.map((token) => viewToken(token, unixMs())) };
  });
  const create = createRoute('join-tokens', JoinTokenRequest, JoinToken);
  app.post<{ Body: JoinTokenRequest }>(path, create, async (request, reply) => {
    const made = unwrap(await trust.createToken(authorOf(request), { ttlMs: defaultTtlMs, ...request.body }));
    return reply
      .code(201)
      .header('cache-control', 'no-store')
      .send({ ...viewToken(made.record, unixMs()), token: made.text });
  });
  const params = Type.Object({ id: Type.String() });
  const schema = { tags: ['join-tokens'], params, response: { 204: Type.Null(), ...errors } };
  app.delete<{ Params: { id: string } }>(`${path}/:id`, { schema }, async (request, reply) => {
    unwrap(await trust.deleteToken(authorOf(request), request.params.id.slice(0, 100)));
    return reply.code(204).send();
  });
  const revoke = { tags: ['hosts'], params: nameParameter, response: { 200: Revocation, ...errors } };
  app.post<Named>(`${apiBase}/hosts/:name/revoke`, { schema: revoke }, async (request) => {
    const host = request.params.name.slice(0, 100);
    const wasConnected = hub.isConnected(host);
    const { revokedMs = unixMs() } = unwrap(await trust.revoke(authorOf(request), host));
    return { host, revokedMs, wasConnected };
  });
}

function viewToken(token: JoinTokenRecord, nowMs: number): JoinToken {
  const { name, host, labels, createdMs, expiresMs, used } = token;
  return {
    id: name,
    host,
    labels,
    phase: phaseOf(token, nowMs),
    createdMs,
    expiresMs,
    ...(used === undefined ? {} : { usedMs: used.atMs, usedFrom: used.from }),
  };
}
