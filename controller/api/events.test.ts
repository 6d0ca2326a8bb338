import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventPage } from '../../wire/events.ts';
import { TestController } from '../test-controller.ts';

let controller: TestController;
beforeEach(async () => {
  controller = await TestController.start();
});
afterEach(() => controller.remove());

async function read(query = ''): Promise<EventPage> {
  const { status, body } = await controller.get(`/v1/events${query}`);
  expect(status).toBe(200);
  return body as unknown as EventPage;
}
const said = ({ items }: EventPage) => items.map(({ host, code }) => `${host} ${code}`);

describe('events over the API', () => {
  it('are filtered by host, code and time', async () => {
    await controller.agent('a');
    await controller.agent('b');
    expect(said(await read())).toEqual(['a host-connected', 'b host-connected']);
    expect(said(await read('?host=b'))).toEqual(['b host-connected']);
    expect(said(await read('?code=host-removed'))).toEqual([]);
    expect(said(await read('?since=2099-01-01'))).toEqual([]);
  });

  it('are waited for, and those that do not fit end no wait', async () => {
    const { next } = await read();
    const followed = read(`?after=${next}&host=b&wait=25000`);
    await controller.agent('a');
    await controller.agent('b');
    const page = await followed;
    expect(page).toMatchObject({ missed: 0 });
    expect(said(page)).toEqual(['b host-connected']);
    expect(said(await read(`?after=${page.next}`))).toEqual([]);
  });

  it('end a wait that is over with an empty page', async () => {
    const { next } = await read();
    expect(await read(`?after=${next}&wait=1`)).toEqual({ items: [], next, missed: 0 });
  });

  it('of another run of the controller are said to be gone', async () => {
    await controller.agent('a');
    const { next } = await read();
    await controller.restart();
    expect(await read(`?after=${next}&wait=25000`)).toMatchObject({
      items: [],
      restarted: true,
      missed: 0,
      next: '2.0',
    });
  });

  it.each([
    ['?after=x', "after= is 'x', expected the 'next' of an answer"],
    ['?wait=60000', "wait= is '60000', expected ms of 0 to 25000"],
    ['?since=yesterday', "'yesterday' is no time"],
    ['?color=red', "unknown filter 'color'"],
  ])('refuses %s', async (query, message) => {
    const answer = await controller.get(`/v1/events${query}`);
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining(message) } });
  });

  it('do not keep a controller from stopping', async () => {
    const { next } = await read();
    const followed = read(`?after=${next}&wait=25000`).catch(() => 'cut');
    await read();
    await controller.controller.close();
    expect(await followed).toBe('cut');
  });
});
