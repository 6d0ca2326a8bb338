/** `GET /v1/audit`: who changed what, page by page, oldest first. */
import type { FastifyInstance } from 'fastify';
import { AuditPage, accessLimits } from '../../wire/access.ts';
import { apiBase } from '../../wire/resources.ts';
import type { Trail } from '../access/trail.ts';
import { parseTime } from './explain.ts';
import { errors, filters, type Query, queryOf, Refused, unwrap } from './routes.ts';

const parameters = ['after', 'limit', 'since', 'who', 'resource'] as const;

export function addAudit(app: FastifyInstance, trail: Trail): void {
  const schema = { tags: ['access'], querystring: queryOf(parameters), response: { 200: AuditPage, 400: errors[400] } };
  app.get<Query>(`${apiBase}/audit`, { schema }, async (request) => {
    const { after, limit, since, who, resource } = filters(request.query, parameters);
    return trail.read({
      after: after === undefined ? undefined : wholeNumber('after', after, Number.MAX_SAFE_INTEGER),
      limit: limit === undefined ? 100 : wholeNumber('limit', limit, accessLimits.auditPage),
      sinceMs: since === undefined ? undefined : unwrap(parseTime(since)),
      who,
      resource,
    });
  });
}

function wholeNumber(name: string, text: string, most: number): number {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  const least = name === 'limit' ? 1 : 0;
  if (number >= least && number <= most) return number;
  throw new Refused(
    400,
    'invalid',
    `'${name}' is '${text.slice(0, 50)}', expected a whole number of ${least} to ${most}`,
  );
}
