/** What a guest will be: checked, with its addresses and its host. Writes nothing. */
import { limits } from '../../wire/limits.ts';
import type { GuestPort, GuestRequest } from '../../wire/resources.ts';
import { nameTaken, type Sight } from '../access/tenancy.ts';
import type { PlacementDecision } from '../placement/place.ts';
import { planForeignGuest } from './foreign.ts';
import type { Guest, GuestValue, Vpc } from './records.ts';
import { grant, type Outcome, refuse, unsettled } from './refusal.ts';
import { chooseAddresses, unfitPort } from './rules.ts';
import type { State } from './state.ts';

/** Decides where a guest goes; asked inside the write, so that several at once spread. */
export type Placer = (
  state: State,
  wanted: {
    readonly guest: string;
    readonly host: string | undefined;
    readonly vpc: Vpc;
    readonly require: readonly string[];
    readonly desire: readonly string[];
    readonly port: GuestPort | undefined;
  },
) => PlacementDecision;

export interface Planning {
  readonly state: State;
  /** Of whoever asks. */
  readonly sight: Sight;
  readonly place: Placer;
}

/** So that every guest fits a control message many times over. */
const commandBytesMost = limits.controlMessageBytes >> 3;

export function planGuest({ state, sight, place }: Planning, request: GuestRequest): Outcome<GuestValue> {
  const { name } = request;
  const taken = state.guests.get(name);
  if (taken !== undefined && sight.guest(name) === undefined) return nameTaken('guest', name);
  if (taken !== undefined) return refuse('exists', existsAlready(taken, request));
  const vpc = sight.vpc(request.vpc);
  if (vpc === undefined) return refuse('unknown', `vpc '${request.vpc}' does not exist: create it first`);
  const command = request.command ?? [];
  const commandBytes = command.reduce((bytes, argument) => bytes + Buffer.byteLength(argument), 0);
  if (commandBytes > commandBytesMost) {
    return refuse('invalid', `the command has ${commandBytes} bytes; the limit is ${commandBytesMost}`);
  }
  if (request.addresses === undefined && state.restoredMs !== undefined) return unsettled('address', 'addresses');
  const unfit = unfitPort(request);
  if (unfit !== undefined) return unfit;
  const addresses = chooseAddresses(request.addresses, {
    name: vpc.name,
    prefixes: vpc.prefixes,
    owner: (address) => state.guestAt(vpc.gni, address)?.name,
    firstCandidate: (prefix) => state.firstCandidate(vpc.gni, prefix),
  });
  if (!addresses.ok) return addresses;
  if (request.addresses === undefined) for (const address of addresses.value) state.searched(vpc.gni, address);
  const { host, mac, port, require = [], desire = [] } = request;
  const foreign = host === undefined ? undefined : state.hosts.get(host);
  if (foreign?.framework !== undefined) return planForeignGuest(request, vpc, foreign.name, addresses.value);
  if (mac !== undefined) {
    const advice = host === undefined ? 'name its host' : `host '${host}' has an agent: leave it out`;
    return refuse('invalid', `'mac' is for guests on hosts without an agent: ${advice}`);
  }
  const placed = place(state, { guest: name, host, vpc, require, desire, port });
  // Which hosts there are, and what each of them lacks, is not for customers.
  if (!placed.ok && sight.customer !== undefined) return refuse(placed.code, noRoom(name));
  if (!placed.ok) return refuse(placed.code, placed.message);
  return grant({
    vpc: vpc.name,
    gni: vpc.gni,
    host: placed.host,
    addresses: addresses.value,
    command,
    ...(port === undefined ? {} : { port }),
    placement: placed.reason,
  });
}

function existsAlready({ name, vpc, port }: Guest, wanted: GuestRequest): string {
  const isOther = wanted.port !== undefined && wanted.port !== port;
  const advice = isOther ? ': a guest keeps its port, so delete it before you create it with another one' : '';
  return `guest '${name}' exists already, in vpc '${vpc}'${advice}`;
}

function noRoom(guest: string): string {
  return `no host can take guest '${guest}' now: ask for less, or whoever operates the hosts`;
}
