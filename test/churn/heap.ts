/**
 * Memory of a running daemon after its garbage was collected, by Node's inspector: SIGUSR1 opens it on the loopback of
 * the process's own network namespace, where this program is run.
 *
 *   node heap.ts PID     {"heap":bytes,"rss":bytes}
 */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';

const pid = Number(process.argv[2]);
process.kill(pid, 'SIGUSR1');
const socket = new WebSocket(await inspectorOf());
await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
await call('HeapProfiler.enable');
for (let i = 0; i < 3; i++) await call('HeapProfiler.collectGarbage');
const { usedSize } = (await call('Runtime.getHeapUsage')) as { usedSize: number };
const rss = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
console.log(JSON.stringify({ heap: usedSize, rss }));
process.exit(0);

async function inspectorOf(): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await fetch('http://127.0.0.1:9229/json/list');
      const [first] = (await answer.json()) as { webSocketDebuggerUrl: string }[];
      if (first !== undefined) return first.webSocketDebuggerUrl;
    } catch (error) {
      if (attempt > 100) throw error;
    }
    await pause(50);
  }
}

function call(method: string): Promise<unknown> {
  return new Promise((resolve) => {
    socket.on('message', function heard(data: Buffer) {
      const answer = JSON.parse(data.toString()) as { id?: number; result?: unknown };
      if (answer.id !== 1) return;
      socket.off('message', heard);
      resolve(answer.result);
    });
    socket.send(JSON.stringify({ id: 1, method }));
  });
}
