/**
 * `weft explain A B`: what two hosts or guests send each other, and why.
 *
 * Read at night: the first lines say what is wrong, each direction begins with what is used and whether it is in
 * force at both ends; what explains it comes after.
 */
import type { Command } from 'commander';
import { formatOf, parseEncapsulation } from '../../wire/encapsulation.ts';
import type { ExplainedDirection, Explanation, Standing } from '../../wire/resources.ts';
import { type Context, type ControllerOptions, controllerOptions, type Family, openApi } from '../context.ts';
import { ago, bytes, list, type Output, type Style } from '../output.ts';

interface Options extends ControllerOptions {
  readonly at?: string;
}

export const family: Family = (program, context) => addExplain(program, context);

/** Also `weft policy explain`. */
export function addExplain(parent: Command, context: Context): void {
  const command = parent
    .command('explain <from> <to>')
    .description('say what two hosts, or two guests, send each other and why')
    .option('--at <time>', 'what was selected then: such as 2026-11-21T03:00:00Z, or Unix milliseconds');
  controllerOptions(command).action(async (from: string, to: string, options: Options) => {
    const api = await openApi(context, options);
    const explanation = await api.explain(from, to, options.at);
    context.output.show(explanation, () => show(context, explanation));
  });
}

function show({ output, now }: Context, explanation: Explanation): void {
  const { from, to, atMs, note, directions } = explanation;
  if (atMs !== undefined) output.line(`at ${new Date(atMs).toISOString()}`);
  if (note === undefined && atMs === undefined) showVerdict(output, explanation);
  for (const end of [from, to]) output.line(describeEnd(end, now()));
  if (note !== undefined) output.line(note);
  for (const direction of directions) {
    output.line();
    showDirection(output, direction, { explanation, now: now() });
  }
}

function showVerdict(output: Output, { directions }: Explanation): void {
  const problems = new Set(
    directions.flatMap(({ source, destination, problems: found = [] }) =>
      found.map((problem) => (isOfBoth(problem) ? problem : `${source} → ${destination}: ${problem}`)),
    ),
  );
  if (problems.size === 0) output.line(output.style('green', 'nothing is wrong that is known'));
  for (const problem of problems) output.line(`${output.style('red', 'WRONG')} ${problem}`);
}

/** What is wrong with a host or a rollout is said once. */
function isOfBoth(problem: string): boolean {
  return /^(host \S+ is away|rollout )/.test(problem);
}

function describeEnd(end: Explanation['from'], now: number): string {
  const labels = Object.entries(end.labels).map(([key, value]) => `${key} ${value}`);
  const place = end.kind === 'guest' ? `guest of ${end.vpc ?? '?'} on host ${end.host}, ` : 'host, ';
  const addresses = end.addresses === undefined ? '' : `${list(end.addresses)}, `;
  const key = end.key === undefined ? [] : [`key ${end.key.epoch} made ${ago(end.key.madeMs, now)} ago`];
  const state = end.framework !== undefined ? ', no agent' : end.connected ? '' : ', away';
  return `${end.name}: ${place}${addresses}${[list(end.formats), ...end.features, ...key, ...labels].join(', ')}${state}`;
}

const standings: Readonly<Record<Standing, { readonly words: string; readonly style: Style }>> = {
  'in-force': { words: 'in force at both ends', style: 'green' },
  changing: { words: 'not in force yet', style: 'yellow' },
  none: { words: 'nothing can be sent', style: 'red' },
  idle: { words: 'no packet needs it now', style: 'dim' },
  away: { words: 'an end is away', style: 'yellow' },
};

type Carrier = NonNullable<NonNullable<ExplainedDirection['carriers']>['source']>;

interface Told {
  readonly explanation: Explanation;
  readonly now: number;
}

function showDirection(output: Output, direction: ExplainedDirection, { explanation, now }: Told): void {
  const { source, destination, selected, standing, candidates } = direction;
  const judged = standing === undefined ? undefined : standings[standing];
  const verdict = judged === undefined ? '' : ` — ${output.style(judged.style, judged.words)}`;
  output.heading(`${source} → ${destination}: ${selected ?? 'none'}${verdict}`);
  const row = (title: string, text: string) => output.line(`  ${title.padEnd(9)} ${text}`);
  row('since', since(direction, now));
  for (const line of why(direction)) row('why', line);
  if (candidates === undefined) return;
  row('sessions', inForce(direction));
  for (const line of carried(direction)) row('carried', line);
  const keys = keyEpochs(direction, explanation);
  if (keys !== undefined) row('keys', keys);
  showMeasured(row, direction, now);
  for (const { address, host, version, asked } of direction.mappings ?? []) {
    row('mapping', `${address} is on ${host}, version ${version}, ${asked ? 'known' : 'not asked for'} at ${source}`);
  }
  showOthers(row, direction);
  for (const past of direction.history ?? []) {
    const decided = past.decidedBy.length === 0 ? '' : `, decided by policy ${past.decidedBy.join(', ')}`;
    row(
      'before',
      `${past.selected ?? 'none'} for ${ago(past.fromMs, past.untilMs)}, until ${moment(past.untilMs)}${decided}`,
    );
  }
}

