/**
 * `make demo`: two tenants with the same addresses on two hosts, shown with the commands that anyone can
 * type. Takes the lab down at the end; `KEEP=1` leaves it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { styleText } from 'node:util';
import { Problem } from '../cli/problem.ts';
import { type Lab, openLab, tearDown } from '../lab/index.ts';
import { defaultStateRoot } from '../lab/record.ts';

const root = join(import.meta.dirname, '..');
const example = 'examples/two-tenants.yaml';
const name = 'two-tenants';
const far = { ipv4: '10.0.0.12', ipv6: 'fd00:10::12' } as const;
const tenants = ['red', 'blue'] as const;
const bannerPort = 8080;

async function main(): Promise<void> {
  heading('Two hosts, one controller, two tenants: every host is a network namespace with a real agent');
  await weft(['lab', 'up', example]);
  const lab = openLab(name);
  try {
    await showPings(lab);
    await showSeparation(lab);
    await showThroughput(lab);
    await showCapture(lab);
    await showStatus();
  } finally {
    await leave();
  }
}

async function leave(): Promise<void> {
  if (process.env.KEEP === '1') {
    heading('KEEP=1: the lab stays up');
    line(`  bin/weft lab status ${name}`);
    line(`  bin/weft lab exec red1 --lab ${name} -- ping ${far.ipv4}`);
    line(`  bin/weft status --lab ${name}`);
    line(`  bin/weft capture left --lab ${name}`);
    line(`  bin/weft lab down ${name}`);
    return;
  }
  heading('Down again: nothing is left');
  await weft(['lab', 'down', name]);
}

// ---- what is shown -----------------------------------------------------------------------------------------

async function showPings(lab: Lab): Promise<void> {
  heading('Guests of one tenant reach each other, IPv4 and IPv6');
  for (const tenant of tenants) {
    for (const address of Object.values(far)) {
      const argv = ['ping', '-c', '3', '-i', '0.2', '-W', '2', address];
      prompt(['lab', 'exec', `${tenant}1`, '--lab', name, '--', ...argv]);
      const { code, stdout } = await lab.exec(`${tenant}1`, argv);
      line(stdout.trim().split('\n').slice(-2).join('\n'));
      if (code !== 0) throw new Problem(`${tenant}1 does not reach ${address}`);
    }
  }
}

/** The same address answers differently for each tenant, and counters show that the other's guest heard nothing. */
async function showSeparation(lab: Lab): Promise<void> {
  heading(`Both tenants have a guest at ${far.ipv4}: who answers depends on who asks`);
  // Ended here, not by the teardown: with KEEP=1 there is none, and their pipes would keep us waiting.
  using banners = new DisposableStack();
  for (const tenant of tenants) {
    const text = `this is ${tenant}2, guest of tenant ${tenant}`;
    banners.adopt(await startBanner(lab, `${tenant}2`, text), (server) => server.kill('SIGKILL'));
  }
  for (const tenant of tenants) {
    const other = tenant === 'red' ? 'blue2' : 'red2';
    const before = await received(lab, other);
    const argv = ['bash', '-c', `cat < /dev/tcp/${far.ipv4}/${bannerPort}`];
    prompt(['lab', 'exec', `${tenant}1`, '--lab', name, '--', 'bash', '-c', `'${argv[2]}'`]);
    const { stdout } = await lab.exec(`${tenant}1`, argv, { timeoutMs: 5000 });
    line(stdout.trim());
    const heard = (await received(lab, other)) - before;
    line(styleText('dim', `  (meanwhile ${other}, with the same address, received ${heard} packets)`));
    if (!stdout.includes(`guest of tenant ${tenant}`) || heard !== 0) throw new Problem('tenants are not apart');
  }
}

async function startBanner(lab: Lab, guest: string, text: string): Promise<ChildProcess> {
  const program = `require('node:net').createServer((s) => s.end(process.argv[1] + '\\n')).listen(${bannerPort}, () => console.log('ready'))`;
  const server = lab.spawn(guest, [process.execPath, '-e', program, text], { stdio: ['ignore', 'pipe', 'inherit'] });
  await ready(server);
  return server;
}

/** Packets that the guest's port has delivered to it. */
async function received(lab: Lab, guest: string): Promise<number> {
  const status = await lab.agentStatus('right');
  return status.guests.find((one) => one.name === guest)?.in.packets ?? 0;
}

async function showThroughput(lab: Lab): Promise<void> {
  heading('Three seconds of TCP in each tenant (iperf3)');
  for (const tenant of tenants) {
    const server = lab.spawn(`${tenant}2`, ['iperf3', '-s', '-1', '--forceflush'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await ready(server);
    const argv = ['iperf3', '-c', far.ipv4, '-t', '3', '-f', 'g'];
    prompt(['lab', 'exec', `${tenant}1`, '--lab', name, '--', ...argv]);
    const { code, stdout, stderr } = await lab.exec(`${tenant}1`, argv, { timeoutMs: 15_000 });
    if (code !== 0) throw new Problem(`iperf3 failed: ${stderr.trim() || stdout.trim()}`);
    line(
      stdout
        .split('\n')
        .filter((text) => /(sender|receiver)$/.test(text.trim()))
        .join('\n'),
    );
  }
  line(
    styleText(
      'dim',
      '  (this machine’s figures, both hosts on its CPUs; `make bench` compares them with plain routing)',
    ),
  );
}

async function showCapture(lab: Lab): Promise<void> {
  heading('On the substrate: GNI-tagged packets, decoded');
  const capturing = weft(['capture', 'left', '--lab', name, '--count', '3']);
  // The capture is on its way up meanwhile; pings go on until it has its three packets.
  const pings = tenants.map((tenant) =>
    lab.spawn(`${tenant}1`, ['ping', '-q', '-i', '0.3', '-c', '50', far.ipv4], { stdio: 'ignore' }),
  );
  try {
    await capturing;
  } finally {
    for (const ping of pings) ping.kill('SIGKILL');
  }
}

async function showStatus(): Promise<void> {
  heading('What the controller knows, and what it chose');
  for (const kind of ['guests', 'mappings', 'selections']) await weft(['get', kind, '--lab', name]);
  heading('What controller and agents say of themselves');
  await weft(['status', '--lab', name]);
}

// ---- how it is shown ---------------------------------------------------------------------------------------

function line(text: string): void {
  process.stdout.write(`${text}\n`);
}

function heading(text: string): void {
  line(`\n${styleText(['bold', 'cyan'], `── ${text}`)}`);
}

function prompt(argv: readonly string[]): void {
  line(styleText('bold', `$ weft ${argv.join(' ')}`));
}

async function weft(argv: readonly string[]): Promise<void> {
  prompt(argv);
  const child = spawn(join(root, 'bin', 'weft'), argv, { stdio: ['ignore', 'inherit', 'inherit'], cwd: root });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Problem(`weft ${argv.join(' ')} ended with code ${code ?? 'none'}`);
}

/** Waits for a server's first words. */
async function ready(server: ChildProcess): Promise<void> {
  if (server.stdout === null) throw new Error('the server has no stdout');
  const [first] = await Promise.race([
    once(server.stdout, 'data'),
    once(server, 'close'),
    pause(5000, [undefined], { ref: false }),
  ]);
  if (first === undefined || typeof first === 'number') throw new Problem('a server in a guest did not start');
  server.stdout.resume();
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await tearDown(defaultStateRoot, name);
    process.exit(130);
  });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Problem ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
