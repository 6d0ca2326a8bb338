/** What the routes of the REST API share: their schemas, the checks of queries, and how a request ends otherwise. */
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { limits, namePattern } from '../../wire/limits.ts';
import { ApiError } from '../../wire/resources.ts';
import { type Static, type TSchema, Type } from '../../wire/schema.ts';
import type { Commands } from '../state/commands.ts';
import { grant, type Outcome, refusalStatus } from '../state/refusal.ts';
import { StoreError } from '../store/store.ts';
import type { Sources } from './views.ts';

export interface Query {
  Querystring: unknown;
}
export interface Named {
  Params: { name: string };
}

/** Checks a query by hand: no coercion, no key that would be ignored. */
export function filters<Key extends string>(query: unknown, allowed: readonly Key[]): Partial<Record<Key, string>> {
  const found: Partial<Record<Key, string>> = {};
  for (const [key, value] of Object.entries(query as Record<string, unknown>)) {
    if (key === repeatable && allowed.some((candidate) => candidate === key)) continue;
    const name = allowed.find((candidate) => candidate === key);
    if (name === undefined) {
      const expected = allowed.length === 0 ? 'this list has no filters' : `filters are ${allowed.join(', ')}`;
      throw new Refused(400, 'invalid', `unknown filter '${key}': ${expected}`);
    }
    if (typeof value !== 'string') throw new Refused(400, 'invalid', `filter '${key}' is given more than once`);
    found[name] = value;
  }
  return found;
}

/** The filter that may be there several times: with all of them. */
const repeatable = 'label';

