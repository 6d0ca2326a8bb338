/**
 * The packages on two clean Debian machines with systemd: installed, configured, upgraded under traffic, removed,
 * installed again, purged.
 *
 *   machine one: controller and agent ── eth0, 192.0.2.0/24 ── machine two: agent
 *        guest web1 ─────────────────── cloud red ────────────────── guest web2
 */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changes, footprint } from './footprint.ts';
import { cleanRoot, join2, Machine } from './machine.ts';

const root = join(import.meta.dirname, '../..');
const packages = join(root, 'build/test-packages');
const versions = ['0.1.0~test1', '0.2.0~test2'] as const;
const addresses = ['192.0.2.11', '192.0.2.12'] as const;
const execute = promisify(execFile);

let one: Machine;
let two: Machine;
let bare: readonly (readonly string[])[];

beforeAll(async () => {
  rmSync(packages, { recursive: true, force: true });
  mkdirSync(packages, { recursive: true });
  for (const VERSION of versions) {
    const env = { ...process.env, VERSION, COMPRESSION: 'none' };
    await execute(process.execPath, [join(root, 'packaging/main.ts'), join(packages, VERSION)], { env });
  }
  const lower = await cleanRoot();
  one = await Machine.boot('one', { lower, packages });
  two = await Machine.boot('two', { lower, packages });
  await join2(one, two, addresses);
  bare = await Promise.all([one, two].map(footprint));
}, 900_000);

afterAll(async () => {
  await Promise.all([one, two].map((machine) => machine?.stop()));
});

/** By apt, on a machine that reaches no other: what they depend on has to be there, and to be what they say. */
async function install(machine: Machine, version: string, names: readonly string[]): Promise<string> {
  const files = names.map((name) => `/packages/${version}/${name}_${version}_*.deb`);
  return machine.run(`apt-get install -qy --no-install-recommends ${files.join(' ')} 2>&1`, 120_000);
}

function versionOf(machine: Machine): Promise<string> {
  return machine.run('weft --version');
}

