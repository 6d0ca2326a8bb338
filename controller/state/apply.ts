/**
 * A whole file of wants applied: what is missing is created, policies are replaced, and what is there already must be
 * what the file says. Always on a draft, so that either everything is refused or everything is written.
 */
import { setImmediate as others } from 'node:timers/promises';
import { formatPrefix, parseAddress, parsePrefix } from '../../wire/address.ts';
import type { Applied, ApplyRequest } from '../../wire/apply.ts';
import type { GuestRequest, HostRequest, VpcRequest } from '../../wire/resources.ts';
import type { Commands, Draft } from './commands.ts';
import type { Guest, Host, Policy, Vpc } from './records.ts';
import { grant, type Outcome, refuse } from './refusal.ts';
import { plainAddresses } from './state.ts';

export function apply(
  commands: Commands,
  wanted: ApplyRequest,
  how: { readonly dryRun: boolean },
): Promise<Outcome<Applied[]>> {
  return commands.draft((draft) => applyAll(draft, wanted), { keep: !how.dryRun });
}

const stepsAtOnce = 20;

/** Hosts and clouds before guests, which need them; policies before guests, which shall not run without them. */
async function applyAll(draft: Draft, { hosts = [], vpcs = [], policies = [], guests = [] }: ApplyRequest) {
  const steps = [
    ...hosts.map((host) => ({ what: `host '${host.name}'`, act: () => applyHost(draft, host) })),
    ...vpcs.map((vpc) => ({ what: `vpc '${vpc.name}'`, act: () => applyVpc(draft, vpc) })),
    ...policies.map((policy) => ({ what: `policy '${policy.name}'`, act: () => applyPolicy(draft, policy) })),
    ...guests.map((guest) => ({ what: `guest '${guest.name}'`, act: () => applyGuest(draft, guest) })),
  ];
  const applied: Applied[] = [];
  const seen = new Set<string>();
  for (const [i, { what, act }] of steps.entries()) {
    // Agents and other requests get their turn in between; writes do not, these wait.
    if (i % stepsAtOnce === stepsAtOnce - 1) await others();
    if (seen.has(what)) return refuse('invalid', `${what} is there twice: name it once`);
    seen.add(what);
    const done = await act();
    // Of a whole file, whoever reads it must know which part is meant.
    if (!done.ok) return done.message.includes(what) ? done : refuse(done.code, `${what}: ${done.message}`);
    applied.push(done.value);
  }
  return grant(applied);
}

async function applyHost({ commands, state, sight }: Draft, wanted: HostRequest): Promise<Outcome<Applied>> {
  // A customer is refused where it is created, before it is told whether there is one.
  const before = sight.customer === undefined ? state.hosts.get(wanted.name) : undefined;
  if (before !== undefined && before.framework === undefined) {
    return refuse('exists', `host '${wanted.name}' has an agent, which says itself what it is: leave it out`);
  }
  const { labels = {}, ...rest } = wanted;
  const address = parseAddress(wanted.address) ?? wanted.address;
  const said = { ...rest, address, ...(Object.keys(labels).length === 0 ? {} : { labels }) };
  if (before !== undefined) return unchanged('host', writtenHost(before), said);
  return created('host', await commands.createHost(wanted), writtenHost);
}

async function applyVpc({ commands, sight }: Draft, wanted: VpcRequest): Promise<Outcome<Applied>> {
  const before = sight.vpc(wanted.name);
  const prefixes = wanted.prefixes.map((text) => canonicalPrefix(text));
  if (before !== undefined) return unchanged('vpc', writtenVpc(before), { ...wanted, prefixes });
  return created('vpc', await commands.createVpc(wanted), writtenVpc);
}

async function applyGuest({ commands, sight }: Draft, wanted: GuestRequest): Promise<Outcome<Applied>> {
  const before = sight.guest(wanted.name);
  if (before === undefined) return created('guest', await commands.createGuest(wanted), writtenGuest);
  // What it asked of its host was decided when it was placed.
  const { require: _require, desire: _desire, addresses, ...rest } = wanted;
  const plain = addresses?.map((address) => parseAddress(address.replace(/\/.*$/, '')) ?? address);
  return unchanged('guest', writtenGuest(before), { ...rest, ...(plain === undefined ? {} : { addresses: plain }) });
}

async function applyPolicy({ commands, sight }: Draft, wanted: NonNullable<ApplyRequest['policies']>[number]) {
  const before = sight.policy(wanted.name);
  const put = await commands.putPolicy(wanted);
  if (!put.ok || before === undefined) return created('policy', put, writtenPolicy);
  const done = put.value.revision === before.revision ? 'unchanged' : 'changed';
  const { name } = before;
  return grant<Applied>({ kind: 'policy', name, done, before: writtenPolicy(before), after: writtenPolicy(put.value) });
}

/** What is no prefix stays as it is, and is none of the cloud's. */
function canonicalPrefix(written: string): string {
  const prefix = parsePrefix(written);
  return prefix === undefined ? written : formatPrefix(prefix);
}

function created<T extends { readonly name: string }>(
  kind: Applied['kind'],
  outcome: Outcome<T>,
  written: (record: T) => Written,
): Outcome<Applied> {
  if (!outcome.ok) return outcome;
  return grant({ kind, name: outcome.value.name, done: 'created', after: written(outcome.value) });
}

/** Of what keeps what it was created with: everything that the file says of it must be so. */
function unchanged(kind: Applied['kind'], before: Written, wanted: Written): Outcome<Applied> {
  const differing = Object.keys(wanted).filter((key) => inOneOrder(key, before[key]) !== inOneOrder(key, wanted[key]));
  if (differing.length === 0) return grant({ kind, name: before.name, done: 'unchanged', before, after: before });
  const what = differing.map((key) => `${key} is ${text(before[key])}, wanted is ${text(wanted[key])}`).join('; ');
  return refuse(
    'exists',
    `${kind} '${before.name}' is there with something else: ${what}. It keeps what it was created with: delete it first, or change the file`,
  );
}

/** Prefixes and addresses mean the same in any order; the words of a command do not. */
function inOneOrder(key: string, value: unknown): string {
  return text((key === 'prefixes' || key === 'addresses') && Array.isArray(value) ? value.toSorted() : value);
}

function text(value: unknown): string {
  if (value === undefined) return 'not set';
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

// ---- as it would be written in a file ----------------------------------------------------------------------

type Written = Readonly<Record<string, unknown>> & { readonly name: string };

function writtenHost({ name, substrateAddresses, framework, assets: { labels } }: Host): Written {
  const [address] = substrateAddresses;
  return { name, address, framework, ...(Object.keys(labels).length === 0 ? {} : { labels }) };
}

function writtenVpc({ name, gni, prefixes, customer }: Vpc): Written {
  return { name, gni, prefixes, ...(customer === undefined ? {} : { customer }) };
}

function writtenPolicy({ revision: _revision, ...policy }: Policy): Written {
  const { name, ...rest } = policy;
  return { name, ...rest };
}

function writtenGuest(guest: Guest): Written {
  const { name, vpc, host, mac, port, command } = guest;
  return {
    ...{ name, vpc, host, addresses: plainAddresses(guest) },
    ...(mac === undefined ? {} : { mac }),
    ...(port === undefined ? {} : { port }),
    ...(command.length === 0 ? {} : { command }),
  };
}
