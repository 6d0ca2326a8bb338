/** What a dry run says: how a packet would end, and where hosts' tables are not what the controller believes. Pure. */
import type * as control from '../../wire/control.ts';
import { dropReasons } from '../../wire/drops.ts';
import { hostsOf, type TraceEnd, type TracePlan, type Way } from './traces-ends.ts';
import { chainOf, type Ended, type Round } from './traces-story.ts';

/** What the two hosts acknowledged last for packets of one direction. */
export interface Believed {
  readonly sending: string | undefined;
  readonly accepted: readonly string[];
}

interface Tables {
  readonly sender: control.TraceStep | undefined;
  readonly receiver: control.TraceStep | undefined;
}

/** The last word of each host's executors. */
function tablesOf(plan: TracePlan, way: Way, round: Round): Tables {
  const { sender, receiver } = hostsOf(plan, way);
  const at = ({ host }: TraceEnd) => host && chainOf(round.get(host.name)?.steps ?? [], 'dry-run').at(-1);
  return { sender: at(sender), receiver: sender.host === receiver.host ? undefined : at(receiver) };
}

export function concludeDry(plan: TracePlan, round: Round): Ended {
  const { sender, receiver } = tablesOf(plan, 'there', round);
  if (sender === undefined) {
    return { outcome: 'unknown', conclusion: `nothing is known of what ${plan.from.host.name} would do` };
  }
  const first = wouldBe(sender, plan.from.host.name);
  if (sender.verdict === 'waiting' && sender.peer === '') return wouldLearn(plan, first);
  if (sender.verdict !== 'sent') return { outcome: outcomeOf(sender), conclusion: first };
  if (receiver === undefined)
    return { outcome: 'unknown', conclusion: `${first}; what becomes of it there is not known` };
  const host = plan.to.host?.name ?? '';
  const refused = whyRefused(sender, receiver, plan.from.host.name);
  if (refused === undefined) {
    return { outcome: outcomeOf(receiver), conclusion: `${first}, then ${wouldBe(receiver, host)}` };
  }
  return { outcome: 'dropped', conclusion: `${first}, then dropped on ${host}, ${refused}` };
}

/** What no table says alone: the receiver takes what it knows of, from where it knows it to be. */
function whyRefused(sender: control.TraceStep, receiver: control.TraceStep, from: string): string | undefined {
  if (refusesFormat(sender, receiver)) return `which accepts ${receiver.encapsulation || 'nothing'}`;
  if (receiver.verdict !== 'delivered' || receiver.peer === '' || receiver.peer === from) return undefined;
  return `which has the source on ${receiver.peer}`;
}

/** What the mapping server, which is this controller, would answer. */
function wouldLearn({ to, vpc }: TracePlan, first: string): Ended {
  return to.guest === undefined
    ? {
        outcome: 'dropped',
        conclusion: `${first}, which knows no guest at ${to.address} in ${vpc}: dropped as no-mapping`,
      }
    : { outcome: 'waiting', conclusion: `${first}, which has guest ${to.guest.name} on ${to.guest.host}` };
}

function outcomeOf({ verdict }: control.TraceStep): Ended['outcome'] {
  if (verdict === 'delivered') return 'arrived';
  return verdict === 'dropped' || verdict === 'waiting' ? verdict : 'unknown';
}

function wouldBe({ verdict, reason, encapsulation, peer, guest, executor }: control.TraceStep, host: string): string {
  const by = `by the ${executor} of ${host}`;
  const doc = dropReasons.find(({ name }) => name === reason)?.doc;
  switch (verdict) {
    case 'sent':
      return `sent ${by} to ${peer} as ${encapsulation}`;
    case 'delivered':
      return `delivered to ${guest} ${by}`;
    case 'dropped':
      return `dropped ${by}: ${reason}${doc === undefined ? '' : `: ${doc}`}`;
    default:
      return `kept waiting ${by}: ${reason}`;
  }
}

function refusesFormat(sender: control.TraceStep, receiver: control.TraceStep): boolean {
  if (receiver.verdict !== 'delivered' || sender.encapsulation === '') return false;
  return !acceptedBy(receiver).includes(sender.encapsulation);
}

/** In a dry run a receiver's step names all that it accepts. */
function acceptedBy({ encapsulation }: control.TraceStep): string[] {
  return encapsulation === '' ? [] : encapsulation.split(', ');
}

/** Sentences: of one direction. */
export function differences(plan: TracePlan, way: Way, round: Round, believed: Believed | undefined): string[] {
  const ends = hostsOf(plan, way);
  const tables = tablesOf(plan, way, round);
  return [
    ...senderDiffers(ends.sender, ends.receiver, tables),
    ...termsDiffer(ends.sender, ends.receiver, tables, believed),
    ...receiverDiffers(ends.sender, ends.receiver, tables),
  ];
}

function senderDiffers(from: TraceEnd, to: TraceEnd, { sender }: Tables): string[] {
  const host = from.host?.name;
  if (sender === undefined || to.guest === undefined || host === undefined) return [];
  const belief = `the controller has guest '${to.guest.name}' on ${to.guest.host}`;
  const isElsewhere = sender.peer !== '' && sender.peer !== to.guest.host;
  if (isElsewhere || sender.reason === 'no-mapping') return [`${host} holds ${sender.mapping}; ${belief}`];
  const isHere = sender.verdict === 'delivered';
  if (isHere && to.guest.host !== host) return [`${host} delivers to its own guest ${sender.guest}; ${belief}`];
  if (sender.reason === 'guest-spoofed-source') {
    return [`${host} does not take ${from.address} for an address of guest '${from.guest?.name ?? ''}'`];
  }
  if (sender.reason === 'no-route') return [`${host}: ${sender.mapping}; ${belief}`];
  return [];
}

function termsDiffer(from: TraceEnd, to: TraceEnd, tables: Tables, believed: Believed | undefined): string[] {
  const { sender, receiver } = tables;
  const [a, b] = [from.host?.name ?? '', to.host?.name ?? ''];
  const found: string[] = [];
  if (believed !== undefined && sender?.verdict === 'sent' && sender.encapsulation !== (believed.sending ?? '')) {
    found.push(`${a} would send ${sender.encapsulation}; it has acknowledged ${believed.sending ?? 'nothing'}`);
  }
  if (sender !== undefined && receiver !== undefined && refusesFormat(sender, receiver)) {
    const accepted = acceptedBy(receiver).join(', ') || 'nothing';
    found.push(`${a} would send ${sender.encapsulation}, of which ${b} knows nothing: it accepts ${accepted}`);
  }
  return found;
}

const refusals: readonly string[] = ['no-guest', 'unknown-gni', 'spoofed-inner-source'];

function receiverDiffers(from: TraceEnd, to: TraceEnd, { receiver }: Tables): string[] {
  const host = to.host?.name ?? '';
  if (receiver === undefined) return [];
  const isElsewhere = receiver.peer !== '' && receiver.peer !== from.host?.name;
  if (!isElsewhere && !refusals.includes(receiver.reason)) return [];
  return isElsewhere || receiver.reason === 'spoofed-inner-source'
    ? [
        `${host} holds ${receiver.mapping}; the controller has guest '${from.guest?.name ?? ''}' on ${from.host?.name ?? ''}`,
      ]
    : [`${host} has no guest at ${to.address}; the controller has guest '${to.guest?.name ?? ''}' there`];
}
