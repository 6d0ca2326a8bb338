/** From what hosts told to what people read: steps in causal order, what they mean, and how it ended. Pure. */
import type * as control from '../../wire/control.ts';
import { dropReasons } from '../../wire/drops.ts';
import { handoverMeanings, type Trace, type TraceStep } from '../../wire/trace.ts';
import { hostsOf, type TraceEnd, type TracePlan, type Way } from './traces-ends.ts';

/** What a host has told in one round. */
export interface Told {
  readonly steps: readonly control.TraceStep[];
  /** It has answered at all. */
  readonly answered: boolean;
  readonly last: boolean;
  readonly problem: string;
  readonly answeredUs: number;
}

export type Round = ReadonlyMap<string, Told>;

type Mode = Trace['mode'];

/** A packet passes the parts of a host's executors in this order, whichever of them there are. */
const order = ['guest', 'send', 'xdp', 'substrate', 'receive', 'return'];

/**
 * One packet's steps on one host. Of an echo all of them are; of any packets the first one's are picked, as well as
 * it can be told: the next part that a packet passes, until one ends its way.
 */
export function chainOf(steps: readonly control.TraceStep[], mode: Mode): control.TraceStep[] {
  const byTime = steps.toSorted((a, b) => a.timeUs - b.timeUs);
  // Executors' clocks agree only so far.
  if (mode !== 'packet') return byTime.toSorted((a, b) => rank(a) - rank(b));
  const chain: control.TraceStep[] = [];
  for (const step of byTime) if (follows(step, chain.at(-1))) chain.push(step);
  return chain;
}

function follows(step: control.TraceStep, last: control.TraceStep | undefined): boolean {
  if (last === undefined) return true;
  switch (last.verdict) {
    case 'sent':
    case 'dropped':
      return false;
    case 'waiting':
      return rank(step) >= rank(last);
    case 'delivered':
      return step.program === 'return' && last.program !== 'return';
    default:
      return rank(step) > rank(last);
  }
}

function rank({ program }: control.TraceStep): number {
  return order.indexOf(program);
}

export function lastStep(steps: readonly control.TraceStep[], mode: Mode): control.TraceStep | undefined {
  return chainOf(steps, mode).at(-1);
}

/** Both hosts' steps of one direction: the sender's, then the receiver's. */
export function tell(plan: TracePlan, way: Way, round: Round): TraceStep[] {
  const { sender, receiver } = hostsOf(plan, way);
  const names = [...new Set([sender.host?.name, receiver.host?.name])];
  return names.flatMap((host) => {
    if (host === undefined) return [];
    const chain = chainOf(round.get(host)?.steps ?? [], plan.mode);
    return chain.map((step) => view(step, { host, way, sinceUs: chain[0]?.timeUs ?? 0 }));
  });
}

const docs = new Map<string, string>(dropReasons.map(({ name, doc }) => [name, doc]));

function meaningOf({ verdict, reason }: control.TraceStep): string | undefined {
  return verdict === 'dropped' ? docs.get(reason) : verdict === 'handed-over' ? handoverMeanings[reason] : undefined;
}

interface Place {
  readonly host: string;
  readonly way: Way;
  readonly sinceUs: number;
}

function view(step: control.TraceStep, { host, way, sinceUs }: Place): TraceStep {
  const { executor, program, side, verdict, generation, length, timeUs } = step;
  const meaning = meaningOf(step);
  return {
    ...{ way, host, executor, program, side, verdict },
    ...said('reason', step.reason),
    ...said('meaning', meaning ?? ''),
    ...said('device', step.device),
    ...said('leftBy', step.leftBy),
    ...said('guest', step.guest),
    ...said('peer', step.peer),
    ...said('encapsulation', step.encapsulation),
    ...said('mapping', step.mapping),
    ...(length === 0 ? {} : { length }),
    generation,
    ...said('outer', step.outer),
    ...(timeUs === 0 ? {} : { afterUs: Math.max(0, timeUs - sinceUs) }),
  };
}

function said<K extends string>(key: K, text: string): { readonly [key in K]?: string } {
  return (text === '' ? {} : { [key]: text }) as { readonly [key in K]?: string };
}

/** Sentences of agents that could not do what they were asked for, or did not answer. */
export function problemsOf(hosts: readonly string[], round: Round): string[] {
  return hosts.flatMap((host) => {
    const told = round.get(host);
    if (told === undefined)
      return [`host '${host}' has not answered in time: what became of the packet there is not known`];
    return told.problem === '' ? [] : [`host '${host}': ${told.problem}`];
  });
}

export interface Ended {
  readonly outcome: Trace['outcome'];
  readonly conclusion: string;
}

