/**
 * Many hosts in one process, each an agent that only speaks the protocol: `node bench/daemons/agents.ts PORT FIRST COUNT ALL
 * STATE`, where the controller's state is: they have certificates of its authority.
 * Says `ready` when all are welcome, and ends when its input does.
 */
import { FakeAgent } from '../../controller/channel/fake-agent.ts';
import { ownAuthority } from '../../controller/trust/authority-files.ts';
import { hostCredentials } from '../../controller/trust/test-credentials.ts';

const [port = 0, first = 0, count = 0, all = 1] = process.argv.slice(2, 6).map(Number);
const authority = await ownAuthority(process.argv[6] ?? '', 'bench', Date.now());
const numbers = Array.from({ length: count }, (_, i) => first + i);
const agents = await Promise.all(
  numbers.map(async (n) =>
    FakeAgent.start({
      credentials: await hostCredentials(authority, `host-${n}`),
      host: `host-${n}`,
      port,
      formats: ['gni 1.0', 'gni 1.1', 'gni 2.0'],
      substrateAddresses: [`198.18.${1 + Math.floor(n / 200)}.${1 + (n % 200)}`],
    }),
  ),
);
const asked = new Set<FakeAgent>();
setInterval(() => {
  for (const [i, agent] of agents.entries()) {
    void agent.flush();
    if (asked.has(agent) || ![...agent.held.keys()].some((name) => name.startsWith('guest/'))) continue;
    asked.add(agent);
    // One of its guests talks to one of the next host's.
    agent.subscribe({ gni: 1, address: `10.0.${(first + i + 1) % all}.10` });
  }
}, 1000);
console.log('ready');
process.stdin.resume().on('end', () => process.exit(0));
