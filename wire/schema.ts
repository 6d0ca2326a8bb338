/**
 * The schemas of files, requests and records: JSON Schema, made and typed as typebox does.
 *
 * The types are typebox's own. The values are made here, since all that is needed of them is plain JSON Schema, and
 * loading typebox for it costs every process 24 MiB for as long as it runs. `schema.test.ts` holds both side by side.
 */
import type { Type as Typebox } from 'typebox';

export type { Static, TSchema } from 'typebox';

type Options = Readonly<Record<string, unknown>>;
type Schema = Readonly<Record<string, unknown>>;
type Properties = Readonly<Record<string, Schema>>;

/** Marks a property that may be absent; not seen in JSON. */
const optional = Symbol('optional');

function isRequired([, schema]: readonly [string, Schema]): boolean {
  return !(optional in schema);
}

function plain(type: string) {
  return (options: Options = {}): Schema => ({ type, ...options });
}

function object(properties: Properties, options: Options = {}): Schema {
  const required = Object.entries(properties)
    .filter(isRequired)
    .map(([name]) => name);
  return { type: 'object', ...(required.length === 0 ? {} : { required }), properties, ...options };
}

function optionally(schema: Schema): Schema {
  return Object.defineProperty({ ...schema }, optional, { value: true });
}

function propertiesOf(schema: Schema): Properties {
  return schema.properties as Properties;
}

const made = {
  String: plain('string'),
  Integer: plain('integer'),
  Number: plain('number'),
  Boolean: plain('boolean'),
  Null: plain('null'),
  Unknown: (options: Options = {}): Schema => ({ ...options }),
  Literal: (value: string | number | boolean, options: Options = {}): Schema => ({
    type: typeof value,
    const: value,
    ...options,
  }),
  Enum: (values: readonly string[], options: Options = {}): Schema => ({ enum: [...values], ...options }),
  Union: (anyOf: readonly Schema[], options: Options = {}): Schema => ({ anyOf, ...options }),
  Array: (items: Schema, options: Options = {}): Schema => ({ type: 'array', items, ...options }),
  Object: object,
  Optional: optionally,
  Partial: (schema: Schema, options: Options = {}): Schema =>
    object(
      Object.fromEntries(Object.entries(propertiesOf(schema)).map(([name, each]) => [name, optionally(each)])),
      options,
    ),
  Omit: (schema: Schema, names: readonly string[], options: Options = {}): Schema =>
    object(Object.fromEntries(Object.entries(propertiesOf(schema)).filter(([name]) => !names.includes(name))), options),
  Record: (key: Schema, value: Schema, options: Options = {}): Schema => ({
    type: 'object',
    patternProperties: { [typeof key.pattern === 'string' ? key.pattern : '^.*$']: value },
    ...options,
  }),
};

/** As typebox's; what is not here is not needed yet. */
export const Type = made as unknown as Pick<typeof Typebox, keyof typeof made>;
