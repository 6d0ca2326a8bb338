/**
 * A namespace that plays the virtual machine behind a tap port. There is no hypervisor in it: two socats carry frames
 * between the tap, which they open as one would, and a device of the namespace. What the machine's kernel does with its
 * device (asking for neighbours, looking for duplicates, announcing itself) is what a machine's kernel does.
 */
import type { Lab } from '../../lab/index.ts';
import { addNamespace } from '../../lab/netns.ts';
import { echoCommand } from './region.ts';

/** The guest and the namespace have one name; it ends with the lab. Answers as `name` at the echo port. */
export async function startMachine(lab: Lab, host: string, name: string): Promise<void> {
  const { mac, mtu, addresses } = await lab.api.guest(name);
  const { guests } = await lab.agentStatus(host);
  const tap = guests.find((each) => each.name === name)?.device ?? 'none';
  await addNamespace(`${lab.name}-${name}`);
  const socket = `${lab.record.layout.directory}/${name}.sock`;
  const device = (word: string) => `TUN,tun-name=${word},tun-type=tap,iff-no-pi,iff-up`;
  const socat = (...ends: string[]) => ['socat', '-b', '65536', ...ends];
  lab.spawn(host, socat(`UNIX-LISTEN:${socket},type=5`, device(tap)), { stdio: 'ignore' });
  await lab.waitUntil('the tap is open', async () => (await lab.exec(host, ['test', '-S', socket])).code === 0);
  lab.spawn(name, socat(`UNIX-CONNECT:${socket},type=5`, device('eth0')), { stdio: 'ignore' });
  const up = ['sh', '-ec', `ip link set eth0 address ${mac} mtu ${mtu}`];
  await lab.waitUntil('the machine has its device', async () => (await lab.exec(name, up)).code === 0);
  for (const address of addresses) {
    const rest = address.includes(':') ? ['nodad'] : [];
    await must(lab, name, ['ip', 'address', 'add', address, 'dev', 'eth0', ...rest]);
  }
  lab.spawn(name, echoCommand(name), { stdio: 'ignore' });
}

async function must(lab: Lab, where: string, argv: readonly string[]): Promise<void> {
  const { code, stderr } = await lab.exec(where, argv);
  if (code !== 0) throw new Error(`${argv.join(' ')} in ${where}: ${stderr}`);
}
