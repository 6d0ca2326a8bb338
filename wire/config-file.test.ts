import { describe, expect, it } from 'vitest';
import { readYaml } from './config-file.ts';
import { Type } from './schema.ts';

const closed = { additionalProperties: false } as const;
const Schema = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z]+$', description: 'a name of a-z', default: 'weft' }),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
    mode: Type.Optional(Type.Union([Type.Literal('switch'), Type.Literal('direct')])),
    log: Type.Object({ level: Type.String({ default: 'info' }) }, { ...closed, default: {} }),
    hosts: Type.Optional(Type.Array(Type.Object({ name: Type.String(), mtu: Type.Optional(Type.Integer()) }, closed))),
    link: Type.Optional(Type.Union([Type.String(), Type.Object({ mtu: Type.Integer() }, closed)])),
  },
  closed,
);

describe('a YAML file against a schema', () => {
  it('fills in defaults, also of an empty file', () => {
    expect(readYaml('', 'f.yaml', Schema)).toMatchObject({ ok: true, value: { name: 'weft', log: { level: 'info' } } });
  });

  const mistakes: [title: string, text: string, errors: string[]][] = [
    [
      'a syntax error has a place',
      'name: a\nport: [1\n',
      [
        'f.yaml:3:1: Flow sequence in block collection must be sufficiently indented and end with a ], expected valid YAML',
      ],
    ],
    ['a repeated key is refused', 'name: a\nname: b\n', ['f.yaml:2:1: Map keys must be unique, expected valid YAML']],
    [
      'an unknown key is refused and the nearest known one named',
      'name: a\nprot: 1\n',
      ["f.yaml:2:1: unknown key 'prot', expected 'port'?"],
    ],
    [
      'an unknown key that resembles nothing names all known ones',
      'log:\n  colour: red\n',
      ["f.yaml:2:3: unknown key 'colour' in 'log', expected one of level"],
    ],
    [
      'a wrong type says what was written and what was expected',
      'port: abc\n',
      ["f.yaml:1:7: 'port' is 'abc', expected a whole number of 1 to 65535"],
    ],
    ['a value out of bounds', 'port: 70000\n', ["f.yaml:1:7: 'port' is 70000, expected a whole number of 1 to 65535"]],
    ['a pattern is told by its description', 'name: A b\n', ["f.yaml:1:7: 'name' is 'A b', expected a name of a-z"]],
    ['a word of a closed list', 'mode: bridge\n', ["f.yaml:1:7: 'mode' is 'bridge', expected 'switch' or 'direct'"]],
    [
      'a missing key is told at what encloses it',
      'hosts:\n  - name: a\n  - mtu: 1500\n',
      ["f.yaml:3:5: key 'name' is missing in 'hosts[1]', expected text"],
    ],
    [
      'of several forms, the mistakes of the one that was meant',
      'link:\n  mtu: big\n',
      ["f.yaml:2:8: 'link.mtu' is 'big', expected a whole number"],
    ],
    [
      'of several forms, all when none was meant',
      'link: 5\n',
      ["f.yaml:1:7: 'link' is 5, expected text or a group of keys (mtu)"],
    ],
    [
      'every mistake is told, in the order of the file',
      'port: -1\nlog: yes\nname: 5\n',
      [
        "f.yaml:1:7: 'port' is -1, expected a whole number of 1 to 65535",
        "f.yaml:2:6: 'log' is 'yes', expected a group of keys (level)",
        "f.yaml:3:7: 'name' is 5, expected a name of a-z",
      ],
    ],
    [
      'a list where keys were expected',
      '- a\n',
      ['f.yaml:1:1: the file is a list of 1, expected a group of keys (name, port, mode, log, hosts, link)'],
    ],
    ['an empty value', 'port:\n', ["f.yaml:1:6: 'port' is empty, expected a whole number of 1 to 65535"]],
  ];
  it.each(mistakes)('%s', (_title, text, errors) => {
    expect(readYaml(text, 'f.yaml', Schema)).toEqual({ ok: false, errors });
  });

  it('refuses aliases that multiply without end', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nname: *c\n`;
    const found = readYaml(bomb, 'f.yaml', Schema);
    expect(found.ok === false && found.errors.join()).toMatch(/alias/);
  });

  it('gives the place of any value, for mistakes that a schema cannot see', () => {
    const found = readYaml('hosts:\n  - name: a\n  - name: b\n    mtu: 9000\n', 'f.yaml', Schema);
    const places = found.ok ? [found.at(['hosts', 1, 'mtu']), found.at(['hosts', 0, 'mtu']), found.at(['port'])] : [];
    expect(places).toEqual(['f.yaml:4:10', 'f.yaml:2:5', 'f.yaml:1:1']);
  });
});
