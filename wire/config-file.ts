/**
 * A YAML file against a schema: every mistake at once, each with its place and what was expected there.
 *
 * Used for the files that people write (agent, controller, lab). Reads no files itself: the text comes in.
 * Defaults of the schema are filled in, so that callers see one shape.
 */
import { Ajv, type ErrorObject } from 'ajv';
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { nearest } from './nearest.ts';
import type { Static, TSchema } from './schema.ts';

export type KeyPath = readonly (string | number)[];

export type YamlFile<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /** `FILE:LINE:COLUMN` of the value at `path` (of what encloses it when it is not in the text). */
      readonly at: (path: KeyPath) => string;
    }
  | {
      readonly ok: false;
      /** `FILE:LINE:COLUMN: what is wrong, expected what`, in the order of the file. */
      readonly errors: readonly string[];
    };

/** A file that people wrote has mistakes. Programs print the message as it is and end with exit code 2. */
export class ConfigError extends Error {
  readonly errors: readonly string[];

  constructor(errors: readonly string[]) {
    super(errors.join('\n'));
    this.name = 'ConfigError';
    this.errors = errors;
  }
}

export function readYaml<Schema extends TSchema>(
  text: string,
  fileName: string,
  schema: Schema,
): YamlFile<Static<Schema>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document.errors.length > 0) {
    return refuse(
      fileName,
      document.errors.map((error) => ({ ...place(error.pos[0]), what: yamlMistake(error.message) })),
    );
  }
  const plain = toPlain(document);
  if (!plain.ok) return refuse(fileName, [{ line: 1, column: 1, what: plain.why }]);

  const check = ajv.compile(schema);
  // An empty file is a file in which everything is left to the defaults.
  const value: unknown = plain.value ?? {};
  if (check(value)) {
    return {
      ok: true,
      value: value as Static<Schema>,
      at: (path) => {
        const { line, column } = place(offsetOf(document, path, 'value'));
        return `${fileName}:${line}:${column}`;
      },
    };
  }
  const mistakes = relevant(check.errors ?? []).map((error) => {
    const path = pointerPath(error.instancePath, value);
    const unknown = error.keyword === 'additionalProperties';
    const offset = unknown
      ? offsetOf(document, [...path, String(error.params.additionalProperty)], 'key')
      : offsetOf(document, path, 'value');
    return { ...place(offset), what: schemaMistake(error, path) };
  });
  return refuse(fileName, mistakes);
}

const ajv = new Ajv({ allErrors: true, verbose: true, strict: false, useDefaults: true, coerceTypes: false });

interface Place {
  readonly line: number;
  readonly column: number;
}

interface Mistake extends Place {
  readonly what: string;
}

function refuse(fileName: string, mistakes: readonly Mistake[]): { readonly ok: false; readonly errors: string[] } {
  const ordered = mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const errors = ordered.map(({ line, column, what }) => `${fileName}:${line}:${column}: ${what}`);
  return { ok: false, errors: [...new Set(errors)] };
}

function toPlain(document: Document): { ok: true; value: unknown } | { ok: false; why: string } {
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    // Aliases that multiply without end, or that point at nothing.
    return { ok: false, why: `${(error as Error).message}, expected plain values` };
  }
}

function yamlMistake(message: string): string {
  const first = (message.split('\n')[0] ?? '').replace(/[.:]$/, '');
  return `${first}, expected valid YAML`;
}

// ---- places ------------------------------------------------------------------------------------------

/** Offset of the deepest node of `path` that stands in the text. */
function offsetOf(document: Document, path: KeyPath, which: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = start(node) ?? 0;
  for (const [depth, segment] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment));
      if (pair === undefined) return offset;
      const last = depth === path.length - 1;
      offset = (which === 'key' && last ? undefined : start(pair.value)) ?? start(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(segment)];
      offset = start(node) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

function start(node: unknown): number | undefined {
  return (node as Node | undefined)?.range?.[0];
}

/** JSON pointer to path; list positions become numbers. */
function pointerPath(pointer: string, root: unknown): KeyPath {
  let here = root;
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      const segment = Array.isArray(here) ? Number(key) : key;
      here = (here as Record<string | number, unknown> | undefined)?.[segment];
      return segment;
    });
}

// ---- sentences ---------------------------------------------------------------------------------------

/**
 * Of a value that fits none of several forms, ajv reports the mistakes of every form. People want those of
 * the form they meant: the only one whose kind of value (or whose fixed words) they wrote; else one sentence.
 */
