/** The OpenAPI document that a controller serves leaves nothing unsaid. */
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestController } from '../test-controller.ts';
import { examples } from './examples.ts';

type Json = Readonly<Record<string, unknown>>;
interface Operation extends Json {
  readonly summary?: string;
  readonly operationId: string;
  readonly parameters?: readonly Json[];
  readonly responses: Readonly<Record<string, Json>>;
}

let controller: TestController;
let paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
let schemas: Readonly<Record<string, Json>>;
beforeAll(async () => {
  controller = await TestController.start();
  const { body } = (await controller.get('/v1/openapi.json')) as unknown as {
    body: { paths: typeof paths; components: { schemas: typeof schemas } };
  };
  paths = body.paths;
  schemas = body.components.schemas;
});
afterAll(() => controller.remove());

const operations = () =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ where: `${method} ${path}`, operation })),
  );

/** Every field of every schema below, with its place. */
function fields(node: unknown, place: string): { readonly place: string; readonly field: Json }[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = Object.entries(((node as Json).properties as Json | undefined) ?? {}).map(([name, field]) => ({
    place: `${place}.${name}`,
    field: field as Json,
  }));
  return [...own, ...Object.entries(node).flatMap(([key, part]) => fields(part, `${place}.${key}`))];
}

describe('the OpenAPI document', () => {
  it('says of every operation what it does, under a name of its own (controller/api/words.ts)', () => {
    expect(
      operations()
        .filter(({ operation }) => operation.summary === undefined)
        .map(({ where }) => where),
    ).toEqual([]);
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says of every field and parameter what it means (controller/api/words.ts)', () => {
    const unsaid = [...fields(paths, ''), ...fields(schemas, '')].filter(
      ({ field }) => field.description === undefined,
    );
    expect(unsaid.filter(({ field }) => field.$ref === undefined).map(({ place }) => place)).toEqual([]);
    const parameters = operations().flatMap(({ where, operation }) =>
      (operation.parameters ?? [])
        .filter(({ description }) => description === undefined)
        .map(({ name }) => [where, name]),
    );
    expect(parameters).toEqual([]);
  });

  it('says of every answer what it is, and of every operation how it is refused', () => {
    const unsaid = operations().flatMap(({ where, operation }) =>
      Object.entries(operation.responses)
        .filter(([, { description }]) => description === '' || description === 'Default Response')
        .map(([status]) => `${where} ${status}`),
    );
    expect(unsaid).toEqual([]);
    expect(operations().every(({ operation }) => operation.responses.default !== undefined)).toBe(true);
  });

  it('has examples that fit their schemas, of every body that can be sent', () => {
    const ajv = new Ajv({ strict: false });
    const document = { $id: 'api', components: { schemas } };
    ajv.addSchema(document);
    for (const [name, example] of Object.entries(examples)) {
      const check = ajv.getSchema(`api#/components/schemas/${name}`);
      expect({ name, known: check !== undefined, fits: check?.(example), errors: check?.errors }).toMatchObject({
        fits: true,
      });
    }
    const bodies = Object.keys(schemas).filter((name) => name.endsWith('Request'));
    expect(bodies.filter((name) => examples[name] === undefined)).toEqual([]);
  });
});
