/** `weft top`: hosts, guests, peers and drops, live. */
import { setTimeout as pause } from 'node:timers/promises';
import { isatty, ReadStream, WriteStream } from 'node:tty';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Context, type ControllerOptions, controllerOptions, type Family, openApi } from '../context.ts';
import { isForPeople, type Output, type Style } from '../output.ts';
import { Problem } from '../problem.ts';
import { type Choice, firstChoice, press, type SortKey, sortKeys } from '../top/keys.ts';
import { type Line, page, screen } from '../top/layout.ts';
import { type Sample, viewOf } from '../top/rates.ts';
import { Sampler } from '../top/sampler.ts';
import { Terminal } from '../top/terminal.ts';

interface Options extends ControllerOptions {
  readonly host?: string;
  readonly agent?: string;
  readonly interval: number;
  readonly sort: SortKey;
  readonly once?: true;
}

const stdin = 0;

export const family: Family = (program, context) => {
  const command: Command = program
    .command('top')
    .description('watch hosts, guests, peers and drops, with packets and bits a second')
    .option('--host <name>', 'only this host')
    .option('--agent <socket>', 'the agent’s status socket (WEFT_AGENT, /run/weft/agent.sock)')
    .option('--interval <seconds>', 'time between two looks', seconds, 1)
    .addOption(new Option('--sort <key>', 'what stands first').choices(sortKeys).default(firstChoice.sort))
    .option('--once', 'look twice, print the rates between, and end; the same when the output is no terminal')
    .addHelpText(
      'after',
      '\nOn a host, its own agent is asked, and works without a controller; with --lab, all agents are.',
    );
  controllerOptions(command).action((options: Options) => top(context, options));
};

function seconds(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0.1 && value <= 3600) return value;
  throw new InvalidArgumentError('expected seconds, 0.1 to 3600.');
}

async function top(context: Context, options: Options): Promise<void> {
  const sampler = await openSampler(context, options);
  const first = await sampler.take();
  refuseNothing(first, options.host);
  const { out } = context.output.streams;
  const isPlain = options.once === true || !isForPeople(context.output.format) || !(out instanceof WriteStream);
  if (isPlain) return snapshot(context, options, sampler, first);
  await watch(context, options, sampler, first, out);
}

async function openSampler(context: Context, options: Options): Promise<Sampler> {
  const api = await openApi(context, options);
  const { host } = options;
  if (options.agent !== undefined || options.lab === undefined) {
    return new Sampler({ agents: [{ socket: options.agent ?? context.config.agent }], api, host });
  }
  const { openLab } = await import('../../lab/index.ts');
  const agents = openLab(options.lab).hosts.map(({ name, statusSocket }) => ({ host: name, socket: statusSocket }));
  return new Sampler({ agents, api, host });
}

function refuseNothing({ agents, controller }: Sample, host: string | undefined): void {
  if (host !== undefined && agents.length === 0 && controller?.hosts.length === 0) {
    throw new Problem(`there is no host '${host}' here: see \`weft get hosts\``);
  }
  if (controller?.error === undefined || agents.some(({ status }) => status !== undefined)) return;
  throw new Problem('neither a controller nor an agent answers here: name one with --agent, --controller or --lab');
}

async function snapshot(context: Context, options: Options, sampler: Sampler, first: Sample): Promise<void> {
  await pause(options.interval * 1000, undefined, { signal: context.signal });
  const view = viewOf(await sampler.take(), first);
  const choice = { ...firstChoice, sort: options.sort };
  context.output.show(view, () => {
    for (const line of page(view, choice, Number.POSITIVE_INFINITY)) context.output.line(styled(context.output, line));
  });
}

async function watch(
  context: Context,
  options: Options,
  sampler: Sampler,
  first: Sample,
  out: WriteStream,
): Promise<void> {
  const { output } = context;
  const ended = new AbortController();
  const signal = AbortSignal.any([context.signal, ended.signal]);
  const title = options.lab === undefined ? 'weft top' : `weft top   lab ${options.lab}`;
  let choice: Choice = { ...firstChoice, sort: options.sort };
  let view = viewOf(first, undefined);
  let at = context.now();
  using terminal = new Terminal(isatty(stdin) ? new ReadStream(stdin) : undefined, out, {
    onKey: (key) => {
      const next = press(choice, key);
      if (next === 'quit') return ended.abort();
      choice = next;
      draw();
    },
    onResize: () => draw(),
    onHangup: () => ended.abort(),
  });
  const draw = () => {
    const right = `every ${options.interval} s   ${new Date(at).toTimeString().slice(0, 8)}`;
    terminal.draw(screen(view, choice, { ...terminal.size, title, right }).map((line) => styled(output, line)));
  };
  draw();
  for (let before = first; !signal.aborted; ) {
    await pause(options.interval * 1000, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const sample = await sampler.take();
    if (!choice.isPaused) {
      view = viewOf(sample, before);
      at = context.now();
    }
    before = sample;
    draw();
  }
  context.signal.throwIfAborted();
}

const styles: Readonly<Record<Line['style'], Style | undefined>> = {
  title: ['bold'],
  header: ['bold', 'underline'],
  plain: undefined,
  quiet: ['dim'],
  odd: ['yellow'],
  bad: ['red', 'bold'],
};

function styled(output: Output, { text, style }: Line): string {
  const how = styles[style];
  return how === undefined || text === '' ? text : output.style(how, text);
}
