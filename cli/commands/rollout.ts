/** `weft rollout start|status|pause|resume|abort`: policies brought to the hosts of a region batch by batch. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import {
  type Rollout,
  type RolloutLimitsRequest,
  type RolloutPhase,
  type RolloutRequest,
  rolloutDefaults,
} from '../../wire/rollout.ts';
import type { Api } from '../client.ts';
import {
  type Context,
  type ControllerOptions,
  collect,
  controllerOptions,
  type Family,
  openApi,
  wholeNumber,
} from '../context.ts';
import { duration, parseDuration } from '../duration.ts';
import { exitCodes } from '../exit-codes.ts';
import { ago, list, type Output } from '../output.ts';
import { Problem } from '../problem.ts';
import { Progress } from '../progress.ts';
import { rolloutKind, tableOf } from './get.ts';
import { readPolicies } from './policy.ts';

/** Of `--follow`: how it ended, for scripts. */
const endings: Readonly<Partial<Record<RolloutPhase, number>>> = {
  done: exitCodes.done,
  paused: exitCodes.paused,
  aborted: exitCodes.aborted,
};
const followText = 'wait until it is done (exit code 0), paused (3) or aborted (4)';
const followMs = 500;

export const family: Family = (program, context) => {
  const rollout = program.command('rollout').description('bring policies to the hosts batch by batch');
  addStart(rollout, context);
  addStatus(rollout, context);
  addAction(rollout, context, {
    word: 'pause',
    text: 'let no more hosts in; those that are in stay',
    act: (api, name) => api.pauseRollout(name),
  });
  addResume(rollout, context);
  addAction(rollout, context, {
    word: 'abort',
    text: 'take the hosts out again at once, batch by batch; the policies stay as they were',
    act: (api, name) => api.abortRollout(name),
  });
};

interface FollowOptions extends ControllerOptions {
  readonly follow?: true;
}

interface LimitOptions {
  readonly settle?: number;
  readonly maxUnsettled?: number;
  readonly maxDrops?: number;
  readonly maxCut?: number;
}

interface StartOptions extends FollowOptions, LimitOptions {
  readonly file?: string;
  readonly remove?: readonly string[];
  readonly batch?: Pick<RolloutRequest, 'batchHosts' | 'batchPercent'>;
  readonly pause?: number;
  readonly order?: readonly string[];
}

function addStart(rollout: Command, context: Context): void {
  const command = rollout
    .command('start <name>')
    .description('begin to bring policies to the hosts')
    .option('-f, --file <file>', 'YAML with a list `policies`, as for `weft policy apply`')
    .option('--remove <policy>', 'a policy that goes; may be repeated', collect)
    .option('--batch <hosts>', `hosts at once, such as 5 or 20% (${rolloutDefaults.batchPercent}%)`, parseBatch)
    .option('--pause <time>', 'how long each batch is watched, such as 90s or 5min (60s)', parseDuration)
    .option('--order <label=value>', 'hosts with this label first; may be repeated', collect);
  limitOptions(command).option('--follow', followText);
  controllerOptions(command).action(async (name: string, options: StartOptions) => {
    const request = startRequest(name, options);
    const api = await openApi(context, options);
    const started = await api.startRollout(request);
    if (options.follow === true) return follow(context, api, name);
    context.output.show(started, () => {
      const { batchHosts, pauseMs, hosts } = started;
      const pace = `${batchHosts} of ${hosts.known} hosts at once, ${duration(pauseMs)} each`;
      context.output.line(`rollout '${name}' has begun: ${pace}`);
      context.output.note(`watch it with: weft rollout status ${name} --follow`);
    });
  });
}

function startRequest(name: string, options: StartOptions): RolloutRequest {
  const { file, remove = [], batch = {}, pause, order = [] } = options;
  if (file === undefined && remove.length === 0) {
    throw new Problem('a rollout needs policies: give --file, --remove or both', { exitCode: 2 });
  }
  const limits = readLimits(options);
  return {
    name,
    policies: file === undefined ? [] : [...readPolicies(file)],
    remove: [...remove],
    ...batch,
    ...(pause === undefined ? {} : { pauseMs: pause }),
    ...(limits === undefined ? {} : { limits }),
    order: order.map(parseOrder),
  };
}

