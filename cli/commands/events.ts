/**
 * `weft events`: what the controller and the agents have reported, oldest first; `--follow` goes on with the next ones.
 *
 * A follower that falls behind is told how many it missed, and one whose controller restarts goes on with the new one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Event, type EventPage, eventLimits } from '../../wire/events.ts';
import { type Api, UnreachableProblem } from '../client.ts';
import { type Context, type ControllerOptions, controllerOptions, type Family, openApi } from '../context.ts';
import { parseDuration } from '../duration.ts';
import { formatTable } from '../output.ts';

interface Options extends ControllerOptions {
  readonly follow?: true;
  readonly host?: string;
  readonly code?: string;
  readonly since?: number;
}

const retryMs = 1000;

export const family: Family = (program, context) => {
  const command = program
    .command('events')
    .description('what controller and agents have reported; docs/gen/events.md lists the codes')
    .option('-f, --follow', 'go on with the next ones, until Ctrl-C')
    .option('--host <name>', 'of this host only')
    .option('--code <code>', 'with this code only, such as host-disconnected')
    .option('--since <time>', 'not older than this, such as 90s, 5min or 1h', parseDuration);
  controllerOptions(command).action((options: Options) => events(context, options));
};

async function events(context: Context, options: Options): Promise<void> {
  const { output, now } = context;
  const { follow, host, code, since } = options;
  const api = await openApi(context, options);
  const filter = { host, code, since: since === undefined ? undefined : String(Math.round(now() - since)) };
  if (follow === true) return followEvents(context, api, filter);
  const all: Event[] = [];
  let after: string | undefined;
  for (;;) {
    const page: EventPage = await api.events({ ...filter, after });
    all.push(...page.items);
    after = page.next;
    if (page.items.length < eventLimits.perAnswer) break;
  }
  output.show({ items: all, next: after }, () => output.table(header, all.map(cells)));
}

async function followEvents(context: Context, api: Api, filter: EventFilter): Promise<void> {
  const { output, signal } = context;
  let after: string | undefined;
  for (;;) {
    const page = await nextPage(context, () =>
      api.events({ ...filter, after }, after === undefined ? 0 : eventLimits.waitMs),
    );
    signal.throwIfAborted();
    if (page.missed > 0) output.note(`${page.missed} events came faster than they were read, and are lost`);
    if (page.restarted === true) output.note('the controller was restarted: what it reported before is gone');
    for (const event of page.items) output.showNext(event, () => output.line(line(event)));
    after = page.next;
  }
}

type EventFilter = Parameters<Api['events']>[0];

/** A controller that is away is waited for, and said to be. */
async function nextPage({ output, signal }: Context, ask: () => Promise<EventPage>): Promise<EventPage> {
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await ask();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UnreachableProblem)) throw error;
      if (isFirst) output.note(`${error.message}; waiting for it`);
      await sleep(retryMs, undefined, { signal });
    }
  }
}

const header = ['TIME', 'HOST', 'CODE', 'DETAIL'];
/** Of following: widths that most names and codes fit. */
const template = ['', 'x'.repeat(12), 'x'.repeat(20), ''];

function line(event: Event): string {
  return formatTable(template, [cells(event)])[1] ?? '';
}

function cells({ timeMs, host = '-', code, detail }: Event): string[] {
  return [new Date(timeMs).toISOString(), host, code, detail].map(plain);
}

/** What a host says does not steer a terminal. */
function plain(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '·');
}
