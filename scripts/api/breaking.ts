/**
 * What a change of the API breaks for programs that were written against an older OpenAPI document. Pure.
 *
 * A request may become more permissive: what was accepted must still be. An answer may become richer: what was there
 * must still be there, as what it was. New words in answers (a phase, a code) are no break: programs must expect them.
 */
type Json = Readonly<Record<string, unknown>>;

/** Which way a schema's values travel. */
type Way = 'request' | 'answer';

interface Documents {
  readonly before: Json;
  readonly after: Json;
}

/** Sentences, in the order of the older document; empty: nothing is broken. */
export function breakingChanges(before: Json, after: Json): readonly string[] {
  const documents = { before, after };
  const found = entries(before.paths).flatMap(([path, operations]) =>
    entries(operations).flatMap(([method, operation]) => {
      const now = object(object(object(after.paths)[path])[method]);
      const where = `${method.toUpperCase()} ${path}`;
      return Object.keys(now).length === 0 ? [`${where} is gone`] : operationBreaks(documents, where, operation, now);
    }),
  );
  return [...new Set(found)];
}

/** While the first number is 0, the second one tells of breaks. */
export function tellsOfBreaks(before: string, after: string): boolean {
  const [major = 0, minor = 0] = before.split('.').map(Number);
  const [nextMajor = 0, nextMinor = 0] = after.split('.').map(Number);
  return nextMajor > major || (major === 0 && nextMajor === 0 && nextMinor > minor);
}

function operationBreaks(documents: Documents, where: string, before: Json, after: Json): readonly string[] {
  return [
    ...parameterBreaks(where, before, after),
    ...bodyBreaks(documents, where, before, after),
    ...entries(before.responses).flatMap(([status, response]) => {
      const now = object(after.responses)[status];
      // An error that can no longer happen breaks nobody.
      if (now === undefined) return status.startsWith('2') ? [`${where} no longer answers ${status}`] : [];
      const [was, is] = [schemaOf(response), schemaOf(object(now))];
      return was === undefined ? [] : schemaBreaks(documents, { where: `${where}: ${status}`, way: 'answer' }, was, is);
    }),
  ];
}

function parameterBreaks(where: string, before: Json, after: Json): readonly string[] {
  const [was, is] = [parameters(before), parameters(after)];
  return [
    ...[...was.keys()].filter((name) => !is.has(name)).map((name) => `${where} no longer takes ${name}`),
    ...[...is].flatMap(([name, { required }]) =>
      required === true && was.get(name)?.required !== true ? [`${where} now needs ${name}`] : [],
    ),
  ];
}

function parameters(operation: Json): Map<string, Json> {
  const list = (operation.parameters ?? []) as readonly Json[];
  return new Map(list.map((parameter) => [`${String(parameter.in)} parameter '${String(parameter.name)}'`, parameter]));
}

function bodyBreaks(documents: Documents, where: string, before: Json, after: Json): readonly string[] {
  const [was, is] = [object(before.requestBody), object(after.requestBody)];
  const at = { where: `${where}: body`, way: 'request' } as const;
  if (was.content === undefined) return is.required === true ? [`${where} now needs a body`] : [];
  return is.content === undefined ? [] : schemaBreaks(documents, at, schemaOf(was), schemaOf(is));
}

function schemaOf({ content }: Json): Json | undefined {
  const schema = object(object(content)['application/json']).schema;
  return schema === undefined ? undefined : object(schema);
}

// ---- schemas -----------------------------------------------------------------------------------------------

interface Place {
  readonly where: string;
  readonly way: Way;
}

function schemaBreaks(
  documents: Documents,
  place: Place,
  written: Json | undefined,
  writtenNow: Json | undefined,
): readonly string[] {
  const before = resolve(documents.before, written);
  const after = resolve(documents.after, writtenNow);
  if (before === undefined || after === undefined)
    return before === after ? [] : [`${place.where} has no schema any more`];
  if (before.anyOf !== undefined || after.anyOf !== undefined) return formBreaks(documents, place, before, after);
  const { where, way } = place;
  if (!sameType(before.type, after.type, way)) return [`${where} was ${told(before.type)}, is ${told(after.type)}`];
  return [
    ...wordBreaks(place, before, after),
    ...(way === 'request' ? boundBreaks(where, before, after) : []),
    ...objectBreaks(documents, place, before, after),
    ...(before.items === undefined
      ? []
      : schemaBreaks(documents, { way, where: `${where}[]` }, object(before.items), object(after.items))),
  ];
}

