/** `weft create vpc|guest|host`. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { portKinds } from '../../wire/control.ts';
import { limits } from '../../wire/limits.ts';
import type { ForeignFramework, Guest, GuestPort } from '../../wire/resources.ts';
import type { Api } from '../client.ts';
import {
  type Context,
  collect,
  type Family,
  openApi,
  told,
  type WritingOptions,
  wholeNumber,
  writingOptions,
} from '../context.ts';
import { parseLabel } from '../label.ts';
import { Problem } from '../problem.ts';
import { Progress } from '../progress.ts';

export const family: Family = (program, context) => {
  const create = program.command('create').description('create a virtual cloud, a guest, or a host without an agent');
  addVpc(create, context);
  addGuest(create, context);
  addHost(create, context);
};

interface VpcOptions extends WritingOptions {
  readonly prefix: readonly string[];
  readonly gni?: number;
  readonly customer?: string;
}

function addVpc(create: Command, context: Context): void {
  const command = create
    .command('vpc <name>')
    .description('create a virtual cloud')
    .requiredOption('--prefix <cidr...>', 'its address ranges; other clouds may have the same')
    .option('--gni <number>', 'its guest network identifier, else the next free', wholeNumber(1, limits.gni.max))
    .option('--customer <name>', 'whose it is');
  writingOptions(command).action(async (name: string, options: VpcOptions) => {
    const api = await openApi(context, options);
    const { prefix: prefixes, gni, customer } = options;
    const vpc = await api.createVpc(
      {
        name,
        prefixes: [...prefixes],
        ...(gni === undefined ? {} : { gni }),
        ...(customer === undefined ? {} : { customer }),
      },
      options,
    );
    context.output.show(vpc, () =>
      context.output.line(`vpc '${vpc.name}' ${told(options, 'created')}: GNI ${vpc.gni}, ${vpc.prefixes.join(', ')}`),
    );
  });
}

interface GuestOptions extends WritingOptions {
  readonly vpc: string;
  readonly host?: string;
  readonly address?: readonly string[];
  readonly mac?: string;
  readonly port?: GuestPort;
  readonly require?: readonly string[];
  readonly desire?: readonly string[];
  readonly wait?: true | number;
}

const defaultWaitSeconds = 10;

function addGuest(create: Command, context: Context): void {
  const command = create
    .command('guest <name> [command...]')
    .usage('<name> --vpc <name> [options] [-- command...]')
    .description('create a guest; what follows -- is run and watched inside it')
    .requiredOption('--vpc <name>', 'the virtual cloud that it is in')
    .option('--host <name>', 'where it runs, else on the best host')
    .option(
      '--require <capability>',
      'what its host must have, such as integrity or "gni 1.1"; may be given again',
      collect,
    )
    .option('--desire <capability>', 'what its host should have; may be given again', collect)
    .option('--address <address>', 'its address, may be given again; else the next free ones', collect)
    .option('--mac <address>', 'its Ethernet address: on a host without an agent, and needed there')
    .addOption(
      new Option(
        '--port <kind>',
        'how it is attached, else as suits it; tap: a virtual machine opens the device',
      ).choices(portKinds),
    )
    .option('--wait [seconds]', `wait until it runs (${defaultWaitSeconds} s)`, wholeNumber(1, 3600));
  writingOptions(command).action(async (name: string, argv: readonly string[], options: GuestOptions) => {
    const api = await openApi(context, options);
    const { vpc, host, address, mac, port, require, desire } = options;
    let guest = await api.createGuest(
      {
        name,
        vpc,
        ...(host === undefined ? {} : { host }),
        ...(address === undefined ? {} : { addresses: [...address] }),
        ...(mac === undefined ? {} : { mac: mac.toLowerCase() }),
        ...(port === undefined ? {} : { port }),
        ...(require === undefined ? {} : { require: [...require] }),
        ...(desire === undefined ? {} : { desire: [...desire] }),
        ...(argv.length === 0 ? {} : { command: [...argv] }),
      },
      options,
    );
    if (options.wait !== undefined && options.dryRun !== true) {
      guest = await waitUntilRunning(context, api, guest, options.wait === true ? defaultWaitSeconds : options.wait);
    }
    context.output.show(guest, () =>
      context.output.line(
        `guest '${guest.name}' ${told(options, 'created')} in vpc '${guest.vpc}' on host '${guest.host}': ` +
          `${guest.addresses.join(', ')} (${guest.phase})${startItsMachine(guest)}`,
      ),
    );
  });
}

/** Nobody but its owner can. */
function startItsMachine({ port, host, mac }: Guest): string {
  if (port !== 'tap') return '';
  return `; next, start its machine on ${host} with the Ethernet address ${mac}; weft status there names the device`;
}

async function waitUntilRunning(context: Context, api: Api, created: Guest, seconds: number): Promise<Guest> {
  const deadline = performance.now() + seconds * 1000;
  using progress = new Progress(context.output.streams);
  for (let guest = created; ; guest = await api.guest(created.name)) {
    // On a host without an agent nobody will ever say more.
    if (guest.phase === 'running' || guest.phase === 'unwatched') return guest;
    if (guest.phase === 'failed') {
      throw new Problem(`guest '${guest.name}' failed on host '${guest.host}': ${guest.detail ?? 'no reason given'}`);
    }
    if (performance.now() > deadline) {
      throw new Problem(
        `guest '${guest.name}' is still ${guest.phase} on host '${guest.host}' after ${seconds} s: ` +
          'is the host connected (`weft get hosts`)?',
      );
    }
    progress.update(`guest '${guest.name}'`, guest.phase);
    await pause(50, undefined, { signal: context.signal });
  }
}

interface HostOptions extends WritingOptions {
  readonly address: string;
  readonly framework: ForeignFramework;
  readonly label?: readonly string[];
}

function addHost(create: Command, context: Context): void {
  const command = create
    .command('host <name>')
    .description('create a host without an agent, that somebody else runs (hosts with one come by themselves)')
    .requiredOption('--address <address>', 'its address on the substrate')
    .addOption(
      new Option('--framework <name>', 'what it speaks').choices(['vxlan', 'geneve']).makeOptionMandatory(true),
    )
    .option('--label <key=value>', 'a label such as area=north; may be given again', collect);
  writingOptions(command).action(async (name: string, options: HostOptions) => {
    const api = await openApi(context, options);
    const { address, framework, label } = options;
    const labels = label === undefined ? {} : { labels: Object.fromEntries(label.map(parseLabel)) };
    const host = await api.createHost({ name, address, framework, ...labels }, options);
    context.output.show(host, () =>
      context.output.line(
        `host '${host.name}' ${told(options, 'created')} without an agent: ${framework} at ${host.substrateAddresses.join(', ')}; ` +
          `next, its guests: weft create guest NAME --host ${host.name} --vpc VPC --address IP --mac MAC`,
      ),
    );
  });
}
