import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { Vpc } from '../wire/resources.ts';
import { type Answers, cli, FakeController } from './fake-controller.ts';
import { createOutput } from './output.ts';
import { askedFormat } from './output-format.ts';
import { buildProgram } from './run.ts';

const red: Vpc = { name: 'red', gni: 7, prefixes: ['10.0.0.0/24'], guests: 1, revision: 3 };
const host = {
  name: 'left',
  connected: true,
  agentVersion: '0.1.0',
  substrateAddresses: ['198.18.0.1'],
  labels: { rack: 'a' },
  capabilities: { formats: [], features: [], offloads: [], executors: [], ports: ['veth'], problems: [] },
  assets: { cpus: 2, memoryBytes: 4 * 1024 ** 3 },
  guests: 0,
  paths: [],
};
const answers: Answers = {
  'GET /v1/vpcs': { body: { items: [red] } },
  'GET /v1/hosts': { body: { items: [host] } },
  'POST /v1/vpcs': { status: 201, body: red },
  'DELETE /v1/vpcs/red': { status: 409, body: { code: 'in-use', message: "vpc 'red' has 1 guest (web)" } },
};

async function run(argv: string) {
  await using controller = await FakeController.start(answers);
  return await cli([...argv.split(' '), '--controller', controller.socket]);
}

describe('-o', () => {
  it.each(['get vpcs -o json', 'get vpcs -ojson', 'get vpcs --output=json', 'get vpcs --json'])('%s', async (argv) => {
    const { code, out, err } = await run(argv);
    expect({ code, err, value: JSON.parse(out) }).toEqual({ code: 0, err: '', value: { items: [red] } });
  });

  it('yaml is the same value, of a list as of one that was made', async () => {
    expect(parse((await run('get vpcs -o yaml')).out)).toEqual({ items: [red] });
    expect(parse((await run('create vpc red --prefix 10.0.0.0/24 -o yaml')).out)).toEqual(red);
  });

  it('wide and --wide show the same further columns', async () => {
    const narrow = (await run('get hosts')).out;
    const wide = (await run('get hosts -o wide')).out;
    expect([narrow.includes('LABELS'), wide.includes('LABELS')]).toEqual([false, true]);
    expect((await run('get hosts --wide')).out).toBe(wide);
    expect((await run('get hosts -o table')).out).toBe(narrow);
  });

  it('refuses two of them that differ, and what it does not know', async () => {
    const both = await run('get vpcs --wide -o table');
    expect(both).toMatchObject({ code: 2, out: '' });
    expect(both.err).toContain('not as table and wide');
    expect((await run('get vpcs -o xml')).err).toContain('Allowed choices are table, wide, json, yaml');
  });

  it('is an option of every command but those that run another program or print a script', async () => {
    const program = await buildProgram({
      output: createOutput({ out: process.stdout, err: process.stderr }),
      config: { controller: '', agent: '' },
      signal: new AbortController().signal,
      now: () => 0,
      setExitCode: () => undefined,
    });
    const leaves = (command: typeof program, path: string): string[] =>
      command.commands.length > 0
        ? command.commands.flatMap((child) => leaves(child, `${path} ${child.name()}`.trim()))
        : command.options.some(({ long }) => long === '--output')
          ? []
          : [path];
    const others = ['store restore', 'store check', 'join', 'lab exec', 'agent', 'controller', 'completion'];
    expect(leaves(program, '')).toEqual(others);
  });
});

describe('results that come one by one', () => {
  const written = (format: 'json' | 'yaml' | 'table') => {
    let text = '';
    const out = Object.assign(Object.create(process.stdout), { isTTY: false, write: (more: string) => (text += more) });
    const output = createOutput({ out, err: process.stderr });
    output.use(format, (value) => `${JSON.stringify(value)}\n`);
    for (const n of [1, 2]) output.showNext({ n }, () => output.line(`number ${n}`));
    output.step('done');
    return text;
  };

  it('are a line each in JSON, a document each in YAML, and whatever people read', () => {
    expect(written('json')).toBe('{"n":1}\n{"n":2}\n');
    expect(parseAllDocuments(written('yaml')).map((one) => one.toJS())).toEqual([{ n: 1 }, { n: 2 }]);
    expect(written('table')).toBe('number 1\nnumber 2\ndone\n');
  });
});

describe('errors with -o json and -o yaml', () => {
  const cases: readonly [argv: string, error: object][] = [
    ['delete vpc red -o json', { exitCode: 1, code: 'in-use', message: "vpc 'red' has 1 guest (web)" }],
    ['delete vpc red -o yaml', { exitCode: 1, code: 'in-use', message: "vpc 'red' has 1 guest (web)" }],
    ['nonsense -o json', { exitCode: 2, code: 'usage', message: "unknown command 'nonsense'" }],
    ['create vpc red --json', { exitCode: 2, code: 'usage', message: expect.stringContaining('--prefix') }],
    [
      'policy apply -f /nonexistent --json',
      { exitCode: 2, code: 'usage', message: expect.stringContaining('no such') },
    ],
  ];
  it.each(cases)('weft %s: one JSON line on stderr, nothing on stdout', async (argv, error) => {
    const { code, out, err } = await run(argv);
    expect(out).toBe('');
    expect(JSON.parse(err)).toEqual({ error });
    expect(code).toBe((error as { exitCode: number }).exitCode);
  });

  it('say that nobody answers', async () => {
    const { code, err } = await cli(['get', 'hosts', '--json']);
    expect({ code, error: JSON.parse(err) }).toMatchObject({ code: 1, error: { error: { code: 'unreachable' } } });
  });
});

describe('what a command line with mistakes asks for', () => {
  it.each([
    ['get nonsense', 'table'],
    ['get nonsense --json', 'json'],
    ['get nonsense -o yaml', 'yaml'],
    ['get nonsense -o', 'table'],
    ['get nonsense -o nonsense', 'table'],
    ['create guest web -- serve --json', 'table'],
  ])('%s: %s', (line, format) => expect(askedFormat(line.split(' '))).toBe(format));
});