function relevant(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const dropped = new Set<ErrorObject>();
  for (const union of errors.filter(({ keyword }) => keyword === 'anyOf')) {
    const branches = new Map<string, ErrorObject[]>();
    for (const error of errors) {
      if (error === union || !error.schemaPath.startsWith(`${union.schemaPath}/`)) continue;
      const branch = error.schemaPath.slice(union.schemaPath.length + 1).split('/')[0] ?? '';
      branches.set(branch, [...(branches.get(branch) ?? []), error]);
    }
    const meant = [...branches.values()].filter((branch) => !branch.some((error) => otherForm(error, union)));
    const shown = meant.length === 1 ? (meant[0] ?? []) : [];
    if (shown.length > 0) dropped.add(union);
    for (const error of [...branches.values()].flat()) if (!shown.includes(error)) dropped.add(error);
  }
  return errors.filter((error) => !dropped.has(error));
}

function otherForm(error: ErrorObject, union: ErrorObject): boolean {
  return error.keyword === 'const' || (error.keyword === 'type' && error.instancePath === union.instancePath);
}

function schemaMistake(error: ErrorObject, path: KeyPath): string {
  const { keyword, params, parentSchema, data } = error;
  const subject = name(path);
  const parent = parentSchema as SchemaNode;
  switch (keyword) {
    case 'additionalProperties':
      return unknownKey(String(params.additionalProperty), Object.keys(parent.properties ?? {}), path);
    case 'required': {
      const key = String(params.missingProperty);
      const wanted = parent.properties?.[key];
      return `key '${key}' is missing${path.length > 0 ? ` in ${subject}` : ''}, expected ${expectation(wanted)}`;
    }
    default:
      return `${subject} is ${show(data)}, expected ${expectation(parent)}`;
  }
}

function unknownKey(key: string, known: readonly string[], path: KeyPath): string {
  const where = path.length > 0 ? ` in ${name(path)}` : '';
  const near = nearest(key, known);
  const hint = near === undefined ? `expected one of ${known.join(', ')}` : `expected '${near}'?`;
  return `unknown key '${key}'${where}, ${known.length === 0 ? 'expected no keys' : hint}`;
}

function name(path: KeyPath): string {
  if (path.length === 0) return 'the file';
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return `'${text.replace(/^\./, '')}'`;
}

function show(data: unknown): string {
  if (data === null || data === undefined) return 'empty';
  if (Array.isArray(data)) return data.length === 0 ? 'an empty list' : `a list of ${data.length}`;
  if (typeof data === 'object') return 'a group of keys';
  if (typeof data === 'string') return `'${data.length > 60 ? `${data.slice(0, 57)}…` : data}'`;
  return String(data);
}

interface SchemaNode {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly description?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** What a value of the schema looks like, from its description and bounds. */
function expectation(schema: SchemaNode | undefined): string {
  if (schema === undefined) return 'a value';
  if (schema.const !== undefined) return show(schema.const);
  if (schema.enum !== undefined) return alternatives(schema.enum.map(show));
  if (schema.anyOf !== undefined) return schema.description ?? alternatives(schema.anyOf.map(expectation));
  switch (schema.type) {
    case 'integer':
    case 'number':
      return (
        `${schema.type === 'integer' ? 'a whole number' : 'a number'}${bounds(schema.minimum, schema.maximum, '')}` +
        meaning(schema)
      );
    case 'string':
      return (
        schema.description ?? `text${patternText(schema)}${bounds(schema.minLength, schema.maxLength, ' characters')}`
      );
    case 'array':
      return `a list${bounds(schema.minItems, schema.maxItems, ' entries')}${meaning(schema)}`;
    case 'boolean':
      return `true or false${meaning(schema)}`;
    case 'object':
      return `a group of keys${schema.properties === undefined ? '' : ` (${Object.keys(schema.properties).join(', ')})`}`;
    default:
      return schema.description ?? 'another value';
  }
}

function alternatives(words: readonly string[]): string {
  const distinct = [...new Set(words)];
  return distinct.length === 1 ? (distinct[0] ?? '') : `${distinct.slice(0, -1).join(', ')} or ${distinct.at(-1)}`;
}

function meaning(schema: SchemaNode): string {
  return schema.description === undefined ? '' : ` (${schema.description})`;
}

function patternText(schema: SchemaNode): string {
  return schema.pattern === undefined ? '' : ` that fits ${schema.pattern}`;
}

function bounds(least: number | undefined, most: number | undefined, unit: string): string {
  if (least !== undefined && most !== undefined) return ` of ${least} to ${most}${unit}`;
  if (least !== undefined) return ` of at least ${least}${unit}`;
  return most === undefined ? '' : ` of at most ${most}${unit}`;
}
