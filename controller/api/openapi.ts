/**
 * The OpenAPI document made whole: what the routes' schemas say, named schemas once, and for every operation, field
 * and answer what it means (`words.ts`). Pure.
 */
import type { TSchema } from 'typebox';
import * as access from '../../wire/access.ts';
import { Applied, ApplyRequest } from '../../wire/apply.ts';
import { Policy, PolicyRequest } from '../../wire/policy.ts';
import * as resources from '../../wire/resources.ts';
import { ResumeRequest, Rollout, RolloutRequest } from '../../wire/rollout.ts';
import { Trace, TraceRequest } from '../../wire/trace.ts';
import { examples } from './examples.ts';
import { fieldWords, parameterWords, statusWords, summaries, summaryOf } from './words.ts';

type Json = Readonly<Record<string, unknown>>;

/** Shared by several routes; whatever is not named here stands where it is used. */
const named: Readonly<Record<string, TSchema>> = {
  AccessToken: access.AccessToken,
  AccessTokenRequest: access.AccessTokenRequest,
  Applied,
  ApplyRequest,
  AuditEntry: access.AuditEntry,
  AuditPage: access.AuditPage,
  ControllerStatus: resources.ControllerStatus,
  CreatedAccessToken: access.CreatedAccessToken,
  Error: resources.ApiError,
  Explanation: resources.Explanation,
  Guest: resources.Guest,
  GuestRequest: resources.GuestRequest,
  Host: resources.Host,
  HostRequest: resources.HostRequest,
  KeyRotation: resources.KeyRotation,
  Mapping: resources.Mapping,
  Policy,
  PolicyRequest,
  ResumeRequest,
  Rollout,
  RolloutRequest,
  Selection: resources.Selection,
  Trace,
  TraceRequest,
  Vpc: resources.Vpc,
  VpcRequest: resources.VpcRequest,
};

export function completeDocument(document: Json): Json {
  const names = new Map(Object.entries(named).map(([name, schema]) => [canonical(plain(schema)), name]));
  const paths = mapValues(object(simplified(document.paths)), (operations, path) =>
    mapValues(object(operations), (operation, method) => completeOperation(object(operation), method, path)),
  );
  const schemas = mapValues(named, (schema, name) => ({
    ...object(described(hoist(plain(schema), names, name))),
    ...(examples[name] === undefined ? {} : { examples: [examples[name]] }),
  }));
  return {
    ...document,
    paths: described(hoist(paths, names)),
    components: { ...object(document.components), schemas },
  };
}

function completeOperation(operation: Json, method: string, path: string): Json {
  const [tag = 'controller'] = (operation.tags as readonly string[] | undefined) ?? [];
  const error = { description: '', content: { 'application/json': { schema: plain(resources.ApiError) } } };
  const responses = { ...object(operation.responses), default: error };
  const parameters = (operation.parameters ?? []) as readonly Json[];
  return {
    ...operation,
    summary: operation.summary ?? summaries[`${method} ${path}`] ?? summaryOf(method, path, tag),
    operationId: `${method}${path.replace(/[^A-Za-z0-9]+(\w)/g, (_, letter: string) => letter.toUpperCase()).replace(/\W/g, '')}`,
    ...(parameters.length === 0 ? {} : { parameters: parameters.map(completeParameter) }),
    responses: mapValues(responses, (response, status) => ({
      ...object(response),
      description: statusWords[status] ?? 'see the message',
    })),
  };
}

function completeParameter(parameter: Json): Json {
  const words = parameter.description ?? parameterWords[String(parameter.name)];
  // Queries are checked by hand (`filters`): every value is text.
  const schema = Object.keys(object(parameter.schema)).length === 0 ? { type: 'string' } : parameter.schema;
  return { ...parameter, ...(words === undefined ? {} : { description: words }), schema };
}

/** Puts a reference wherever a named schema stands, but not in the place of the schema `self` itself. */
function hoist(node: unknown, names: ReadonlyMap<string, string>, self?: string): unknown {
  if (Array.isArray(node)) return node.map((part) => hoist(part, names));
  if (typeof node !== 'object' || node === null) return node;
  const name = names.get(canonical(node));
  if (name !== undefined && name !== self) return { $ref: `#/components/schemas/${name}` };
  return mapValues(node as Json, (part) => hoist(part, names));
}

/** What the field is for comes first, then what its values look like. */
function described(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(described);
  if (typeof node !== 'object' || node === null) return node;
  const whole = mapValues(node as Json, described);
  if (!isSchemaOfObject(whole)) return whole;
  return {
    ...whole,
    properties: mapValues(object(whole.properties), (property, name) => {
      const words = fieldWords[name];
      const schema = object(property);
      if (words === undefined) return schema;
      const looks = schema.description === undefined ? '' : `; ${String(schema.description)}`;
      return { ...schema, description: words + looks };
    }),
  };
}

function isSchemaOfObject({ type, properties }: Json): boolean {
  return type === 'object' && typeof properties === 'object';
}

/** Equal schemas have equal texts, in whatever order their keys were written. */
function canonical(schema: unknown): string {
  return JSON.stringify(schema, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Without what the schema's library keeps beside it. */
function plain(schema: TSchema): unknown {
  return simplified(JSON.parse(JSON.stringify(schema)));
}

/** One spelling of what has several, so that equal schemas are equal: lists of words, and maps. */
function simplified(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(simplified);
  if (typeof node !== 'object' || node === null) return node;
  const { const: only, patternProperties, ...rest } = mapValues(node as Json, simplified);
  if (only !== undefined) return { ...rest, enum: [only] };
  if (patternProperties !== undefined) {
    return { ...rest, additionalProperties: Object.values(object(patternProperties))[0] };
  }
  const { anyOf, ...others } = rest;
  const words = Array.isArray(anyOf) ? anyOf.map((branch) => object(branch)) : [];
  const isWords = words.length > 0 && words.every(({ type, enum: word }) => type === 'string' && Array.isArray(word));
  return isWords ? { ...others, type: 'string', enum: words.flatMap((branch) => branch.enum) } : rest;
}

function object(value: unknown): Json {
  return (value ?? {}) as Json;
}

function mapValues<T>(record: Readonly<Record<string, T>>, change: (value: T, key: string) => unknown): Json {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
