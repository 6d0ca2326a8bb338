import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { EventPage } from '../wire/events.ts';
import { type Answers, cli, FakeController } from './fake-controller.ts';
import { createOutput } from './output.ts';
import { runCli } from './run.ts';

const event = { timeMs: 1_000_000, host: 'left', code: 'host-connected', detail: 'from \u001b[31mhere' };
const page = (rest: Partial<EventPage>): EventPage => ({ items: [], next: '3.0', missed: 0, ...rest });

describe('weft events', () => {
  it('shows them as a table, and as JSON', async () => {
    await using controller = await FakeController.start({
      'GET /v1/events?host=left&code=host-connected&since=400000': { body: page({ items: [event], next: '3.1' }) },
    });
    const argv = ['events', '--host', 'left', '--code', 'host-connected', '--since', '10min'];
    const { code, out } = await cli([...argv, '--controller', controller.socket]);
    expect({ code, out }).toEqual({
      code: 0,
      out:
        'TIME                      HOST  CODE            DETAIL\n' +
        '1970-01-01T00:16:40.000Z  left  host-connected  from ·[31mhere\n',
    });
    const json = await cli([...argv, '--json', '--controller', controller.socket]);
    expect(JSON.parse(json.out)).toEqual({ items: [event], next: '3.1' });
  });

  it('follows: goes on behind each answer and says what was lost', async () => {
    const answers: Answers = {
      'GET /v1/events': { body: page({ items: [event], next: '3.1' }) },
      'GET /v1/events?after=3.1&wait=25000': { body: page({ next: '3.9', missed: 7 }) },
      'GET /v1/events?after=3.9&wait=25000': { body: page({ next: '4.0', restarted: true }) },
      'GET /v1/events?after=4.0&wait=25000': { body: page({ items: [{ ...event, host: 'right' }], next: '4.1' }) },
      'GET /v1/events?after=4.1&wait=25000': {
        status: 500,
        body: { code: 'internal', message: 'the end of the test' },
      },
    };
    await using controller = await FakeController.start(answers);
    const { code, out, err } = await cli(['events', '--follow', '--controller', controller.socket]);
    expect(out).toBe(
      '1970-01-01T00:16:40.000Z  left          host-connected        from ·[31mhere\n' +
        '1970-01-01T00:16:40.000Z  right         host-connected        from ·[31mhere\n',
    );
    expect(err).toContain('7 events came faster than they were read, and are lost');
    expect(err).toContain('the controller was restarted');
    expect({ code, end: err.includes('the end of the test') }).toEqual({ code: 1, end: true });
  });

  it('waits for a controller that is away, until it is interrupted', async () => {
    const out = new PassThrough();
    const err = new PassThrough();
    const stop = new AbortController();
    const ended = runCli(['events', '--follow', '--controller', '/nonexistent/c.sock'], {
      output: createOutput({ out, err }),
      config: { controller: '', agent: '' },
      signal: stop.signal,
      now: () => 0,
    });
    const [said] = await once(err, 'data');
    expect(String(said)).toMatch(/no controller listens on this socket.*; waiting for it/);
    stop.abort('SIGINT');
    expect(await ended).toBe(130);
  });

  it('refuses a time that is none', async () => {
    expect(await cli(['events', '--since', 'soon'])).toMatchObject({ code: 2 });
  });
});
