/**
 * The one table of who may do what: a row per permission, a row per route. Whatever stands in neither is refused.
 *
 *   all        everything
 *   own        what belongs to the token's customer; of everything else not even whether it exists
 *   customers  policies whose author is a customer, not administrators'
 *
 * Whoever may open the Unix socket is an administrator.
 */
import type { Role } from '../../wire/access.ts';

export type Scope = 'all' | 'own' | 'customers';

const everybody = { administrator: 'all', operator: 'all', customer: 'own', 'read-only': 'all' } as const;
const staff = { administrator: 'all', operator: 'all', 'read-only': 'all' } as const;
const operating = { administrator: 'all', operator: 'all' } as const;

export const permissions = {
  /** What the API is. */
  'api:read': everybody,
  'status:read': everybody,
  'vpcs:read': everybody,
  'vpcs:write': { administrator: 'all', operator: 'all', customer: 'own' },
  'guests:read': everybody,
  'guests:write': { administrator: 'all', operator: 'all', customer: 'own' },
  'mappings:read': everybody,
  'explain:read': everybody,
  /** Sends packets in a guest's name. */
  'traces:run': { administrator: 'all', operator: 'all', customer: 'own' },
  /** What a file holds, each thing under the rules for it. */
  'files:apply': { administrator: 'all', operator: 'customers', customer: 'own' },
  'policies:read': everybody,
  'policies:write': { administrator: 'all', operator: 'customers', customer: 'own' },
  'hosts:read': staff,
  'hosts:write': operating,
  'keys:rotate': operating,
  /** Who may be a host, and who may not any more. */
  'trust:read': operating,
  'trust:write': operating,
  'selections:read': staff,
  'rollouts:read': staff,
  /** A rollout puts policies. */
  'rollouts:start': { administrator: 'all', operator: 'customers' },
  'rollouts:steer': operating,
  'events:read': staff,
  'metrics:read': staff,
  /** Who was here and what was changed; a reader who changes nothing may be an auditor. */
  'audit:read': { administrator: 'all', 'read-only': 'all' },
  /** All of it, what customers have as well. */
  'store:read': staff,
  'store:backup': { administrator: 'all' },
  'store:settle': { administrator: 'all' },
  'tokens:read': { administrator: 'all' },
  'tokens:write': { administrator: 'all' },
} as const satisfies Readonly<Record<string, Partial<Record<Role, Scope>>>>;

export type Permission = keyof typeof permissions;

/** `METHOD PATH` as the API registers it; HEAD is GET. */
export const routes: Readonly<Record<string, Permission>> = {
  'GET /v1/openapi.json': 'api:read',
  'GET /v1/status': 'status:read',
  'GET /v1/vpcs': 'vpcs:read',
  'POST /v1/vpcs': 'vpcs:write',
  'GET /v1/vpcs/:name': 'vpcs:read',
  'DELETE /v1/vpcs/:name': 'vpcs:write',
  'GET /v1/guests': 'guests:read',
  'POST /v1/guests': 'guests:write',
  'GET /v1/guests/:name': 'guests:read',
  'DELETE /v1/guests/:name': 'guests:write',
  'GET /v1/hosts': 'hosts:read',
  'POST /v1/hosts': 'hosts:write',
  'GET /v1/hosts/:name': 'hosts:read',
  'DELETE /v1/hosts/:name': 'hosts:write',
  'POST /v1/hosts/:name/rotate-keys': 'keys:rotate',
  'POST /v1/hosts/:name/revoke': 'trust:write',
  'GET /v1/join-tokens': 'trust:read',
  'POST /v1/join-tokens': 'trust:write',
  'DELETE /v1/join-tokens/:id': 'trust:write',
  'GET /v1/policies': 'policies:read',
  'POST /v1/policies': 'policies:write',
  'GET /v1/policies/:name': 'policies:read',
  'PUT /v1/policies/:name': 'policies:write',
  'DELETE /v1/policies/:name': 'policies:write',
  'POST /v1/apply': 'files:apply',
  'GET /v1/store': 'store:read',
  'POST /v1/store/backup': 'store:backup',
  'POST /v1/store/settle': 'store:settle',
  'GET /v1/mappings': 'mappings:read',
  'GET /v1/selections': 'selections:read',
  'GET /v1/rollouts': 'rollouts:read',
  'POST /v1/rollouts': 'rollouts:start',
  'GET /v1/rollouts/:name': 'rollouts:read',
  'POST /v1/rollouts/:name/pause': 'rollouts:steer',
  'POST /v1/rollouts/:name/resume': 'rollouts:steer',
  'POST /v1/rollouts/:name/abort': 'rollouts:steer',
  'GET /v1/explain': 'explain:read',
  'POST /v1/traces': 'traces:run',
  'GET /v1/access-tokens': 'tokens:read',
  'POST /v1/access-tokens': 'tokens:write',
  'DELETE /v1/access-tokens/:name': 'tokens:write',
  'GET /v1/audit': 'audit:read',
  'GET /v1/events': 'events:read',
  'GET /metrics': 'metrics:read',
  'GET /healthz': 'metrics:read',
  'GET /readyz': 'metrics:read',
};

export function permissionOf(method: string, path: string): Permission | undefined {
  const key = `${method === 'HEAD' ? 'GET' : method} ${path}`;
  return Object.hasOwn(routes, key) ? routes[key] : undefined;
}

/** Undefined: not at all. */
export function scopeOf(role: Role, permission: Permission): Scope | undefined {
  const row: Partial<Record<Role, Scope>> = permissions[permission];
  return row[role];
}
