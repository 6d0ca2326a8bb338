/**
 * `GET /v1/events`: a page of events behind a cursor, or the next ones: with `wait` the answer waits for an event that
 * fits. What a follower has not asked for yet is kept for nobody, so a slow one costs nothing and learns what it missed.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { EventPage, eventLimits } from '../../wire/events.ts';
import { apiBase } from '../../wire/resources.ts';
import type { Clock } from '../clock.ts';
import type { EventFilter } from '../events.ts';
import { parseTime } from './explain.ts';
import { errors, filters, type Query, queryOf, Refused, unwrap } from './routes.ts';
import type { Sources } from './views.ts';

/** Which events the one who asks may see. */
export type Visibility = (request: FastifyRequest) => EventFilter;

const keys = ['after', 'host', 'code', 'since', 'wait'] as const;

interface Wish {
  /** Undefined: from the oldest that is kept. */
  readonly after: Cursor | undefined;
  readonly waitMs: number;
  readonly fits: EventFilter;
}

interface Cursor {
  readonly epoch: number;
  readonly number: number;
}

export function addEvents(
  app: FastifyInstance,
  sources: Sources,
  clock: Clock,
  visible: Visibility = () => () => true,
): void {
  const schema = { tags: ['events'], querystring: queryOf(keys), response: { 200: EventPage, ...errors } };
  app.get<Query>(`${apiBase}/events`, { schema }, async (request, reply) => {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    return page(sources, clock, wishOf(request.query, visible(request)), gone.signal);
  });
}

/** An event of another host, or one that must not be seen, ends no wait. */
async function page(
  { events, epoch }: Sources,
  clock: Clock,
  { after, waitMs, fits }: Wish,
  gone: AbortSignal,
): Promise<EventPage> {
  const restarted = after !== undefined && after.epoch !== epoch;
  let number = after === undefined || restarted ? 0 : Math.min(after.number, events.last);
  let missed = 0;
  using timer = deadline(clock, waitMs);
  const signal = AbortSignal.any([gone, timer.signal]);
  for (;;) {
    const read = events.read(number, fits);
    // Without a cursor nobody has missed anything.
    if (after !== undefined && !restarted) missed += read.missed;
    number = read.upTo;
    const isDone = read.items.length > 0 || missed > 0 || restarted || signal.aborted;
    if (isDone || !(await events.next(signal))) {
      const next = `${epoch}.${number}`;
      return { items: read.items, next, missed, ...(restarted ? { restarted } : {}) };
    }
  }
}

function deadline(clock: Clock, waitMs: number): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  if (waitMs === 0) controller.abort();
  const cancel = waitMs === 0 ? () => undefined : clock.after(waitMs, () => controller.abort());
  return { signal: controller.signal, [Symbol.dispose]: () => cancel() };
}

function wishOf(query: unknown, mayBeSeen: EventFilter): Wish {
  const { after, host, code, since, wait } = filters(query, keys);
  const sinceMs = since === undefined ? 0 : unwrap(parseTime(since));
  return {
    after: after === undefined ? undefined : cursorOf(after),
    waitMs: wait === undefined ? 0 : waitOf(wait),
    fits: (event) =>
      mayBeSeen(event) &&
      (host === undefined || event.host === host) &&
      (code === undefined || event.code === code) &&
      event.timeMs >= sinceMs,
  };
}

function cursorOf(text: string): Cursor {
  const [, epoch, number] = /^(\d{1,15})\.(\d{1,15})$/.exec(text) ?? [];
  if (epoch === undefined || number === undefined)
    throw new Refused(400, 'invalid', `after= is '${text.slice(0, 100)}', expected the 'next' of an answer`);
  return { epoch: Number(epoch), number: Number(number) };
}

function waitOf(text: string): number {
  const ms = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!(ms <= eventLimits.waitMs))
    throw new Refused(400, 'invalid', `wait= is '${text.slice(0, 100)}', expected ms of 0 to ${eventLimits.waitMs}`);
  return ms;
}
