/** `/v1/access-tokens`: who may use the API. */
import type { FastifyInstance } from 'fastify';
import { AccessToken, AccessTokenRequest, CreatedAccessToken } from '../../wire/access.ts';
import { apiBase } from '../../wire/resources.ts';
import type { AccessTokens } from '../access/tokens.ts';
import { authorOf } from './guard.ts';
import { byName, createRoute, deleteRoute, filters, listRoute, type Named, type Query, unwrap } from './routes.ts';

export function addAccessTokens(app: FastifyInstance, tokens: AccessTokens): void {
  const path = `${apiBase}/access-tokens`;
  app.get<Query>(path, listRoute('access', AccessToken, []), async (request) => {
    filters(request.query, []);
    return { items: tokens.list().sort(byName) };
  });
  const create = createRoute('access', AccessTokenRequest, CreatedAccessToken);
  app.post<{ Body: AccessTokenRequest }>(path, create, async (request, reply) => {
    const token = unwrap(await tokens.create(authorOf(request), request.body));
    return reply.code(201).header('cache-control', 'no-store').send(token);
  });
  app.delete<Named>(`${path}/:name`, deleteRoute('access'), async (request, reply) => {
    unwrap(await tokens.delete(authorOf(request), request.params.name));
    return reply.code(204).send();
  });
}