/** `?label=KEY=VALUE`, as often as wanted. */
export function labelFilters(query: unknown): readonly (readonly [key: string, value: string])[] {
  const { [repeatable]: given = [] } = query as Readonly<Record<string, string | readonly string[] | undefined>>;
  return [given].flat().map((text) => {
    const at = text.indexOf('=');
    if (at < 1) throw new Refused(400, 'invalid', `filter 'label' is '${text.slice(0, 100)}', expected KEY=VALUE`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
}

/** A filter that knows its words. */
export function oneOf<Word extends string>(key: string, value: string | undefined, words: readonly Word[]) {
  const word = words.find((candidate) => candidate === value);
  if (value === undefined || word !== undefined) return word;
  throw new Refused(400, 'invalid', `filter '${key}' is '${value.slice(0, 100)}', expected one of ${words.join(', ')}`);
}

export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

export function known<T>(noun: string, map: ReadonlyMap<string, T>, name: string): T {
  const record = map.get(name);
  if (record === undefined) throw new Refused(404, 'unknown', `${noun} '${name.slice(0, 100)}' does not exist`);
  return record;
}

export function unwrap<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Refused(refusalStatus[outcome.code], outcome.code, outcome.message);
  return outcome.value;
}

// ---- errors ----------------------------------------------------------------------------------------------

/** Ends a request with an answer; never leaves this folder. */
export class Refused extends Error {
  readonly statusCode: number;
  readonly body: ApiError;

  constructor(statusCode: number, code: string, message: string) {
    super(message);
    this.statusCode = statusCode;
    this.body = { code, message };
  }
}

export function describeError(error: FastifyError): { readonly status: number; readonly body: ApiError } {
  if (error instanceof Refused) return { status: error.statusCode, body: error.body };
  if (error instanceof StoreError) return { status: 503, body: { code: 'store', message: error.message } };
  const [first] = error.validation ?? [];
  if (first !== undefined) {
    const path = first.instancePath.slice(1).replaceAll('/', '.');
    return { status: 400, body: { code: 'invalid', message: validationMessage(first, path) } };
  }
  const status = error.statusCode ?? 500;
  return status >= 400 && status < 500
    ? { status, body: { code: 'invalid', message: error.message } }
    : { status: 500, body: { code: 'internal', message: 'the controller failed on this request: see its log' } };
}

interface Validation {
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string | undefined;
}

function validationMessage({ keyword, params, message }: Validation, path: string): string {
  const subject = path === '' ? 'the body' : `'${path}'`;
  switch (keyword) {
    case 'additionalProperties':
      return `${subject} has an unknown key '${String(params.additionalProperty)}'`;
    case 'enum':
      return `${subject} must be one of ${(params.allowedValues as readonly string[]).join(', ')}`;
    case 'required':
      return `${subject} lacks the key '${String(params.missingProperty)}'`;
    case 'pattern':
      return params.pattern === namePattern
        ? `${subject} is not a name: use a-z, 0-9 and -, at most ${limits.nameLength} characters`
        : `${subject} ${message ?? 'is not valid'}`;
    default:
      return `${subject} ${message ?? 'is not valid'}`;
  }
}

// ---- dry runs ----------------------------------------------------------------------------------------------

/** What a write works on: the region, or for a dry run a copy of it. */
export interface Target {
  readonly sources: Sources;
  readonly commands: Commands;
}

const DryRunQuery = Type.Object({
  dryRun: Type.Optional(
    Type.Enum(['true', 'false'], {
      description: 'true: check everything and answer what would be, but write nothing',
    }),
  ),
});

declare module 'fastify' {
  interface FastifyContextConfig {
    /** It takes `?dryRun=true`. */
    dryRun?: boolean;
  }
}

/** A writing route that also takes `?dryRun=true`; every other one refuses it (`refuseQueries`). */
export function dryRunnable<Schema extends object>(route: { readonly schema: Schema }) {
  return { schema: { ...route.schema, querystring: DryRunQuery }, config: { dryRun: true } };
}

export function isDryRun(query: unknown): boolean {
  return (query as Static<typeof DryRunQuery>).dryRun === 'true';
}

/** Nobody may take a real change for a dry run: a query that a writing route does not know is refused. */
export function refuseQueries({ method, url, query, is404, routeOptions: { config } }: FastifyRequest): void {
  if (is404 || method === 'GET' || method === 'HEAD') return;
  const known = config.dryRun === true ? ['dryRun'] : [];
  const unknown = Object.keys(query as object).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const expected = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`;
  throw new Refused(
    400,
    'invalid',
    `${method} ${url.slice(0, 200)} has an unknown query '${unknown.slice(0, 100)}': ${expected}`,
  );
}

/** Runs a write on the region itself, or on a copy that is thrown away. */
export async function write<T>(query: unknown, { sources, commands }: Target, act: (on: Target) => Promise<T>) {
  if (!isDryRun(query)) return await act({ sources, commands });
  const tried = await commands.draft(
    async (draft) => grant(await act({ commands: draft.commands, sources: { ...sources, state: draft.state } })),
    { keep: false },
  );
  return unwrap(tried);
}

/** `DELETE PATH/:name`. */
export function addDelete(
  app: FastifyInstance,
  path: string,
  target: (request: FastifyRequest) => Target,
  act: (commands: Commands, name: string) => Promise<Outcome<undefined>>,
): void {
  const route = dryRunnable(deleteRoute(path.slice(path.lastIndexOf('/') + 1)));
  app.delete<Named & Query>(`${path}/:name`, route, async (request, reply) => {
    await write(request.query, target(request), async ({ commands }) =>
      unwrap(await act(commands, request.params.name)),
    );
    return reply.code(204).send();
  });
}

// ---- schemas of routes -------------------------------------------------------------------------------------

export const errors = { 400: ApiError, 403: ApiError, 404: ApiError, 409: ApiError, 503: ApiError };
export const nameParameter = Type.Object({ name: Type.String() });

export function route(tag: string, answer: TSchema) {
  return { schema: { tags: [tag], response: { 200: answer } } };
}

export function listRoute(tag: string, item: TSchema, keys: readonly string[]) {
  const items = Type.Object({ items: Type.Array(item) });
  // Queries are checked by `filters`; here they are only described.
  const querystring = keys.length === 0 ? {} : { querystring: queryOf(keys) };
  return { schema: { tags: [tag], ...querystring, response: { 200: items, 400: ApiError } } };
}

export function queryOf(keys: readonly string[]) {
  return Type.Object(Object.fromEntries(keys.map((key) => [key, Type.Optional(Type.Unknown())])));
}

export function oneRoute(tag: string, answer: TSchema) {
  return { schema: { tags: [tag], params: nameParameter, response: { 200: answer, ...errors } } };
}

export function createRoute(tag: string, body: TSchema, answer: TSchema) {
  return { schema: { tags: [tag], body, response: { 201: answer, ...errors } } };
}

export function putRoute(tag: string, body: TSchema, answer: TSchema) {
  return { schema: { tags: [tag], params: nameParameter, body, response: { 200: answer, 201: answer, ...errors } } };
}

export function deleteRoute(tag: string) {
  return { schema: { tags: [tag], params: nameParameter, response: { 204: Type.Null(), ...errors } } };
}