function limitOptions(command: Command): Command {
  const { settleMs, unsettledPercent, dropsPercent, cut } = rolloutDefaults;
  return command
    .option('--settle <time>', `pause when sessions take longer than this (${duration(settleMs)})`, parseDuration)
    .option('--max-unsettled <percent>', `of the changed sessions that may (${unsettledPercent})`, parsePercent)
    .option(
      '--max-drops <percent>',
      `pause when the share of dropped packets is so many points above that of before (${dropsPercent})`,
      parsePercent,
    )
    .option(
      '--max-cut <number>',
      `pause before more directions than this would have no selection (${cut})`,
      wholeNumber(0, 1_000_000),
    );
}

function readLimits(options: LimitOptions): RolloutLimitsRequest | undefined {
  const { settle, maxUnsettled, maxDrops, maxCut } = options;
  const limits = {
    ...(settle === undefined ? {} : { settleMs: settle }),
    ...(maxUnsettled === undefined ? {} : { unsettledPercent: maxUnsettled }),
    ...(maxDrops === undefined ? {} : { dropsPercent: maxDrops }),
    ...(maxCut === undefined ? {} : { cut: maxCut }),
  };
  return Object.keys(limits).length === 0 ? undefined : limits;
}

function addResume(rollout: Command, context: Context): void {
  const command = rollout
    .command('resume [name]')
    .description('go on with a paused one, under other limits when given');
  limitOptions(command);
  controllerOptions(command).action(async (name: string | undefined, options: ControllerOptions & LimitOptions) => {
    const limits = readLimits(options);
    const api = await openApi(context, options);
    const resumed = await api.resumeRollout(await pick(api, name), limits === undefined ? {} : { limits });
    tell(context, resumed);
  });
}

interface Action {
  readonly word: string;
  readonly text: string;
  readonly act: (api: Api, name: string) => Promise<Rollout>;
}

function addAction(rollout: Command, context: Context, { word, text, act }: Action): void {
  const command = rollout.command(`${word} [name]`).description(text);
  controllerOptions(command).action(async (name: string | undefined, options: ControllerOptions) => {
    const api = await openApi(context, options);
    tell(context, await act(api, await pick(api, name)));
  });
}

function tell({ output }: Context, rollout: Rollout): void {
  output.show(rollout, () => output.line(`rollout '${rollout.name}' is ${rollout.phase}: ${reached(rollout)}`));
}

/** The one that is not over, when none is named. */
async function pick(api: Api, name: string | undefined): Promise<string> {
  if (name !== undefined) return name;
  const active = (await api.rollouts()).find(({ phase }) => phase !== 'done' && phase !== 'aborted');
  if (active !== undefined) return active.name;
  throw new Problem('no rollout is under way: `weft rollout status` shows past ones');
}

// ---- status ------------------------------------------------------------------------------------------------

function addStatus(rollout: Command, context: Context): void {
  const command = rollout
    .command('status [name]')
    .description('how far rollouts have come')
    .option('--follow', followText);
  controllerOptions(command).action(async (name: string | undefined, options: FollowOptions) => {
    const api = await openApi(context, options);
    if (options.follow === true) return follow(context, api, await pick(api, name));
    const items = name === undefined ? await api.rollouts() : [await api.rollout(name)];
    context.output.show(name === undefined ? { items } : items[0], () => showAll(context, items));
  });
}

function showAll(context: Context, rollouts: readonly Rollout[]): void {
  const [first, ...others] = rollouts;
  if (first !== undefined && others.length === 0) show(context, first);
  else if (first === undefined) context.output.note('no rollouts');
  else tableOf(context, rolloutKind, rollouts);
}

