/**
 * What a customer is told of what happens to its guests: enough to know whether they can talk and what to ask for,
 * nothing of hosts but the names of those that its guests are on, nothing of other customers. Pure.
 */
import { authorCustomer } from '../../wire/policy.ts';
import type { ControllerStatus, ExplainedDirection, Explanation } from '../../wire/resources.ts';
import type { Trace, TraceStep } from '../../wire/trace.ts';
import type { Sight } from '../access/tenancy.ts';
import type { Hub } from '../channel/hub.ts';
import { plainAddresses } from '../state/state.ts';

/** Counts are of what is the customer's: hosts, of those that its guests are on. */
export function limitStatus(status: ControllerStatus, sight: Sight, hub: Pick<Hub, 'isConnected'>): ControllerStatus {
  const guests = sight.guests();
  const hosts = [...new Set(guests.map(({ host }) => host))];
  return {
    ...status,
    hosts: { known: hosts.length, connected: hosts.filter((host) => hub.isConnected(host)).length },
    vpcs: sight.vpcs().length,
    guests: guests.length,
    mappings: guests.reduce((count, guest) => count + plainAddresses(guest).length, 0),
    subscriptions: 0,
    events: [],
  };
}

export function limitExplanation({ from, to, note, ...rest }: Explanation, sight: Sight): Explanation {
  const isLocal = from.host === to.host;
  const told = isLocal ? `both are on host '${from.host}': packets between them do not leave it` : note;
  return {
    ...(rest.atMs === undefined ? {} : { atMs: rest.atMs }),
    from: limitEnd(from),
    to: limitEnd(to),
    ...(note === undefined || told === undefined ? {} : { note: told }),
    directions: rest.directions.map((direction) => limitDirection(direction, sight)),
  };
}

function limitEnd({ kind, name, host, connected, vpc, addresses }: Explanation['from']): Explanation['from'] {
  return {
    ...{ kind, name, host, connected, labels: {}, formats: [], features: [] },
    ...(vpc === undefined ? {} : { vpc }),
    ...(addresses === undefined ? {} : { addresses }),
  };
}

/** Reasons, candidates, paths, counters and refusals are of hosts, and so of all who have guests there. */
function limitDirection(direction: ExplainedDirection, sight: Sight): ExplainedDirection {
  const { source, destination, selected, decidedBy, fromMs, untilMs, standing, ownTerms, mappings } = direction;
  return {
    source,
    destination,
    ...(selected === undefined ? {} : { selected }),
    reasons: [],
    decidedBy: decidedBy.filter((name) => {
      const policy = sight.policy(name);
      return policy !== undefined && authorCustomer(policy) === sight.customer;
    }),
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(untilMs === undefined ? {} : { untilMs }),
    ...(standing === undefined ? {} : { standing, problems: problemsOf(standing) }),
    ...(ownTerms === undefined ? {} : { ownTerms }),
    ...(mappings === undefined ? {} : { mappings }),
  };
}

function problemsOf(standing: NonNullable<ExplainedDirection['standing']>): string[] {
  if (standing === 'none')
    return ['nothing can be sent: policies leave nothing that both hosts can do; ask who operates them'];
  if (standing === 'away') return ['a host is away: what is said of it was so when it was last heard of'];
  return [];
}

export function limitTrace(trace: Trace): Trace {
  return {
    ...trace,
    steps: trace.steps.map(limitStep),
    notes: [],
    differences: [],
    conclusion: conclusions[trace.outcome],
  };
}

const conclusions: Readonly<Record<Trace['outcome'], string>> = {
  arrived: 'it was delivered',
  dropped: 'it was dropped: the last step says why',
  lost: 'it was lost between the hosts: ask who operates them',
  waiting: 'it waits: where the address is, or how to send to it, is still being asked for',
  unknown: 'what became of it is not known: ask who operates the hosts',
};

function limitStep({ way, host, executor, program, side, verdict, ...step }: TraceStep): TraceStep {
  return {
    ...{ way, host, executor, program, side, verdict, generation: 0 },
    ...(step.reason === undefined ? {} : { reason: step.reason }),
    ...(step.meaning === undefined ? {} : { meaning: step.meaning }),
    ...(step.guest === undefined ? {} : { guest: step.guest }),
    ...(step.length === undefined ? {} : { length: step.length }),
    ...(step.afterUs === undefined ? {} : { afterUs: step.afterUs }),
  };
}
