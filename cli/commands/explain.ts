/** `weft explain A B`: what two hosts or guests send each other, and why. */
import type { ExplainedDirection, Explanation } from '../../wire/resources.ts';
import { type Context, type ControllerOptions, controllerOptions, type Family, openApi } from '../context.ts';
import { ago, list, type Output } from '../output.ts';

interface Options extends ControllerOptions {
  readonly at?: string;
}

export const family: Family = (program, context) => {
  const command = program
    .command('explain <from> <to>')
    .description('say what two hosts, or two guests, send each other and why')
    .option('--at <time>', 'what was selected then: such as 2026-11-21T03:00:00Z, or Unix milliseconds');
  controllerOptions(command).action(async (from: string, to: string, options: Options) => {
    const api = await openApi(context, options);
    const explanation = await api.explain(from, to, options.at);
    if (options.json === true) return context.output.json(explanation);
    show(context, explanation);
  });
};

function show({ output, now }: Context, { from, to, atMs, note, directions }: Explanation): void {
  for (const end of [from, to]) output.line(describeEnd(end));
  if (atMs !== undefined) output.line(`at ${new Date(atMs).toISOString()}`);
  if (note !== undefined) output.line(note);
  for (const direction of directions) {
    output.line();
    showDirection(output, direction, now());
  }
}

function describeEnd(end: Explanation['from']): string {
  const labels = Object.entries(end.labels).map(([key, value]) => `${key} ${value}`);
  const place = end.kind === 'guest' ? `guest of ${end.vpc ?? '?'} on host ${end.host}, ` : 'host, ';
  const addresses = end.addresses === undefined ? '' : `${list(end.addresses)}, `;
  const state = end.connected ? '' : ', away';
  return `${end.name}: ${place}${addresses}${[list(end.formats), ...labels].join(', ')}${state}`;
}

function showDirection(output: Output, direction: ExplainedDirection, now: number): void {
  const { source, destination, selected, generation, decidedBy, candidates } = direction;
  output.heading(`${source} → ${destination}: ${selected ?? 'none'}`);
  const standing =
    generation === undefined ? 'no packet has needed it yet' : `generation ${generation}${duration(direction, now)}`;
  output.line(`  ${standing}${decidedBy.length === 0 ? '' : `, decided by policy ${decidedBy.join(', ')}`}`);
  for (const reason of notOfCandidates(direction)) output.line(`  ${reason}`);
  if (candidates === undefined) return;
  const width = Math.max(0, ...candidates.map(({ format }) => format.length));
  for (const { format, why } of candidates) output.line(`  ${format.padEnd(width)}  ${why}`);
  showFacts(output, direction);
}

function showFacts(
  output: Output,
  { source, destination, accepted = [], sending, path, mappings }: ExplainedDirection,
): void {
  output.line(`  in force: ${source} sends ${sending ?? 'nothing'}, ${destination} accepts ${list(accepted)}`);
  if (path !== undefined) {
    const roundTrip = path.roundTripUs === 0 ? 'no answer' : `${path.roundTripUs} µs`;
    const mtu = path.pathMtu === 0 ? 'not known' : String(path.pathMtu);
    output.line(`  path: MTU ${mtu}, round trip ${roundTrip}, ${path.lostPercent} % lost`);
  }
  for (const { address, host, version, asked } of mappings ?? []) {
    output.line(
      `  mapping: ${address} is on ${host}, version ${version}, ${asked ? 'known' : 'not asked for'} at ${source}`,
    );
  }
}

/** Reasons that are about no candidate: conflicts, and policies that count otherwise than written. */
function notOfCandidates({ reasons, candidates = [] }: ExplainedDirection): readonly string[] {
  return reasons.filter((reason) => !candidates.some(({ format }) => reason.startsWith(`${format}: `)));
}

function duration({ fromMs, untilMs }: ExplainedDirection, now: number): string {
  if (fromMs === undefined) return '';
  if (untilMs === undefined) return `, for ${ago(fromMs, now)}`;
  return `, from ${new Date(fromMs).toISOString()} to ${new Date(untilMs).toISOString()}`;
}