/** Every form that may come must have one that takes it. */
function formBreaks(documents: Documents, place: Place, before: Json, after: Json): readonly string[] {
  const [was, is] = [forms(before), forms(after)];
  const fits = (old: Json, now: Json) => schemaBreaks(documents, place, old, now).length === 0;
  const [must, may] = place.way === 'request' ? [was, is] : [is, was];
  const lost = must.filter(
    (form) => !may.some((other) => (place.way === 'request' ? fits(form, other) : fits(other, form))),
  );
  if (lost.length === 0) return [];
  const what = place.way === 'request' ? 'no longer takes' : 'can now be';
  return [`${place.where} ${what} ${lost.map((form) => JSON.stringify(form)).join(', ')}`];
}

function forms(schema: Json): readonly Json[] {
  return (schema.anyOf as readonly Json[] | undefined) ?? [schema];
}

function sameType(before: unknown, after: unknown, way: Way): boolean {
  if (before === undefined || after === undefined || before === after) return true;
  const [narrow, broad] = way === 'request' ? [before, after] : [after, before];
  return narrow === 'integer' && broad === 'number';
}

function wordBreaks({ where, way }: Place, before: Json, after: Json): readonly string[] {
  const [was, is] = [before.enum as readonly unknown[] | undefined, after.enum as readonly unknown[] | undefined];
  if (was === undefined) return is === undefined || way === 'answer' ? [] : [`${where} takes only ${told(is)} now`];
  if (is === undefined) return way === 'request' ? [] : [`${where} was one of ${told(was)}, is anything now`];
  const gone = was.filter((word) => !is.includes(word));
  return gone.length === 0 ? [] : [`${where} lost the word ${told(gone)}`];
}

const lowerBounds = ['minimum', 'minLength', 'minItems', 'minProperties'] as const;
const upperBounds = ['maximum', 'maxLength', 'maxItems', 'maxProperties'] as const;

function boundBreaks(where: string, before: Json, after: Json): readonly string[] {
  const narrower = (bound: string, isNarrower: (was: number, is: number) => boolean, open: number) => {
    const [was = open, is = open] = [before[bound], after[bound]] as (number | undefined)[];
    return isNarrower(was, is) ? [`${where}: ${bound} was ${told(before[bound])}, is ${told(after[bound])}`] : [];
  };
  return [
    ...lowerBounds.flatMap((bound) => narrower(bound, (was, is) => is > was, Number.NEGATIVE_INFINITY)),
    ...upperBounds.flatMap((bound) => narrower(bound, (was, is) => is < was, Number.POSITIVE_INFINITY)),
    ...(after.pattern !== undefined && after.pattern !== before.pattern
      ? [`${where} must fit ${told(after.pattern)} now, before ${told(before.pattern)}`]
      : []),
  ];
}

function objectBreaks(documents: Documents, place: Place, before: Json, after: Json): readonly string[] {
  const { where, way } = place;
  const [was, is] = [object(before.properties), object(after.properties)];
  const [needed, needs] = [required(before), required(after)];
  const lost = Object.keys(was).filter((name) => is[name] === undefined && after.additionalProperties !== true);
  return [
    ...lost.map((name) => `${where} lost the field '${name}'`),
    ...(way === 'request'
      ? needs.filter((name) => !needed.includes(name)).map((name) => `${where} now needs the field '${name}'`)
      : needed
          .filter((name) => !needs.includes(name) && is[name] !== undefined)
          .map((name) => `${where}: the field '${name}' may be absent now`)),
    ...Object.keys(was)
      .filter((name) => is[name] !== undefined)
      .flatMap((name) =>
        schemaBreaks(documents, { way, where: `${where}.${name}` }, object(was[name]), object(is[name])),
      ),
  ];
}

function required(schema: Json): readonly string[] {
  return (schema.required as readonly string[] | undefined) ?? [];
}

/** What a reference to a named schema stands for. */
function resolve(document: Json, schema: Json | undefined): Json | undefined {
  const reference = schema?.$ref;
  if (typeof reference !== 'string') return schema;
  const name = reference.slice(reference.lastIndexOf('/') + 1);
  return object(object(object(document.components).schemas)[name]);
}

function object(value: unknown): Json {
  return (value ?? {}) as Json;
}

function entries(value: unknown): readonly (readonly [string, Json])[] {
  return Object.entries(object(value)).map(([key, part]) => [key, object(part)]);
}

function told(value: unknown): string {
  if (value === undefined) return 'nothing in particular';
  return Array.isArray(value) ? value.map(String).join(', ') : String(value);
}
