/** `/metrics`, `/healthz` and `/readyz`: not part of `/v1`, since other programs decide what they look like. */
import type { FastifyInstance } from 'fastify';
import { answerWatcher, type Watched } from '../../wire/metrics/listener.ts';

export function addWatching(app: FastifyInstance, watched: Watched): void {
  for (const path of ['/metrics', '/healthz', '/readyz']) {
    app.get(path, { schema: { hide: true } }, async (_request, reply) => {
      const answer = await answerWatcher(path, watched);
      return reply
        .code(answer?.status ?? 404)
        .type(answer?.type ?? 'text/plain')
        .send(answer?.body ?? '');
    });
  }
}
