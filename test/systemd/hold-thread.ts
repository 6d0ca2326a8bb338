/** Makes one thread of a process stand still, as one does that has run into an endless loop or a lock. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const script = join(import.meta.dirname, 'hold_thread.py');

/** Until the answer is ended. */
export async function holdThread(process: number, name: string): Promise<ChildProcess> {
  const tasks = `/proc/${process}/task`;
  const thread = readdirSync(tasks).find((each) => readFileSync(`${tasks}/${each}/comm`, 'utf8').trim() === name);
  if (thread === undefined) throw new Error(`process ${process} has no thread ${name}`);
  const holder = spawn('/usr/bin/python3', [script, thread], { stdio: ['pipe', 'pipe', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    holder.stdout.once('data', () => resolve());
    holder.stderr.once('data', (data: Buffer) => reject(new Error(`thread ${thread} is not held: ${data.toString()}`)));
    holder.once('exit', () => reject(new Error(`thread ${thread} is not held`)));
  });
  return holder;
}
