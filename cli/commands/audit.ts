/** `weft audit`: who changed what, oldest first; `--follow` goes on with what comes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError } from 'commander';
import { type AuditEntry, accessLimits } from '../../wire/access.ts';
import type { Api, AuditQuery } from '../client.ts';
import {
  type Context,
  type ControllerOptions,
  controllerOptions,
  type Family,
  openApi,
  wholeNumber,
} from '../context.ts';
import type { Output } from '../output.ts';

interface Options extends ControllerOptions {
  readonly resource?: string;
  readonly who?: string;
  readonly since?: string;
  readonly limit?: number;
  readonly follow?: true;
}

const followMs = 1000;
const pageEntries = 100;

export const family: Family = (program, context) => {
  const command = program
    .command('audit')
    .description('say who changed what: the newest changes and refusals, oldest first')
    .option('--resource <resource>', 'of this: such as guest, "guest web1" or web1')
    .option('--who <name>', 'by this access token, or local for the Unix socket')
    .option('--since <time>', 'since then: such as 2026-11-21T03:00:00Z, 30m, 12h or 7d ago', (text) =>
      sinceTime(text, context.now()),
    )
    .option('--limit <number>', 'the newest so many (20); all when looking for something', wholeNumber(1, 100_000))
    .option('-f, --follow', 'go on with what comes, until it is interrupted');
  controllerOptions(command).action((options: Options) => show(context, options));
};

async function show(context: Context, options: Options): Promise<void> {
  const api = await openApi(context, options);
  const { resource, who, since, limit, follow } = options;
  const filter = { resource, who, since };
  const isFiltered = Object.values(filter).some((each) => each !== undefined);
  let { entries, next } = await newest(api, filter, limit ?? (isFiltered ? undefined : 20));
  const { output } = context;
  if (follow !== true) return output.show({ items: entries }, () => printAll(output, entries));
  for (;;) {
    for (const entry of entries) output.showNext(entry, () => print(output, entry));
    await sleep(followMs, undefined, { signal: context.signal });
    ({ entries, next } = await newest(api, { ...filter, after: next }, undefined));
  }
}

/** Page by page to the end. */
async function newest(
  api: Api,
  query: AuditQuery,
  most: number | undefined,
): Promise<{ entries: readonly AuditEntry[]; next: number }> {
  const entries: AuditEntry[] = [];
  // So many it begins at by itself; where there may be more, it is asked for all.
  const isOnePage = most !== undefined && most <= accessLimits.auditPage;
  let page = await api.audit({ after: isOnePage ? undefined : 0, ...query, limit: isOnePage ? most : pageEntries });
  entries.push(...page.items);
  while (page.more) {
    page = await api.audit({ ...query, limit: pageEntries, after: page.next });
    entries.push(...page.items);
  }
  return { entries: most === undefined ? entries : entries.slice(-most), next: page.next };
}

function printAll(output: Output, entries: readonly AuditEntry[]): void {
  for (const entry of entries) print(output, entry);
}

function print(output: Output, entry: AuditEntry): void {
  const { timeMs, who, role, customer, from, what, resource, outcome, why, before, after } = entry;
  const verb = outcome === 'refused' ? output.style('red', 'refused') : verbOf(what, before, after);
  const whose = customer === undefined ? role : `${role} ${customer}`;
  output.line(`${new Date(timeMs).toISOString()}  ${who} (${whose}) from ${from}  ${verb} ${resource}`);
  if (why !== undefined) output.line(`    ${why}`);
  for (const [sign, value] of [
    ['-', before],
    ['+', after],
  ] as const) {
    if (value !== undefined) output.line(`    ${sign} ${JSON.stringify(value)}`);
  }
}

function verbOf(what: string, before: unknown, after: unknown): string {
  if (before === undefined && after === undefined) return what.split('/').at(-1) ?? what;
  if (before === undefined) return 'created';
  return after === undefined ? 'deleted' : 'changed';
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function sinceTime(text: string, nowMs: number): string {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return String(nowMs - Number(count) * (units[unit] ?? 0));
  if (/^\d{4}-\d\d-\d\d/.test(text) || /^\d{9,15}$/.test(text)) return text;
  throw new InvalidArgumentError('expected a time such as 2026-11-21T03:00:00Z, or 30m, 12h or 7d.');
}
