/**
 * `weft trace GUEST --to ADDRESS`: one packet followed through the executors of both hosts, or looked up in their
 * tables.
 *
 * One line for every decision, in the order in which the packet met them; the last line says how it ended. The exit
 * code is 0 when it arrived, or would.
 */
import { type Command, InvalidArgumentError } from 'commander';
import { limits } from '../../wire/limits.ts';
import type { Trace, TraceStep } from '../../wire/trace.ts';
import { type Context, type ControllerOptions, controllerOptions, type Family, openApi } from '../context.ts';
import { formatTable, type Output, type Style } from '../output.ts';

interface Options extends ControllerOptions {
  readonly to: string;
  readonly dryRun?: true;
  readonly packet?: true;
  readonly wait?: number;
}

export const family: Family = (program, context) => {
  const command: Command = program
    .command('trace <guest>')
    .description('follow one packet of a guest: which programs, tables and sessions it meets, and where it ends')
    .requiredOption('--to <address>', 'where it goes: an overlay address, or a guest of the same cloud')
    .option('--dry-run', 'send nothing: say what the tables of both hosts would do with it')
    .option('--packet', 'send nothing: follow the next packet between the two')
    .option('--wait <seconds>', 'how long a packet is waited for (5)', seconds);
  controllerOptions(command).action((guest: string, options: Options) => trace(context, guest, options));
};

function seconds(text: string): number {
  const most = limits.traceWaitMs / 1000;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0.1 && value <= most) return value;
  throw new InvalidArgumentError(`expected seconds, 0.1 to ${most}.`);
}

async function trace(context: Context, guest: string, options: Options): Promise<void> {
  const { to, dryRun, packet, wait } = options;
  const api = await openApi(context, options);
  const found = await api.trace({
    ...{ guest, to },
    ...(dryRun === undefined ? {} : { dryRun }),
    ...(packet === undefined ? {} : { packet }),
    ...(wait === undefined ? {} : { waitMs: Math.round(wait * 1000) }),
  });
  context.output.show(found, () => show(context.output, found));
  if (found.outcome !== 'arrived') context.setExitCode(1);
}

function show(output: Output, found: Trace): void {
  output.heading(`${end(found.from)} → ${end(found.to)}  in ${found.vpc}: ${what(found)}`);
  const [, ...rows] = formatTable(
    columns,
    found.steps.map((step, at) => row(at + 1, step)),
  );
  for (const [at, step] of found.steps.entries()) {
    if (step.way === 'back' && found.steps[at - 1]?.way !== 'back') output.line(back[found.mode]);
    output.line(styled(output, step, rows[at] ?? ''));
  }
  for (const note of found.notes) output.line(`${output.style('yellow', 'note')} ${note}`);
  for (const difference of found.differences) output.line(`${output.style('red', 'DIFFERS')} ${difference}`);
  const style = found.outcome === 'arrived' ? 'green' : 'red';
  output.line(output.style(style, found.conclusion));
}

function end({ guest, host, address }: Trace['from']): string {
  return guest === undefined ? address : `${guest} ${address} (${host ?? '?'})`;
}

function what({ mode, echo, answeredUs }: Trace): string {
  if (mode === 'dry-run') return 'what the tables say';
  if (mode === 'packet') return 'the next packet';
  const answer = answeredUs === undefined ? 'not answered' : `answered after ${answeredUs} µs`;
  return `one echo request, ICMP id ${echo ?? '?'}, ${answer}`;
}

const back: Readonly<Record<Trace['mode'], string>> = {
  echo: '    and back: the answer to a second echo request',
  packet: '    and back: the next packet the other way',
  'dry-run': '    and back',
};

/** Without titles: the lines explain themselves. */
const columns = ['#', '', '', '', '', '', ''];

function row(number: number, step: TraceStep): readonly string[] {
  const { host, executor, program, device, verdict } = step;
  const came = device === undefined ? '' : `in ${device}`;
  return [` ${number}`, host, executor, program, came, `→ ${verdict}`, details(step).join(', ')];
}

function details(step: TraceStep): string[] {
  const { verdict, reason, meaning, guest, mapping, encapsulation, generation, leftBy, outer, afterUs } = step;
  const why = reason === undefined ? [] : [meaning === undefined ? reason : `${reason} (${meaning})`];
  return [
    ...why,
    ...(verdict === 'delivered' && guest !== undefined ? [`to ${guest}`] : []),
    ...(mapping === undefined ? [] : [mapping]),
    ...(encapsulation === undefined ? [] : [encapsulation]),
    `generation ${generation}`,
    ...(leftBy === undefined ? [] : [`out by ${leftBy}`]),
    ...(outer === undefined ? [] : [outer]),
    ...(afterUs === undefined || afterUs === 0 ? [] : [`+${afterUs} µs`]),
  ];
}

const styles: Readonly<Record<string, Style>> = { dropped: 'red', waiting: 'yellow', delivered: 'green' };

function styled(output: Output, { verdict }: TraceStep, line: string): string {
  const style = styles[verdict];
  return style === undefined ? line : line.replace(`→ ${verdict}`, output.style(style, `→ ${verdict}`));
}
