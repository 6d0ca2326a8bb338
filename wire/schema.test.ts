import { Type as Typebox } from 'typebox';
import { describe, expect, it } from 'vitest';
import { Type } from './schema.ts';

/** What is made by typebox and by us, from the same words. */
const words: Readonly<Record<string, (type: typeof Type) => unknown>> = {
  'plain types': (t) => [t.String({ minLength: 1 }), t.Integer(), t.Number({ minimum: 0 }), t.Boolean(), t.Null()],
  'anything at all': (t) => t.Unknown({ description: 'x' }),
  'literals of every type': (t) => [t.Literal('a'), t.Literal(2), t.Literal(true, { description: 'x' })],
  'one of several': (t) => [
    t.Enum(['a', 'b'], { default: 'a' }),
    t.Union([t.Literal('a'), t.Integer()], { title: 'x' }),
  ],
  arrays: (t) => t.Array(t.Array(t.String()), { minItems: 1, uniqueItems: true }),
  'objects of which some properties may be absent': (t) =>
    t.Object({ a: t.String(), b: t.Optional(t.Integer({ minimum: 1 })) }, { additionalProperties: false }),
  'an object of which all may be absent': (t) => t.Object({ b: t.Optional(t.Integer()) }),
  'an object without properties': (t) => t.Object({}),
  'a schema that is optional in one place only': (t) => {
    const name = t.String();
    return t.Object({ a: t.Optional(name), b: name });
  },
  'records by pattern and by any key': (t) => [
    t.Record(t.String({ pattern: '^a$' }), t.String(), { maxProperties: 3 }),
    t.Record(t.String(), t.Integer()),
  ],
  'parts of objects': (t) => {
    const whole = t.Object({ a: t.String(), b: t.Optional(t.Null()), c: t.Integer() }, { additionalProperties: false });
    return [t.Partial(whole, { additionalProperties: false }), t.Omit(whole, ['a']), t.Object({ ...whole.properties })];
  },
};

describe('schemas', () => {
  it.each(Object.keys(words))('are what typebox makes: %s', (name) => {
    const make = words[name];
    const [ours, theirs] = [make?.(Type), make?.(Typebox)];
    expect(JSON.stringify(ours)).toBe(JSON.stringify(theirs));
  });
});
