/** What a service manager hears and hands over: against one made of a few lines of Python. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const door = JSON.stringify(new URL('./service.ts', import.meta.url).pathname);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-service-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * Runs `script` (its `manager` is the one that it has) as a service: descriptor 3 listens on a Unix socket, 4 is a pipe.
 * Answers with what the service printed and what the manager heard, with the number of descriptors that came along.
 */
function serve(script: string, environment = '') {
  const manager = `
import json, os, socket, subprocess, sys
box = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
box.bind("notify")
listener = socket.socket(socket.AF_UNIX)
listener.bind("listening")
listener.listen()
_, pipe = os.pipe()
def hand_over():
    a, b = os.dup(listener.fileno()), os.dup(pipe)
    os.dup2(a, 3); os.dup2(b, 4)
    os.environ.update(NOTIFY_SOCKET=os.path.abspath("notify"), LISTEN_PID=str(os.getpid()), LISTEN_FDS="2", LISTEN_FDNAMES="status:sockets", WATCHDOG_USEC="4000000")
    ${environment}
script = "const { ServiceManager } = await import(" + ${JSON.stringify(door)} + "); const manager = ServiceManager.open();" + sys.argv[1]
done = subprocess.run([${JSON.stringify(process.execPath)}, "--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script], preexec_fn=hand_over, close_fds=False, capture_output=True, text=True)
heard = []
box.setblocking(False)
while True:
    try: text, fds, _, _ = socket.recv_fds(box, 4096, 253)
    except BlockingIOError: break
    heard.append([text.decode(), len(fds)])
print(json.dumps({"printed": done.stdout, "failed": done.stderr, "heard": heard}))`;
  const where = mkdtempSync(join(folder, 'run-'));
  const { stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', manager, script], { cwd: where, encoding: 'utf8' });
  expect(stderr).toBe('');
  const { printed, failed, heard } = JSON.parse(stdout) as {
    printed: string;
    failed: string;
    heard: [string, number][];
  };
  expect(failed).toBe('');
  return { printed: printed.trim(), heard };
}

it('tells that the service is ready, how it is, that it reloads, lives and stops', () => {
  const { heard } = serve(`
    manager.ready('2 guests\\nup'); manager.status('2 guests up'); manager.status('3 guests up');
    manager.reloading(); manager.alive(); manager.stopping('ends');`);
  expect(heard.map(([text]) => text)).toEqual([
    'READY=1\nSTATUS=2 guests up',
    'STATUS=2 guests up',
    'STATUS=3 guests up',
    'RELOADING=1',
    'WATCHDOG=1',
    'STOPPING=1\nSTATUS=ends',
  ]);
});

it('gives descriptors away to be kept, more than fit into one message too, and has them removed', () => {
  const { heard } = serve(
    `manager.store('sockets', [3, 4]); manager.store('many', Array(300).fill(3)); manager.remove('many');`,
  );
  expect(heard).toEqual([
    ['FDSTORE=1\nFDNAME=sockets\nFDPOLL=0', 2],
    ['FDSTORE=1\nFDNAME=many\nFDPOLL=0', 250],
    ['FDSTORE=1\nFDNAME=many\nFDPOLL=0', 50],
    ['FDSTOREREMOVE=1\nFDNAME=many', 0],
  ]);
});

it('knows what was handed over, by name, and which socket listens where', () => {
  const { printed } = serve(`
    console.log(JSON.stringify([manager.handedOver, manager.watchdogMs, manager.listenerOn(process.cwd() + '/listening') ?? null,
      manager.listenerOn('listening') ?? null, manager.listenerOn('/run/weft/other.sock') ?? null]));`);
  const handedOver = [
    { name: 'status', fd: 3 },
    { name: 'sockets', fd: 4 },
  ];
  expect(JSON.parse(printed)).toEqual([handedOver, 4000, null, 3, null]);
});

it('leaves nothing of it to programs that the service starts', () => {
  const { printed } = serve(`
    const { execFileSync } = await import('node:child_process');
    console.log(execFileSync('sh', ['-c', 'env | grep -c -e NOTIFY -e LISTEN -e WATCHDOG; ls /proc/self/fd | grep -c -e ^3$ -e ^4$; true']).toString());`);
  expect(printed.split('\n')[0]).toBe('0');
});

it.each([
  ['another process', 'os.environ["LISTEN_PID"] = "1"', []],
  [
    'more than there are',
    'os.environ["LISTEN_FDS"] = "3"; os.environ["LISTEN_FDNAMES"] = "status:sockets:gone"',
    ['status', 'sockets'],
  ],
  ['names that are too few', 'os.environ["LISTEN_FDNAMES"] = "status"', ['status', '']],
] as const)('takes nothing that is not there or not its own: %s', (_what, environment, names) => {
  const { printed } = serve(
    `console.log(JSON.stringify(manager.handedOver.filter(({ fd }) => fd < 5).map(({ name }) => name)));`,
    environment,
  );
  expect(JSON.parse(printed)).toEqual(names);
});

it('does nothing where there is no service manager, and says what it cannot tell', () => {
  const silent = serve(
    `manager.onFailure = console.log; manager.ready('up'); console.log(manager.watchdogMs);`,
    'del os.environ["NOTIFY_SOCKET"]',
  );
  expect(silent).toMatchObject({ printed: 'undefined', heard: [] });
  const { printed } = serve(
    `manager.onFailure = console.log; manager.alive();`,
    'os.environ["NOTIFY_SOCKET"] = "/nowhere"',
  );
  expect(printed).toBe('the service manager cannot be told: No such file or directory');
});
