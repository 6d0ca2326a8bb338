/** `POST /v1/apply`: a whole file of wants, all of it or nothing. */
import type { FastifyInstance } from 'fastify';
import { Applied, ApplyRequest } from '../../wire/apply.ts';
import { apiBase } from '../../wire/resources.ts';
import { Type } from '../../wire/schema.ts';
import { apply } from '../state/apply.ts';
import type { PeoplesCommands } from '../state/commands.ts';
import { asking } from './guard.ts';
import { dryRunnable, errors, isDryRun, type Query, unwrap } from './routes.ts';
import type { Sources } from './views.ts';

export function addApply(app: FastifyInstance, sources: Sources, commands: PeoplesCommands): void {
  const answer = Type.Object({ items: Type.Array(Applied) });
  const route = dryRunnable({
    schema: {
      tags: ['apply'],
      summary: 'Apply a file: create what is missing, change policies, leave the rest',
      body: ApplyRequest,
      response: { 200: answer, ...errors },
    },
  });
  app.post<Query & { Body: ApplyRequest }>(`${apiBase}/apply`, route, async (request) => ({
    items: unwrap(
      await apply(asking(request, sources, commands).commands, request.body, { dryRun: isDryRun(request.query) }),
    ),
  }));
}