describe('packages on clean machines', () => {
  test('are installed, run, and start nothing before they are configured', async () => {
    const said = await install(one, versions[0], ['weft-cli', 'weft-controller', 'weft-agent']);
    await install(two, versions[0], ['weft-cli', 'weft-agent']);
    expect(said).toContain('weft-agent is not started before it is configured');
    expect(await one.run('dpkg --audit; dpkg --verify weft-cli weft-agent weft-controller')).toBe('');
    expect(await Promise.all([one, two].map(versionOf))).toEqual([versions[0], versions[0]]);
    for (const unit of ['weft-agent', 'weft-controller']) {
      expect(await one.run(`systemctl is-active ${unit} || true`)).toBe('inactive');
      expect(await one.run(`systemctl is-enabled ${unit} || true`)).toBe('disabled');
    }
  });

  test('say which one is missing', async () => {
    const said = await two.run('weft controller --config /etc/weft/controller.yaml 2>&1 || true');
    expect(said).toContain('install the package weft-controller');
  });

  test('bring completions that bash reads and a dissector that is whole', async () => {
    expect(await one.run(`bash -c '. /usr/share/bash-completion/completions/weft; complete -p weft'`)).toContain(
      '_weft',
    );
    expect(await one.run('find /usr/lib/*/wireshark/plugins -name weft-gni.lua | wc -l')).toBe('1');
  });

  test('run as services when configured, and carry guests’ packets between the machines', async () => {
    await one.run(
      `cat > /etc/weft/controller.yaml << 'E'\nname: north\nlisten: { address: ${addresses[0]}, port: 6740 }\nE`,
    );
    await one.run('systemctl enable --now weft-controller 2>&1');
    await eventually(async () => void (await one.run('weft get hosts')));
    for (const [machine, host, address] of [
      [one, 'one', addresses[0]],
      [two, 'two', addresses[1]],
    ] as const) {
      const token = (await one.run(`weft token create --host ${host}`)).trim();
      // Writes the file and starts the service.
      await machine.run(`weft join ${addresses[0]} ${token} --address ${address} 2>&1`);
    }
    await eventually(async () => expect(await one.run('weft get hosts')).toMatch(/one[\s\S]*two/));
    await one.run('weft create vpc red --prefix 10.0.0.0/24');
    await one.run('weft create guest web1 --vpc red --host one --address 10.0.0.11 --wait 20');
    await one.run('weft create guest web2 --vpc red --host two --address 10.0.0.12 --wait 20');
    await one.run('ip netns exec weft-web1 ping -c 3 -i 0.2 -W 2 10.0.0.12');
  }, 120_000);

  test('are upgraded while a connection goes on: same guests, same identity, nothing lost', async () => {
    const before = await identities();
    // 40 lines a second for 20 s, each confirmed by nothing but the connection itself.
    const server = two.start('ip netns exec weft-web2 socat -u TCP-LISTEN:7000,reuseaddr STDOUT');
    const received = text(server.stdout ?? process.stdin);
    await two.run('until ip netns exec weft-web2 ss -ltn | grep -q 7000; do sleep 0.05; done');
    const client = one.start(
      'for i in $(seq 800); do echo $i; sleep 0.025; done | ip netns exec weft-web1 socat -u STDIN TCP:10.0.0.12:7000',
    );
    await install(two, versions[1], ['weft-cli', 'weft-agent']);
    await install(one, versions[1], ['weft-cli', 'weft-controller', 'weft-agent']);
    expect(client.exitCode).toBe(null);
    await eventually(async () => expect(await one.run('weft get guests')).toMatch(/web1.*running[\s\S]*web2.*running/));
    expect((await received).trim().split('\n')).toEqual(Array.from({ length: 800 }, (_, i) => String(i + 1)));
    expect(await Promise.all([one, two].map(versionOf))).toEqual([versions[1], versions[1]]);
    for (const machine of [one, two]) {
      const exe = 'readlink /proc/$(systemctl show -P MainPID weft-agent)/exe';
      expect(await machine.run(exe)).toBe('/usr/lib/weft/bin/node');
    }
    expect(await identities()).toEqual(before);
  }, 120_000);

  test('that are removed take guests’ networks away, and bring them back when they are installed again', async () => {
    const before = await identities();
    await two.run('apt-get remove -qy weft-agent 2>&1');
    expect(await two.run('ip netns; find /sys/fs/bpf -name "weft*"; ip -o link | grep -E ": w[ge]" || true')).toBe('');
    expect(await two.run('ls /etc/weft/agent.yaml /var/lib/weft/agent/state.json')).toContain('state.json');
    const said = await install(two, versions[1], ['weft-agent']);
    expect(said).not.toContain('not started');
    await eventually(async () => expect(await two.run('ip netns')).toContain('weft-web2'));
    await eventually(async () => void (await one.run('ip netns exec weft-web1 ping -c 1 -W 1 10.0.0.12')));
    expect((await identities())[1]?.identity).toBe(before[1]?.identity);
  }, 120_000);

  test('are not removed before they can clean up, and say what to do', async () => {
    await two.run('cp /etc/weft/agent.yaml /root/; echo "fastpath: {}" >> /etc/weft/agent.yaml');
    const said = await two.run('apt-get remove -qy weft-agent 2>&1 || echo refused');
    expect(said).toMatch(/agent\.yaml:\d+:\d+: .*fastpath/);
    expect(said).toContain('put right what is said above');
    expect(said).toContain('refused');
    await two.run('mv /root/agent.yaml /etc/weft/agent.yaml; dpkg --configure -a; dpkg --audit');
    expect(await two.run('dpkg -s weft-agent')).toContain('Status: install ok installed');
  });

  test('that are purged leave nothing', async () => {
    await two.run('apt-get purge -qy weft-agent weft-cli 2>&1');
    await one.run('apt-get purge -qy weft-agent weft-controller weft-cli 2>&1');
    for (const [i, machine] of [one, two].entries()) {
      expect(changes(bare[i] ?? [], await footprint(machine))).toEqual([]);
    }
  }, 120_000);
});

/** Who agents are, and which namespaces their guests have. */
async function identities(): Promise<readonly { readonly identity: string; readonly namespaces: string }[]> {
  return Promise.all(
    [one, two].map(async (machine) => ({
      identity: await machine.run('md5sum < /var/lib/weft/agent/identity.pem'),
      namespaces: await machine.run('stat -L -c "%n %i" /run/netns/weft-*'),
    })),
  );
}

async function eventually(check: () => Promise<void>): Promise<void> {
  await expect
    .poll(
      () =>
        check().then(
          () => 'held',
          (error: Error) => error.message,
        ),
      { timeout: 20_000, interval: 100 },
    )
    .toBe('held');
}