function since(direction: ExplainedDirection, now: number): string {
  const { generation, fromMs, untilMs, ownTerms } = direction;
  if (ownTerms === true) return 'chosen for these two guests alone: not stored, so it has no history';
  if (generation === undefined) return 'no packet has needed it yet: this is what would be chosen';
  if (fromMs === undefined) return `generation ${generation}`;
  if (untilMs !== undefined) return `${moment(fromMs)} until ${moment(untilMs)}, generation ${generation}`;
  return `${moment(fromMs)}, for ${ago(fromMs, now)}, generation ${generation}`;
}

/** What decided, then the reasons that are about no candidate: conflicts, and policies that count otherwise. */
function why(direction: ExplainedDirection): string[] {
  const { decidedBy, reasons, candidates = [], selected, rollout } = direction;
  const format = selected === undefined ? undefined : formatOf(selected);
  const chosen = candidates.find((candidate) => candidate.format === format || candidate.format === selected);
  const about = (reason: string) =>
    candidates.find(({ format: name }) => [`${name}: `, `${name} +`].some((start) => reason.startsWith(start)));
  return [
    ...(chosen === undefined ? [] : [chosen.why]),
    ...reasons.filter((reason) => about(reason) === undefined),
    ...(decidedBy.length === 0 ? [] : [`decided by policy ${decidedBy.join(', ')}`]),
    ...(rollout === undefined
      ? []
      : [
          `rollout ${rollout.name} is under way: its policies ${rollout.counts ? 'count here' : 'do not count here yet'}`,
        ]),
  ];
}

function inForce({ source, destination, accepted = [], sending, ownTerms }: ExplainedDirection): string {
  const guests = ownTerms === true ? '; terms of these two guests alone' : '';
  return `${source} sends ${sending ?? 'nothing'}, ${destination} accepts ${list(accepted)}${guests}`;
}

function carried({ source, destination, carriers }: ExplainedDirection): readonly string[] {
  const line = (host: string, { executor, why }: Carrier) =>
    `by ${executor === 'engine' ? 'the engine' : `the fast path (${executor})`} on ${host}${why === undefined ? '' : `: ${why}`}`;
  return [
    ...(carriers?.source === undefined ? [] : [line(source, carriers.source)]),
    ...(carriers?.destination === undefined ? [] : [line(destination, carriers.destination)]),
  ];
}

/** Which keys are used, and whether newer ones are there. */
function keyEpochs({ sending, source }: ExplainedDirection, { from, to }: Explanation): string | undefined {
  const used = sending === undefined ? undefined : parseEncapsulation(sending)?.keys;
  if (used === undefined) return undefined;
  const [sender, receiver] = from.host === source ? [from, to] : [to, from];
  const one = (host: string, epoch: number, newest: number | undefined) =>
    newest === undefined || newest === epoch ? `${epoch} of ${host}` : `${epoch} of ${host} (newest is ${newest})`;
  return `${one(sender.host, used.source, sender.key?.epoch)}, ${one(receiver.host, used.destination, receiver.key?.epoch)}`;
}

type Row = (title: string, text: string) => void;

function showMeasured(row: Row, direction: ExplainedDirection, now: number): void {
  const { source, destination, path, traffic, selfTest } = direction;
  if (path !== undefined) {
    const roundTrip = path.roundTripUs === 0 ? 'no answer' : `${path.roundTripUs} µs`;
    const mtu = path.pathMtu === 0 ? 'not known' : String(path.pathMtu);
    row('path', `MTU ${mtu}, round trip ${roundTrip}, ${path.lostPercent} % lost`);
  }
  if (selfTest !== undefined) {
    const found = selfTest.findings.length === 0 ? 'nothing found' : selfTest.findings.join('; ');
    row('self-test', `${ago(selfTest.testedMs, now)} ago: ${found}`);
  }
  if (traffic !== undefined) {
    const { packetsOut, bytesOut, packetsIn, bytesIn, drops } = traffic;
    const out = `${packetsOut} packets (${bytes(bytesOut)}) sent by ${source}`;
    row('traffic', `${out}, ${packetsIn} (${bytes(bytesIn)}) received by ${destination}, ${drops} dropped there`);
  }
}

function showOthers(row: Row, direction: ExplainedDirection): void {
  const others = (direction.candidates ?? []).filter((candidate) => !isChosen(candidate, direction));
  const width = Math.max(0, ...others.map((candidate) => dressed(candidate).length));
  for (const candidate of others) {
    row('not', `${dressed(candidate).padEnd(width)}  ${candidate.why.replace(/^not chosen, /, '')}`);
  }
}

type Candidate = NonNullable<ExplainedDirection['candidates']>[number];

function isChosen({ format }: Candidate, { selected }: ExplainedDirection): boolean {
  return selected !== undefined && formatOf(selected) === format;
}

/** As it would be written with the features that it would have. */
function dressed({ format, features = [] }: Candidate): string {
  return `${format}${features.map((feature) => ` +${feature}`).join('')}`;
}

/** To the second, in UTC. */
function moment(unixMs: number): string {
  return new Date(unixMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
