/** Every key of a configuration file, from its schema: path, what a value looks like, default. Pure. */
export interface ConfigKey {
  /** `substrate.addresses`, `hosts[].name`. */
  readonly path: string;
  readonly looks: string;
  /** Of what must be there: undefined. */
  readonly default: string | undefined;
  readonly needed: boolean;
}

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Groups of keys are not listed themselves: their keys are. */
export function configKeys(schema: unknown, above = ''): readonly ConfigKey[] {
  const { properties = {}, required = [] } = schema as Schema;
  return Object.entries(properties).flatMap(([name, value]) => {
    const path = `${above}${name}`;
    if (value.properties !== undefined) return configKeys(value, `${path}.`);
    if (value.items?.properties !== undefined) return configKeys(value.items, `${path}[].`);
    const hasDefault = value.default !== undefined;
    return [
      {
        path,
        looks: looks(value),
        default: hasDefault ? show(value.default) : undefined,
        needed: required.includes(name) && !hasDefault,
      },
    ];
  });
}

function looks(schema: Schema): string {
  const { type, enum: words, anyOf, items, patternProperties, description } = schema;
  if (schema.const !== undefined) return show(schema.const);
  if (words !== undefined) return `one of ${words.map(show).join(', ')}`;
  if (anyOf !== undefined) {
    const isWords = anyOf.every((form) => form.const !== undefined);
    return isWords ? `one of ${anyOf.map(looks).join(', ')}` : anyOf.map(looks).join(', or ');
  }
  if (patternProperties !== undefined) return 'names and their values';
  const shape = description === undefined ? '' : `: ${description}`;
  switch (type) {
    case 'integer':
    case 'number':
      return `${type === 'integer' ? 'whole number' : 'number'}${range(schema.minimum, schema.maximum)}${shape}`;
    case 'array':
      return `list${range(schema.minItems, schema.maxItems)} of ${items === undefined ? 'values' : looks(items)}${shape}`;
    case 'boolean':
      return `true or false${shape}`;
    default:
      return description ?? 'text';
  }
}

function range(least: number | undefined, most: number | undefined): string {
  if (least !== undefined && most !== undefined) return ` (${least} to ${most})`;
  if (least !== undefined) return ` (at least ${least})`;
  return most === undefined ? '' : ` (at most ${most})`;
}

function show(value: unknown): string {
  if (typeof value === 'string') return value;
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return isEmpty ? 'none' : JSON.stringify(value);
}