/** Of a packet that was followed; `back`: undefined where there was no use in following the answer. */
export function conclude(plan: TracePlan, there: Round, back: Round | undefined): Ended {
  const outward = ended(plan, 'there', there);
  const told = there.get(plan.from.host.name);
  if (plan.mode !== 'echo' || told === undefined) return outward;
  if (told.answeredUs > 0) return answered(outward, told);
  if (outward.outcome !== 'arrived') return outward;
  return { outcome: 'arrived', conclusion: `${outward.conclusion}; no answer came: ${whyUnanswered(plan, back)}` };
}

function answered({ outcome, conclusion }: Ended, { answeredUs }: Told): Ended {
  const text = `answered after ${answeredUs} µs`;
  // The answer proves that it arrived, whatever was seen of it.
  if (outcome !== 'arrived')
    return { outcome: 'arrived', conclusion: `${text}; of its way this much was seen: ${conclusion}` };
  return { outcome, conclusion: `${conclusion}, ${text}` };
}

function whyUnanswered(plan: TracePlan, back: Round | undefined): string {
  const { sender } = hostsOf(plan, 'back');
  if (back === undefined || sender.host === undefined || !sender.followed) return 'its way back is not seen';
  const { outcome, conclusion } = ended(plan, 'back', back);
  const isSilent = (back.get(sender.host.name)?.steps ?? []).length === 0;
  if (isSilent) return `guest '${sender.guest?.name ?? sender.address}' sends none (look at its firewall and routes)`;
  return outcome === 'arrived' ? `it is delivered to ${plan.from.guest.name}, which does not take it` : conclusion;
}

function ended(plan: TracePlan, way: Way, round: Round): Ended {
  const { sender, receiver } = hostsOf(plan, way);
  const at = ({ host }: TraceEnd) => host && lastStep(round.get(host.name)?.steps ?? [], plan.mode);
  const [left, arrived] = [at(sender), at(receiver)];
  const last = arrived ?? left;
  if (last === undefined) return unseen(plan, way, round);
  const host = (arrived === undefined ? sender : receiver).host?.name ?? '';
  return lastWords(plan, way, { step: last, host });
}

interface Last {
  readonly step: control.TraceStep;
  readonly host: string;
}

function lastWords(plan: TracePlan, way: Way, { step, host }: Last): Ended {
  const { verdict, reason, guest, executor, program } = step;
  const by = `on ${host} by its ${executor} (${program})`;
  switch (verdict) {
    case 'delivered':
      return { outcome: 'arrived', conclusion: `delivered to ${guest || 'the guest'} ${by}` };
    case 'dropped': {
      const meaning = docs.get(reason);
      const why = meaning === undefined ? reason : `${reason}: ${meaning}`;
      return { outcome: 'dropped', conclusion: `dropped ${by}: ${why}` };
    }
    case 'sent':
      return notSeen(plan, way, { step, host });
    case 'waiting':
      return { outcome: 'waiting', conclusion: `waits ${by}: ${reason || 'for what its mapping is'}` };
    default:
      return neverJudged(plan, way, { step, host });
  }
}

function notSeen(plan: TracePlan, way: Way, { step, host }: Last): Ended {
  const { receiver } = hostsOf(plan, way);
  const to = receiver.host?.name ?? step.peer;
  const left = `left ${host}${step.leftBy === '' ? '' : ` by ${step.leftBy}`}`;
  if (!receiver.followed)
    return { outcome: 'unknown', conclusion: `${left} for ${to || 'another host'}, where nobody follows it` };
  const advice = `look at the network between, or its firewall (UDP ${udpPortOf(receiver)})`;
  return { outcome: 'lost', conclusion: `${left} and was not seen on ${to} within 2 s: ${advice}` };
}

/** The fast path left it to the engine, which has not seen it. */
function neverJudged(plan: TracePlan, way: Way, { step, host }: Last): Ended {
  const left = `left to the engine on ${host} by its ${step.executor} (${step.program}), and not seen by the engine`;
  if (step.side === 'out') return { outcome: 'lost', conclusion: `${left}: look whether device ${step.leftBy} is up` };
  const port = udpPortOf(hostsOf(plan, way).receiver);
  return { outcome: 'lost', conclusion: `${left}: look at the firewall of ${host} (UDP ${port})` };
}

function udpPortOf({ host }: TraceEnd): number | string {
  return host?.udpPort ?? '';
}

function unseen(plan: TracePlan, way: Way, round: Round): Ended {
  const { sender, receiver } = hostsOf(plan, way);
  const problem = round.get(plan.from.host.name)?.problem ?? '';
  if (problem !== '') return { outcome: 'unknown', conclusion: problem };
  const pair = `from ${sender.address} to ${receiver.address}`;
  if (plan.mode === 'packet') {
    const seconds = plan.waitMs / 1000;
    return { outcome: 'unknown', conclusion: `no packet ${pair} was seen within ${seconds} s` };
  }
  const advice = 'look at its routes and firewall (`ip route` in its namespace)';
  const name = sender.guest?.name ?? sender.address;
  return { outcome: 'unknown', conclusion: `no echo ${pair} came to the port of guest ${name}: ${advice}` };
}
