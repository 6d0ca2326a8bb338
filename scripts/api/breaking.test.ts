import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { breakingChanges, tellsOfBreaks } from './breaking.ts';

const root = join(import.meta.dirname, '../..');

type Json = Readonly<Record<string, unknown>>;

/** A document with one route, whose request and answer are these. */
function document(request: Json, answer: Json, rest: Json = {}): Json {
  const content = (schema: Json) => ({ content: { 'application/json': { schema } } });
  const operation = {
    requestBody: { required: true, ...content(request) },
    responses: { 200: content(answer) },
    ...rest,
  };
  return {
    paths: { '/v1/x': { post: operation } },
    components: { schemas: { Word: { type: 'string', enum: ['a', 'b'] } } },
  };
}

const record = (properties: Json, required: readonly string[] = []): Json => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const text = { type: 'string' };
const whole = { type: 'integer' };
const nothing = record({});

const of = (before: Json, after: Json) => ({
  request: breakingChanges(document(before, nothing), document(after, nothing)),
  answer: breakingChanges(document(nothing, before), document(nothing, after)),
});

describe('what a change of the API breaks', () => {
  it('is nothing when nothing changed', () => {
    const schema = record({ a: text, b: { type: 'array', items: whole } }, ['a']);
    expect(of(schema, schema)).toEqual({ request: [], answer: [] });
  });

  const cases: readonly [title: string, before: Json, after: Json, request: string[], answer: string[]][] = [
    ['a new optional field', record({}), record({ a: text }), [], []],
    ['a new needed field', record({}), record({ a: text }, ['a']), ["body now needs the field 'a'"], []],
    ['a lost field', record({ a: text }), record({}), ["body lost the field 'a'"], ["200 lost the field 'a'"]],
    [
      'a field that may be left out',
      record({ a: text }, ['a']),
      record({ a: text }),
      [],
      ["200: the field 'a' may be absent now"],
    ],
    [
      'another type',
      record({ a: text }),
      record({ a: whole }),
      ['body.a was string, is integer'],
      ['200.a was string, is integer'],
    ],
    ['a broader number', whole, { type: 'number' }, [], ['200 was integer, is number']],
    ['a narrower number', { type: 'number' }, whole, ['body was number, is integer'], []],
    ['a lost word', { enum: ['a', 'b'] }, { enum: ['a'] }, ['body lost the word b'], ['200 lost the word b']],
    ['a new word', { enum: ['a'] }, { enum: ['a', 'b'] }, [], []],
    ['words where anything went', text, { ...text, enum: ['a'] }, ['body takes only a now'], []],
    ['anything where words were', { ...text, enum: ['a'] }, text, [], ['200 was one of a, is anything now']],
    ['a lower limit', { ...whole, maximum: 9 }, { ...whole, maximum: 5 }, ['body: maximum was 9, is 5'], []],
    ['a first limit', text, { ...text, maxLength: 5 }, ['body: maxLength was nothing in particular, is 5'], []],
    ['a higher limit', { ...whole, maximum: 5 }, { ...whole, maximum: 9 }, [], []],
    ['a new least', { ...whole, minimum: 0 }, { ...whole, minimum: 1 }, ['body: minimum was 0, is 1'], []],
    ['another pattern', { ...text, pattern: 'a' }, { ...text, pattern: 'b' }, ['body must fit b now, before a'], []],
    [
      'a change inside a list',
      { type: 'array', items: text },
      { type: 'array', items: whole },
      ['body[] was string, is integer'],
      ['200[] was string, is integer'],
    ],
    ['another form', { anyOf: [text, whole] }, text, ['body no longer takes {"type":"integer"}'], []],
    ['a further form', text, { anyOf: [text, whole] }, [], ['200 can now be {"type":"integer"}']],
    ['a name for the same', { type: 'string', enum: ['a', 'b'] }, { $ref: '#/components/schemas/Word' }, [], []],
  ];
  it.each(cases)('%s', (_title, before, after, request, answer) => {
    const prefixed = (words: readonly string[]) => words.map((word) => `POST /v1/x: ${word}`);
    expect(of(before, after)).toEqual({ request: prefixed(request), answer: prefixed(answer) });
  });

  it('is a route, a good answer or a parameter that is gone, or one that is needed now', () => {
    const full = document(nothing, nothing, { parameters: [{ in: 'query', name: 'vpc', required: false }] });
    expect(breakingChanges(full, { paths: {} })).toEqual(['POST /v1/x is gone']);
    const other = document(nothing, nothing, {
      responses: {},
      parameters: [{ in: 'query', name: 'at', required: true }],
    });
    expect(breakingChanges(full, other)).toEqual([
      "POST /v1/x no longer takes query parameter 'vpc'",
      "POST /v1/x now needs query parameter 'at'",
      'POST /v1/x no longer answers 200',
    ]);
  });

  it.each([
    ['0.1.0', '0.1.9', false],
    ['0.1.0', '0.2.0', true],
    ['0.9.0', '1.0.0', true],
    ['1.2.0', '1.3.0', false],
    ['1.9.0', '2.0.0', true],
    ['2.0.0', '1.0.0', false],
  ])('from version %s to %s is told: %s', (before, after, told) => expect(tellsOfBreaks(before, after)).toBe(told));
});

it('the API breaks nothing that programs rely on, unless its version says so', () => {
  const read = (path: string) =>
    JSON.parse(readFileSync(join(root, path), 'utf8')) as Json & { info: { version: string } };
  const [baseline, current] = [read('docs/gen/openapi-baseline.json'), read('docs/gen/openapi.json')];
  const broken = breakingChanges(baseline, current);
  const advice =
    'The API of this tree breaks programs written for docs/gen/openapi-baseline.json. If it shall: raise the version in ' +
    `wire/version.ts (${baseline.info.version}: the first number that is not 0, or the second while the first is 0), ` +
    'say it in CHANGELOG.md, and run `make api-baseline`. What breaks:';
  const told = tellsOfBreaks(baseline.info.version, current.info.version);
  expect(told ? [] : broken, [advice, ...broken].join('\n  ')).toEqual([]);
});