function show({ output, now }: Context, rollout: Rollout): void {
  const { name, phase, why, batches, batch, away, policies, remove, changedMs, startedMs } = rollout;
  const colour = phase === 'paused' ? 'yellow' : phase === 'aborted' || phase === 'aborting' ? 'red' : 'green';
  output.heading(`rollout ${name}: ${output.style(colour, phase)}, ${reached(rollout)}`);
  output.line(`  ${why}`);
  output.line(`  began ${ago(startedMs, now())} ago, last change ${ago(changedMs, now())} ago`);
  output.line(`  policies: ${list(policies.map((policy) => policy.name))}; go: ${list(remove)}`);
  if (phase === 'done' || phase === 'aborted') return;
  const { batchHosts, pauseMs, limits, order } = rollout;
  const first = order.length === 0 ? '' : `, first ${order.map(({ label, value }) => `${label}=${value}`).join(', ')}`;
  output.line(`  pace: ${batchHosts} hosts at once, ${duration(pauseMs)} each${first}`);
  const { settleMs, unsettledPercent, dropsPercent, cut } = limits;
  output.line(
    `  pauses when: more than ${unsettledPercent} % of sessions not in force after ${duration(settleMs)}, drops ${dropsPercent} points up, more than ${cut} directions cut`,
  );
  if (batches > 0) output.line(`  batch ${batches}: ${list(batch)}${away.length === 0 ? '' : `; away: ${list(away)}`}`);
  showWatched(output, rollout);
  if (phase === 'paused')
    output.line('  next: `weft rollout resume`, with other limits if need be, or `weft rollout abort`');
}

function showWatched(output: Output, { watched }: Rollout): void {
  if (watched === undefined) return;
  const { forMs, sessions, unsettled, examples, dropsPercent, dropsPercentBefore } = watched;
  const drops = dropsPercent === undefined ? 'too few packets to tell' : `${dropsPercent.toFixed(2)} %`;
  output.line(
    `  watched for ${duration(forMs)}: ${sessions - unsettled} of ${sessions} changed sessions in force, drops ${drops} (before ${dropsPercentBefore.toFixed(2)} %)`,
  );
  if (unsettled > 0) output.line(`  not in force: ${examples.join(', ')}${unsettled > examples.length ? ', …' : ''}`);
}

/** Until it is over or waits for a person. */
async function follow(context: Context, api: Api, name: string): Promise<void> {
  const { output, signal, setExitCode } = context;
  for (;;) {
    const rollout = await watchUntilStill(context, api, name);
    const code = endings[rollout.phase];
    if (code !== undefined) {
      output.show(rollout, () => show(context, rollout));
      return setExitCode(code);
    }
    signal.throwIfAborted();
  }
}

async function watchUntilStill({ output, signal }: Context, api: Api, name: string): Promise<Rollout> {
  using progress = new Progress(output.streams);
  for (;;) {
    const rollout = await api.rollout(name);
    if (endings[rollout.phase] !== undefined) return rollout;
    progress.update(`rollout ${name}`, `${rollout.phase}, ${progressOf(rollout)}`);
    await sleep(followMs, undefined, { signal });
  }
}

function progressOf(rollout: Rollout): string {
  const { watched, pauseMs } = rollout;
  if (watched === undefined) return reached(rollout);
  const { sessions, unsettled, forMs } = watched;
  const rest = Math.max(0, pauseMs - forMs);
  return `${reached(rollout)}, ${sessions - unsettled} of ${sessions} changed sessions in force, ${duration(rest)} to go`;
}

function reached(rollout: Rollout): string {
  return `${hostsOf(rollout)} hosts in`;
}

function hostsOf({ hosts }: Rollout): string {
  return `${hosts.in} of ${hosts.known}`;
}

// ---- arguments ---------------------------------------------------------------------------------------------

function parseBatch(text: string): NonNullable<StartOptions['batch']> {
  const [, number, percent] = /^(\d{1,7}(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const value = Number(number);
  if (percent === '%' && value > 0 && value <= 100) return { batchPercent: value };
  if (percent === '' && Number.isInteger(value) && value > 0) return { batchHosts: value };
  throw new InvalidArgumentError('expected a number of hosts such as 5, or a share such as 20%.');
}

function parsePercent(text: string): number {
  const value = /^\d{1,3}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 100) return value;
  throw new InvalidArgumentError('expected a number of percent, of 0 to 100.');
}

function parseOrder(text: string): NonNullable<RolloutRequest['order']>[number] {
  const at = text.indexOf('=');
  const [label, value] = [text.slice(0, at), text.slice(at + 1)];
  if (at > 0 && value !== '') return { label, value };
  throw new Problem(`--order ${text}: expected a label and its value such as environment=test`, { exitCode: 2 });
}
