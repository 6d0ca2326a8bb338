import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { UnreachableProblem } from './client.ts';
import type { Context } from './context.ts';
import { createOutput, type OutputFormat } from './output.ts';
import { changesBetween, watch } from './watch.ts';

interface Item {
  readonly name: string;
  readonly phase: string;
  readonly heard?: number;
}
const steady = ({ name, phase }: Item) => ({ name, phase });
const key = ({ name }: Item) => name;
const item = (name: string, phase: string, heard = 0): Item => ({ name, phase, heard });

it('a change is what is new, what differs and what is gone, without what goes on by itself', () => {
  const before = [item('a', 'running', 1), item('b', 'pending'), item('c', 'running')];
  const after = [item('a', 'running', 2), item('b', 'running'), item('d', 'pending')];
  expect(
    changesBetween(before, after, { key, steady }).map(({ change, item: { name } }) => `${name} ${change}`),
  ).toEqual(['b changed', 'd added', 'c removed']);
});

/** Every element is one answer; an error is thrown. Ends when all were asked for. */
async function watched(answers: readonly (readonly Item[] | Error)[], format: OutputFormat, isTTY = false) {
  const out = Object.assign(new PassThrough(), { isTTY });
  const err = new PassThrough();
  const written = Promise.all([text(out), text(err)]);
  const end = new AbortController();
  const context: Context = {
    output: createOutput({ out, err }),
    config: { controller: '', agent: '' },
    signal: end.signal,
    now: () => 0,
    setExitCode: () => undefined,
  };
  context.output.use(format);
  const names = (items: readonly Item[]) => items.map(({ name, phase }) => `${name}:${phase}`).join(' ');
  let asked = 0;
  const read = async () => {
    const answer = answers[asked++] ?? [];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const wait = async () => {
    if (asked === answers.length) end.abort('SIGINT');
  };
  const { output } = context;
  const shown = {
    ...{ read, key, steady },
    draw: (items: readonly Item[]) => output.line(`all ${names(items)}`),
    drawChange: ({ change, item: one }: { change: string; item: Item }) => output.line(`${change} ${names([one])}`),
  };
  const failure = await watch(context, shown, wait).catch((error: unknown) => error);
  out.end();
  err.end();
  const [outText, errText] = await written;
  return { out: outText, err: errText, failure };
}

describe('watching', () => {
  const answers = [[item('a', 'pending')], [item('a', 'pending', 5)], [item('a', 'running'), item('b', 'pending')], []];

  it('adds a line for every change where nothing can be drawn over', async () => {
    const { out } = await watched(answers, 'table');
    expect(out).toBe('all a:pending\nchanged a:running\nadded b:pending\nremoved a:running\nremoved b:pending\n');
  });

  it('draws everything anew on a terminal, and only when something changed', async () => {
    const { out } = await watched(answers, 'wide', true);
    const clear = '\u001b[H\u001b[2J';
    expect(out).toBe(`all a:pending\n${clear}all a:running b:pending\n${clear}all \n`);
  });

  it('is a line of JSON for every change, from what is there at the beginning on', async () => {
    const { out } = await watched(answers.slice(0, 3), 'json', true);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { change: 'added', item: item('a', 'pending') },
      { change: 'changed', item: item('a', 'running') },
      { change: 'added', item: item('b', 'pending') },
    ]);
  });

  it('waits for a controller that went away, and says so once', async () => {
    const gone = new UnreachableProblem('cannot reach it');
    const { out, err } = await watched([[item('a', 'pending')], gone, gone, [item('a', 'running')]], 'table');
    expect({ out, err }).toEqual({
      out: 'all a:pending\nchanged a:running\n',
      err: 'cannot reach it; waiting for it\nit answers again\n',
    });
  });

  it('ends when nothing answers at the beginning, or with another failure', async () => {
    const gone = new UnreachableProblem('cannot reach it');
    expect((await watched([gone], 'table')).failure).toBe(gone);
    const other = new Error('other');
    expect((await watched([[], other], 'table')).failure).toBe(other);
  });
});
